"""What of a file is shown beside its name. Bytes in, plain values out: nothing of a file is ever loaded, run or fetched."""

from assay.portal.domain.previews.kinds import PreviewKind, choose_kind
from assay.portal.domain.previews.values import Cell, Output, Preview, Table

__all__ = ["Cell", "Output", "Preview", "PreviewKind", "Table", "choose_kind"]
