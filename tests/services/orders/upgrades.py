"""Upgrades for tests: a theatre that offers them, a ticket, and what becomes of it."""

from decimal import Decimal

from cinema.models import Payment, Refund, Show, Ticket
from cinema.selectors.booking.tickets import ticket_by_code
from cinema.services.money.payments import start_payment
from cinema.services.orders.buyer_exchanges import ExchangeChoice
from cinema.services.orders.upgrades import UpgradeRequest, begin_upgrade
from tests.factories import ScreenFactory, ShowFactory, seat_ids, sold
from tests.mails import forget_mails


def show_with_upgrades() -> Show:
    """A show where row A costs 250, row B 350, with a fee of 20 for each."""
    terms = {"cancel_cutoff": 60, "buyer_exchanges": True, "tax": 18, "web_fee": 20}
    return ShowFactory(screen__plan="aaaa\nbbbb", **{f"screen__theatre__{name}": of for name, of in terms.items()})


def other_show(show: Show) -> Show:
    """Another show of the film: 300 and 400."""
    screen = ScreenFactory(theatre=show.screen.theatre, plan="aaaa\nbbbb")
    return ShowFactory(movie=show.movie, screen=screen, price=300)


def two_seats(show: Show) -> Ticket:
    """A paid ticket for A1 and A2, whose mail has left the outbox."""
    ticket = sold(show, "A1 A2")
    forget_mails()
    return ticket


def begin(ticket: Ticket, show: Show, names: str, seen: Decimal | int, key: str = "the key of a form") -> Payment:
    """Begin an upgrade to the named seats, and start its payment."""
    choice = ExchangeChoice(show.pk, seat_ids(show, names))
    payment = begin_upgrade(code=ticket.code, choice=choice, request=UpgradeRequest("UPI", key, Decimal(seen)))
    start_payment(payment=payment)
    return payment


def now(ticket: Ticket) -> Ticket:
    """The ticket as it is now."""
    return ticket_by_code(ticket.code)


def prices(ticket: Ticket) -> list[Decimal]:
    """What the seats of the ticket count for, ascending."""
    return sorted(line.current_price for line in now(ticket).seats.all())


def refunded() -> Decimal:
    """The sum of all refunds."""
    return sum((refund.amount for refund in Refund.objects.all()), Decimal(0))
