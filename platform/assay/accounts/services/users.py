"""People: their accounts and passwords."""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from assay.accounts.models import User
from assay.core.errors import Conflict, Invalid


def create_user(email: str, *, password: str, name: str = "") -> User:
    """Make an account whose e-mail address is known to be the person's own.

    raises: Invalid naming the field, for a weak password too; Conflict when the address has an account.
    """
    user = User(email=User.objects.normalize_email(email.strip()), name=" ".join(name.split())[:200])
    with _naming("email"):
        validate_email(user.email)
    with _naming("password"):
        validate_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    except IntegrityError as error:
        raise Conflict(f"{user.email} has an account already: sign in with it.", field="email") from error
    return user


@contextmanager
def _naming(field: str) -> Iterator[None]:
    """Django's validation messages as Invalid."""
    try:
        yield
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field=field) from error
