"""Gift cards: buying one, its page to print, its balance."""

import secrets

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from cinema.exceptions import BusinessRuleViolation
from cinema.forms.money.gift_cards import BalanceForm, GiftCardForm
from cinema.models import FailedTry, GiftCard, Payment, Refund
from cinema.models.annotated import GiftCardNow, PaymentWithReasonNow
from cinema.selectors.money.gift_cards import (
    gift_card_by_code,
    gift_card_by_page,
    gift_card_sold_with,
    sells_gift_cards,
    uses_of,
)
from cinema.services.booking.booking_requests import BookingRequest
from cinema.services.money.gift_card_orders import order_gift_card, pay_again
from cinema.services.money.payments import start_payment
from cinema.services.people.failed_tries import count_try
from cinema.views.breadcrumbs import gift_cards_trail
from cinema.views.structured_data import trail_data
from cinema.web.client_ip import client_ip
from cinema.web.decorators import personal, see_other
from cinema.web.http import HtmxRequest
from cinema.web.refusals import set_retry_after, status_of
from cinema.web.shortcuts import or_404

POLL_SECONDS = 2


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def gift_cards(request: HtmxRequest) -> HttpResponse:
    """Buy a gift card. A POST redirects to the payment provider."""
    if not sells_gift_cards():
        raise Http404
    if request.method != "POST":
        user = request.user if request.user.is_authenticated else None
        known = {"name": user.name, "email": user.email, "phone": user.phone} if user else {}
        return _form_page(request, GiftCardForm(initial=known | {"key": secrets.token_urlsafe(16)}))
    form = GiftCardForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=400)
    try:
        return see_other(_buy(request, form))
    except BusinessRuleViolation as error:
        data = form.data.copy()
        data["key"] = secrets.token_urlsafe(16)
        page = _form_page(request, GiftCardForm(data), error=str(error), status=status_of(error))
        return set_retry_after(page, error)


def _buy(request: HtmxRequest, form: GiftCardForm) -> str:
    cleaned = form.cleaned_data
    booking = BookingRequest(
        contact=form.contact,
        mode=cleaned["mode"],
        key=cleaned["key"],
        user=request.user if request.user.is_authenticated else None,
        terms=cleaned.get("terms"),
    )
    payment = order_gift_card(plan=form.plan, request=booking, buyer="gift cards", client_ip=client_ip(request))
    return start_payment(payment=payment)


def _form_page(request: HtmxRequest, form: GiftCardForm, *, error: str = "", status: int = 200) -> HttpResponse:
    trail = gift_cards_trail()
    context = {"form": form, "error": error, "gift_card_months": settings.GIFT_CARD_MONTHS}
    context |= {"trail": trail, "structured_data": trail_data(trail)}
    return render(request, "public/gift_cards/buy.html", context, status=status)


@require_safe
@personal
def gift_card(request: HtmxRequest, code: str) -> HttpResponse:
    """A gift card to look at and to print, for whoever has the link."""
    card = or_404(gift_card_by_page(code))
    if card.replaced_by:
        raise Http404
    return render(request, "public/gift_cards/card.html", _facts(card))


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def gift_card_balance(request: HtmxRequest) -> HttpResponse:
    """What is left on a gift card. Its code is posted, so that it is in no address."""
    form = BalanceForm(request.POST if request.method == "POST" else None)
    context: dict[str, object] = {"form": form}
    try:
        if request.method == "POST":
            card = gift_card_by_code(form.cleaned_data["code"]) if form.is_valid() else None
            count_try(kind=FailedTry.Kind.GIFT_CARD, client_ip=client_ip(request), right=card is not None)
            if card:
                context = _facts(card) | {"form": BalanceForm(), "moves": uses_of(card)}
                return render(request, "public/gift_cards/balance.html", context)
            if form.is_valid():
                form.add_error("code", _("We don’t know this code. Please check it."))
    except BusinessRuleViolation as refusal:
        form.add_error(None, str(refusal))
        page = render(request, "public/gift_cards/balance.html", context, status=status_of(refusal))
        return set_retry_after(page, refusal)
    return render(request, "public/gift_cards/balance.html", context, status=400 if form.is_bound else 200)


def _facts(card: GiftCardNow) -> dict[str, object]:
    """The template context of a gift card."""
    return {"card": card, "theatre": card.theatre, "expired": card.has_expired(card.now)}


def gift_card_payment(request: HtmxRequest, found: PaymentWithReasonNow) -> HttpResponse:
    """The state of a payment for a gift card, and what to do next. Redirects to the card once it is paid."""
    card = or_404(gift_card_sold_with(found.order_id))
    paid = found.status not in Payment.UNPAID and found.refund_reason != Refund.Reason.PAID_TWICE
    if card.activated_at and (paid or found.status in Payment.UNPAID):
        if found.status == Payment.Status.SUCCESS:
            messages.success(request, _thanks(card))
        url = card.get_absolute_url()
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
    waits = found.status in Payment.OPEN
    if waits and request.htmx:
        return HttpResponse(status=204)
    context = {"payment": found, "card": card, "waits": waits, "poll_seconds": POLL_SECONDS}
    context |= {"refunds": found.refunds.order_by("created_at")}
    return render(request, "public/gift_cards/payment.html", context)


def _thanks(card: GiftCard) -> str:
    if not card.recipient_email:
        return _("Thank you! Here is your gift card. We’ve also emailed it to you.")
    sentence = (
        _("Thank you! We’ve emailed the gift card to %(email)s.")
        if card.deliver_at <= timezone.now()
        else _("Thank you! We’ll email the gift card to %(email)s on the day that you chose.")
    )
    return sentence % {"email": card.recipient_email}


@require_POST
@personal
def gift_card_pay_again(request: HtmxRequest, code: str) -> HttpResponse:
    """Pay again for a gift card after the payment ``code`` was declined."""
    try:
        payment = pay_again(code=code, client_ip=client_ip(request))
        return see_other(start_payment(payment=payment))
    except Payment.DoesNotExist:
        raise Http404 from None
    except BusinessRuleViolation as error:
        messages.warning(request, str(error))
        return see_other(reverse("payment", args=[code]))
