"""The checkout of held seats, and what else can be done with a hold."""

import secrets
from collections.abc import Callable
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cinema.exceptions import AlreadyPaid, HoldExpired, RuleBroken
from cinema.forms.booking import CheckoutForm
from cinema.models import Hold, ShowSeat, User
from cinema.selectors.holds import hold_by_code, pending_ticket, seats_of_hold, ticket_of_hold
from cinema.selectors.places import prices_of
from cinema.services.booking import book_hold
from cinema.services.holds import extend_hold, release_hold
from cinema.services.payments import start_payment
from cinema.views.decorators import personal, see_other
from cinema.views.refusals import status_of


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def hold(request: HttpRequest, code: str) -> HttpResponse:
    """The checkout: what is held, who it is for, how it is paid. Posting it leads on to the payment gateway."""
    form = CheckoutForm(request.POST) if request.method == "POST" else None
    if form and form.is_valid():
        return _check_out(request, code, form)
    found = _find(request, code)
    if not found.lives_at(found.now):
        return _over(request, found)
    if form is None:
        return _page(request, found, _new_form(request, found))
    if not form.errors.keys() & form.HIDDEN:
        return _page(request, found, form, status=400)
    error = _("This page had come out of order. Nothing was charged; please check it and try again.")
    return _page(request, found, _again(form, found), error=error, status=400)


def _check_out(request: HttpRequest, code: str, form: CheckoutForm) -> HttpResponse:
    try:
        return see_other(_book(request, code, form))
    except AlreadyPaid as error:
        messages.info(request, str(error))
        return see_other(error.ticket)
    except HoldExpired:
        return _over(request, _find(request, code))
    except RuleBroken as error:
        found = _find(request, code)
        return _page(request, found, _again(form, found), error=str(error), status=status_of(error))


@require_POST
@personal
def hold_extension(request: HttpRequest, code: str) -> HttpResponse:
    """Give the buyer more time."""
    return _change(request, code, extend_hold, _("You have more time now."), stay=True)


@require_POST
@personal
def hold_release(request: HttpRequest, code: str) -> HttpResponse:
    """Let the seats go."""
    return _change(request, code, release_hold, _("Your seats were let go. Nothing was charged."), stay=False)


def _change(request: HttpRequest, code: str, service: Callable, done: str, *, stay: bool) -> HttpResponse:
    found = _find(request, code)
    try:
        service(code=code, buyer=request.buyer)
    except HoldExpired:
        return _over(request, _find(request, code))
    except RuleBroken as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, done)
    return see_other(found if stay else found.show)


def _book(request: HttpRequest, code: str, form: CheckoutForm) -> str:
    payment = book_hold(
        code=code,
        buyer=request.buyer,
        contact=form.contact,
        mode=form.cleaned_data["mode"],
        key=form.cleaned_data["key"],
        seen=form.cleaned_data["total"],
        seen_seats=form.cleaned_data["seats"],
        user=_user(request),
    )
    return start_payment(payment=payment)


def _find(request: HttpRequest, code: str) -> Hold:
    found = hold_by_code(code, request.buyer) if request.buyer else None
    if found is None:
        raise Http404
    return found


def _user(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


def _lines(found: Hold) -> list[tuple[ShowSeat, Decimal]]:
    """The seats, each with what it costs."""
    prices = prices_of(found.seats.all(), found.show.screen.theatre)
    return [(seat, prices[seat.pk]) for seat in found.seats.all()]


def _total(found: Hold) -> Decimal:
    return sum((price for _seat, price in _lines(found)), Decimal(0))


def _seat_ids(found: Hold) -> list[int]:
    return [seat.pk for seat in found.seats.all()]


def _new_form(request: HttpRequest, found: Hold) -> CheckoutForm:
    key, buyer = secrets.token_urlsafe(16), pending_ticket(found) or _user(request)
    return CheckoutForm.start(buyer=buyer, seats=_seat_ids(found), total=_total(found), key=key)


def _again(form: CheckoutForm, found: Hold) -> CheckoutForm:
    """The same answers under a new key and the true seats and total, so that the buyer can confirm once more."""
    data = form.data.copy()
    data.setlist("seats", _seat_ids(found))
    data["key"], data["total"] = secrets.token_urlsafe(16), _total(found)
    return CheckoutForm(data)


def _page(request: HttpRequest, found: Hold, form: CheckoutForm, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {"hold": found, "lines": _lines(found), "total": _total(found), "form": form, "error": error}
    return render(request, "public/holds/checkout.html", context, status=status)


def _over(request: HttpRequest, found: Hold) -> HttpResponse:
    """Say what became of a hold that is over; one that was paid for leads on to its ticket."""
    ticket = ticket_of_hold(found)
    if ticket:
        return redirect(ticket)
    seats = [seat.label for seat in seats_of_hold(found)]
    context = {"hold": found, "count": len(seats), "names": get_text_list(seats, _("and"))}
    return render(request, "public/holds/hold_over.html", context, status=409)
