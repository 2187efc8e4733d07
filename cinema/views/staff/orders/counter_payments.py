"""Payments of the counter that a provider takes: what became of them, and giving them up."""

from http import HTTPStatus

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cinema.models import Payment, PaymentMode, Theatre, TillSession
from cinema.selectors.orders.counter import payment_at_till, sale_in_hand
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.booking.booking_requests import Contact
from cinema.services.money.payments import check_payment
from cinema.services.money.till_payments import give_up
from cinema.services.orders.counter import CounterSale, Tender, take_payment
from cinema.views.staff.access import at_theatre
from cinema.views.staff.orders.counter import Hand, again, at_till, end_sale, page
from cinema.web.http import StaffRequest
from cinema.web.shortcuts import or_404


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def ask(request: StaffRequest, theatre: Theatre, code: str) -> HttpResponse:
    """What became of a payment: nothing to swap while it waits, then the page as it is; a sale that is all paid is
    finished."""

    def act(session: TillSession) -> HttpResponse:
        payment = check_payment(payment=or_404(payment_at_till(theatre, code)))
        if payment.status == Payment.Status.PENDING and request.htmx:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return _outcome(request, theatre, session, payment)

    return at_till(request, theatre, act)


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def cancel(request: StaffRequest, theatre: Theatre, code: str) -> HttpResponse:
    """Give up a payment that waits. If it was paid after all, it counts."""

    def act(session: TillSession) -> HttpResponse:
        payment = give_up(payment=or_404(payment_at_till(theatre, code)))
        error = {
            Payment.Status.PENDING: _("It is being paid. Please wait a moment for the result."),
            Payment.Status.REPLACED: _(
                "The payment provider does not answer, so the buyer may still be able to pay. If money comes, it goes"
                " back, or the sale is listed here as not finished."
            ),
        }.get(Payment.Status(payment.status))
        if error:
            return page(request, session, error=error, status=HTTPStatus.CONFLICT)
        return _outcome(request, theatre, session, payment, given_up=True)

    return at_till(request, theatre, act)


def _outcome(
    request: StaffRequest, theatre: Theatre, session: TillSession, payment: Payment, *, given_up: bool = False
) -> HttpResponse:
    if payment.status == Payment.Status.FAILED and not given_up:
        error = _("The code was closed before anybody had paid. Please try again.")
        if payment.mode == PaymentMode.READER:
            error = _(
                "The card was not charged: it was declined, or somebody cancelled on the reader. Please try again."
            )
        return page(request, session, error=error, status=HTTPStatus.CONFLICT)
    done = _finish(request, session, payment) if payment.status == Payment.Status.SUCCESS else None
    if done:
        end_sale(request, done)
    return again(request, theatre, session, done=done)


def _finish(request: StaffRequest, session: TillSession, payment: Payment) -> Payment | None:
    """Sell the sale in hand, if this payment has paid the last of it."""
    hand, order = Hand.of(request), payment.order
    sale = sale_in_hand(session.theatre, hand.buyer, hand.chosen)
    if sale is None or sale.order is None or sale.order.pk != order.pk or sale.due:
        return None
    contact = Contact(order.name, order.email, order.phone)
    whole = CounterSale(session, hand.buyer, hand.chosen, sale.quote.total, contact, seen_rest=sale.rest)
    tender = Tender(PaymentMode.CASH, f"finish {payment.code}")
    return take_payment(sale=whole, tender=tender, by=request.user)
