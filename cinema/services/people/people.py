"""Staff of a theatre: give and take roles, and invite new people."""

from collections.abc import Collection
from typing import NamedTuple

from django.db import IntegrityError

from cinema.domain.texts import normalise_email
from cinema.exceptions import AccountClosed, DatabaseBusy, OwnersOnly
from cinema.models import AuditEvent, StaffRole, Theatre, User
from cinema.services.core import audit
from cinema.services.core.locking import lock_theatre
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically

Role = StaffRole.Role
ROLE = AuditEvent.Action.ROLE


class Appointed(NamedTuple):
    """A user with their new roles, and whether they were mailed a link to choose a password."""

    user: User
    roles: list[str]
    invited: bool


def give_roles(*, theatre: Theatre, email: str, name: str = "", roles: Collection[str], by: User) -> Appointed:
    """Add roles at the theatre to the account with this email address.

    If there is none, it is created without a password and mailed a link to choose one. Raises AccountClosed, and
    OwnersOnly if anybody but an owner appoints a manager.
    """
    try:
        return _give(theatre=theatre, email=email, name=name, roles=roles, by=by)
    except IntegrityError as error:
        raise DatabaseBusy from error  # the same person is being added in another transaction


@atomically
def _give(*, theatre: Theatre, email: str, name: str, roles: Collection[str], by: User) -> Appointed:
    for role in roles:
        _check_may_decide(by, role)
    lock_theatre(pk=theatre.pk)
    user = User.objects.filter(email=normalise_email(email)).first()
    if user is None:
        user = User.objects.create_user(email, name=name)
    if not user.is_active:
        raise AccountClosed
    had = set(StaffRole.objects.filter(user=user, theatre=theatre).values_list("role", flat=True))
    new = [role for role in Role.values if role in roles and role not in had]
    StaffRole.objects.bulk_create(StaffRole(user=user, theatre=theatre, role=role) for role in new)
    invited = not user.has_usable_password()
    if new:
        audit.note(action=ROLE, user=by, subject=user, theatre=theatre, given=new)
    if invited:
        post(kind=Kind.INVITATION, about=user, theatre=theatre.pk, by=by.pk)
    return Appointed(user, new, invited)


@atomically
def take_role(*, theatre: Theatre, user_id: int, role: str, by: User) -> bool:
    """Take a role at the theatre from a user; return whether they had it. Owners keep all rights without a role.

    Raises OwnersOnly if anybody but an owner removes a manager, even themselves.
    """
    _check_may_decide(by, role)
    lock_theatre(pk=theatre.pk)
    held = StaffRole.objects.select_related("user").filter(theatre=theatre, user=user_id, role=role).first()
    if held is None:
        return False
    held.delete()
    audit.note(action=ROLE, user=by, subject=held.user, theatre=theatre, taken=[role])
    return True


def invite_again(*, theatre: Theatre, user: User, by: User) -> bool:
    """Mail the link to choose a password again; return False if the user has a password."""
    if user.has_usable_password():
        return False
    post(kind=Kind.INVITATION, about=user, theatre=theatre.pk, by=by.pk)
    return True


def _check_may_decide(by: User, role: str) -> None:
    if role == Role.MANAGER and not by.is_owner:
        raise OwnersOnly
