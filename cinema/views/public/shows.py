"""The seat map of a show, and its live updates."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from cinema.domain.fees import BookingFee
from cinema.domain.lists import and_list
from cinema.domain.money import format_money
from cinema.domain.seating.blocks import SeatAlternatives
from cinema.exceptions import BusinessRuleViolation, NoBlockLeft, SeatsUnavailable, UnknownShow
from cinema.forms.booking.booking import BestSeatsForm, HoldForm
from cinema.forms.booking.waiting import WaitingForm
from cinema.models import Hold, Order, Show, TicketType
from cinema.models.annotated import ShowNow
from cinema.selectors.booking.recent import RecentMap, recent_map
from cinema.selectors.booking.seat_map import (
    holder_fingerprint,
    show_for_sale,
    was_deleted,
)
from cinema.selectors.booking.shared_maps import buyers_map
from cinema.selectors.booking.tariffs import price_list
from cinema.selectors.booking.tickets import sale_terms
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.holds import hold_best, hold_seats
from cinema.services.booking.seat_requests import BestSeats
from cinema.views.breadcrumbs import show_trail
from cinema.views.live_map import OpenMap, map_changes
from cinema.views.public.seating import explain, how_they_sit
from cinema.views.public.waiting import place_kept
from cinema.views.structured_data import show_data
from cinema.web.client_ip import client_ip
from cinema.web.decorators import personal, see_other
from cinema.web.http import HtmxRequest
from cinema.web.middleware import ensure_buyer
from cinema.web.refusals import set_retry_after, status_of
from cinema.web.shortcuts import Gone, or_404

POLL_SECONDS = 2


@require_safe
@personal
def show(request: HtmxRequest, pk: int) -> HttpResponse:
    """The show with its seat map, or with a notice if it has started or was cancelled; 410 once it is over."""
    ensure_buyer(request)  # before the first hold: if its response were lost, nobody could use the hold
    return _show_page(request, pk)


@require_safe
@personal
def show_seat_map(request: HtmxRequest, pk: int) -> HttpResponse:
    """What has changed on the map: see map_changes()."""
    live = {"streams": _streams(request), "poll_seconds": POLL_SECONDS}
    return map_changes(request, pk, OpenMap(request.buyer, _find, live, _fee))


@require_safe
def show_live(request: HtmxRequest, pk: int) -> HttpResponse:
    """cinema.asgi serves the event stream of an open map. Without it, 204 ends the browser’s attempts."""
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def show_hold(request: HtmxRequest, pk: int) -> HttpResponse:
    """Hold the selected seats and redirect to the checkout, or show the map again with the reason."""
    if request.method != "POST":  # the page of a rejected choice was reloaded, or its URL shared
        return redirect("show", pk)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _refuse(request, pk, form, str(form.errors["seats"][0]), chosen=form.readable)
    cleaned = form.cleaned_data
    try:
        hold = hold_seats(
            show_id=pk,
            seat_ids=cleaned["seats"],
            buyer=ensure_buyer(request),
            client_ip=client_ip(request),
            insist=cleaned["insist"],
        )
    except BusinessRuleViolation as error:
        return _refuse(request, pk, form, error, chosen=cleaned["seats"])
    return _to_checkout(request, hold)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def show_best(request: HtmxRequest, pk: int) -> HttpResponse:
    """Hold the best seats for a party and redirect to the checkout, or show the map again with the reason."""
    if request.method != "POST":
        return redirect("show", pk)
    form = BestSeatsForm(request.POST)
    if not form.is_valid():
        return _refuse(request, pk, form, form.error)
    cleaned = form.cleaned_data
    try:
        hold, places = hold_best(
            show_id=pk,
            best=BestSeats(cleaned["party"], cleaned["category"], cleaned["ceiling"]),
            buyer=ensure_buyer(request),
            client_ip=client_ip(request),
        )
    except BusinessRuleViolation as error:
        return _refuse(request, pk, form, error)
    if sentence := how_they_sit(places):
        messages.info(request, sentence)
    return _to_checkout(request, hold)


def _to_checkout(request: HtmxRequest, hold: Hold) -> HttpResponse:
    return HttpResponseClientRedirect(hold.get_absolute_url()) if request.htmx else see_other(hold)


def _refuse(
    request: HtmxRequest,
    pk: int,
    form: HoldForm | BestSeatsForm,
    error: BusinessRuleViolation | str,
    *,
    chosen: Collection[int] = (),
) -> HttpResponse:
    """Reject a choice: htmx gets the reason and the alternatives, a browser the whole page."""
    if isinstance(error, UnknownShow):
        raise Http404
    if not request.htmx:
        best = form if isinstance(form, BestSeatsForm) else None
        return set_retry_after(_show_page(request, pk, chosen=chosen, error=error, best=best), error)
    # Under load most responses are this one, so it is small; live updates refresh the map.
    seen = recent_map(pk) if isinstance(error, SeatsUnavailable | NoBlockLeft) else None
    return set_retry_after(HttpResponse(_refusal(error, chosen, seen), status=_status(error)), error)


def _refusal(error: BusinessRuleViolation | str, chosen: Collection[int], seen: RecentMap | None) -> str:
    """The reason and the alternatives; written once for all who are refused the same seats in the same moment."""

    def write() -> str:
        hall = seen.alternatives if seen else SeatAlternatives([])
        return render_to_string("public/shows/_refusal.html", explain(error, chosen, hall))

    if seen is None:
        return write()
    what = tuple(seat.pk for seat in error.seats) if isinstance(error, SeatsUnavailable) else str(error)
    return seen.once(("refusal", get_language(), what, tuple(chosen)), write)


def _show_page(
    request: HtmxRequest,
    pk: int,
    *,
    chosen: Collection[int] = (),
    error: BusinessRuleViolation | str = "",
    best: BestSeatsForm | None = None,
) -> HttpResponse:
    found = _find(pk)
    if found.releases_by(found.now):
        release_expired(show_id=pk)
        found = _find(pk)
    fee = _fee(found)
    seats = buyers_map(found, request.buyer, chosen, fee=fee) if found.on_sale_at(found.now) else None
    hall = SeatAlternatives([seat.place for seat in seats.seats] if seats and error else [])
    party, trail = (seats and seats.mine) or 1, show_trail(found)
    context = explain(error, chosen, hall) | {
        "show": found,
        "map": seats,
        "terms": sale_terms(found),
        "fee": fee,
        "sells": bool(settings.PAYMENT_GATEWAYS),
        "party": party,
        "best": BestSeatsForm(best.data if best else None, prices=seats.prices if seats else (), party=party),
        "trail": trail,
        "structured_data": show_data(found, seats.prices if seats else (), trail),
        "place": place_kept(request, found) if seats and not seats.ordinary else None,
        "waiting_form": SimpleLazyObject(lambda: WaitingForm.start(request.user)),
        "max_seats": settings.MAX_SEATS,
        "party_sizes": range(1, settings.MAX_SEATS + 1),
        "hold_minutes": settings.HOLD_MINUTES,
        "holder": holder_fingerprint(request.buyer, found.pk) if request.buyer else "",
        "streams": _streams(request),
        "poll_seconds": POLL_SECONDS,
    }
    if seats:
        context |= _ticket_kinds(found)
    status = 410 if found.ends_at <= found.now else _status(error)
    response = render(request, "public/shows/show.html", context, status=status)
    response["X-Robots-Tag"] = f"unavailable_after: {found.starts_at.isoformat()}"
    return response


def _status(error: BusinessRuleViolation | str) -> int:
    return status_of(error) if isinstance(error, BusinessRuleViolation) else 400 if error else 200


def _ticket_kinds(found: Show) -> dict[str, str]:
    """Texts: the plain ticket type, whose prices the map shows, and the others with their lowest prices."""
    kinds, fee = list(price_list(found.tariff_id).items()), _fee(found)
    cleaned = [
        _kind_and_price(kind, [fee.added_to(price.amount, waived=kind.fee_waived) for price in prices])
        for kind, prices in kinds[1:]
    ]
    return {"plain": kinds[0][0].localized.name if kinds else "", "other_kinds": and_list(cleaned)}


def _kind_and_price(kind: TicketType, prices: Sequence[Decimal]) -> str:
    if not any(prices):
        return _("%(kind)s (free)") % {"kind": kind.localized.name}
    return _("%(kind)s (from %(price)s)") % {"kind": kind.localized.name, "price": format_money(min(prices))}


def _fee(found: Show) -> BookingFee:
    return found.screen.theatre.fee(Order.Channel.WEB)


def _streams(request: HtmxRequest) -> bool:
    """Whether the server supports event streams: cinema.asgi does."""
    return "asgi.scope" in request.META


def _find(pk: int) -> ShowNow:
    """The show. Raises Gone if it was deleted, Http404 for a draft and for what there never was."""
    found = show_for_sale(pk)
    if found is None and was_deleted(pk):
        raise Gone(_("This show is no longer in the programme."))
    return or_404(found)
