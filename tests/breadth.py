"""How much a test tries. `make test` tries what finds faults soon; `make faults` sets ASSAY_TEST_BREADTH=wide and tries more of the same."""

import os

WIDE = os.environ.get("ASSAY_TEST_BREADTH") == "wide"
