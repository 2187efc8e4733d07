"""The seat map of a show, and its live updates."""

from collections.abc import Collection

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh, reswap, retarget

from cinema.exceptions import RuleBroken, SeatsUnavailable
from cinema.forms.booking import HoldForm
from cinema.middleware import ensure_buyer
from cinema.models import Show
from cinema.selectors.seat_map import free_beside, holder_mark, pulse, seat_changes, seat_map, show_for_sale
from cinema.services.expiry import release_expired
from cinema.services.holds import hold_seats
from cinema.views.decorators import personal, see_other
from cinema.views.refusals import status_of

POLL_SECONDS = 2


@require_safe
@personal
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The show with its seat map; after its start, or cancelled, a word about that instead."""
    return _show_page(request, pk)


@require_safe
@personal
def show_seat_map(request: HttpRequest, pk: int) -> HttpResponse:
    """The seats that changed after revision ``since``: 204 when none did, the whole map without ``since``."""
    now = pulse(pk)
    if now is None:
        raise Http404
    if not now.on_sale:
        return HttpResponseClientRefresh()  # the page has something else to say now
    since = request.GET.get("since", "")
    if not now.due and since == str(now.revision):
        return HttpResponse(status=204)
    if now.due:
        release_expired(show_id=pk)
    current = _find(pk)
    live = {"show": current, "streams": _streams(request), "poll_seconds": POLL_SECONDS}
    if since.isascii() and since.isdecimal() and len(since) < 10 and int(since) <= current.revision:
        changes = seat_changes(current, request.buyer, int(since))
        return render(request, "public/shows/_seat_map_changes.html", live | {"seats": changes})
    whole = render(request, "public/shows/_seat_map.html", live | {"map": seat_map(current, request.buyer)})
    return reswap(retarget(whole, "#seat-map"), "outerHTML")  # what polls swaps nothing but changed seats


@require_safe
def show_live(request: HttpRequest, pk: int) -> HttpResponse:
    """The event stream of an open map is served by cinema.asgi. Who comes here need not come again, says 204."""
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def show_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold the ticked seats and go on to the checkout; when that fails, the map again with the reason."""
    if request.method != "POST":  # a refused choice that was reloaded, or its address passed on
        return redirect("show", pk)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _show_page(request, pk, chosen=form.readable, error=form.errors["seats"][0], status=400)
    seat_ids = form.cleaned_data["seats"]
    try:
        hold = hold_seats(show_id=pk, seat_ids=seat_ids, buyer=ensure_buyer(request))
    except RuleBroken as error:
        return _show_page(request, pk, chosen=seat_ids, error=error, status=status_of(error))
    return see_other(hold)


def _show_page(
    request: HttpRequest, pk: int, *, chosen: Collection[int] = (), error: RuleBroken | str = "", status: int = 200
) -> HttpResponse:
    found = _find(pk)
    context = {
        "show": found,
        "map": seat_map(found, request.buyer, chosen) if found.on_sale_at(found.now) else None,
        "sells": bool(settings.PAYMENT_GATEWAY),
        "error": _explain(found, error, request.buyer) if isinstance(error, SeatsUnavailable) else error,
        "max_seats": settings.MAX_SEATS,
        "party_sizes": range(1, settings.MAX_SEATS + 1),
        "hold_minutes": settings.HOLD_MINUTES,
        "currency": settings.CURRENCY,
        "holder": holder_mark(request.buyer, found.pk) if request.buyer else "",
        "streams": _streams(request),
        "poll_seconds": POLL_SECONDS,
    }
    return render(request, "public/shows/show.html", context, status=status)


def _streams(request: HttpRequest) -> bool:
    """Whether the server behind this request also keeps event streams open: cinema.asgi does."""
    return "asgi.scope" in request.META


def _find(pk: int) -> Show:
    found = show_for_sale(pk)
    if found is None:
        raise Http404
    return found


def _explain(show: Show, error: SeatsUnavailable, buyer: str) -> str:
    """“Row G, seat 8 was just taken. Seats 9 and 10 beside it are free.”"""
    taken = [show_seat.seat for show_seat in error.seats]
    beside = free_beside(show, taken, buyer)
    if not beside:
        return str(error)
    rows = {seat.row for seat in taken}
    names = [str(seat.number) if len(rows) == 1 else f"{seat.row}{seat.number}" for seat in beside]
    offer = ngettext("Seat %(seats)s beside it is free.", "Seats %(seats)s beside it are free.", len(beside))
    if len(taken) > 1:
        offer = ngettext("Seat %(seats)s beside them is free.", "Seats %(seats)s beside them are free.", len(beside))
    return f"{error} {offer % {'seats': get_text_list(names, _('and'))}}"
