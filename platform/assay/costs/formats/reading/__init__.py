"""Files of bills as CSV, gzipped CSV or Parquet, read and converted inside DuckDB; knows no format."""

from assay.costs.formats.reading.charges import Bill, Survey, open_bill
from assay.costs.formats.reading.files import BillFile, FileKind, check_gzip, recognize_file

__all__ = ["Bill", "BillFile", "FileKind", "Survey", "check_gzip", "open_bill", "recognize_file"]
