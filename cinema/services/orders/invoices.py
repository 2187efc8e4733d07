"""Sales on invoice: a group buys at the counter, or takes up its reservation, and pays later."""

from datetime import timedelta
from typing import NamedTuple

from cinema.exceptions import NothingToInvoice
from cinema.models import CounterAction, Invoice, Order, Payment, PaymentMode
from cinema.services.core.transactions import atomically
from cinema.services.money.counter_actions import Done, Permission, record_action
from cinema.services.money.tills import lock_open_session
from cinema.services.orders.counter import CounterSale, Tender, take_payment


class Terms(NamedTuple):
    """The payer of an invoice, and the number of days from today until it is due."""

    payer: str
    address: str
    tax_number: str
    days: int


@atomically
def sell_on_invoice(*, sale: CounterSale, terms: Terms, permission: Permission) -> Payment:
    """Sell all that is left to pay of a sale on invoice. Its receipt is issued as the invoice.

    Repeating a request returns the same payment. Raises NothingToInvoice and what counter.take_payment() raises.
    """
    tender = Tender(PaymentMode.INVOICE, permission.key)
    payment = take_payment(sale=sale, tender=tender, by=permission.by)
    if Invoice.objects.filter(payment=payment).exists():
        return payment
    if payment.mode != PaymentMode.INVOICE or not payment.amount:
        raise NothingToInvoice
    session, order = lock_open_session(theatre=sale.session.theatre, code=sale.session.code), payment.order
    Invoice.objects.create(
        theatre=session.theatre,
        payment=payment,
        payer=terms.payer,
        address=terms.address,
        tax_number=terms.tax_number,
        due_on=payment.created_at.astimezone(session.theatre.tz).date() + timedelta(days=terms.days),
        left=payment.amount,
    )
    Order.objects.filter(pk=order.pk).update(company=terms.payer, company_tax_number=terms.tax_number)
    seats = sum(ticket.seats.count() for ticket in order.tickets.all())
    record_action(
        session=session, done=Done(CounterAction.Kind.INVOICE, order, payment.amount, seats), permission=permission
    )
    return payment
