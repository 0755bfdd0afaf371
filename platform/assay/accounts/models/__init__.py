"""Organizations, their people, what those may do, and the mail they get."""

from assay.accounts.models.audit import AuditEntry
from assay.accounts.models.mail import MessageImage, SentMessage
from assay.accounts.models.memberships import Invitation, Membership
from assay.accounts.models.organizations import Organization, Team
from assay.accounts.models.saved_views import SavedView
from assay.accounts.models.tokens import ApiToken
from assay.accounts.models.users import User

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Invitation",
    "Membership",
    "MessageImage",
    "Organization",
    "SavedView",
    "SentMessage",
    "Team",
    "User",
]
