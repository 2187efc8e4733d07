"""Tills, and what is sold at them."""

from decimal import Decimal
from typing import Any

from cinema.models import Invoice, ParkedSale, Payment, Show, Theatre, Ticket, TillSession, User
from cinema.models.codes import new_code
from cinema.selectors.booking.gift_cards import GiftCardRequest
from cinema.selectors.orders.counter import SaleInput, new_buyer, sale_in_hand
from cinema.services.booking.booking_requests import Contact
from cinema.services.money.counter_actions import Permission
from cinema.services.money.tills import open_till, save_till
from cinema.services.orders.allowances import PriceRequest, allow_price
from cinema.services.orders.counter import CounterSale, CounterSeatRequest, Tender, hold_for_sale, take_payment
from cinema.services.orders.invoices import InvoiceTerms, sell_on_invoice
from cinema.services.orders.parking import Parking, park_sale
from tests.factories.booking import seat_ids, ticket_of
from tests.factories.halls import TheatreFactory
from tests.factories.people import BOX_OFFICE, staff


def till_session(theatre: Theatre | None = None, by: User | None = None, float: int = 100, **till: Any) -> TillSession:
    """An open session of a new till with a float in hundreds; ``till`` are arguments of save_till()."""
    theatre = theatre or TheatreFactory()
    by = by or staff(theatre, BOX_OFFICE)
    made = save_till(theatre=theatre, by=by, **{"name": f"Till {theatre.tills.count() + 1}"} | till)
    return open_till(theatre=theatre, pk=made.pk, counts={"100": float // 100}, by=by)


def counter_sale(
    session: TillSession, show: Show, names: str = "", party: int = 1, buyer: str = "counter", **more: Any
) -> CounterSale:
    """Hold seats “G8 G9” of a show, or the best ones, for a sale at a till; ``more`` are fields of a CounterSale."""
    seats = seat_ids(show, names) if names else ()
    wanted = CounterSeatRequest(show.pk, {0: len(seats) or party}, seats)
    hold_for_sale(theatre=session.theatre, buyer=buyer, wanted=wanted, by=session.opened_by)
    chosen = more.pop("chosen", SaleInput())
    sale = sale_in_hand(session.theatre, buyer, chosen)
    return CounterSale(session, buyer, chosen, seen=sale.quote.total, **more)


def sale_of_cards(session: TillSession, *amounts: int, email: str = "") -> CounterSale:
    """A sale of nothing but gift cards, of these amounts, at a till."""
    chosen, buyer = SaleInput(bought=[GiftCardRequest(Decimal(amount), email) for amount in amounts]), new_buyer()
    sale = sale_in_hand(session.theatre, buyer, chosen)
    return CounterSale(session, buyer, chosen, sale.quote.total, Contact("", ""), seen_rest=sale.rest)


def paid_at_till(
    session: TillSession, sale: CounterSale, mode: str = "CASH", amount: Decimal | int | None = None, **more: Any
) -> Payment:
    """Take a payment of a sale at a till; ``more`` are fields of a Tender."""
    given = None if amount is None else Decimal(amount)
    tender = Tender(mode, more.pop("key", new_code()), given, **more)
    return take_payment(sale=sale, tender=tender, by=session.opened_by)


def permission(session: TillSession, reason: str, boss: User | None = None, key: str = "") -> Permission:
    """The seller of a session acts; ``boss`` has allowed it, or the seller."""
    return Permission(session.opened_by, boss or session.opened_by, reason, key or new_code())


def on_invoice(
    session: TillSession, sale: CounterSale, days: int = 14, boss: User | None = None, key: str = ""
) -> Invoice:
    """Sell what is left to pay of a sale on invoice, to a school."""
    terms = InvoiceTerms("City School", "1 School Road", "TAX 1", days)
    payment = sell_on_invoice(sale=sale, terms=terms, permission=permission(session, "SCHOOL", boss, key))
    return payment.invoice


def given_away(show: Show, names: str, reason: str) -> Ticket:
    """Sell seats “G8 G9” of a show for nothing at a till, for a CounterAction.Reason."""
    session, buyer = till_session(show.screen.theatre), new_code()
    sale, wanted = counter_sale(session, show, names, buyer=buyer), PriceRequest(seat_ids(show, names), {}, Decimal(0))
    allow_price(theatre=session.theatre, buyer=buyer, wanted=wanted, permission=permission(session, reason))
    return ticket_of(paid_at_till(session, sale._replace(seen=Decimal(0))))


def sold_at_till(session: TillSession, show: Show, names: str, mode: str = "CASH", **more: Any) -> Ticket:
    """Sell seats at a till."""
    sale = counter_sale(session, show, names, buyer=new_code())
    return ticket_of(paid_at_till(session, sale, mode, **more))


def parked(session: TillSession, show: Show, names: str, word: str = "Asha", **more: Any) -> ParkedSale:
    """Seats of a show that are parked at a till, or reserved: parked(…, before=timedelta(hours=1))."""
    sale = counter_sale(session, show, names, buyer=new_code())
    parking = Parking(sale.buyer, sale.chosen, word, **more)
    return park_sale(theatre=session.theatre, parking=parking, by=session.opened_by)
