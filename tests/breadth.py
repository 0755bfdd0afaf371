"""How much a test tries. `make test` tries what finds faults soon; `make faults` and `make wide` set ASSAY_TEST_BREADTH=wide
and try more of the same."""

import os

WIDE = os.environ.get("ASSAY_TEST_BREADTH") == "wide"


def examples(few: int, *, many: int) -> int:
    """How many examples a property is tried on."""
    return many if WIDE else few
