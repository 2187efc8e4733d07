"""Import films from a table: upload, preview, options, import, report."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods, require_safe

from cinema.exceptions import BusinessRuleViolation, TableUnreadable, UploadExpired
from cinema.film_tables.plans import ImportPlan
from cinema.forms.films.film_imports import ChoicesForm, FilmImportForm, uses
from cinema.models import FilmImport
from cinema.selectors.films.films import import_report
from cinema.selectors.people.staff import MANAGER
from cinema.services.films.film_updates import preview_import
from cinema.services.films.film_uploads import LARGEST_FILE, import_upload, keep_upload, read_upload, report_of
from cinema.views.staff.access import anywhere
from cinema.web.decorators import see_other, takes_files
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404

SHOWN = 200  # rows of each kind
FIRST = 10  # films of the preview
LIMITS = {"shown": f":{SHOWN}", "most": SHOWN}


@anywhere(MANAGER)
@takes_files(up_to=LARGEST_FILE)
@require_http_methods(["GET", "HEAD", "POST"])
def film_import(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return import_page(request, FilmImportForm())
    form = FilmImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return import_page(request, form, 400)
    table = form.cleaned_data["table"]
    try:
        upload = keep_upload(name=table.name, chunks=table.chunks(), user=request.user)
    except BusinessRuleViolation as error:
        form.add_error("table", str(error))
        return import_page(request, form, status_of(error))
    return see_other(reverse("staff-films-import-preview", args=[upload]))


@anywhere(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def film_import_preview(request: StaffRequest, upload: str) -> HttpResponse:
    """The preview of an uploaded table, read with the options in the query. A POST imports it, once."""
    form = ChoicesForm(request.POST if request.method == "POST" else request.GET)
    try:
        if request.method == "POST":
            update = form.cleaned_data["update"]
            import_upload(upload=upload, user=request.user, update=update, choices=form.choices)
            return to_report(or_404(report_of(upload=upload, user=request.user)))
        return preview_page(request, upload, form)
    except UploadExpired as error:
        if report := report_of(upload=upload, user=request.user):
            return to_report(report)
        return refused(request, error)
    except TableUnreadable as error:  # in the encoding that was chosen
        return preview_page(request, upload, ChoicesForm({}), status=status_of(error), refusal=str(error))
    except BusinessRuleViolation as error:
        if request.method != "POST":
            return refused(request, error)
        return preview_page(request, upload, form, status=status_of(error), refusal=str(error))


@anywhere(MANAGER)
@require_safe
def film_import_report(request: StaffRequest, pk: int) -> HttpResponse:
    report = or_404(import_report(pk))
    return render(request, "staff/films/report.html", {"report": report, **LIMITS})


def to_report(report: FilmImport) -> HttpResponse:
    return see_other(reverse("staff-films-import-report", args=[report.pk]))


def refused(request: StaffRequest, error: BusinessRuleViolation) -> HttpResponse:
    form = FilmImportForm({}, MultiValueDict())
    form.errors.clear()
    form.add_error(None, str(error))
    return import_page(request, form, status_of(error))


def import_page(request: StaffRequest, form: FilmImportForm, status: int = 200) -> HttpResponse:
    return render(request, "staff/films/import.html", {"form": form, "largest": LARGEST_FILE}, status=status)


def preview_page(
    request: StaffRequest, upload: str, form: ChoicesForm, *, status: int = 200, refusal: str = ""
) -> HttpResponse:
    name, plan = read_upload(upload=upload, user=request.user, choices=form.choices)
    context = {
        "name": name,
        "plan": plan,
        "preview": preview_import(films=plan.movies),
        "first": plan.movies[:FIRST],
        "form": form,
        "refusal": refusal,
        **columns_in_words(plan),
        **LIMITS,
    }
    return render(request, "staff/films/preview.html", context, status=status)


def columns_in_words(plan: ImportPlan) -> dict[str, Any]:
    """Texts about the columns: their use, and those that are missing."""
    names = uses()
    return {
        "uses": names.items(),
        "used": [(column.name, names[column.field]) for column in plan.used],
        "missing": [names[name] for name in plan.missing],
    }
