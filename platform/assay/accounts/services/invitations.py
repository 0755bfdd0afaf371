"""Invitations: sent by mail with a link that works once."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from assay.accounts.domain.members import InvitationOffer
from assay.accounts.domain.principals import Principal
from assay.accounts.domain.roles import Role
from assay.accounts.domain.secrets import hash_secret, make_secret
from assay.accounts.models import Invitation, Membership, User
from assay.accounts.selectors import organizations
from assay.accounts.selectors.invitations import OPEN, get_offer
from assay.accounts.services import audit, mail, members
from assay.accounts.services.users import create_user
from assay.core import tenancy
from assay.core.clock import now
from assay.core.errors import Conflict, Forbidden, Invalid, NotFound

STANDS_FOR = timedelta(days=7)


def invite_member(principal: Principal, *, email: str, role: Role, team_id: UUID | None = None) -> Invitation:
    """Offer a membership by mail; an earlier offer to the same address stands no longer.

    raises: Invalid for what is no address, and for an owner: who may read the mail could otherwise become one; Conflict for
    a member.
    """
    if role is Role.OWNER:
        raise Invalid("Invite an admin, and make them owner when they have joined.", field="role")
    (address,) = mail.check_recipients([email])
    secret, at = make_secret(), now()
    with transaction.atomic():
        if Membership.objects.annotate(address=Lower("user__email")).filter(address=address.lower()).exists():
            raise Conflict(f"{address} is a member already.", field="email")
        _open_to(address).update(withdrawn_at=at)
        invitation = Invitation.objects.create(
            organization_id=principal.organization_id,
            email=address,
            role=role,
            team=members.get_team_row(team_id),
            token_hash=hash_secret(secret),
            invited_by_id=principal.user_id,
            created_at=at,
            expires_at=at + STANDS_FOR,
        )
        _record(principal.organization_id, principal.user_id, "invitation.sent", invitation)
        _send(principal, invitation, secret)
    return invitation


def withdraw_invitation(principal: Principal, invitation_id: UUID) -> None:
    """The link works no longer. raises: NotFound when there is none that stands."""
    with transaction.atomic():
        if not Invitation.objects.filter(OPEN, id=invitation_id).update(withdrawn_at=now()):
            raise NotFound("There is no such open invitation.", invitation_id=str(invitation_id))
        invitation = Invitation.objects.get(id=invitation_id)
        _record(principal.organization_id, principal.user_id, "invitation.withdrawn", invitation)


def accept_with_new_account(secret: str, *, name: str, password: str) -> User:
    """Make the invited person's account and membership; the link has proven the address. Needs no scope.

    raises: NotFound or Conflict for the link; Conflict when the address has an account; Invalid naming the field.
    """
    offer = get_offer(secret)
    with tenancy.scope(offer.organization_id):
        user = create_user(offer.email, password=password, name=name)
        _accept(offer, user)
    return user


def accept_with_account(secret: str, *, user_id: UUID) -> InvitationOffer:
    """Add the membership to the account of the invited address. Needs no scope.

    raises: NotFound or Conflict for the link; Forbidden when the account has another address.
    """
    offer = get_offer(secret)
    user = User.objects.get(id=user_id)
    if user.email.lower() != offer.email.lower():
        raise Forbidden(f"This invitation is for {offer.email}, and you are signed in as {user.email}: sign out first.")
    with tenancy.scope(offer.organization_id):
        _accept(offer, user)
    return offer


def _accept(offer: InvitationOffer, user: User) -> None:
    """Claims the invitation, so that it works once however often the button is pressed; a member keeps the role."""
    if not Invitation.objects.filter(OPEN, id=offer.id, expires_at__gt=now()).update(accepted_at=now()):
        raise Conflict("This invitation was accepted or withdrawn a moment ago: sign in, or ask for a new one.")
    invitation = Invitation.objects.get(id=offer.id)
    Membership.objects.get_or_create(
        organization_id=offer.organization_id, user=user, defaults={"role": offer.role, "team_id": invitation.team_id}
    )
    _record(offer.organization_id, user.id, "invitation.accepted", invitation)


def _open_to(address: str) -> QuerySet[Invitation]:
    return Invitation.objects.annotate(address=Lower("email")).filter(OPEN, address=address.lower())


def _send(principal: Principal, invitation: Invitation, secret: str) -> None:
    organization = organizations.get_organization(principal.organization_id)
    mail.send_mail(
        principal.organization_id,
        to=[invitation.email],
        subject=f"{principal.email} invites you to {organization.name} on Assay",
        template="invitation",
        context={
            "organization": organization,
            "invited_by": principal.email,
            "role": invitation.role,
            "link": settings.PUBLIC_URL + reverse("accept_invitation", args=[secret]),
            "expires_at": invitation.expires_at,
            "reason": f"{principal.email} entered your address to invite you.",
        },
        kind="invitation",
    )


def _record(organization_id: UUID, actor_id: UUID, action: str, invitation: Invitation) -> None:
    details = {"invitation_id": str(invitation.id), "role": str(invitation.role)}
    audit.record(organization_id, actor_id=actor_id, action=action, subject=invitation.email, details=details)
