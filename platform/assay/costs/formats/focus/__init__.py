"""FOCUS 1.0 to 1.3 (and the columns of 1.4) as CSV, gzipped CSV or Parquet, read and converted inside DuckDB."""

from assay.costs.formats.focus.charges import Bill, Survey, open_bill
from assay.costs.formats.focus.files import BillFile, FileKind, check_gzip, recognize_file

__all__ = ["Bill", "BillFile", "FileKind", "Survey", "check_gzip", "open_bill", "recognize_file"]
