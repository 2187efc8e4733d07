"""The answer to an open seat map that asks what has changed."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRefresh, reswap, retarget

from cinema.domain.fees import BookingFee
from cinema.models.annotated import ShowNow
from cinema.selectors.booking.seat_map import NO_FEE, changed_prices, hall_changed, live_state
from cinema.selectors.booking.shared_maps import buyers_map, seat_changes
from cinema.services.booking.expiry import release_expired
from cinema.web.http import HtmxRequest
from cinema.web.shortcuts import or_404


class OpenMap(NamedTuple):
    """A map as it is open: for which ``buyer`` (the seats they hold are theirs), how its show is found, the booking fee
    in its prices, and the ``context`` of _seat_map_updates.html."""

    buyer: str
    find: Callable[[int], ShowNow]
    context: Mapping[str, object]
    fee: Callable[[ShowNow], BookingFee] = lambda show: NO_FEE


def map_changes(request: HtmxRequest, pk: int, shown: OpenMap) -> HttpResponse:
    """The seats that changed after revision ``since``: 204 if none did.

    Without ``since``, or if the hall has changed, the whole map.
    """
    now = or_404(live_state(pk))
    if not now.on_sale:
        return HttpResponseClientRefresh()  # the whole page has changed
    since = request.GET.get("since", "")
    if not now.due and since == str(now.revision):
        return HttpResponse(status=204)
    if now.due:
        release_expired(show_id=pk)
    current = shown.find(pk)
    fee = shown.fee(current)
    live = {"show": current, **shown.context}
    known = since.isascii() and since.isdecimal() and len(since) < 10 and int(since) <= current.revision
    if known and not hall_changed(current, int(since)):
        changes = seat_changes(current, shown.buyer, int(since), fee=fee)
        live |= {"seats": changes, "prices": changed_prices(current, changes)}
        return render(request, "public/shows/_seat_map_changes.html", live)
    whole = render(request, "public/shows/_seat_map.html", live | {"map": buyers_map(current, shown.buyer, fee=fee)})
    return reswap(retarget(whole, "#seat-map"), "outerHTML")  # by default only changed seats are swapped
