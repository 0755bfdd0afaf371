"""Connections to clouds as pages and services see them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from assay.core.errors import Invalid

ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,512}")
ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}")
REGION = re.compile(r"[a-z]{2,8}(-[a-z]{2,12}){1,3}-\d{1,2}")


@dataclass(frozen=True, slots=True)
class Check:
    """How the last test of one permission ended. detail: what AWS said, and what to do."""

    permission: str
    ok: bool
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """member_role: name of the role in every other account of the AWS organization; empty for one account. regions: empty for all."""

    id: UUID
    name: str
    role_arn: str
    external_id: str
    region: str
    checks: tuple[Check, ...]
    created_at: datetime
    member_role: str = ""
    regions: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """active, failing, or empty before the first test."""
        if not self.checks:
            return "empty"
        return "active" if all(check.ok for check in self.checks) else "failing"


def check_member_role(text: str) -> str:
    """raises: Invalid."""
    name = text.strip()
    if name and not ROLE_NAME.fullmatch(name):
        raise Invalid(
            "member_role must be the name of an IAM role, such as assay-inventory, without its ARN.", field="member_role"
        )
    return name


def check_regions(regions: Iterable[str]) -> list[str]:
    """Sorted, each once. raises: Invalid."""
    chosen = sorted({region.strip() for region in regions} - {""})
    if wrong := next((region for region in chosen if not REGION.fullmatch(region)), None):
        raise Invalid(f"{wrong} is no region of AWS; they look like eu-central-1.", field="regions")
    return chosen


def check_role_arn(text: str) -> str:
    """raises: Invalid."""
    arn = text.strip()
    if not ROLE_ARN.fullmatch(arn):
        raise Invalid(
            "role_arn must be that of an IAM role, such as arn:aws:iam::123456789012:role/assay-billing.", field="role_arn"
        )
    return arn
