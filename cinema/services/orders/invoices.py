"""Sales on invoice: a group buys at the counter, or takes up its reservation, and pays later."""

from datetime import timedelta
from typing import Any, NamedTuple

from cinema.exceptions import GiftCardsNotOnInvoice, IdempotencyKeyReused, NothingToInvoice
from cinema.models import CounterAction, Invoice, Order, Payment, PaymentMode, Theatre
from cinema.services.core.transactions import atomically
from cinema.services.money.counter_actions import Done, Permission, record_action
from cinema.services.money.tills import lock_open_session
from cinema.services.orders.counter import CounterSale, Tender, take_payment


class InvoiceTerms(NamedTuple):
    """The payer of an invoice, and the number of days from today until it is due."""

    payer: str
    address: str
    tax_number: str
    days: int


@atomically
def sell_on_invoice(*, sale: CounterSale, terms: InvoiceTerms, permission: Permission) -> Payment:
    """Sell all that is left to pay of a sale on invoice. Its receipt is issued as the invoice.

    Repeating a request returns the same payment. Raises GiftCardsNotOnInvoice, NothingToInvoice, IdempotencyKeyReused
    for other terms than before, and what counter.take_payment() raises.
    """
    if sale.chosen.bought:
        raise GiftCardsNotOnInvoice
    tender = Tender(PaymentMode.INVOICE, permission.key)
    payment = take_payment(sale=sale, tender=tender, by=permission.by)
    if earlier := Invoice.objects.select_related("theatre").filter(payment=payment).first():
        if any(getattr(earlier, name) != value for name, value in _columns(terms, payment, earlier.theatre).items()):
            raise IdempotencyKeyReused
        return payment
    if payment.mode != PaymentMode.INVOICE or not payment.amount:
        raise NothingToInvoice
    session, order = lock_open_session(theatre=sale.session.theatre, code=sale.session.code), payment.order
    Invoice.objects.create(
        theatre=session.theatre,
        payment=payment,
        left=payment.amount,
        **_columns(terms, payment, session.theatre),
    )
    Order.objects.filter(pk=order.pk).update(company=terms.payer, company_tax_number=terms.tax_number)
    seats = sum(ticket.seats.count() for ticket in order.tickets.all())
    record_action(
        session=session, done=Done(CounterAction.Kind.INVOICE, order, payment.amount, seats), permission=permission
    )
    return payment


def _columns(terms: InvoiceTerms, payment: Payment, theatre: Theatre) -> dict[str, Any]:
    """The columns of an invoice that say its terms."""
    due_on = payment.created_at.astimezone(theatre.tz).date() + timedelta(days=terms.days)
    return {"payer": terms.payer, "address": terms.address, "tax_number": terms.tax_number, "due_on": due_on}
