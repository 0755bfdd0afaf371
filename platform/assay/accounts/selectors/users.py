"""People, whichever organization they belong to."""

from uuid import UUID

from django.db.models.functions import Lower

from assay.accounts.domain.users import UserView
from assay.accounts.models import User
from assay.core.errors import NotFound


def get_user(user_id: UUID) -> UserView:
    row = User.objects.filter(id=user_id).first()
    if row is None:
        raise NotFound("There is no such user.", user_id=str(user_id))
    return _view(row)


def find_user_by_email(email: str) -> UserView | None:
    """In any case of letters."""
    row = User.objects.annotate(lower_email=Lower("email")).filter(lower_email=email.strip().lower()).first()
    return _view(row) if row else None


def _view(row: User) -> UserView:
    return UserView(id=row.id, email=row.email, name=row.name)
