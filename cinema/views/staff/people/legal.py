"""Imprint, terms and privacy notice, edited by owners."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cinema.exceptions import EditConflict
from cinema.forms.people.legal import LegalTextForm
from cinema.models import LegalText
from cinema.selectors.people.legal import states_of_texts, versions_of
from cinema.services.people.legal import publish_text
from cinema.views.staff.access import anywhere
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of

Kind = LegalText.Kind


@anywhere()
@require_safe
def texts(request: StaffRequest) -> HttpResponse:
    return render(request, "staff/legal/texts.html", {"texts": states_of_texts()})


@anywhere()
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: StaffRequest, kind: str) -> HttpResponse:
    """Edit a text; with its earlier versions."""
    kind = _kind(kind)
    latest = versions_of(kind).first()
    form = LegalTextForm(request.POST if request.method == "POST" else None, latest=latest)
    if request.method != "POST":
        return _page(request, kind, form)
    if not form.is_valid():
        return _page(request, kind, form, status=400)
    cleaned = form.cleaned_data
    try:
        published = publish_text(
            kind=kind,
            text=cleaned["text"],
            translations=form.translations_of("text"),
            seen=cleaned["version"],
            user=request.user,
        )
    except EditConflict as error:
        form.add_error(None, str(error))
        form.reopen(error.version)
        return _page(request, kind, form, status=status_of(error))
    messages.success(request, _("Published.") if published.text else _("The page has been taken off the site."))
    return see_other("staff-legal")


@anywhere()
@require_safe
def version(request: StaffRequest, kind: str, number: int) -> HttpResponse:
    """An earlier version, such as the one that the buyer of a ticket accepted."""
    kind = _kind(kind)
    found = get_object_or_404(versions_of(kind), version=number)
    return render(request, "staff/legal/version.html", {"kind": kind, "text": found})


def _kind(name: str) -> Kind:
    if name not in Kind.values:
        raise Http404
    return Kind(name)


def _page(request: StaffRequest, kind: Kind, form: LegalTextForm, *, status: int = 200) -> HttpResponse:
    context = {"kind": kind, "form": form, "versions": versions_of(kind).defer("text", "text_translations")[:20]}
    return render(request, "staff/legal/text.html", context, status=status)
