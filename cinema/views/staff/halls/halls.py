"""The hall editor: draw a plan, preview its effects, and save it."""

from typing import TypeVar

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cinema.domain.seating.drawings import LETTERS
from cinema.domain.seating.examples import EXAMPLES, example_spots
from cinema.domain.seating.layout import Spot, identify
from cinema.exceptions import BusinessRuleViolation, EditConflict
from cinema.forms.halls.halls import HallForm, SaveHallForm, layout_text
from cinema.models import Screen, Theatre
from cinema.selectors.halls.hall_changes import HallChange, spot_of, standing_seats
from cinema.selectors.halls.hall_reports import hall_report
from cinema.selectors.halls.halls import categories_of, pictured
from cinema.selectors.people.staff import MANAGER
from cinema.services.halls.hall_changes import HallPlan, change_hall, check_hall
from cinema.views.staff.access import at_theatre
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of

AnyHallForm = TypeVar("AnyHallForm", bound=HallForm)


class Board:
    """The context of the hall editor: the screen, its present seats, and the theatre's categories."""

    def __init__(self, theatre: Theatre, pk: int) -> None:
        self.theatre = theatre
        self.screen: Screen = get_object_or_404(theatre.screens, pk=pk)
        self.standing = standing_seats(self.screen)
        self.before = [spot_of(seat) for seat in self.standing.values()]
        self.categories = categories_of(theatre)

    def form(self, kind: type[AnyHallForm], data: QueryDict) -> AnyHallForm:
        return kind(data, before=self.before, categories=self.categories)

    def known(self, spots: list[Spot]) -> list[Spot]:
        """The spots, each with the key of the existing seat at its place."""
        return identify(spots, {seat.pk: (seat.y, seat.x) for seat in self.standing.values()})

    def page(
        self,
        request: StaffRequest,
        spots: list[Spot],
        *,
        form: HallForm | None = None,
        error: BusinessRuleViolation | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """The editor with these spots. ``form`` is the posted form, if it is to be shown unchanged."""
        context = {
            "theatre": self.theatre,
            "screen": self.screen,
            "letters": list(zip(LETTERS, self.categories, strict=False)),
            "form": form or HallForm.start_from(self.screen, spots, self.before, self.categories),
            "picture": pictured(spots, self.categories),
            "examples": EXAMPLES,
            "error": error,
        }
        return render(request, "staff/screens/edit.html", context, status=status)


@at_theatre(MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """The editor. A POST shows the plan drawn so far, an example, or a drawing entered as text."""
    board = Board(theatre, pk)
    if request.method != "POST":
        return board.page(request, board.before)
    form = board.form(HallForm, request.POST)
    example = next((each for each in EXAMPLES if each.key == request.POST.get("example")), None)
    if example and request.POST.get("use"):
        spots = board.known(example_spots(example, [category.pk for category in board.categories]))
        board.screen.shape = example.shape
        return board.page(request, spots)
    if not form.is_valid():
        return board.page(request, board.before, form=form, status=400)
    return _drawn(request, board, form, board.known(form.cleaned_data["spots"]))


def _drawn(
    request: StaffRequest, board: Board, form: HallForm, spots: list[Spot], error: BusinessRuleViolation | None = None
) -> HttpResponse:
    """The editor with the posted plan; after an EditConflict with the new version, so that it can be overwritten."""
    cleaned = form.cleaned_data
    version = error.version if isinstance(error, EditConflict) else cleaned["version"]
    board.screen.name, board.screen.shape, board.screen.version = cleaned["name"], cleaned["shape"], version
    return board.page(request, spots, error=error, status=status_of(error) if error else 200)


@at_theatre(MANAGER)
@require_POST
def preview(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """The effects of the plan on seats, coming shows and tickets. Nothing is saved."""
    board = Board(theatre, pk)
    form = board.form(HallForm, request.POST)
    if not form.is_valid():
        return board.page(request, board.before, form=form, status=400)
    spots = board.known(form.cleaned_data["spots"])
    try:
        check_hall(screen=board.screen, version=form.cleaned_data["version"], name=form.cleaned_data["name"])
    except BusinessRuleViolation as error:
        return _drawn(request, board, form, spots, error)
    return _report(request, board, form)


def _report(
    request: StaffRequest,
    board: Board,
    form: HallForm,
    *,
    follow: list[int] | None = None,
    error: BusinessRuleViolation | None = None,
) -> HttpResponse:
    """The report on a plan. ``follow`` are the selected shows, by default all that can take the plan."""
    cleaned, spots = form.cleaned_data, board.known(form.cleaned_data["spots"])
    report = hall_report(board.screen, HallChange(board.standing, spots))
    context = {
        "theatre": board.theatre,
        "screen": board.screen,
        "report": report,
        "said": cleaned,
        "shape_name": Screen.Shape(cleaned["shape"]).label,
        "layout": layout_text(spots),
        "before": pictured(board.before, board.categories),
        "after": pictured(spots, board.categories),
        "shows": [(show, show.can_follow and (follow is None or show.show.pk in follow)) for show in report.concerned],
        "error": error,
    }
    status = status_of(error) if error else 200
    return render(request, "staff/screens/preview.html", context, status=status)


@at_theatre(MANAGER)
@require_POST
def save(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Save the previewed plan, or show the report again if something has changed since."""
    board = Board(theatre, pk)
    form = board.form(SaveHallForm, request.POST)
    if not form.is_valid():
        return board.page(request, board.before, form=form, status=400)
    cleaned, spots = form.cleaned_data, board.known(form.cleaned_data["spots"])
    plan = HallPlan(cleaned["version"], cleaned["name"], cleaned["shape"], spots)
    follow, seen = form.follow, form.seen
    try:
        change_hall(screen=board.screen, plan=plan, follow=follow, seen=seen, user=request.user)
    except BusinessRuleViolation as error:
        if isinstance(error, EditConflict) or status_of(error) == 400:
            return _drawn(request, board, form, spots, error)
        return _report(request, board, form, follow=follow, error=error)
    messages.success(request, _success(cleaned["name"], len(follow)))
    return see_other(reverse("staff-screens", args=[theatre.slug]))


def _success(name: str, follow: int) -> str:
    if not follow:
        return _("“%(name)s” has been saved.") % {"name": name}
    pattern = ngettext(
        "“%(name)s” has been saved. %(n)d show takes the new plan.",
        "“%(name)s” has been saved. %(n)d shows take the new plan.",
        follow,
    )
    return pattern % {"name": name, "n": follow}
