"""Imprint, terms and privacy notice, edited by owners."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cinema.exceptions import EditConflict
from cinema.forms.people.legal import LegalTextForm
from cinema.models import LegalText, Theatre
from cinema.selectors.people.legal import published_text, states_of_texts, versions_of
from cinema.services.people.legal import publish_text
from cinema.views.staff.access import anywhere
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of

Kind = LegalText.Kind


@anywhere()
@require_safe
def texts(request: StaffRequest) -> HttpResponse:
    (_site, texts), *at_theatres = states_of_texts()
    return render(request, "staff/legal/texts.html", {"texts": texts, "at_theatres": at_theatres})


@anywhere()
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: StaffRequest, kind: str) -> HttpResponse:
    """Edit a text of the site; with its earlier versions."""
    return _edit(request, _kind(kind), None)


@anywhere()
@require_http_methods(["GET", "HEAD", "POST"])
def text_at_theatre(request: StaffRequest, slug: str, kind: str) -> HttpResponse:
    """Edit a text that a theatre has in place of that of the site."""
    return _edit(request, _kind(kind), get_object_or_404(Theatre, slug=slug))


def _edit(request: StaffRequest, kind: Kind, place: Theatre | None) -> HttpResponse:
    versions = versions_of(kind).filter(theatre=place)
    latest = versions.first()
    form = LegalTextForm(request.POST if request.method == "POST" else None, latest=latest)
    context = {"kind": kind, "place": place, "form": form, "versions": versions.defer("text", "text_translations")[:20]}
    status = 200
    if request.method == "POST" and not form.is_valid():
        status = 400
    elif request.method == "POST":
        texts, seen = (form.cleaned_data["text"], form.translations_of("text")), form.cleaned_data["version"]
        try:
            published = publish_text(kind=kind, theatre=place, texts=texts, seen=seen, user=request.user)
        except EditConflict as error:
            form.add_error(None, str(error))
            form.reopen(error.version)
            status = status_of(error)
        else:
            messages.success(request, _done(published))
            return see_other("staff-legal")
    return render(request, "staff/legal/text.html", context, status=status)


def _done(published: LegalText) -> str:
    """What publishing has changed."""
    if published.text:
        return _("Published.")
    if published.theatre and published_text(published.kind, published.theatre):
        return _("The site’s text now applies to %(theatre)s.") % {"theatre": published.theatre}
    return _("The page has been taken off the site.")


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
