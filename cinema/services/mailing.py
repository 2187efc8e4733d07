"""Mails about tickets and waiting lists: sent after the commit, and again later when they could not be sent."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from cinema import mail
from cinema.models import SeatEvent, Show, ShowCancellation, ShowSeat, Ticket, TicketSeat, WaitingEntry
from cinema.selectors.tickets import tickets
from cinema.services.transactions import PATIENCE, try_each

# What a mail says of the show, loaded with it.
FOR_MAIL = ("movie", "screen__theatre", "language", "subtitles")


def mail_ticket(*, ticket: Ticket, lines: Sequence[TicketSeat], moved: bool = False, exchanged: bool = False) -> bool:
    """Send the ticket, saying so if its seats have ``moved`` or it was ``exchanged`` to another show, and note when;
    return whether it could be sent."""
    sent = mail.send_ticket(ticket, lines, moved=moved, exchanged=exchanged)
    if sent:
        Ticket.objects.filter(pk=ticket.pk).update(emailed_at=Now())
    return sent


def mail_cancellation(*, ticket: Ticket, lines: Sequence[TicketSeat]) -> bool:
    """Confirm a cancellation by mail; return whether it could be sent. Who is told that the show is off is noted."""
    off = ticket.show.status == Show.Status.CANCELLED
    sent = mail.send_cancellation(ticket, lines, reason=_reason(ticket.show) if off else "")
    if sent and off:
        Ticket.objects.filter(pk=ticket.pk).update(told_at=Now())
    return sent


def mail_part_refund(*, code: str, amount: Decimal) -> bool:
    """Tell the buyer that ``amount`` goes back and which seats they still have; return whether it could be sent."""
    ticket = tickets().get(code=code)
    return mail.send_part_refund(ticket, ticket.seats.all(), amount)


def mail_called_off(*, code: str) -> bool:
    """Tell the buyer that their show is off, and offer another or the money back; return whether it could be sent."""
    ticket = tickets().get(code=code)
    cancellation = ShowCancellation.objects.get(show=ticket.show)
    sent = mail.send_offer(ticket, ticket.seats.all(), cancellation)
    if sent:
        Ticket.objects.filter(pk=ticket.pk).update(told_at=Now())
    return sent


def _reason(show: Show) -> str:
    return ShowCancellation.objects.filter(show=show).values_list("reason", flat=True).first() or ""


def mail_unsent_tickets(*, older_than: timedelta) -> int:
    """Try again every ticket confirmed before ``older_than`` whose mail was not sent; return how many are sent now."""
    # A ticket confirmed or moved a moment ago has its mail on the way.
    moves = SeatEvent.objects.filter(ticket=OuterRef("pk"), action=SeatEvent.Action.MOVE_IN)
    placed = SeatEvent.objects.filter(ticket=OuterRef("pk"), action=SeatEvent.Action.PLACE)
    unsent = (
        Ticket.objects.filter(status=Ticket.Status.CONFIRMED, emailed_at=None, show__starts_at__gt=Now())
        .filter(~Exists(moves.filter(at__gte=Now() - older_than)), confirmed_at__lt=Now() - older_than)
        .annotate(moved=Exists(moves) | Exists(placed), exchanged=Exists(moves.exclude(show=OuterRef("hold__show"))))
        .select_related(*(f"show__{related}" for related in FOR_MAIL))
        .order_by("confirmed_at")  # an index has these few in this order
    )
    return try_each(
        lambda ticket: mail_ticket(
            ticket=ticket,
            lines=list(ticket.seats.filter(active=True).select_related("show_seat__seat__category", "ticket_type")),
            moved=ticket.moved,
            exchanged=ticket.exchanged,
        ),
        unsent,
        patience=PATIENCE,
    )


def mail_waiting(*, entry_id: int) -> bool:
    """Tell somebody on a waiting list how they stand, if they do not know yet; return whether that was sent."""
    entry = _untold().filter(pk=entry_id).select_related("hold", *(f"show__{related}" for related in FOR_MAIL)).first()
    if entry is None:
        return False
    seats = ShowSeat.objects.filter(hold=entry.hold_id) if entry.hold else ShowSeat.objects.none()
    sent = mail.send_waiting(entry, list(seats.select_related("seat__category").order_by("seat__y", "seat__x")))
    if sent:
        WaitingEntry.objects.filter(pk=entry.pk, status=entry.status).update(emailed_at=Now())
    return sent


def mail_unsent_waiting(*, older_than: timedelta) -> int:
    """Try again whoever came to wait, or was offered seats, before ``older_than`` and was not told."""
    untold = _untold().filter(created_at__lt=Now() - older_than).exclude(offered_at__gte=Now() - older_than)
    keys = untold.order_by("created_at").values_list("pk", flat=True)
    return try_each(lambda pk: mail_waiting(entry_id=pk), keys, patience=PATIENCE)


def _untold() -> QuerySet[WaitingEntry]:
    """Who waits for a coming show, or has a living offer, and was not told so."""
    present = Q(status=WaitingEntry.Status.WAITING) | Q(status=WaitingEntry.Status.OFFERED, hold__expires_at__gt=Now())
    return WaitingEntry.objects.filter(present, emailed_at=None, show__starts_at__gt=Now())
