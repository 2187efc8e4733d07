"""Settle conflicts: a manager has looked into an admission that should not have been."""

from cinema.models import CheckIn, SettledConflict, Theatre, User
from cinema.services.core.transactions import atomically


@atomically
def settle_conflict(*, theatre: Theatre, check_id: int, user: User) -> SettledConflict:
    """Record that ``user`` has looked into a conflict at the theatre; one that is settled already stays so.

    Raises CheckIn.DoesNotExist if there is no such conflict.
    """
    check = CheckIn.objects.get(pk=check_id, theatre=theatre, outcome=CheckIn.Outcome.CONFLICT)
    settled, _is_new = SettledConflict.objects.get_or_create(check_in=check, defaults={"user": user})
    return settled
