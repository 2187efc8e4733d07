"""Cancel a show: preview and progress."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cinema.exceptions import BusinessRuleViolation, ShowAlreadyCancelled
from cinema.forms.orders.orders import CancelShowForm
from cinema.models import Show, ShowCancellation, Theatre
from cinema.selectors.orders import show_cancellations as selectors
from cinema.selectors.people.staff import MANAGER
from cinema.services.orders.show_cancellations import cancel_show, process_cancellation
from cinema.views.staff.access import at_theatre
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404

AT_A_TIME = 20  # tickets per request; the page repeats it until all are processed


def show_or_404(theatre: Theatre, pk: int) -> Show:
    return or_404(selectors.show_to_cancel(theatre, pk))


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def cancellation(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """The effects of cancelling the show; a POST cancels it. Afterwards: the progress."""
    show = show_or_404(theatre, pk)
    if (off := selectors.cancellation_of(show)) and request.method != "POST":
        return _progress(request, theatre, show, off)
    with timezone.override(theatre.tz):  # entered times are in the theatre's time zone
        form = CancelShowForm(
            request.POST if request.method == "POST" else None, initial={"choose_until": _usual(show)}
        )
        context = {"theatre": theatre, "show": show, "form": form, "preview": selectors.preview(show)}
        status = 400 if form.is_bound else 200
        if form.is_valid():
            try:
                cancel_show(show_id=show.pk, user=request.user, **form.cleaned_data)
                return see_other(request.path)
            except ShowAlreadyCancelled as refusal:
                messages.warning(request, str(refusal))
                return see_other(request.path)
            except BusinessRuleViolation as refusal:
                context["refusal"], status = refusal, status_of(refusal)
        return render(request, "staff/shows/cancellation.html", context, status=status)


@at_theatre(MANAGER)
@require_POST
def cancellation_progress(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Process AT_A_TIME more tickets and show the progress. The page polls it; without scripts there is a button."""
    show = show_or_404(theatre, pk)
    off = or_404(selectors.cancellation_of(show))
    if off.done_at is None:
        process_cancellation(cancellation=off, limit=AT_A_TIME)
        off.refresh_from_db()
    if request.htmx:
        return _progress(request, theatre, show, off, "staff/shows/_progress.html")
    return see_other(reverse("staff-shows-cancel", args=[theatre.slug, pk]))


def _progress(
    request: StaffRequest,
    theatre: Theatre,
    show: Show,
    off: ShowCancellation,
    template: str = "staff/shows/progress.html",
) -> HttpResponse:
    progress = selectors.progress(off)
    offering = selectors.is_open(off, timezone.now())
    busy = off.done_at is None and not offering
    context = {"theatre": theatre, "show": show, "cancellation": off, "progress": progress}
    return render(request, template, context | {"offering": offering, "busy": busy})


def _usual(show: Show) -> datetime:
    """The default deadline for choosing another show: the start of the cancelled one, if that leaves enough time."""
    return max(show.starts_at, timezone.now() + timedelta(hours=24)).replace(second=0, microsecond=0)
