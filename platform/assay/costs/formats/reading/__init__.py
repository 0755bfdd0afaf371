"""Files of bills as CSV, gzipped or zipped CSV, or Parquet, read and converted inside DuckDB; knows no format."""

from assay.costs.formats.reading.archives import unpack
from assay.costs.formats.reading.bills import Bill, open_bill
from assay.costs.formats.reading.files import BillFile, FileKind, recognize_file
from assay.costs.formats.reading.tally import Tally

__all__ = ["Bill", "BillFile", "FileKind", "Tally", "open_bill", "recognize_file", "unpack"]
