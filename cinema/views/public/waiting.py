"""The waiting list of a sold-out show."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinema.exceptions import BusinessRuleViolation, ShowNotOnSale
from cinema.forms.booking.waiting import WaitingForm
from cinema.models import Order, Show, ShowSeat, WaitingEntry
from cinema.models.annotated import WaitingEntryNow
from cinema.selectors.booking.seat_map import show_for_sale
from cinema.selectors.booking.waiting import Standing, seats_offered, standing_of, waiting_before, waiting_entry
from cinema.services.booking.waiting import join_waiting_list, leave_waiting_list, take_offer
from cinema.views.breadcrumbs import show_trail
from cinema.web.client_ip import client_ip
from cinema.web.decorators import personal, see_other
from cinema.web.http import HtmxRequest
from cinema.web.middleware import ensure_buyer
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404

Status = WaitingEntry.Status
COOKIE_MAX_AGE = 60 * 60 * 24 * 30  # seconds


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def show_waiting(request: HtmxRequest, pk: int) -> HttpResponse:
    """Join the list. The link to the entry is only mailed, since anybody could enter the email address."""
    if request.method != "POST":
        return redirect("show", pk)
    show = or_404(show_for_sale(pk))
    form = WaitingForm(request.POST)
    if form.is_valid():
        try:
            entry, is_new = join_waiting_list(show_id=pk, client_ip=client_ip(request), **form.cleaned_data)
        except ShowNotOnSale:
            return see_other(show)  # whose page shows the place
        except BusinessRuleViolation as refusal:
            messages.warning(request, str(refusal))
            return see_other(show)
        cleaned = _("You’re on the waiting list. We’ve emailed %(email)s, and will again when it’s your turn.")
        messages.success(request, cleaned % {"email": form.cleaned_data["email"]})
        return _keep_place(see_other(show), entry) if is_new else see_other(show)
    context = {"show": show, "form": form, "trail": show_trail(show)}
    return render(request, "public/waiting/join.html", context, status=400)


@require_POST
@personal
def show_waiting_leave(request: HtmxRequest, pk: int) -> HttpResponse:
    """Leave the list, for the party that joined in this browser."""
    show = or_404(show_for_sale(pk))
    if place := place_kept(request, show):
        leave_waiting_list(code=place.code)
        messages.success(request, _("You’ve left the waiting list."))
    response = see_other(show)
    response.delete_cookie(_cookie(show), samesite="Lax")
    return response


def place_kept(request: HtmxRequest, show: Show) -> Standing | None:
    """The state of the entry that joined the show's list in this browser, if any.

    The browser may leave the list; taking an offer needs the link in the mail.
    """
    entry_id = request.get_signed_cookie(_cookie(show), default="")
    return standing_of(show.pk, int(entry_id)) if entry_id else None


def _keep_place(response: HttpResponse, entry: WaitingEntry) -> HttpResponse:
    response.set_signed_cookie(
        _cookie(entry.show), str(entry.pk), max_age=COOKIE_MAX_AGE, httponly=True, samesite="Lax", secure=settings.HTTPS
    )
    return response


def _cookie(show: Show) -> str:
    return f"{settings.COOKIE_PREFIX}waiting-{show.pk}"


def _prices(seats: Sequence[ShowSeat], show: Show) -> dict[str, Any]:
    """The offered seats, each with its price as the seat map shows it, and the total."""
    fee = show.screen.theatre.fee(Order.Channel.WEB)
    lines = [(seat, fee.added_to(seat.price)) for seat in seats]
    total = sum(price for _seat, price in lines)
    return {"seats": seats, "lines": lines, "fee": fee, "total": total and total + fee.once}


@require_safe
@personal
def waiting(request: HtmxRequest, code: str) -> HttpResponse:
    """The state of a waiting-list entry. A GET changes nothing, since mail scanners follow links."""
    return render(request, "public/waiting/waiting.html", _facts(request, _find(code)))


@require_POST
@personal
def waiting_leave(request: HtmxRequest, code: str) -> HttpResponse:
    """Leave the list, or decline the offer."""
    leave_waiting_list(code=_find(code).code)
    return see_other(_find(code))


@require_POST
@personal
def waiting_take(request: HtmxRequest, code: str) -> HttpResponse:
    """Take the offered seats in this browser and redirect to the checkout."""
    _find(code)
    try:
        return see_other(take_offer(code=code, buyer=ensure_buyer(request)))
    except BusinessRuleViolation as refusal:
        context = _facts(request, _find(code)) | {"error": refusal}
        return render(request, "public/waiting/waiting.html", context, status=status_of(refusal))


def _find(code: str) -> WaitingEntryNow:
    return or_404(waiting_entry(code))


def _facts(request: HtmxRequest, entry: WaitingEntryNow) -> dict[str, Any]:
    show, now = entry.show, entry.now
    facts: dict[str, Any] = {"entry": entry, "show": show, "theatre": show.screen.theatre, "trail": show_trail(show)}
    if entry.offers_at(now) and show.status != show.Status.CANCELLED:
        seats = seats_offered(entry)
        mine = bool(request.buyer and entry.hold and entry.hold.buyer == request.buyer)
        return facts | {"state": "offered", "mine": mine, **_prices(seats, show)}
    if entry.status == Status.WAITING and show.on_sale_at(now):
        return facts | {"state": "waiting", "place": {"before": waiting_before(entry)}}
    ends: dict[str, str] = {Status.TAKEN: "taken", Status.LEFT: "left"}
    state = ends.get(entry.status, "over")
    return facts | {"state": state, "on_sale": show.on_sale_at(now)}
