"""PINs, by which staff sign on at the tills of a theatre."""

from django.contrib.auth.hashers import check_password, make_password

from cinema.exceptions import WrongPin
from cinema.models import FailedTry, StaffPin, Theatre, User
from cinema.services.core import audit
from cinema.services.core.transactions import atomically
from cinema.services.people.failed_tries import count_try, forget_tries


@atomically
def set_pin(*, theatre: Theatre, user: User, pin: str, by: User) -> None:
    """Set the PIN of a user at a theatre; the tries of others are forgotten."""
    StaffPin.objects.update_or_create(user=user, theatre=theatre, defaults={"pin": make_password(pin)})
    forget_tries(kind=FailedTry.Kind.PIN, about=_about(theatre, user))
    audit.note(action=audit.Action.PIN, user=by, subject=user, theatre=theatre)


def prove_pin(*, theatre: Theatre, user: User, pin: str, client_ip: str) -> None:
    """Check the PIN of a user. Raises WrongPin, and TooManyWrongPins even for the right one."""
    stored = StaffPin.objects.filter(user=user, theatre=theatre).values_list("pin", flat=True).first()
    right = stored is not None and check_password(pin, stored)
    count_try(kind=FailedTry.Kind.PIN, about=_about(theatre, user), client_ip=client_ip, right=right)
    if not right:
        raise WrongPin


def _about(theatre: Theatre, user: User) -> str:
    return f"pin {theatre.pk} {user.pk}"
