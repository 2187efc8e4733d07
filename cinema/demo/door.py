"""What the demo has to scan at a door."""

from django.db.models.functions import Now

from cinema.models import Ticket


def ticket_to_scan() -> Ticket | None:
    """A sold ticket of the next show, loaded with its theatre; None if nothing is sold."""
    tickets = Ticket.objects.filter(status=Ticket.Status.CONFIRMED, show__starts_at__gt=Now())
    return tickets.select_related("show__screen__theatre").order_by("show__starts_at", "pk").first()
