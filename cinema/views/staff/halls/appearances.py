"""How the site and the pages about a theatre present themselves, for owners."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cinema.domain.colours import dark_shades, light_shades
from cinema.domain.lists import sentences
from cinema.exceptions import EditConflict, PictureUnusable
from cinema.forms.halls.appearances import AppearanceForm
from cinema.models import Appearance, Theatre
from cinema.selectors.halls.appearances import appearance_of
from cinema.selectors.halls.theatres import theatre_by_slug
from cinema.services.core.pictures import LARGEST_FILE
from cinema.services.halls.appearances import change_appearance
from cinema.views.staff.access import anywhere
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404


@anywhere()
@require_http_methods(["GET", "HEAD", "POST"])
def site(request: StaffRequest) -> HttpResponse:
    """The appearance of the whole site."""
    return _edit(request, None)


@anywhere()
@require_http_methods(["GET", "HEAD", "POST"])
def at_theatre(request: StaffRequest, slug: str) -> HttpResponse:
    """The appearance of the pages about a theatre, where it differs from that of the site."""
    return _edit(request, or_404(theatre_by_slug(slug)))


def _edit(request: StaffRequest, theatre: Theatre | None) -> HttpResponse:
    appearance = appearance_of(theatre)
    if request.method != "POST":
        return _page(request, AppearanceForm(appearance=appearance), appearance)
    form = AppearanceForm(request.POST, request.FILES, appearance=appearance)
    if not form.is_valid():
        return _page(request, form, appearance, status=400)
    try:
        saved = change_appearance(
            theatre=theatre,
            version=form.cleaned_data["version"],
            texts=form.texts,
            logos=form.logos,
            user=request.user,
        )
    except PictureUnusable as error:
        form.add_error(None, str(error))
        return _page(request, form, appearance, status=status_of(error))
    except EditConflict as error:
        form.add_error(None, str(error))
        form.reopen(error.version)
        return _page(request, form, appearance, status=status_of(error))
    messages.success(request, sentences([_("Saved."), *_corrections(saved.accent)]))
    return see_other("staff-theatres")


def _corrections(accent: str) -> list[str]:
    """Say how the accent colour is shown if text in it could not be read."""
    if not accent:
        return []
    light, dark = light_shades(accent).accent, dark_shades(accent).accent
    said = []
    if light != accent:
        said.append(_("On light pages the colour is shown as %(shade)s, so that it can be read.") % {"shade": light})
    if dark != accent:
        said.append(_("On dark pages the colour is shown as %(shade)s, so that it can be read.") % {"shade": dark})
    return said


def _page(request: StaffRequest, form: AppearanceForm, appearance: Appearance, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "appearance": appearance, "place": appearance.theatre, "largest": LARGEST_FILE}
    return render(request, "staff/theatres/appearance.html", context, status=status)
