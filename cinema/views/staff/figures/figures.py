"""Figures: revenue, admissions, sales by seat, and the distributor's report."""

from collections.abc import Callable, Sequence
from datetime import date
from statistics import mode
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cinema.domain.periods import Period
from cinema.forms.figures.figures import MEASURES, NAMED, FilmWeekForm, HeatMapForm, PeriodForm
from cinema.models import Movie, Show, Theatre, with_film
from cinema.selectors.figures import box_office
from cinema.selectors.figures.discounts import discount_report, fee_report
from cinema.selectors.figures.door import no_shows
from cinema.selectors.figures.figures import report
from cinema.selectors.figures.gift_cards import liability_report
from cinema.selectors.figures.heat_map import heat_map
from cinema.selectors.figures.receipts import receipts_between
from cinema.selectors.figures.takings import takings as takings_of
from cinema.selectors.figures.taxes import tax_report
from cinema.selectors.people.staff import MANAGER, posts_of
from cinema.views.staff.access import anywhere, at_theatre
from cinema.views.staff.figures import pictures
from cinema.web.http import StaffRequest

RECEIPTS_PER_PAGE = 100


def today_at(theatre: Theatre) -> date:
    return theatre.trading_day(timezone.now())


def usual_film_week(theatres: Sequence[Theatre]) -> int:
    """The weekday on which film weeks begin at most of the theatres."""
    return mode(theatre.film_week for theatre in theatres)


def managed(request: StaffRequest) -> list[Theatre]:
    """The theatres whose figures the user may see together. 404 for an owner if there is no theatre yet."""
    if theatres := [post.theatre for post in posts_of(request.user) if post.may(MANAGER)]:
        return theatres
    raise Http404


def film_or_404(theatre: Theatre, movie: int) -> Movie:
    """A film that was ever shown at the theatre."""
    shown = Show.objects.filter(with_film(movie), screen__theatre=theatre)
    return get_object_or_404(Movie.objects.filter(Exists(shown)), pk=movie)


@at_theatre(MANAGER)
@require_safe
def figures(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    several = request.user.is_owner or len(managed(request)) > 1
    return _figures(request, [theatre], {"theatre": theatre, "several": several})


@anywhere(MANAGER)
@require_safe
def everywhere(request: StaffRequest) -> HttpResponse:
    return _figures(request, managed(request), {})


def _figures(request: StaffRequest, theatres: Sequence[Theatre], context: dict[str, Any]) -> HttpResponse:
    form = PeriodForm(request.GET, today=max(map(today_at, theatres)), film_week=usual_film_week(theatres))
    context |= {"form": form, "periods": NAMED, "measures": MEASURES}
    if not form.is_valid():
        return render(request, "staff/figures/figures.html", context, status=400)
    found, measure = report(theatres, form.chosen), form.chosen_measure
    charts = pictures.report_charts(found, measure, str(dict(MEASURES)[measure]))
    context |= {"report": found, "measure": measure, "charts": charts, "keep": f"&measure={measure}"}
    context["no_shows"] = no_shows(theatres, form.chosen)
    return render(request, "staff/figures/figures.html", context)


@at_theatre(MANAGER)
@require_safe
def hall(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Which seats of a screen sell, and how early."""
    form = HeatMapForm(request.GET, today=today_at(theatre), film_week=theatre.film_week, theatre=theatre)
    context = {"theatre": theatre, "form": form, "periods": NAMED}
    if not form.is_valid():
        return render(request, "staff/figures/heatmap.html", context, status=400)
    screen = form.chosen_screen
    context |= {"period": form.chosen, "screen": screen}
    if screen:
        sales = heat_map(screen, form.chosen)
        share, lead = pictures.hall_maps(sales)
        context |= {"sales": sales, "share": share, "lead": lead, "keep": f"&screen={screen.pk}"}
    return render(request, "staff/figures/heatmap.html", context)


@at_theatre(MANAGER)
@require_safe
def taxes(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """What was sold and refunded, by tax rate and kind."""
    return _of_period(request, theatre, "taxes", lambda period: {"report": tax_report(theatre, period)})


@at_theatre(MANAGER)
@require_safe
def takings(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Payments and refunds, by till, seller and tender."""
    return _of_period(request, theatre, "takings", lambda period: {"report": takings_of(theatre, period)})


@at_theatre(MANAGER)
@require_safe
def discounts(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Booking fees, what providers charged, and the discounts by coupon."""

    def found(period: Period) -> dict[str, Any]:
        return {"fees": fee_report(theatre, period), "report": discount_report(theatre, period)}

    return _of_period(request, theatre, "discounts", found)


@at_theatre(MANAGER)
@require_safe
def gift_cards(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """What is owed on gift cards, by day."""
    return _of_period(request, theatre, "gift_cards", lambda period: {"report": liability_report(theatre, period)})


def _of_period(
    request: StaffRequest, theatre: Theatre, page: str, find: Callable[[Period], dict[str, Any]]
) -> HttpResponse:
    """A page about the chosen period, with what ``find`` finds of it."""
    form = PeriodForm(request.GET, today=today_at(theatre), film_week=theatre.film_week)
    context: dict[str, Any] = {"theatre": theatre, "form": form, "periods": NAMED}
    if not form.is_valid():
        return render(request, f"staff/figures/{page}.html", context, status=400)
    return render(request, f"staff/figures/{page}.html", context | find(form.chosen))


@at_theatre(MANAGER)
@require_safe
def receipts(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The receipts and credit notes that were issued, by number."""

    def found(period: Period) -> dict[str, Any]:
        pages = Paginator(receipts_between(theatre, period), RECEIPTS_PER_PAGE)
        return {"period": period, "page": pages.get_page(request.GET.get("page"))}

    return _of_period(request, theatre, "receipts", found)


@at_theatre(MANAGER)
@require_safe
def distributor(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The films of a film week, with links to their reports."""
    form = FilmWeekForm(request.GET, today=today_at(theatre), film_week=theatre.film_week)
    context: dict[str, Any] = {"theatre": theatre, "form": form}
    if not form.is_valid():
        return render(request, "staff/figures/distributor.html", context, status=400)
    context |= {"period": form.chosen, "films": box_office.films_shown(theatre, form.chosen)}
    return render(request, "staff/figures/distributor.html", context)


@at_theatre(MANAGER)
@require_safe
def film(request: StaffRequest, theatre: Theatre, movie: int) -> HttpResponse:
    """The distributor's report about one film."""
    shown = film_or_404(theatre, movie)
    form = FilmWeekForm(request.GET, today=today_at(theatre), film_week=theatre.film_week)
    context: dict[str, Any] = {"theatre": theatre, "form": form, "movie": shown}
    if not form.is_valid():
        return render(request, "staff/figures/film.html", context, status=400)
    context["report"] = box_office.film_report(theatre, shown, form.chosen)
    return render(request, "staff/figures/film.html", context)
