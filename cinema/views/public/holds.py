"""The checkout of held seats; extending and releasing a hold."""

from collections.abc import Callable
from datetime import timedelta
from math import ceil

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinema.domain.lists import sentences
from cinema.domain.seating.pictures import draw_plan
from cinema.exceptions import (
    AlreadyPaid,
    BusinessRuleViolation,
    HoldExpired,
    PhoneMissing,
    RateLimited,
)
from cinema.forms.booking.booking import CheckoutForm
from cinema.models import Hold, Payment, User
from cinema.models.annotated import HoldNow
from cinema.selectors.booking.coupons import CouponRequest, code_used
from cinema.selectors.booking.gift_cards import cards_of
from cinema.selectors.booking.holds import (
    hold_by_code,
    pending_ticket,
    plan_of_hold,
    seats_of_hold,
    ticket_of_hold,
)
from cinema.selectors.booking.tickets import chosen_types
from cinema.selectors.booking.vouchers import split_codes, vouchers_of
from cinema.selectors.money.payments import payment_in_doubt
from cinema.selectors.people.legal import terms_for
from cinema.services.booking.booking import book_holds
from cinema.services.booking.booking_requests import Basket, BookingRequest
from cinema.services.booking.coupons import check_code
from cinema.services.booking.holds import extend_hold, release_hold
from cinema.services.booking.prepaid import check_prepaid
from cinema.services.money.payments import start_payment
from cinema.services.money.receipts import ReceiptBuyer, name_company
from cinema.views.public.checkout import (
    Checkout,
    broken_rule,
    confirmable,
    filled_in,
    new_checkout,
    posted_checkout,
    typed_code,
)
from cinema.web.client_ip import client_ip
from cinema.web.decorators import personal, see_other
from cinema.web.http import HtmxRequest
from cinema.web.refusals import set_retry_after, status_of
from cinema.web.shortcuts import or_404


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def hold(request: HtmxRequest, code: str) -> HttpResponse:
    """The checkout: seats, contact and payment mode. A POST redirects to the payment provider.

    With ``update`` or ``remove_card`` it only recalculates what is to be paid.
    """
    form = CheckoutForm(request.POST, terms=terms_for(holds__code=code)) if request.method == "POST" else None
    update = "update" in request.POST or "remove_card" in request.POST
    if form and (refusal := _guesses_too_often(request, form)):
        return set_retry_after(_without_coupon(request, code, form, refusal), refusal)
    if form and not update and form.is_valid():
        return _check_out(request, code, form)
    found = _find(request, code)
    if not found.is_active_at(found.now):
        return _over(request, found)
    if form is None:
        return _start(request, found)
    if update:
        checkout = posted_checkout(request, found, form)
        return _page(request, checkout, filled_in(checkout, form.typed))
    if not form.errors.keys() & form.HIDDEN:
        return _page(request, posted_checkout(request, found, form), form)
    error = _("This page is out of date. Nothing was charged; please check it and try again.")
    return _again(request, found, form, error)


def _guesses_too_often(request: HtmxRequest, form: CheckoutForm) -> RateLimited | None:
    """Why no code is looked up for this client; None if it may try."""
    try:
        check_code(typed=typed_code(form), client_ip=client_ip(request))
        vouchers, cards = split_codes(form.prepaid)
        check_prepaid(vouchers=vouchers, gift_cards=cards, client_ip=client_ip(request))
    except RateLimited as refusal:
        return refusal
    return None


def _without_coupon(request: HtmxRequest, code: str, form: CheckoutForm, refusal: RateLimited) -> HttpResponse:
    """The form as posted, but for the codes of coupon, vouchers and gift cards."""
    found = _find(request, code)
    if not found.is_active_at(found.now):
        return _over(request, found)
    form.data = form.data.copy()
    form.data["coupon"] = form.data["gift_card"] = ""
    for name in ("vouchers", "gift_cards"):
        form.data.setlist(name, [])
    return _again(request, found, form, refusal)


def _check_out(request: HtmxRequest, code: str, form: CheckoutForm) -> HttpResponse:
    try:
        return see_other(_book(request, code, form))
    except AlreadyPaid as error:
        messages.info(request, str(error))
        return see_other(error.ticket)
    except HoldExpired:
        return _over(request, _find(request, code))
    except PhoneMissing as error:
        form.add_error("phone", str(error))
        return _page(request, posted_checkout(request, _find(request, code), form), form)
    except BusinessRuleViolation as error:
        return _again(request, _find(request, code), form, error)


@require_safe
@personal
def hold_plan(request: HtmxRequest, code: str) -> HttpResponse:
    """A picture of the hall with the held seats."""
    return HttpResponse(draw_plan(plan_of_hold(_find(request, code))), content_type="image/svg+xml")


@require_POST
@personal
def hold_extension(request: HtmxRequest, code: str) -> HttpResponse:
    """Extend the hold."""
    return _change(request, code, extend_hold, _more_minutes, stay=True)


@require_POST
@personal
def hold_release(request: HtmxRequest, code: str) -> HttpResponse:
    """Release the hold."""
    return _change(request, code, release_hold, _released)


def _released(hold: Hold) -> str:
    if payment_in_doubt(hold):
        money = _("If you paid, we’ll confirm your seats if they’re still free, or refund you in full.")
    else:
        money = _("Nothing was charged.")
    return sentences([_("Your seats have been released."), money])


def _more_minutes(hold: HoldNow) -> str:
    minutes = ceil((hold.expires_at - hold.now) / timedelta(minutes=1))
    text = ngettext("Done – you have %(n)d more minute.", "Done – you have %(n)d more minutes.", minutes)
    return text % {"n": minutes}


def _change(
    request: HtmxRequest,
    code: str,
    service: Callable[..., HoldNow],
    done: Callable[[HoldNow], str],
    *,
    stay: bool = False,
) -> HttpResponse:
    """Call ``service`` on the hold and show its message; then redirect to the checkout (``stay``) or the map."""
    found = _find(request, code)
    try:
        changed = service(code=code, buyer=request.buyer)
    except HoldExpired:
        return _over(request, _find(request, code))
    except BusinessRuleViolation as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, done(changed))
    return see_other(found if stay else found.show)


def _book(request: HtmxRequest, code: str, form: CheckoutForm) -> str:
    cleaned, (vouchers, cards) = form.cleaned_data, split_codes(form.prepaid)
    booking = BookingRequest(
        contact=form.contact,
        mode=cleaned.get("mode", ""),
        key=cleaned["key"],
        types=cleaned["types"],
        coupon=cleaned["coupon"],
        vouchers=vouchers,
        gift_cards=cards,
        seen_rest=cleaned["rest"],
        user=_user(request),
        terms=cleaned.get("terms"),
    )
    basket = Basket(request.buyer, [code, *cleaned["holds"]], cleaned["total"], cleaned["seats"])
    payment = book_holds(basket=basket, request=booking)
    name_company(order=payment.order, buyer=ReceiptBuyer(*form.named))
    return start_payment(payment=payment)


def _find(request: HtmxRequest, code: str) -> HoldNow:
    return or_404(hold_by_code(code, request.buyer) if request.buyer else None)


def _user(request: HtmxRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


def _start(request: HtmxRequest, found: HoldNow) -> HttpResponse:
    """The checkout prefilled from the account, or from an earlier checkout of the hold."""
    earlier = pending_ticket(found)
    buyer = earlier.order if earlier else _user(request)
    known = {"name": buyer.name, "email": buyer.email, "phone": buyer.phone} if buyer else {}
    if earlier:
        known |= {"company": earlier.order.company, "company_tax_number": earlier.order.company_tax_number}
    types = chosen_types(earlier.order) if earlier and found.show.tariff_id else {}
    begun = payment_in_doubt(found) if earlier else None
    code = code_used(earlier.order) if earlier and earlier.order.coupon_email else ""
    prepaid = [*vouchers_of(earlier.order), *cards_of(earlier.order)] if earlier else []
    checkout = new_checkout(request, found, types, CouponRequest(code, known.get("email", "")), prepaid)
    return _page(request, checkout, filled_in(checkout, known | {"coupon": code}), begun=begun)


def _again(
    request: HtmxRequest, found: HoldNow, form: CheckoutForm, refusal: BusinessRuleViolation | str
) -> HttpResponse:
    """The form as posted with the present seats and total, to be confirmed again."""
    checkout = posted_checkout(request, found, form)
    return _page(request, checkout, confirmable(checkout, form), refusal=refusal)


def _page(
    request: HtmxRequest,
    checkout: Checkout,
    form: CheckoutForm,
    *,
    begun: Payment | None = None,
    refusal: BusinessRuleViolation | str = "",
) -> HttpResponse:
    """The checkout with a form. ``begun`` is a payment for these seats whose money may still come."""
    found, rows, total = checkout.parts[0].hold, checkout.rows, checkout.quote.total
    if found.show.screen.theatre.phone_required:
        form.ask_for_phone()
    context = {"hold": found, "parts": checkout.parts, "total": total, "free": not total, "form": form}
    context |= {"error": str(refusal), "begun": begun, "quote": checkout.quote}
    context |= {
        "cards": checkout.cards,
        "rest": checkout.cards.rest,
        "vouchers": checkout.vouchers,
        "prepaid_refusal": checkout.refusal,
    }
    context["covered"] = bool(total) and not checkout.cards.rest
    context["takes_coupons"] = not all(part.hold.show.no_coupons for part in checkout.parts)
    context["types"] = list(dict.fromkeys(choice.ticket_type for row in rows for choice in row.choices))
    context["broken_rule"] = "" if refusal else next(filter(None, map(broken_rule, checkout.parts)), "")
    status = status_of(refusal) if isinstance(refusal, BusinessRuleViolation) else 400 if form.is_bound else 200
    return render(request, "public/holds/checkout.html", context, status=status)


def _over(request: HtmxRequest, found: Hold) -> HttpResponse:
    """The page of an ended hold. Redirects to its ticket if it was paid, or to a payment that is or may be paid."""
    if ahead := ticket_of_hold(found) or payment_in_doubt(found):
        return redirect(ahead)
    context = {"hold": found, "seats": seats_of_hold(found)}
    return render(request, "public/holds/hold_over.html", context, status=409)
