"""The front page: what is on."""

from typing import Any
from urllib.parse import quote, unquote

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from cinema.domain.dates import shown_date
from cinema.domain.day_parts import EVENING
from cinema.forms.schedule.programme import EVERYWHERE, ProgrammeForm
from cinema.selectors.films.film_search import alternatives_to
from cinema.selectors.films.seasons import current_seasons
from cinema.selectors.schedule.programme import Filters, Programme, filter_options
from cinema.selectors.schedule.programme import programme as programme_of
from cinema.views.links import DayLink, day_links, with_query
from cinema.views.structured_data import programme_data
from cinema.web.http import HtmxRequest

CITY_COOKIE = f"{settings.COOKIE_PREFIX}city"
CITY_MAX_AGE = 60 * 60 * 24 * 365  # seconds


@require_safe
def programme(request: HtmxRequest) -> HttpResponse:
    """The films of a day. htmx gets the part below the filters, and a URL for the browser's history."""
    if not request.htmx and "" in request.GET.values():  # a form sent without JavaScript names every field
        return redirect(with_query(request.path, request.GET.dict()))

    form = ProgrammeForm(request.GET, options=filter_options(current_seasons()), remembered=remembered_city(request))
    form.is_valid()
    filters, query = form.filters, form.query
    theatres = [theatre for theatre in form.options.theatres if filters.city in ("", theatre.city)]
    on = programme_of(filters, [filters.theatre] if filters.theatre else theatres)
    tabs = _tabs(request.path, query, filters, on)
    context = {
        "filters": filters,
        "form": form.with_valid_values(),
        "folded": len(query.keys() - {"city"}),
        "notes": form.notes,
        "programme": on,
        **tabs,
        "title": _title(filters, on),
        "calendar_url": with_query(reverse("programme-calendar"), query | ({} if filters.city else {"city": ""})),
        "canonical": _canonical(filters),
        "card": _card(filters),
        "chosen_filters": [
            (label, with_query(request.path, less | {"day": request.GET.get("day", "")}))
            for label, less in form.removable
        ],
        "everything_url": with_query(request.path, {"city": EVERYWHERE}),
        "everywhere_url": with_query(request.path, {"q": filters.q, "city": EVERYWHERE}),
    }
    if filters.q and not on.films:
        context["instead"] = alternatives_to(filters.q)
    template = "public/programme/_programme.html"
    if not request.htmx:
        template = "public/programme/programme.html"
        context["structured_data"] = on.films and programme_data(film.movie for film in on.films)
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    if filters.q:
        response["X-Robots-Tag"] = "noindex"
    if request.htmx:
        current = next((link.url for link in tabs["days"] if link.is_current), "")
        push_url(response, current or with_query(request.path, query))
    remember_city(response, form.cleaned_data.get("city", ""))
    return response


def _tabs(path: str, query: dict[str, str], filters: Filters, on: Programme) -> dict[str, Any]:
    """The tabs of the days and of this evening, and the link to the next day with shows."""
    has_evening = on.trading_day in on.days and on.today == on.trading_day  # after midnight the day itself is “Tonight”
    tonight = has_evening and filters.time == EVENING and on.day == on.trading_day
    days = day_links(path, query, days=on.days, current=on.day, today=on.trading_day)
    if tonight:  # the tab of today then leads to the whole day
        days[0] = DayLink(on.trading_day, with_query(path, query | {"time": ""}), is_current=False)
    evening = with_query(path, query | {"time": EVENING, "day": on.trading_day.isoformat()})
    return {
        "days": days,
        "tonight": tonight,
        "tonight_url": evening if has_evening else "",
        "next": next((link for link in days if link.day == on.next_day), None),
    }


def title_of(filters: Filters) -> str:
    """What a selection shows, on any day: “What’s on in Mumbai”, or the search."""
    place, said = filters.theatre or filters.city, filters.q
    if filters.theatre:
        title = _("“%(said)s” at %(place)s") if said else _("What’s on at %(place)s")
    elif filters.city:
        title = _("“%(said)s” in %(place)s") if said else _("What’s on in %(place)s")
    else:
        title = _("“%(said)s”") if said else _("What’s on")
    return title % {"said": said, "place": place}


def _title(filters: Filters, on: Programme) -> str:
    """The title: “What’s on in Mumbai, Saturday 5 December”, or the search."""
    title = title_of(filters)
    if on.day in (None, on.trading_day):
        return title
    return _("%(title)s, %(day)s") % {"title": title, "day": shown_date(on.day, "l j F")}


def _canonical(filters: Filters) -> str:
    """The canonical URL of a place, for all days and filters."""
    if filters.theatre:
        return filters.theatre.get_absolute_url()
    return with_query(reverse("programme"), {"city": filters.city})


def _card(filters: Filters) -> str:
    """The picture of a place for previews of shared links."""
    if filters.theatre:
        return reverse("theatre-card", args=[filters.theatre.slug])
    return with_query(reverse("programme-card"), {"city": filters.city})


def remembered_city(request: HtmxRequest) -> str:
    return unquote(request.COOKIES.get(CITY_COOKIE, ""))


def remember_city(response: HttpResponse, city: str) -> None:
    """Set the cookie of the chosen city for a year; delete it if all cities were chosen."""
    if city == EVERYWHERE:
        response.delete_cookie(CITY_COOKIE, samesite="Lax")
    elif city:
        response.set_cookie(
            CITY_COOKIE, quote(city), max_age=CITY_MAX_AGE, httponly=True, samesite="Lax", secure=settings.HTTPS
        )
