"""The seasons: add, change and delete them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinema.exceptions import BusinessRuleViolation, EditConflict
from cinema.forms.films.seasons import SeasonForm
from cinema.models import Season, Theatre
from cinema.selectors.films.seasons import seasons_at
from cinema.selectors.people.staff import MANAGER, posts_of
from cinema.services.films.seasons import add_season, delete_season, edit_season
from cinema.views.staff.access import anywhere
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of


@anywhere(MANAGER)
@require_safe
def seasons(request: StaffRequest) -> HttpResponse:
    """The seasons at the user's theatres and at all theatres; those that are over last."""
    now = timezone.now()
    rows = [(season, season.is_over(now)) for season in seasons_at(_theatres(request)).prefetch_related("movies")]
    rows.sort(key=lambda row: row[1])
    return render(request, "staff/films/seasons.html", {"rows": rows})


@anywhere(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a season."""
    return _form(request, None)


@anywhere(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a season."""
    return _form(request, _find(request, pk))


@anywhere(MANAGER)
@require_POST
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    """Delete a season; its films and their shows stay."""
    season = _find(request, pk)
    delete_season(season_id=season.pk, user=request.user)
    messages.success(request, _("“%(season)s” has been deleted.") % {"season": season})
    return see_other(reverse("staff-films-seasons"))


def _form(request: StaffRequest, season: Season | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = SeasonForm(data, theatres=_theatres(request), season=season)
    if not form.is_valid():
        return _page(request, form, season, status=400 if form.is_bound else 200)
    try:
        saved = _save(request, form, season)
    except BusinessRuleViolation as error:
        form.add_error(None, str(error))
        if isinstance(error, EditConflict):
            form.reopen(error.version)
        return _page(request, form, season, status=status_of(error))
    messages.success(request, _("“%(season)s” has been saved.") % {"season": saved})
    return see_other(reverse("staff-films-season", args=[saved.pk]))


def _save(request: StaffRequest, form: SeasonForm, season: Season | None) -> Season:
    if season is None:
        return add_season(plan=form.plan, user=request.user)
    version = form.cleaned_data["version"]
    return edit_season(season_id=season.pk, version=version, plan=form.plan, user=request.user)


def _page(request: StaffRequest, form: SeasonForm, season: Season | None, **more: Any) -> HttpResponse:
    return render(request, "staff/films/season.html", {"form": form, "season": season}, **more)


def _find(request: StaffRequest, pk: int) -> Season:
    """The season, if the user may change it."""
    return get_object_or_404(seasons_at(_theatres(request)), pk=pk)


def _theatres(request: StaffRequest) -> list[Theatre]:
    """The theatres that the user manages."""
    return [post.theatre for post in posts_of(request.user) if post.may(MANAGER)]
