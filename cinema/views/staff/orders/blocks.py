"""Blocks of seats: list, add, lift, and move the tickets on blocked seats."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinema.exceptions import BusinessRuleViolation
from cinema.forms.booking.blocks import BlockForm, LiftForm
from cinema.forms.booking.booking import is_key
from cinema.models import Screen, SeatBlock, Show, Theatre
from cinema.selectors.booking.blocks import affected_shows, blocks_of, coming_shows, past, seats_off, standing
from cinema.selectors.booking.seat_map import hall_rows
from cinema.selectors.orders.conflicts import BlockPreview, conflicts_of, preview
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.booking.blocks import BlockTerms, block_seats, lift_block, release_house_seats
from cinema.services.orders.rehousing import rehouse_each
from cinema.views.staff.access import at_theatre
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of

PER_PAGE = 30
SHOWN = 20  # coming shows of a block
AT_ONCE = 40  # tickets moved by one click
NAMED = 10  # failed moves that the message names


def _address(block: SeatBlock, theatre: Theatre) -> str:
    return reverse("staff-blocks-block", args=[theatre.slug, block.pk])


def _block_or_404(theatre: Theatre, pk: int) -> SeatBlock:
    return get_object_or_404(blocks_of(theatre), pk=pk)


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def blocks(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Present and future blocks, or past ones with ``?past``."""
    today, of_theatre = theatre.trading_day(timezone.now()), blocks_of(theatre)
    over = "past" in request.GET
    pages = Paginator(past(of_theatre, today) if over else standing(of_theatre, today), PER_PAGE)
    context = {"theatre": theatre, "over": over, "page": pages.get_page(request.GET.get("page"))}
    return render(request, "staff/blocks/blocks.html", context)


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def add(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Choose a screen; redirects if there is only one."""
    screens = list(theatre.screens.filter(retired_at=None))
    if len(screens) == 1:
        return redirect("staff-blocks-hall", theatre.slug, screens[0].pk)
    return render(request, "staff/blocks/screens.html", {"theatre": theatre, "screens": screens})


@at_theatre(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def hall(request: StaffRequest, theatre: Theatre, screen_pk: int) -> HttpResponse:
    """Choose seats in the hall, for one ``?day=`` if it is given. A POST previews the block, or adds it if ``save`` is
    posted."""
    screen = get_object_or_404(theatre.screens.filter(retired_at=None), pk=screen_pk)
    screen.theatre = theatre
    today = theatre.trading_day(timezone.now())
    initial = _one_day(request.GET.get("day", ""), today)
    form = BlockForm(request.POST if request.method == "POST" else None, screen=screen, today=today, initial=initial)
    if not form.is_bound:
        return _hall_page(request, screen, form)
    if not form.is_valid():
        return _hall_page(request, screen, form, status=400)
    cleaned = form.cleaned_data
    if "save" not in request.POST:
        return _hall_page(request, screen, form, meaning=_meaning(screen, cleaned))
    try:
        made = block_seats(screen=screen, seat_ids=cleaned.pop("seats"), terms=BlockTerms(**cleaned), user=request.user)
    except BusinessRuleViolation as error:
        form.add_error("seats", str(error))
        return _hall_page(request, screen, form, status=status_of(error))
    messages.success(request, _("The seats have been blocked."))
    return see_other(_address(made, theatre))


def _one_day(text: str, today: date) -> dict[str, date]:
    """The first and last day of a block for the one day in an address; nothing if it is none, or in the past."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return {}
    return {"from_day": day, "until_day": day} if day >= today else {}


def _meaning(screen: Screen, cleaned: dict) -> BlockPreview:
    release = cleaned["release_minutes"] if cleaned["kind"] == SeatBlock.Kind.HOUSE else None
    days = (cleaned["from_day"], cleaned["until_day"])
    return preview(screen_id=screen.pk, seat_ids=cleaned["seats"], days=days, release=release, now=timezone.now())


def _hall_page(
    request: StaffRequest, screen: Screen, form: BlockForm, *, meaning: BlockPreview | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "theatre": screen.theatre,
        "screen": screen,
        "form": form,
        "rows": hall_rows(screen, form.readable),
        "off": seats_off(screen, form.today),
        "meaning": meaning,
    }
    return render(request, "staff/blocks/hall.html", context, status=status)


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def block(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """A block: its seats, the tickets in conflict with it, and the shows whose house seats it holds back."""
    found, now = _block_or_404(theatre, pk), timezone.now()
    shows = affected_shows(found) if found.lifted_at is None else Show.objects.none()
    context = {
        "theatre": theatre,
        "seat_block": found,
        "today": theatre.trading_day(now),
        "conflicts": conflicts_of(found, now),
        "shows": shows[:SHOWN],
        "shows_count": shows.count(),
    }
    return render(request, "staff/blocks/block.html", context)


@at_theatre(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Ask for confirmation, showing the seats that go on sale; then lift the block."""
    found = _block_or_404(theatre, pk)
    form = LiftForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        lift_block(block=found, user=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The seats have been unblocked."))
        return see_other(_address(found, theatre))
    if found.lifted_at:
        return redirect(_address(found, theatre))
    context = {"theatre": theatre, "seat_block": found, "form": form, "shows_count": affected_shows(found).count()}
    return render(request, "staff/blocks/lift.html", context, status=400 if form.is_bound else 200)


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def move(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Move the posted ``ticket`` (reference) to equal seats, or else all tickets in conflict, one by one."""
    found = _block_or_404(theatre, pk)
    tickets = [conflict.ticket for conflict in conflicts_of(found, timezone.now())]
    if reference := request.POST.get("ticket"):
        tickets = [ticket for ticket in tickets if ticket.reference == reference]
        if not tickets:  # moved already, or cancelled
            messages.info(request, _("This ticket no longer has blocked seats."))
    outcomes = rehouse_each(tickets=tickets[:AT_ONCE], user=request.user, reason=found.reason)
    refused = [error for _ticket, error in outcomes if error]
    if moved := len(outcomes) - len(refused):
        text = ngettext(
            "%(n)d ticket has new seats, and its buyer gets an email.",
            "%(n)d tickets have new seats, and their buyers get an email.",
            moved,
        )
        messages.success(request, text % {"n": moved})
    for error in refused[:NAMED]:
        messages.warning(request, str(error))
    return see_other(_address(found, theatre))


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def release(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Put the house seats of one ``show`` on sale now."""
    found, show = _block_or_404(theatre, pk), request.POST.get("show", "")
    shows = coming_shows(screen_id=found.screen_id, from_day=found.from_day, until_day=found.until_day)
    if found.kind != SeatBlock.Kind.HOUSE or not is_key(show) or not shows.filter(pk=show).exists():
        raise Http404
    count = release_house_seats(block=found, show_id=int(show), user=request.user)
    text = ngettext("%(n)d seat is released for this show.", "%(n)d seats are released for this show.", count)
    messages.success(request, text % {"n": count})
    return see_other(_address(found, theatre))
