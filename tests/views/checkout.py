"""The page of a hold, and checking out on it."""

from cinema.models import Payment, SandboxCharge, Ticket, TicketSeat
from tests.views.browsers import answers, browser

ASHA = {"name": "Asha Rao", "email": "asha@example.org", "phone": "+91 98200 12345", "mode": "UPI"}

LEFT_OVER = (Ticket, TicketSeat, Payment, SandboxCharge)


def page(hold, buyer="asha"):
    return browser(buyer).get(hold.get_absolute_url())


def check_out(hold, buyer="asha", **changes):
    """Open the checkout, fill it in and post it, with some answers changed."""
    client = browser(buyer)
    form = answers(client.get(hold.get_absolute_url()))
    return client.post(hold.get_absolute_url(), form | ASHA | changes)


def nothing_is_booked() -> bool:
    return not any(model.objects.exists() for model in LEFT_OVER)
