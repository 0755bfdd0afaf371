"""The machine as the user names it: ASSAY_COMPUTE_PROVIDER, ASSAY_COMPUTE_RESOURCE_ID, … one for each tag."""

import logging
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from assay_client.identity.values import FIELDS, Compute

log = logging.getLogger(__name__)

PREFIX = "ASSAY_COMPUTE_"


def read_override(environ: Mapping[str, str]) -> Compute:
    named = {name: environ.get(PREFIX + name.upper(), "").strip() or None for name in FIELDS}
    named["share"] = _share(named["share"])
    return Compute(**named)


def _share(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        share = Decimal(text)
    except InvalidOperation:
        share = Decimal("NaN")
    if share.is_finite() and 0 < share <= 1:
        return text
    log.warning("ASSAY_COMPUTE_SHARE is %r, not a decimal above 0 and up to 1; the run is tagged without a share", text)
    return None
