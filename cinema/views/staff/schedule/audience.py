"""A show's own page for staff: who sits where, its counts, notes, and what can be done about it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cinema.forms.schedule.show_notes import ShowNoteForm
from cinema.models import Show, ShowNote, Theatre
from cinema.models.annotated import ShowNow
from cinema.models.codes import new_code
from cinema.selectors.orders import audience as selectors
from cinema.selectors.people.staff import ANYBODY, BOX_OFFICE, MANAGER
from cinema.selectors.schedule.show_notes import notes_on
from cinema.services.schedule import show_notes
from cinema.services.schedule.archiving import KEPT_FOR
from cinema.views.staff.access import at_theatre
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.shortcuts import or_404


@at_theatre(*ANYBODY)
@require_safe
def show(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """The hall and the tickets in it. Ushers see references but no names. The page polls its live parts: _live.html."""
    return _page(request, theatre, or_404(selectors.show_at(theatre, pk)))


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def note(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Write a note for colleagues."""
    found, form = or_404(selectors.show_at(theatre, pk)), ShowNoteForm(request.POST)
    if not form.is_valid():
        return _page(request, theatre, found, form, status=400)
    cleaned = form.cleaned_data
    show_notes.write_note(
        theatre=theatre, show_id=found.pk, text=cleaned["text"], key=cleaned["key"], user=request.user
    )
    return _to_notes(theatre, found.pk)


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def note_remove(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Remove a note."""
    found = or_404(ShowNote.objects.filter(pk=pk, show__screen__theatre=theatre).first())
    show_notes.remove_note(theatre=theatre, note_id=found.pk, user=request.user)
    return _to_notes(theatre, found.show_id)


def _to_notes(theatre: Theatre, show_id: int) -> HttpResponse:
    return see_other(f"{reverse('staff-shows-show', args=[theatre.slug, show_id])}#show-notes")


def _page(
    request: StaffRequest, theatre: Theatre, found: ShowNow, form: ShowNoteForm | None = None, *, status: int = 200
) -> HttpResponse:
    takes_place, is_over = found.status == Show.Status.SCHEDULED, found.now >= found.film_ends_at
    sells = request.staff_role.may(MANAGER, BOX_OFFICE)
    is_today = found.is_of_today(theatre, found.now)
    context = {
        "theatre": theatre,
        "show": found,
        "audience": selectors.audience(found),
        "notes": notes_on(found),
        "form": form or ShowNoteForm(initial={"key": new_code()}),
        "hall_is_kept": found.ends_at > found.now - KEPT_FOR,  # unused seats are deleted soon afterwards
        "is_live": takes_place and not is_over,
        "can_sell": sells and takes_place and is_today and found.now < found.sales_end_at,  # as the counter does
        "plans": request.staff_role.may(MANAGER),
        "sells": sells,
    }
    page = "_live" if request.htmx and form is None else "show"
    return render(request, f"staff/shows/{page}.html", context, status=status)
