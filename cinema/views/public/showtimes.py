"""Showtimes as JSON and CSV for aggregators: docs/api.md describes the fields, which are the same in both."""

import json
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_safe

from cinema.exports import Sheet, csv
from cinema.models import Order, Show
from cinema.selectors.halls.theatres import theatre_by_slug
from cinema.selectors.schedule.listings import listed_shows
from cinema.templatetags.cinema import on_site
from cinema.views.api.serializers import moment, money
from cinema.views.public.feeds import feed, feed_cache
from cinema.views.structured_data import availability
from cinema.web.http import HtmxRequest
from cinema.web.shortcuts import or_404

WORDS = {"InStock": "available", "SoldOut": "sold_out", "PreOrder": "not_yet", "InStoreOnly": "box_office"}
JSON = "application/json"


class Showtime(NamedTuple):
    """A row. Empty cells of CSV are null in JSON; what is a list there stands between semicolons here."""

    show_id: int
    status: str
    film: str
    original_title: str | None
    year: int | None
    runtime_minutes: int
    certificate: str | None
    film_url: str
    theatre: str
    theatre_slug: str
    address: str
    city: str
    time_zone: str
    screen: str
    doors_at: str
    starts_at: str
    moved_from: str | None
    film_starts_at: str
    ends_at: str
    format: str
    language: str
    subtitles: str | None
    labels: list[str]
    label_note: str | None
    availability: str | None
    on_sale_from: str | None
    price_from: str | None
    price_to: str | None
    currency: str
    booking_url: str
    films: list[str]


@require_safe
@feed_cache
@conditional_page
def showtimes(request: HtmxRequest, format: str, slug: str | None = None) -> HttpResponse:
    """The coming shows of a theatre, or of all, as ``format``: json or csv."""
    theatre = or_404(theatre_by_slug(slug)) if slug else None
    shows = Q(screen__theatre=theatre) if theatre else Q()

    def make() -> bytes:
        now = timezone.now()
        rows = [_showtime(show, now) for show in listed_shows(shows, now)]
        return _json(rows) if format == "json" else _csv(rows)

    return feed(("showtimes", format, slug), make, JSON if format == "json" else csv.CONTENT_TYPE)


def _showtime(show: Show, now: datetime) -> Showtime:
    movie, screen = show.movie, show.screen
    theatre, is_cancelled = screen.theatre, show.status == Show.Status.CANCELLED
    amounts = [] if is_cancelled else show.plain_amounts(Order.Channel.WEB)
    return Showtime(
        show_id=show.pk,
        status="cancelled" if is_cancelled else "scheduled",
        film=show.localized.title,
        original_title=None if show.further_minutes else movie.original_title or None,
        year=None if show.further_minutes else movie.year,
        runtime_minutes=show.runtime,
        certificate=show.certificate or None,
        film_url=on_site(movie.get_absolute_url()),
        theatre=theatre.name,
        theatre_slug=theatre.slug,
        address=theatre.address,
        city=theatre.city,
        time_zone=theatre.time_zone,
        screen=screen.name,
        doors_at=moment(show.doors_open_at, theatre),
        starts_at=moment(show.starts_at, theatre),
        moved_from=moment(show.moved_from, theatre) if show.moved_from else None,
        film_starts_at=moment(show.film_starts_at, theatre),
        ends_at=moment(show.film_ends_at, theatre),
        format=show.format,
        language=show.language.code,
        subtitles=show.subtitles.code if show.subtitles else None,
        labels=[label.value for label in show.shown_labels],
        label_note=show.localized.label_note or None,
        availability=None if is_cancelled else WORDS[availability(show, now)],
        on_sale_from=moment(show.sales_start_at, theatre) if show.sales_start_at else None,
        price_from=money(min(amounts)) if amounts else None,
        price_to=money(max(amounts)) if amounts else None,
        currency=settings.CURRENCY,
        booking_url=on_site(show.get_absolute_url()),
        films=[film.localized.title for film in show.films],
    )


def _json(rows: list[Showtime]) -> bytes:
    return json.dumps({"showtimes": [row._asdict() for row in rows]}, ensure_ascii=False).encode()


def _csv(rows: list[Showtime]) -> bytes:
    cells = [["; ".join(cell) if isinstance(cell, list) else cell for cell in row] for row in rows]
    return b"".join(csv.write([Sheet("", Showtime._fields, cells)]))
