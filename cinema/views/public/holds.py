"""The checkout of held seats, and what else can be done with a hold."""

import secrets
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cinema.exceptions import AlreadyPaid, HoldExpired, RuleBroken
from cinema.forms.bookings import CheckoutForm
from cinema.models import Hold, User
from cinema.selectors.holds import hold_by_code, is_living, ticket_of_hold
from cinema.services.booking import book_hold
from cinema.services.holds import extend_hold, release_hold
from cinema.services.payments import start_payment
from cinema.views.decorators import personal, see_other
from cinema.views.refusals import status_of


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def hold(request: HttpRequest, code: str) -> HttpResponse:
    """The checkout: what is held, who it is for, how it is paid. Posting it leads on to the payment gateway."""
    found = _find(request, code)
    if not is_living(found):
        return _over(request, found)
    if request.method != "POST":
        return _page(request, found, _new_form(request, found))
    form = CheckoutForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=400)
    try:
        return see_other(_book(request, found, form))
    except AlreadyPaid as error:
        messages.info(request, str(error))
        return see_other(error.ticket)
    except HoldExpired:
        return _over(request, _find(request, code))
    except RuleBroken as error:
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


def _book(request: HttpRequest, found: Hold, form: CheckoutForm) -> str:
    payment = book_hold(
        code=found.code,
        buyer=request.buyer,
        contact=form.contact,
        mode=form.cleaned_data["mode"],
        key=form.cleaned_data["key"],
        seen=form.cleaned_data["total"],
        user=_user(request),
    )
    return start_payment(
        payment=payment,
        return_url=request.build_absolute_uri(payment.get_absolute_url()),
        webhook_url=request.build_absolute_uri(reverse("payment-webhook")),
    )


def _find(request: HttpRequest, code: str) -> Hold:
    found = hold_by_code(code, request.buyer) if request.buyer else None
    if found is None:
        raise Http404
    return found


def _user(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


def _total(found: Hold):
    return sum(seat.price for seat in found.seats.all())


def _new_form(request: HttpRequest, found: Hold) -> CheckoutForm:
    return CheckoutForm.start(user=_user(request), total=_total(found), key=secrets.token_urlsafe(16))


def _again(form: CheckoutForm, found: Hold) -> CheckoutForm:
    """The same answers under a new key and the true total, so that the buyer can confirm once more."""
    data = form.data.copy()
    data["key"], data["total"] = secrets.token_urlsafe(16), _total(found)
    return CheckoutForm(data)


def _page(request: HttpRequest, found: Hold, form: CheckoutForm, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {"hold": found, "seats": found.seats.all(), "total": _total(found), "form": form, "error": error}
    response = render(request, "public/bookings/checkout.html", context, status=status)
    if status == 503:
        response["Retry-After"] = "10"
    return response


def _over(request: HttpRequest, found: Hold) -> HttpResponse:
    """Say what became of a hold that is over; one that was paid for leads on to its ticket."""
    ticket = ticket_of_hold(found)
    if ticket:
        return redirect(ticket)
    return render(request, "public/bookings/hold_over.html", {"hold": found}, status=409)
