"""Films from a table: upload it, see what it would do, do it, read what was done."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cinema.exceptions import RuleBroken, UploadGone
from cinema.forms.films import ConfirmForm, ImportForm
from cinema.models import AuditEvent
from cinema.selectors.films import import_report
from cinema.services.film_updates import preview_import
from cinema.services.film_uploads import LARGEST_FILE, import_upload, keep_upload, read_upload, report_of
from cinema.views.decorators import see_other, takes_files
from cinema.views.refusals import status_of
from cinema.views.staff.access import MANAGER, anywhere

SHOWN = 200  # rows of each kind
LIMITS = {"shown": f":{SHOWN}", "most": SHOWN}


@anywhere(MANAGER)
@takes_files(up_to=LARGEST_FILE)
@require_http_methods(["GET", "HEAD", "POST"])
def film_import(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return import_page(request, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return import_page(request, form, 400)
    table = form.cleaned_data["table"]
    try:
        upload = keep_upload(name=table.name, chunks=table.chunks(), user=request.user)
    except RuleBroken as error:
        form.add_error("table", str(error))
        return import_page(request, form, status_of(error))
    return see_other(reverse("staff-films-import-preview", args=[upload]))


@anywhere(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def film_import_preview(request: HttpRequest, upload: str) -> HttpResponse:
    """What the uploaded table would do; a POST does it. A second click finds the report of the first."""
    try:
        if request.method == "POST":
            form = ConfirmForm(request.POST)
            form.full_clean()
            import_upload(upload=upload, user=request.user, update=form.cleaned_data["update"])
            return to_report(report_of(upload=upload, user=request.user))
        return preview_page(request, upload)
    except UploadGone as error:
        if report := report_of(upload=upload, user=request.user):
            return to_report(report)
        return refused(request, error)
    except RuleBroken as error:
        if request.method != "POST":
            return refused(request, error)
        return preview_page(request, upload, status=status_of(error), refusal=str(error))


@anywhere(MANAGER)
@require_safe
def film_import_report(request: HttpRequest, pk: int) -> HttpResponse:
    report = import_report(pk)
    if report is None:
        raise Http404
    return render(request, "staff/films/report.html", {"report": report, "done": report.details, **LIMITS})


def to_report(report: AuditEvent) -> HttpResponse:
    return see_other(reverse("staff-films-import-report", args=[report.pk]))


def refused(request: HttpRequest, error: RuleBroken) -> HttpResponse:
    form = ImportForm({}, {})
    form.errors.clear()
    form.add_error(None, str(error))
    return import_page(request, form, status_of(error))


def import_page(request: HttpRequest, form: ImportForm, status: int = 200) -> HttpResponse:
    return render(request, "staff/films/import.html", {"form": form, "largest": LARGEST_FILE}, status=status)


def preview_page(request: HttpRequest, upload: str, *, status: int = 200, **more: Any) -> HttpResponse:
    name, plan = read_upload(upload=upload, user=request.user)
    preview = preview_import(films=plan.movies)
    context = {"name": name, "plan": plan, "preview": preview, **LIMITS}
    return render(request, "staff/films/preview.html", context | more, status=status)
