"""The page to which buyers return from the payment provider, and the provider's webhook."""

import secrets

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from cinema.exceptions import BusinessRuleViolation, PaymentsUnavailable
from cinema.gateways import GATEWAYS
from cinema.models import Order, Payment, Refund, SeatUpgrade, Ticket
from cinema.models.annotated import PaymentWithReasonNow
from cinema.selectors.booking.holds import ticket_of_hold
from cinema.selectors.money.payments import is_payable, latest_payment, load_tickets, payment_by_code, upgrade_of
from cinema.services.booking.booking import pay_again
from cinema.services.money.payments import check_payment, start_payment
from cinema.services.money.provider_events import receive_event
from cinema.views.public.gift_cards import gift_card_payment
from cinema.web.decorators import personal, see_other
from cinema.web.errors import WayOut, error_response
from cinema.web.http import HtmxRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404

POLL_SECONDS = 2


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@personal
def payment(request: HtmxRequest, code: str) -> HttpResponse:
    """The state of a payment and what to do next. Redirects to the ticket once it is paid, or to a later payment.

    Some providers send the buyer back by POST, which redirects here.
    """
    found = or_404(payment_by_code(code))
    if request.method == "POST":
        return see_other(found)
    settled = check_payment(payment=found)
    if settled is not found:
        if _has_booked_all(settled):
            return _lead_to_booked(request, settled, settled.order.ticket_list[0])
        found = or_404(payment_by_code(code))
    if found.order.status not in Order.UNSOLD and (upgrade := upgrade_of(found)):
        return _upgrade(request, found, upgrade)
    load_tickets(found)
    if not found.order.ticket_list:
        return gift_card_payment(request, found)
    booked, latest = _outcome(found)
    if booked and booked.status == Ticket.Status.CANCELLED:
        return _lead_on(request, booked)
    paid = found.status not in Payment.UNPAID and found.refund_reason != Refund.Reason.PAID_TWICE
    if booked and booked in found.order.ticket_list and paid:
        return _lead_to_booked(request, found, booked)
    if not booked and latest != found and found.status in Payment.UNPAID:
        return _lead_on(request, latest)
    waits = not booked and found.status in Payment.OPEN
    if waits and request.htmx:
        return HttpResponse(status=204)
    return render(request, "public/payments/payment.html", _facts(request, found, booked) | {"waits": waits})


def _upgrade(request: HtmxRequest, payment: PaymentWithReasonNow, upgrade: SeatUpgrade) -> HttpResponse:
    """The state of the payment of dearer seats for a ticket; leads on to the ticket once it has them."""
    ticket = upgrade.ticket
    if upgrade.done_at:
        messages.success(request, _("You have your new seats. We’ve emailed your ticket again."))
        return _lead_on(request, ticket)
    waits = payment.status in Payment.OPEN
    if waits and request.htmx:
        return HttpResponse(status=204)
    context = {
        "payment": payment,
        "ticket": ticket,
        "to": upgrade.hold.show,
        "theatre": upgrade.hold.show.screen.theatre,
        "waits": waits,
        "is_held": waits and upgrade.hold.is_active_at(payment.now),
        "hold": upgrade.hold,
        "now": payment.now,
        "refunds": payment.refunds.select_related("payment__gift_card").order_by("created_at"),
        "poll_seconds": POLL_SECONDS,
    }
    return render(request, "public/payments/upgrade.html", context)


def _has_booked_all(payment: Payment) -> bool:
    """Whether the payment has booked every ticket of its order, so that nothing else has to be read."""
    tickets, is_paid = payment.order.ticket_list, payment.status == Payment.Status.SUCCESS
    booked = (
        ticket.status == Ticket.Status.CONFIRMED and ticket.confirmed_at == payment.settled_at for ticket in tickets
    )
    return is_paid and bool(tickets) and all(booked)


def _lead_to_booked(request: HtmxRequest, payment: Payment, booked: Ticket) -> HttpResponse:
    """Lead on to the ticket that the payment has bought, or to its order if there are several."""
    if payment.status == Payment.Status.SUCCESS:
        sentence = _("You’re booked! We’ve also emailed your ticket to %(email)s.")
        messages.success(request, sentence % {"email": payment.order.email})
    return _lead_on(request, booked if len(payment.order.ticket_list) == 1 else payment.order)


def _outcome(payment: Payment) -> tuple[Ticket | None, Payment]:
    """The ticket, confirmed or cancelled, for the seats of the payment's holds, if any, and the latest payment."""
    tickets = payment.order.ticket_list
    if booked := next((ticket for ticket in tickets if ticket.status == Ticket.Status.CONFIRMED), None):
        return booked, payment
    paid = filter(None, (ticket_of_hold(ticket.hold) for ticket in tickets))
    return next(paid, None), latest_payment(tickets[0].hold)


def _lead_on(request: HtmxRequest, to: Order | Ticket | Payment) -> HttpResponse:
    url = to.get_absolute_url()
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _facts(request: HtmxRequest, found: PaymentWithReasonNow, booked: Ticket | None) -> dict[str, object]:
    """The template context of a payment; ``hold`` is the one of the order that ends first."""
    tickets = found.order.ticket_list
    ticket = min(tickets, key=lambda ticket: ticket.hold.expires_at)
    hold, show = ticket.hold, ticket.show
    refunds = list(found.refunds.order_by("created_at", "pk")) if found.refund_reason else []
    others_gone = {refund.ticket_id for refund in refunds if refund.reason == Refund.Reason.OTHERS_GONE}
    is_held, is_mine = all(one.hold.is_active_at(found.now) for one in tickets), hold.buyer == request.buyer
    return {
        "payment": found,
        "booked": booked,
        "ticket": ticket,
        "tickets": tickets,
        "hold": hold,
        "now": found.now,
        "is_held": is_held,
        "show": show,
        "theatre": show.screen.theatre,
        "seats": [line for one in tickets if one.pk not in others_gone for line in one.lines],
        "others_gone": others_gone,
        "refunds": refunds,
        "can_check_out": is_held and is_mine,
        "can_pay": is_held and not is_mine and found.order.status == Order.Status.OPEN,
        "key": secrets.token_urlsafe(16),
        "poll_seconds": POLL_SECONDS,
    }


@require_safe
@personal
def payment_start(request: HtmxRequest, code: str) -> HttpResponse:
    """Start a payment at its provider and redirect to the provider's page: where programs send their buyers to pay.

    Safe to open again or ahead of time, since a payment is opened once and nothing is charged yet. What cannot be paid
    any more redirects to the state of the payment.
    """
    found = or_404(payment_by_code(code))
    if request.method == "HEAD" or not is_payable(found):
        return redirect(found)
    try:
        return redirect(start_payment(payment=found))
    except PaymentsUnavailable:
        sentence = _(
            "The payment service does not answer. Nothing was charged, and your seats are still held. Please try again "
            "in a moment."
        )
        return error_response(request, 503, _("One moment, please"), sentence, WayOut(request.path, _("Try again")))


@require_POST
@personal
def ticket_payment(request: HtmxRequest, code: str) -> HttpResponse:
    """Pay again for a ticket whose payment was declined, from any device that has its URL."""
    try:
        payment = pay_again(code=code, key=request.POST.get("key") or secrets.token_urlsafe(16))
        return see_other(start_payment(payment=payment))
    except Ticket.DoesNotExist:
        raise Http404 from None
    except BusinessRuleViolation as error:
        messages.warning(request, str(error))
        return see_other(reverse("ticket", args=[code]))


@csrf_exempt
@require_POST
@personal
def payment_webhook(request: HtmxRequest, gateway: str) -> JsonResponse:
    """Receive a signed message of a provider, which sends it again unless the status is 2xx. Safe to repeat."""
    if gateway not in GATEWAYS:
        raise Http404
    try:
        receive_event(gateway=gateway, body=request.body, headers=request.headers)
    except ValueError:
        return JsonResponse({"error": _("This message cannot be read.")}, status=400)
    except BusinessRuleViolation as error:
        return JsonResponse({"error": str(error)}, status=status_of(error))
    return JsonResponse({"received": True})
