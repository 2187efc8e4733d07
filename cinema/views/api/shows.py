"""A show and its seats, for programs."""

from django.conf import settings
from django.http import JsonResponse

from cinema.exceptions import UnknownShow
from cinema.models import Order
from cinema.selectors.booking.seat_map import show_for_sale
from cinema.selectors.booking.shared_maps import shared_map
from cinema.selectors.booking.tariffs import price_list
from cinema.views.api.responses import json_view
from cinema.views.api.serializers import money, price_json, seat_json, show_json, ticket_type_json
from cinema.web.http import HtmxRequest


@json_view("GET", "HEAD")
def show(request: HtmxRequest, pk: int) -> JsonResponse:
    """The show with every seat and its status. For an archived show, unused seats are only counted."""
    found = show_for_sale(pk)
    if found is None:
        raise UnknownShow
    link, movie = request.build_absolute_uri, found.movie
    fee = found.screen.theatre.fee(Order.Channel.API)
    seats = shared_map(found, fee=fee)
    return JsonResponse(
        show_json(found, link)
        | {
            "movie": {
                "id": movie.pk,
                "title": movie.localized.title,
                "slug": movie.slug,
                "runtime": movie.runtime,
                "certificate": movie.certificate,
                "url": link(movie.get_absolute_url()),
            },
            "status": found.status,
            "on_sale": found.on_sale_at(found.now),
            "seats_free": seats.free + (found.seats_dropped or 0),
            "revision": seats.revision,
            "max_seats": settings.MAX_SEATS,
            "currency": settings.CURRENCY,
            "booking_fee": {"per_ticket": money(fee.per_ticket), "per_order": money(fee.once)},
            "prices": [price_json(price) for price in seats.prices],
            "ticket_types": [ticket_type_json(*kind, fee) for kind in price_list(found.tariff_id).items()],
            "seats": [seat_json(seat) for seat in seats.seats],
        }
    )
