"""Labels of several shows at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cinema.forms.schedule.schedule import ADD, DayRange, LabelsForm
from cinema.models import Theatre
from cinema.selectors.people.staff import MANAGER
from cinema.selectors.schedule import schedule as selectors
from cinema.services.schedule.show_edits import LabelChange, label_shows
from cinema.views.staff.access import at_theatre
from cinema.views.staff.schedule.schedule import to_planner
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The coming shows of a week or a day with their labels; chosen ones get more, or fewer."""
    period = DayRange.from_query(request.GET, theatre)
    form = LabelsForm(request.POST or None, theatre=theatre)
    if not form.is_valid():
        return _page(request, theatre, period, form)
    cleaned = form.cleaned_data
    change = LabelChange(cleaned["labels"], cleaned["how"] == ADD, cleaned["label_note"], form.note_translations)
    keys = [show.pk for show in cleaned["shows"]]
    changed, left = label_shows(theatre=theatre, show_ids=keys, change=change, user=request.user)
    text = ngettext("%(number)d show has been changed.", "%(number)d shows have been changed.", len(changed))
    messages.success(request, text % {"number": len(changed)})
    if left:
        text = ngettext(
            "%(number)d show stays as it is: it has begun, or seats are sold to people who may rely on its labels.",
            "%(number)d shows stay as they are: they have begun, or seats are sold to people who may rely on their "
            "labels.",
            len(left),
        )
        messages.warning(request, text % {"number": len(left)})
    return see_other(request.get_full_path())


def _page(request: StaffRequest, theatre: Theatre, period: DayRange, form: LabelsForm) -> HttpResponse:
    now = timezone.now()
    shows = [show for show in selectors.shows_to_copy(theatre, period.first, period.last) if show.starts_at > now]
    context: dict[str, Any] = {
        "theatre": theatre,
        "period": period,
        "form": form,
        "shows": shows,
        "chosen": set(form["shows"].value() or []),
        "planner_url": to_planner(theatre, period.day, period.view),
    }
    return render(request, "staff/schedule/labels.html", context, status=400 if form.is_bound else 200)
