"""Whether FOCUS's rules hold in the ledger: of single charges, of sums, and of what several charges say of one thing."""

from assay.costs.selectors.checks.asking import CHECKS, check_ledger

__all__ = ["CHECKS", "check_ledger"]
