"""Reminders by mail, some hours before a show."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Now

from cinema.models import Order, OutgoingMail, ReminderStop, Show, Theatre, Ticket
from cinema.services.core.outbox import TICKETS, Kind, post
from cinema.services.core.transactions import PATIENCE, atomically, try_each

AT_ONCE = 500  # tickets of a theatre in a run


def remind_of_shows() -> int:
    """Post the reminders that are due; return how many. Safe to call at any time and concurrently.

    They are due Theatre.reminder_hours before the show. Each ticket gets one, and another if its show is then moved, or
    the ticket is exchanged for another show. Tickets that were bought or mailed after that moment get none.
    """
    theatres = Theatre.objects.filter(reminder_hours__gt=0).order_by("pk")
    keys = [key for theatre in theatres for key in _due(theatre).values_list("pk", flat=True)[:AT_ONCE]]
    return try_each(lambda pk: _remind(pk=pk), keys, patience=PATIENCE)


def _due(theatre: Theatre) -> QuerySet[Ticket]:
    """The tickets whose buyers are to be reminded now."""
    ahead = timedelta(hours=theatre.reminder_hours)
    shows = Show.objects.filter(screen__theatre=theatre, status=Show.Status.SCHEDULED, ends_at__gt=Now())
    shows = shows.filter(starts_at__gt=Now(), starts_at__lte=Now() + ahead)
    due = F("show__starts_at") - ahead
    stopped = ReminderStop.objects.filter(email=OuterRef("order__email"))
    mailed = OutgoingMail.objects.filter(ticket=OuterRef("pk"), kind__in=TICKETS, created_at__gte=OuterRef("due"))
    tickets = Ticket.objects.filter(show__in=shows, status=Ticket.Status.CONFIRMED, confirmed_at__lt=due)
    tickets = tickets.exclude(order__email="").exclude(reminded_of=F("show__starts_at")).alias(due=due)
    return tickets.exclude(Exists(stopped)).exclude(Exists(mailed)).order_by("show__starts_at", "pk")


@atomically
def _remind(*, pk: int) -> bool:
    ticket = Ticket.objects.select_related("order", "show").get(pk=pk)
    claimed = Ticket.objects.filter(pk=pk, status=Ticket.Status.CONFIRMED).exclude(reminded_of=ticket.show.starts_at)
    if not claimed.update(reminded_of=ticket.show.starts_at):  # another process was first, or it was cancelled
        return False
    post(kind=Kind.REMINDER, about=ticket)
    return True


def stop_reminders(*, email: str) -> None:
    """Send no more reminders to an email address, from any theatre. Safe to repeat."""
    ReminderStop.objects.bulk_create([ReminderStop(email=email)], ignore_conflicts=True)


def allow_reminders(*, email: str) -> None:
    """Send reminders to an email address again."""
    ReminderStop.objects.filter(email=email).delete()


def forget_reminder_stops() -> int:
    """Delete the stops of email addresses with which nothing is booked any more; return how many."""
    used = [Exists(Order.objects.filter(email=OuterRef("email"), user__isnull=guest)) for guest in (True, False)]
    return ReminderStop.objects.exclude(used[0]).exclude(used[1]).delete()[0]
