"""Actions at the counter that need a permission: who allows them, and what is recorded of them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import IntegrityError
from django.db.models.functions import Now

from cinema.domain.money import exact
from cinema.exceptions import IdempotencyKeyReused
from cinema.models import AllowedPrice, CounterAction, Order, TicketSeat, TillSession, User
from cinema.models.annotated import TillSessionNow
from cinema.services.core import audit
from cinema.services.core.locking import lock_till_session
from cinema.services.core.transactions import atomically

Kind, Reason = CounterAction.Kind, CounterAction.Reason
NOTHING = Decimal(0)


class Permission(NamedTuple):
    """The user who acts and the one who allows it, perhaps the same; the code of the reason; the idempotency key."""

    by: User
    allowed_by: User
    reason: str
    key: str


class Done(NamedTuple):
    """What was done to an order: the amount that was refunded or not charged, and the number of seats."""

    kind: CounterAction.Kind
    order: Order
    amount: Decimal
    seats: int


def is_done(*, kind: CounterAction.Kind, permission: Permission, order: Order) -> bool:
    """Whether the same request has been carried out before."""
    return CounterAction.objects.filter(kind=kind, key=permission.key, order=order).exists()


def record_action(*, session: TillSessionNow | None, done: Done, permission: Permission) -> CounterAction:
    """Record an action in the caller's transaction, which has locked the session if it is about a till, in the audit
    trail too. Raises IdempotencyKeyReused."""
    action = count_action(session=session, done=done, permission=permission)
    audit.note(
        action=audit.Action.COUNTER,
        user=permission.by,
        subject=done.order.reference,
        theatre=session.theatre if session else done.order.theatre,
        ticket=done.order.tickets.order_by("pk").first(),
        reason=str(Reason(permission.reason).label),
        what=done.kind,
        number=done.seats,
        amount=str(done.amount),
        allowed_by=permission.allowed_by.pk,
    )
    return action


def count_action(*, session: TillSessionNow | None, done: Done, permission: Permission) -> CounterAction:
    """Record an action whose entry in the audit trail the caller writes.

    Raises IdempotencyKeyReused, after which the transaction cannot go on.
    """
    try:
        return CounterAction.objects.create(
            session=session,
            at=session.now if session else Now(),
            by=permission.by,
            allowed_by=permission.allowed_by,
            reason=permission.reason,
            key=permission.key,
            **done._asdict(),
        )
    except IntegrityError as error:
        if "unique" in str(error).lower():
            raise IdempotencyKeyReused from None
        raise


def record_prices(*, session: TillSessionNow, order: Order, allowed: Sequence[AllowedPrice]) -> None:
    """Record the prices below the list at which the seats of a new order are sold: an action for each reason."""
    by_cause: dict[tuple[str, str, int, int], list[AllowedPrice]] = {}
    for one in allowed:
        by_cause.setdefault((one.kind, one.reason, one.by_id, one.allowed_by_id), []).append(one)
    for number, (kind, reason, by, allowed_by) in enumerate(by_cause):
        seats = by_cause[kind, reason, by, allowed_by]
        amount = sum((exact(one.list_price - one.price) for one in seats), NOTHING)
        # As good as read: only the keys are written.
        permission = Permission(User(pk=by), User(pk=allowed_by), reason, f"{order.code} {number}")
        record_action(session=session, done=Done(Kind(kind), order, amount, len(seats)), permission=permission)


@atomically
def note_reprint(*, session: TillSession | None, order: Order, permission: Permission) -> None:
    """Record that the tickets of an order are printed again, in the session of the till unless it is closed meanwhile:
    its Z report stays as it was printed. Repeating a request (its key) changes nothing. Raises IdempotencyKeyReused.
    """
    if session and lock_till_session(pk=session.pk).closed_at:
        session = None
    seats = TicketSeat.objects.filter(ticket__order=order, active=True).count()
    row = {"session": session, "order": order, "kind": Kind.REPRINT, "seats": seats, "at": Now()}
    who = {"by": permission.by, "allowed_by": permission.allowed_by, "reason": permission.reason}
    action, _is_new = CounterAction.objects.get_or_create(key=permission.key, defaults={**row, **who})
    if (action.order_id, action.kind) != (order.pk, Kind.REPRINT):
        raise IdempotencyKeyReused
