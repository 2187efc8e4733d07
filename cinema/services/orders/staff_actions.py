"""Staff actions on orders: lock the order, detect duplicates, and log user and reason."""

from collections.abc import Collection
from typing import NamedTuple

from cinema.exceptions import OrderChanged
from cinema.models import AuditEvent, StaffAction, Ticket, User
from cinema.models.annotated import TicketNow, TicketSeatNow
from cinema.services.core import audit
from cinema.services.core.locking import FACTS, lock_ticket


class RequestedAction(NamedTuple):
    """The context of a staff action on an order: user, reason, and what the user's page showed.

    ``seen`` is the key of the order's latest audit event on that page (0: none): a later one raises OrderChanged.
    ``key`` is the idempotency key of the form, so that a second click is not a second action.
    """

    user: User
    reason: str
    seen: int
    key: str


def lock_for_action(
    *, code: str, requested: RequestedAction, beside: Collection[int] = ()
) -> tuple[TicketNow, list[TicketSeatNow]]:
    """Lock a ticket, as lock_ticket() does, with the FACTS of its show, for a staff action. Raises OrderChanged."""
    ticket, lines = lock_ticket(*FACTS, code=code, beside=beside)
    check_unchanged(ticket=ticket, requested=requested, but={"staff_action__key": requested.key})
    return ticket, lines


def check_unchanged(*, ticket: Ticket, requested: RequestedAction, but: dict[str, object]) -> None:
    """Raise OrderChanged for the first audit event of the order after the one seen.

    Resent mails do not count, nor do events that match ``but``: those of the action itself.
    """
    later = AuditEvent.objects.filter(ticket=ticket, pk__gt=requested.seen).exclude(action=audit.Action.RESEND)
    if event := later.exclude(**but).select_related("user").order_by("pk").first():
        raise OrderChanged(event)


def is_duplicate(*, ticket: Ticket, requested: RequestedAction) -> bool:
    """Whether the same form has been submitted before."""
    return StaffAction.objects.filter(ticket=ticket, key=requested.key).exists()


def log_action(*, ticket: Ticket, requested: RequestedAction, action: audit.Action, **details: object) -> None:
    """Log the action in the order's history. Repeating it is a duplicate from now on."""
    event = audit.note(
        action=action,
        user=requested.user,
        subject=ticket.reference,
        theatre=ticket.show.screen.theatre,
        show=ticket.show,
        ticket=ticket,
        reason=requested.reason,
        **details,
    )
    StaffAction.objects.create(ticket=ticket, key=requested.key, event=event)
