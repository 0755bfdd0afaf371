"""The demo's bill: a FOCUS 1.2 cost and usage file, the same bytes for the same rows, seed, months and version.

    from assay_client.demo.bill import BillOrder, write_bill
    write_bill(BillOrder(rows=100_000, seed=7, months=("2026-09", "2026-10")), Path("bills"), file_format="csv.gz")

What it holds, and why each part is there, is told in docs/demo-bill.md. Every amount is a Decimal that is computed
exactly; randomness is drawn only with `random.Random.random`, whose sequence Python guarantees.
"""

from assay_client.demo.bill.deliveries import FORMATS, write_bill
from assay_client.demo.bill.generation import BillOrder
from assay_client.demo.bill.periods import last_complete_months

__all__ = ["FORMATS", "BillOrder", "last_complete_months", "write_bill"]
