"""Booking in one step, for programs."""

import re
import secrets

from django.conf import settings
from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cinema.exceptions import (
    InvalidChoice,
    PaymentsUnavailable,
    PhoneMissing,
    RequestUnreadable,
    UnknownCoupon,
    UnknownGiftCard,
    UnknownShow,
    UnknownTicketType,
    UnknownVoucher,
)
from cinema.forms.booking.programs import BookForm
from cinema.models import Order, Payment
from cinema.selectors.people.legal import terms_for
from cinema.selectors.people.staff import sells_at
from cinema.services.booking.booking import book_tickets
from cinema.services.booking.booking_requests import BookingRequest
from cinema.services.booking.coupons import check_code
from cinema.services.booking.prepaid import check_prepaid
from cinema.services.booking.seat_requests import SeatRequest, Source
from cinema.services.money.payments import start_payment
from cinema.views.api.responses import error_response, field_error_response, json_view, read_object
from cinema.views.api.serializers import order_json, ticket_json
from cinema.web.client_ip import client_ip
from cinema.web.http import HtmxRequest, ProgramRequest

FIELDS = {
    UnknownShow: "show_id",
    UnknownTicketType: "types",
    UnknownCoupon: "coupon",
    UnknownGiftCard: "gift_cards",
    UnknownVoucher: "vouchers",
    PhoneMissing: "phone",
}  # the field that is invalid
KEY = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?")


@json_view("POST", token=True)
def book(request: ProgramRequest) -> JsonResponse:
    """Book seats; the response contains the payment URL. Nothing more is read from the database for it.

    A repeated Idempotency-Key gets 201 and the same ticket again.
    """
    key = _key(request)
    if not settings.PAYMENT_GATEWAYS:
        return error_response(503, _("No tickets are sold here at the moment."), code=PaymentsUnavailable.code)
    form = BookForm(read_object(request))
    if not form.is_valid():
        return field_error_response(form.errors)
    try:
        payment = _book(request, form, key)
    except InvalidChoice as error:
        return field_error_response({FIELDS.get(type(error), "seat_ids"): [str(error)]})
    url = payment_url(request, payment)  # first, since it confirms what costs nothing
    booked = payment.order.ticket_list[0]
    ticket = ticket_json(payment, booked, request.build_absolute_uri, url)
    order = order_json(payment.order, booked.show.screen.theatre)
    return JsonResponse({"ticket": ticket, "order": order}, status=201, headers={"Location": ticket["api_url"]})


def payment_url(request: HtmxRequest, payment: Payment) -> str | None:
    """The URL to pay at; None if there is nothing left to pay. What costs nothing is confirmed at once.

    It is ours, so that no booking waits for a provider: the payment is started there when the buyer opens it.
    """
    if (payment.status, payment.order.status) != (Payment.Status.PENDING, Order.Status.OPEN):
        return None
    if not payment.amount:
        start_payment(payment=payment)
        return None
    return request.build_absolute_uri(reverse("payment-start", args=[payment.code]))


def _book(request: ProgramRequest, form: BookForm, key: str) -> Payment:
    cleaned, user, owner = form.cleaned_data, request.user, f"api:{request.user.pk}"
    ip = client_ip(request)
    check_code(typed=cleaned["coupon"], client_ip=ip)
    prepaid = {name: cleaned[name] for name in ("vouchers", "gift_cards")}
    check_prepaid(**prepaid, client_ip=ip)
    staff = user.may_sell and sells_at(user, cleaned["show_id"])
    terms = terms_for(pk=cleaned["show_id"]) if cleaned["accept_terms"] else None
    seats = SeatRequest(
        show_id=cleaned["show_id"],
        seat_ids=cleaned["seat_ids"],
        buyer=f"{owner}:{secrets.token_urlsafe(16)}",
        source=None if staff else Source.of(client_ip=ip, program=owner),
        insist=cleaned["insist"],
        staff=staff,
    )
    booking = BookingRequest(
        contact=form.contact(user),
        mode=cleaned["payment_mode"],
        key=key or secrets.token_urlsafe(16),
        is_new_key=not key,
        owner=owner,
        types=cleaned["types"],
        coupon=cleaned["coupon"],
        **prepaid,
        user=user,
        terms=terms.version if terms else None,
        channel=Order.Channel.API,
    )
    return book_tickets(seats=seats, request=booking)


def _key(request: HtmxRequest) -> str:
    """The caller's Idempotency-Key, "" without one. Raises RequestUnreadable."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ""
    if not KEY.fullmatch(key):
        raise RequestUnreadable(_("The header Idempotency-Key should be 1 to 255 printable ASCII characters."))
    return key
