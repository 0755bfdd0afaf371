"""Connections to clouds as pages and services see them."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assay.core.errors import Invalid

ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,512}")


@dataclass(frozen=True, slots=True)
class Check:
    """How the last test of one permission ended. detail: what AWS said, and what to do."""

    permission: str
    ok: bool
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConnectionView:
    id: UUID
    name: str
    role_arn: str
    external_id: str
    region: str
    checks: tuple[Check, ...]
    created_at: datetime

    @property
    def state(self) -> str:
        """active, failing, or empty before the first test."""
        if not self.checks:
            return "empty"
        return "active" if all(check.ok for check in self.checks) else "failing"


def check_role_arn(text: str) -> str:
    """raises: Invalid."""
    arn = text.strip()
    if not ROLE_ARN.fullmatch(arn):
        raise Invalid(
            "role_arn must be that of an IAM role, such as arn:aws:iam::123456789012:role/assay-billing.", field="role_arn"
        )
    return arn
