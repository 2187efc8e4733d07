"""The films of the library: find, add, change and retire them, and give them pictures."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinema.domain.lists import sentences
from cinema.exceptions import BusinessRuleViolation, EditConflict
from cinema.forms.films.films import FilmForm, PosterForm, SearchForm, StillForm
from cinema.models import Movie
from cinema.selectors.films import films as selectors
from cinema.selectors.films.film_table import film_sheet
from cinema.selectors.people.staff import MANAGER
from cinema.services.core.pictures import LARGEST_FILE
from cinema.services.films.films import Edited, add_film, edit_film, retire_film
from cinema.services.films.posters import Kind, remove_picture, set_picture
from cinema.views.links import with_query
from cinema.views.staff.access import anywhere
from cinema.views.staff.downloads import send_sheets
from cinema.web.decorators import see_other, takes_files
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of

PER_PAGE = 50


def film_or_404(pk: int) -> Movie:
    return get_object_or_404(Movie.objects.prefetch_related("genres", "languages"), pk=pk)


@anywhere(MANAGER)
@require_safe
def films(request: StaffRequest) -> HttpResponse:
    form, today = SearchForm(request.GET), timezone.now().date()
    filters = form.filters
    page = Paginator(selectors.library(**filters, today=today), PER_PAGE).get_page(request.GET.get("page"))
    planned = selectors.planned_shows(page.object_list)
    rows = [(movie, shows := planned.get(movie.pk, selectors.Planned()), selectors.state_of(movie, shows, today))
            for movie in page]  # fmt: skip
    context = {
        "form": form,
        "rows": rows,
        "page": page,
        "query": with_query("", filters),
        "filtered": any(filters.values()),
    }
    return render(request, "staff/films/films.html", context)


@anywhere(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def film_add(request: StaffRequest) -> HttpResponse:
    form = FilmForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return film_page(request, form)
    if not form.is_valid():
        return film_page(request, form, status=400)
    try:
        movie = add_film(facts=form.facts, user=request.user)
    except BusinessRuleViolation as error:
        form.add_error(None, str(error))
        return film_page(request, form, status=status_of(error))
    messages.success(request, _("“%(film)s” has been added. Now you can upload a poster.") % {"film": movie})
    return see_other(reverse("staff-films-edit", args=[movie.pk]))


@anywhere(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def film_edit(request: StaffRequest, pk: int) -> HttpResponse:
    movie = film_or_404(pk)
    form = FilmForm(request.POST if request.method == "POST" else None, movie=movie)
    if request.method != "POST":
        return film_page(request, form, movie)
    if not form.is_valid():
        return film_page(request, form, movie, status=400)
    try:
        edited = edit_film(movie_id=pk, version=form.cleaned_data["version"], facts=form.facts, user=request.user)
    except EditConflict as error:
        form.add_error(None, str(error))
        form.reopen(error.version)
        return film_page(request, form, movie, status=status_of(error))
    except BusinessRuleViolation as error:
        form.add_error(None, str(error))
        return film_page(request, form, movie, status=status_of(error))
    messages.success(request, saved_message(edited))
    return see_other(reverse("staff-films-edit", args=[pk]))


@anywhere(MANAGER)
@require_safe
def export(request: StaffRequest, format: str) -> StreamingHttpResponse:
    """The library as a table, which can be imported again."""
    return send_sheets(request, "films", format, [film_sheet()])


def saved_message(edited: Edited) -> str:
    """The message after a film was saved."""
    saved = _("“%(film)s” has been saved.") % {"film": edited.movie}
    if not edited.shows:
        return saved
    ends = ngettext(
        "The end of %(number)d upcoming show has changed.",
        "The ends of %(number)d upcoming shows have changed.",
        edited.shows,
    )
    return sentences([saved, ends % {"number": edited.shows}])


@anywhere(MANAGER)
@require_POST
def film_retire(request: StaffRequest, pk: int) -> HttpResponse:
    """Retire a film, or bring it back if ``retired`` is not posted."""
    movie = retire_film(movie_id=film_or_404(pk).pk, retired=bool(request.POST.get("retired")), user=request.user)
    shows = selectors.planned_shows([movie]).get(movie.pk, selectors.Planned()).shows
    if not movie.retired_at:
        messages.success(request, _("“%(film)s” can be planned again.") % {"film": movie})
    elif shows:
        text = ngettext(
            "“%(film)s” has been retired and can no longer be planned. Its %(number)d upcoming show stays as it is.",
            "“%(film)s” has been retired and can no longer be planned. Its %(number)d upcoming shows stay as they are.",
            shows,
        )
        messages.warning(request, text % {"film": movie, "number": shows})
    else:
        messages.success(request, _("“%(film)s” has been retired.") % {"film": movie})
    return see_other(reverse("staff-films-edit", args=[pk]))


@anywhere(MANAGER)
@takes_files(up_to=LARGEST_FILE)
@require_POST
def film_poster(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a film a poster, or remove it if ``remove`` is posted."""
    if "remove" in request.POST:
        done = _("The poster has been removed. The drawn one is shown again.")
    else:
        done = _("The poster has been saved.")
    return _take_picture(request, pk, "poster", PosterForm(request.POST, request.FILES), done)


@anywhere(MANAGER)
@takes_files(up_to=LARGEST_FILE)
@require_POST
def film_still(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a film a still, or remove it if ``remove`` is posted."""
    done = _("The still has been removed.") if "remove" in request.POST else _("The still has been saved.")
    return _take_picture(request, pk, "still", StillForm(request.POST, request.FILES), done)


def _take_picture(request: StaffRequest, pk: int, kind: Kind, form: PosterForm | StillForm, done: str) -> HttpResponse:
    """Store or remove a picture of a film and show the message ``done``, or show the page with the errors."""
    movie, status, removes = film_or_404(pk), 400, "remove" in request.POST
    if removes:
        remove_picture(movie_id=pk, kind=kind, user=request.user)
    elif form.is_valid():
        try:
            set_picture(movie_id=pk, kind=kind, picture=form.cleaned_data[kind], user=request.user)
        except BusinessRuleViolation as error:
            form.add_error(kind, str(error))
            status = status_of(error)
    if removes or form.is_valid():
        messages.success(request, done)
        return see_other(reverse("staff-films-edit", args=[pk]))
    return film_page(request, FilmForm(movie=movie), movie, status=status, **{f"{kind}_form": form})


def film_page(
    request: StaffRequest, form: FilmForm, movie: Movie | None = None, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The form of a film, for an existing one with its pictures and its planned shows."""
    context: dict[str, Any] = {"form": form, "movie": movie, "distributors": selectors.distributors()}
    if movie:
        planned = selectors.planned_shows([movie]).get(movie.pk, selectors.Planned())
        state = selectors.state_of(movie, planned, timezone.now().date())
        context |= {"planned": planned, "state": state, "largest": LARGEST_FILE}
        context |= {"poster_form": PosterForm(), "still_form": StillForm()}
    return render(request, "staff/films/film.html", context | more, status=status)
