"""Organizations, their people, and what those may do."""

from assay.accounts.models.audit import AuditEntry
from assay.accounts.models.memberships import Invitation, Membership
from assay.accounts.models.organizations import Organization, Team
from assay.accounts.models.tokens import ApiToken
from assay.accounts.models.users import User

__all__ = ["ApiToken", "AuditEntry", "Invitation", "Membership", "Organization", "Team", "User"]
