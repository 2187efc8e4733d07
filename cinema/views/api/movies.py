"""What is on, for programs."""

from collections.abc import Callable

from django.core.paginator import Paginator
from django.http import JsonResponse
from django.utils.translation import gettext as _

from cinema.forms.schedule.api import MoviesForm
from cinema.selectors.films.movies import with_languages
from cinema.selectors.films.seasons import current_seasons
from cinema.selectors.schedule.programme import ProgrammeFilm, filter_options, programme
from cinema.views.api.responses import error_response, field_error_response, json_view
from cinema.views.api.serializers import Shape, listed_show_json, movie_json
from cinema.web.http import HtmxRequest


@json_view("GET", "HEAD")
def movies(request: HtmxRequest) -> JsonResponse:
    """The films of a day with their shows, as on the front page, paged."""
    form = MoviesForm(request.GET, options=filter_options(current_seasons() if "season" in request.GET else ()))
    if not form.is_valid():
        return field_error_response(form.refusals)
    filters, number = form.filters, form.cleaned_data["page"]
    theatres = [theatre for theatre in form.options.theatres if filters.city in ("", theatre.city)]
    on = programme(filters, [filters.theatre] if filters.theatre else theatres)
    pages = Paginator(on.films, form.cleaned_data["page_size"])
    if number > pages.num_pages:
        return error_response(
            404, _("There is no page %(page)d; the last is %(last)d.") % {"page": number, "last": pages.num_pages}
        )
    page = pages.page(number)
    films = list(page)
    with_languages(film.movie for film in films)
    turn = _turner(request)
    return JsonResponse(
        {
            "count": pages.count,
            "next": turn(number + 1) if page.has_next() else None,
            "previous": turn(number - 1) if page.has_previous() else None,
            "day": on.day,
            "days": on.days,
            "results": [_film(film, request) for film in films],
        }
    )


def _film(film: ProgrammeFilm, request: HtmxRequest) -> Shape:
    link = request.build_absolute_uri
    return movie_json(film.movie, link) | {"shows": [listed_show_json(show, link) for show in film.shows]}


def _turner(request: HtmxRequest) -> Callable[[int], str]:
    """A function that returns the URL of another page of the same list."""

    def turn(number: int) -> str:
        query = request.GET.copy()
        query["page"] = str(number)
        return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")

    return turn
