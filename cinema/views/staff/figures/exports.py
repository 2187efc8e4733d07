"""Exports of figures as spreadsheet files, streamed; each is recorded with its user."""

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from cinema.domain.periods import Period
from cinema.exports import Sheet
from cinema.forms.figures.figures import FilmWeekForm, PeriodForm
from cinema.models import Theatre
from cinema.selectors.figures import exports
from cinema.selectors.figures.box_office import film_report
from cinema.selectors.figures.discounts import discount_report, fee_report
from cinema.selectors.figures.figures import report
from cinema.selectors.figures.gift_cards import liability_report
from cinema.selectors.figures.journal import journal_sheet
from cinema.selectors.figures.receipts import receipt_sheet
from cinema.selectors.figures.takings import takings_sheet
from cinema.selectors.figures.taxes import tax_report
from cinema.selectors.money.day_payments import payment_sheet
from cinema.selectors.people.staff import MANAGER
from cinema.views.staff.access import anywhere, at_theatre
from cinema.views.staff.downloads import send_sheets
from cinema.views.staff.figures.figures import film_or_404, managed, today_at, usual_film_week
from cinema.web.http import StaffRequest

WHAT: dict[str, Callable[[Theatre, Period], list[Sheet]]] = {
    "report": lambda theatre, period: exports.report_sheets(report([theatre], period)),
    "shows": lambda theatre, period: [exports.show_sheet(theatre, period)],
    "sales": lambda theatre, period: [exports.sale_sheet(theatre, period)],
    "payments": lambda theatre, period: [payment_sheet(theatre, period)],
    "journal": lambda theatre, period: [journal_sheet([theatre], period)],
    "receipts": lambda theatre, period: [receipt_sheet(theatre, period)],
    "tax": lambda theatre, period: [exports.tax_sheet(tax_report(theatre, period))],
    "takings": lambda theatre, period: [takings_sheet(theatre, period)],
    "fees": lambda theatre, period: exports.fee_sheets(fee_report(theatre, period)),
    "discounts": lambda theatre, period: [exports.discount_sheet(discount_report(theatre, period))],
    "gift-cards": lambda theatre, period: [exports.liability_sheet(liability_report(theatre, period))],
}


@at_theatre(MANAGER)
@require_GET
def export(request: StaffRequest, theatre: Theatre, what: str, format: str) -> HttpResponseBase:
    """Export what is in WHAT about a period."""
    if what not in WHAT:
        raise Http404
    form = PeriodForm(request.GET, today=today_at(theatre), film_week=theatre.film_week)
    if not form.is_valid():
        return _refused(form)
    period = form.chosen
    name = _name(f"{theatre.slug} {what}", period)
    return send_sheets(request, name, format, WHAT[what](theatre, period), theatre)


@anywhere(MANAGER)
@require_GET
def export_everywhere(request: StaffRequest, format: str) -> HttpResponseBase:
    """Export the report of all theatres together."""
    theatres = managed(request)
    form = PeriodForm(request.GET, today=max(map(today_at, theatres)), film_week=usual_film_week(theatres))
    if not form.is_valid():
        return _refused(form)
    sheets = exports.report_sheets(report(theatres, form.chosen))
    return send_sheets(request, _name("all report", form.chosen), format, sheets)


@at_theatre(MANAGER)
@require_GET
def export_film(request: StaffRequest, theatre: Theatre, movie: int, format: str) -> HttpResponseBase:
    """Export the distributor's report about a film."""
    shown = film_or_404(theatre, movie)
    form = FilmWeekForm(request.GET, today=today_at(theatre), film_week=theatre.film_week)
    if not form.is_valid():
        return _refused(form)
    sheet = exports.film_sheet(film_report(theatre, shown, form.chosen))
    return send_sheets(request, _name(f"{theatre.slug} {shown.slug}", form.chosen), format, [sheet], theatre)


def _refused(form: PeriodForm | FilmWeekForm) -> HttpResponse:
    sentences = [str(error) for errors in form.errors.values() for error in errors]
    return HttpResponse("\n".join(sentences), content_type="text/plain; charset=utf-8", status=400)


def _name(subject: str, period: Period) -> str:
    return f"{slugify(subject)}-{period.start}-{period.end}"
