"""Structured data of films, shows and theatres for search engines (schema.org)."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from cinema.models import Movie, Order, Show, Theatre

Thing = dict[str, Any]
SOLD_OUT, IN_STOCK = "https://schema.org/SoldOut", "https://schema.org/InStock"


def film_data(movie: Movie, shows: Iterable[Show]) -> Thing:
    """A film and its coming shows, loaded with their screens, theatres, languages and prices."""
    film = _film(movie)
    return {"@context": "https://schema.org", "@graph": [film, *(_show(show, film) for show in shows)]}


def theatre_data(theatre: Theatre) -> Thing:
    """A theatre and its address."""
    return {"@context": "https://schema.org", **_theatre(theatre)}


def _film(movie: Movie) -> Thing:
    url = settings.SITE_URL + movie.get_absolute_url()
    poster = movie.poster.url if movie.poster else reverse("movie-poster", args=[movie.slug])
    return _known(
        {
            "@type": "Movie",
            "@id": url,
            "url": url,
            "name": movie.title,
            "alternateName": movie.original_title,
            "description": movie.synopsis,
            "image": settings.SITE_URL + poster,
            "duration": f"PT{movie.runtime}M",
            "contentRating": movie.certificate,
            "datePublished": movie.release_date and movie.release_date.isoformat(),
            "director": movie.director and {"@type": "Person", "name": movie.director},
            "actor": [{"@type": "Person", "name": str(name)} for name in movie.cast],
        }
    )


def _show(show: Show, film: Thing) -> Thing:
    theatre = show.screen.theatre
    url = settings.SITE_URL + show.get_absolute_url()
    return _known(
        {
            "@type": "ScreeningEvent",
            "name": film["name"],
            "url": url,
            "image": film["image"],
            "startDate": show.starts_at.astimezone(theatre.tz).isoformat(),
            "endDate": show.film_ends_at.astimezone(theatre.tz).isoformat(),
            "eventStatus": "https://schema.org/EventScheduled",
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "location": _theatre(theatre),
            "workPresented": {"@id": film["@id"]},
            "videoFormat": show.get_format_display(),
            "inLanguage": show.language.code,
            "subtitleLanguage": show.subtitles and show.subtitles.code,
            "offers": _offer(show, url),
        }
    )


def _offer(show: Show, url: str) -> Thing:
    """The lowest price of a plain ticket, as on the page."""
    offer = {"@type": "Offer", "url": url, "availability": IN_STOCK if show.seats_free else SOLD_OUT}
    lowest = show.starting_price(Order.Channel.WEB)
    return offer | ({"price": str(lowest.amount), "priceCurrency": settings.CURRENCY} if lowest else {})


def _theatre(theatre: Theatre) -> Thing:
    return {
        "@type": "MovieTheater",
        "name": theatre.name,
        "url": settings.SITE_URL + theatre.get_absolute_url(),
        "address": {"@type": "PostalAddress", "streetAddress": theatre.address, "addressLocality": theatre.city},
    }


def _known(thing: Thing) -> Thing:
    return {name: value for name, value in thing.items() if value}
