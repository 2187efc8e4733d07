"""A film's page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cinema.forms.films.alerts import FilmAlertForm
from cinema.forms.schedule.programme import ProgrammeDayForm
from cinema.selectors.films.movies import movie_by_slug, places, shows_of
from cinema.selectors.schedule.programme import ProgrammeFilm, showings
from cinema.views.breadcrumbs import film_trail
from cinema.views.links import day_links
from cinema.views.public.programme import remembered_city
from cinema.views.structured_data import film_data
from cinema.web.http import HtmxRequest
from cinema.web.shortcuts import or_404


@require_safe
def movie(request: HtmxRequest, slug: str) -> HttpResponse:
    """A film and its shows by theatre and day, theatres in the remembered city first; 410 once it is retired."""
    found = or_404(movie_by_slug(slug))
    shows = shows_of(found)
    form = ProgrammeDayForm(request.GET, theatres={show.screen.theatre for show in shows})
    day, notes = form.chosen_day, form.notes
    days = sorted({show.trading_day for show in shows})
    today = min((showing.today for showing in showings(shows)), default=None)
    if day and day not in days:
        notes, day = [_("No shows of this film on that day. Showing all dates.")], None
    trail = film_trail(found)
    context = {
        "movie": found,
        "film": ProgrammeFilm(found, showings(shows)),
        "places": places(shows, first_city=remembered_city(request), day=day),
        "day": day,
        "days": day_links(request.path, {}, days=days, current=day, today=None),
        "today": today,
        "notes": notes,
        "trail": trail,
    }
    if not shows and not found.retired_at:
        context["alert_form"] = FilmAlertForm.start(request.user)
    template = "public/movies/_showtimes.html"
    if not request.htmx:
        template = "public/movies/movie.html"
        context["structured_data"] = film_data(found, shows, trail)
    response = render(request, template, context, status=410 if found.retired_at and not shows else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response
