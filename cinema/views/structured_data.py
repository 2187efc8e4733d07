"""Structured data of films, shows and theatres for search engines: JSON-LD in the words of schema.org.

The things of a page are one graph. They name each other by ``@id``, so that a theatre with 50 shows is said once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from cinema.models import Movie, Order, Season, Show, ShowLabel, Theatre
from cinema.models.annotated import ShowNow
from cinema.models.labels import read_labels
from cinema.selectors.booking.seat_map import SeatPrice
from cinema.templatetags.labels import label_words
from cinema.views.breadcrumbs import Trail

Thing = dict[str, Any]
SCHEMA = "https://schema.org"
# Words of the vocabulary of accessibility: www.w3.org/community/reports/a11y-discov-vocab/
FEATURES = {
    ShowLabel.AUDIO_DESCRIPTION: "audioDescription",
    ShowLabel.OPEN_CAPTIONS: "openCaptions",
    ShowLabel.CLOSED_CAPTIONS: "closedCaptions",
    ShowLabel.SIGN_LANGUAGE: "signLanguage",
}


def film_data(movie: Movie, shows: Iterable[Show], trail: Trail) -> Thing:
    """A film and its coming shows, loaded with their films, screens, theatres, languages and prices."""
    shows, now = list(shows), timezone.now()
    theatres = {show.screen.theatre_id: show.screen.theatre for show in shows}
    films = {each.pk: each for show in shows for each in show.films} | {movie.pk: movie}
    events = [_event(show, show.plain_amounts(Order.Channel.WEB), now) for show in shows]
    return _graph(*map(_film, films.values()), *map(_theatre, theatres.values()), *events, _breadcrumb(trail))


def show_data(show: ShowNow, prices: Sequence[SeatPrice], trail: Trail) -> Thing:
    """A show, its films and its theatre. ``prices`` are those of its seats, if they are on sale."""
    amounts = [amount for price in prices for amount in (price.lowest, price.highest)]
    event = _event(show, amounts, show.now)
    return _graph(*map(_film, show.films), _theatre(show.screen.theatre), event, _breadcrumb(trail))


def theatre_data(theatre: Theatre, screens: int, trail: Trail) -> Thing:
    """A theatre, its address, and how many screens it has."""
    return _graph(_theatre(theatre) | {"screenCount": screens}, _breadcrumb(trail))


def programme_data(movies: Iterable[Movie]) -> Thing:
    """The films of a list, by their pages."""
    return _graph(_list(movies))


def coming_data(movies: Sequence[Movie], trail: Trail) -> Thing:
    """The films that are not on yet, if any, by their pages."""
    return _graph(*([_list(movies)] if movies else []), _breadcrumb(trail))


def trail_data(trail: Trail) -> Thing:
    """A page of which no more is said than where it is."""
    return _graph(_breadcrumb(trail))


def season_data(season: Season, movies: Iterable[Movie], trail: Trail) -> Thing:
    """A season as a list of its films, by their pages."""
    url = _on_site(season.get_absolute_url())
    texts = {"name": season.localized.title, "description": season.localized.text}
    return _graph(_known({"@id": url, "url": url} | texts) | _list(movies), _breadcrumb(trail))


def _list(movies: Iterable[Movie]) -> Thing:
    pages = [
        {"@type": "ListItem", "position": n, "url": _on_site(movie.get_absolute_url())}
        for n, movie in enumerate(movies, start=1)
    ]
    return {"@type": "ItemList", "itemListElement": pages}


def _graph(*things: Thing) -> Thing:
    return {"@context": SCHEMA, "@graph": things}


def _film(movie: Movie) -> Thing:
    url = _on_site(movie.get_absolute_url())
    return _known(
        {
            "@type": "Movie",
            "@id": url,
            "url": url,
            "name": movie.localized.title,
            "alternateName": movie.original_title,
            "description": movie.localized.synopsis,
            "image": _poster(movie),
            "duration": f"PT{movie.runtime}M",
            "contentRating": movie.certificate,
            "datePublished": movie.release_date and movie.release_date.isoformat(),
            "director": movie.director and {"@type": "Person", "name": movie.director},
            "actor": [{"@type": "Person", "name": str(name)} for name in movie.cast],
        }
    )


def _poster(movie: Movie) -> str:
    return _on_site(movie.poster.url if movie.poster else reverse("movie-poster", args=[movie.slug]))


def _theatre(theatre: Theatre) -> Thing:
    url = _on_site(theatre.get_absolute_url())
    address = {"@type": "PostalAddress", "streetAddress": theatre.address, "addressLocality": theatre.city}
    return {"@type": "MovieTheater", "@id": url, "url": url, "name": theatre.name, "address": address}


class WorkFacts(NamedTuple):
    """What the event of a show has about a film."""

    url: str
    name: str
    image: str

    @classmethod
    def of(cls, movie: Movie) -> "WorkFacts":
        return cls(_on_site(movie.get_absolute_url()), movie.localized.title, _poster(movie))


class EventFacts(NamedTuple):
    """All that is said of a show: the key under which its event is kept."""

    show_id: int
    name: str
    films: tuple["WorkFacts", ...]
    theatre_slug: str
    tz: ZoneInfo
    status: str
    starts_at: datetime
    moved_from: datetime | None
    ends_at: datetime
    doors_open_at: datetime
    format: str
    language: str
    subtitles: str
    labels: str
    words: str
    sales: tuple[datetime | None, datetime]
    availability: str
    prices: tuple[Decimal, Decimal] | None


def _event(show: Show, amounts: Sequence[Decimal], now: datetime) -> Thing:
    """A show with an offer of its plain tickets, which cost these ``amounts``."""
    theatre = show.screen.theatre
    facts = EventFacts(
        show_id=show.pk,
        name=show.localized.title,
        films=tuple(map(WorkFacts.of, show.films)),
        theatre_slug=theatre.slug,
        tz=theatre.tz,
        status=show.status,
        starts_at=show.starts_at,
        moved_from=show.moved_from,
        ends_at=show.film_ends_at,
        doors_open_at=show.doors_open_at,
        format=str(Show.Format(show.format).label),
        language=show.language.code,
        subtitles=show.subtitles.code if show.subtitles else "",
        labels=show.labels,
        words=label_words(show),
        sales=(show.sales_start_at, show.sales_end_at),
        availability=availability(show, now),
        prices=(min(amounts), max(amounts)) if amounts else None,
    )
    return _event_of(facts)


@lru_cache(maxsize=2000)
def _event_of(facts: EventFacts) -> Thing:
    """The event is kept, because a film's page may have a hundred; nobody may change it."""
    tz, place = facts.tz, {"@id": _on_site(reverse("theatre", args=[facts.theatre_slug]))}
    url, cancelled = _on_site(reverse("show", args=[facts.show_id])), facts.status == Show.Status.CANCELLED
    status = "EventCancelled" if cancelled else "EventRescheduled" if facts.moved_from else "EventScheduled"
    works = [_version(facts.labels, film) or {"@id": film.url} for film in facts.films]
    return _known(
        {
            "@type": "ScreeningEvent",
            "@id": url,
            "url": url,
            "name": facts.name,
            "image": facts.films[0].image,
            "startDate": _moment(facts.starts_at, tz),
            "endDate": _moment(facts.ends_at, tz),
            "doorTime": _moment(facts.doors_open_at, tz),
            "eventStatus": f"{SCHEMA}/{status}",
            "previousStartDate": facts.moved_from and _moment(facts.moved_from, tz),
            "eventAttendanceMode": f"{SCHEMA}/OfflineEventAttendanceMode",
            "location": place,
            "organizer": place,
            "workPresented": works if len(works) > 1 else works[0],
            "videoFormat": facts.format,
            "inLanguage": facts.language,
            "subtitleLanguage": facts.subtitles,
            "description": facts.words,
            "offers": None if cancelled else _offer(facts, url),
        }
    )


def _version(labels: str, film: WorkFacts) -> Thing | None:
    """The version of the film that is shown, if it has more than the film itself: only works have such properties."""
    chosen = read_labels(labels)
    version = _known(
        {
            "accessibilityFeature": [FEATURES[label] for label in chosen if label in FEATURES],
            "accessibilityHazard": "flashing" if ShowLabel.STROBE in chosen else None,
        }
    )
    return (
        {"@type": "Movie", "name": film.name, "image": film.image, "exampleOfWork": {"@id": film.url}} | version
        if version
        else None
    )


def _offer(facts: EventFacts, url: str) -> Thing:
    begin, end = facts.sales
    offer = {
        "@type": "AggregateOffer" if facts.prices else "Offer",
        "url": url,
        "availability": f"{SCHEMA}/{facts.availability}",
        "validFrom": begin and _moment(begin, facts.tz),
        "validThrough": _moment(end, facts.tz),
    }
    if facts.prices:
        lowest, highest = facts.prices
        offer |= {"lowPrice": str(lowest), "highPrice": str(highest), "priceCurrency": settings.CURRENCY}
    return _known(offer)


def availability(show: Show, now: datetime) -> str:
    """The availability of a show's tickets online, as schema.org names it."""
    if not show.seats_free:
        return "SoldOut"
    if show.sales_end_at <= now or not settings.PAYMENT_GATEWAYS:
        return "InStoreOnly"
    if show.sales_start_at and show.sales_start_at > now:
        return "PreOrder"
    return "InStock"


def _breadcrumb(trail: Trail) -> Thing:
    items = [
        {"@type": "ListItem", "position": n, "name": crumb.name, "item": _on_site(crumb.url)}
        for n, crumb in enumerate(trail, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _moment(at: datetime, tz: ZoneInfo) -> str:
    return at.astimezone(tz).isoformat()


def _on_site(path: str) -> str:
    return settings.SITE_URL + path


def _known(thing: Thing) -> Thing:
    return {name: value for name, value in thing.items() if value}
