"""The report on a changed hall before it is saved: every coming show and every ticket concerned."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models.functions import Now

from cinema.exceptions import PriceMissing
from cinema.models import Screen, Seat, SeatCategory, Show, ShowSeat, TicketSeat
from cinema.selectors.core.features import with_features
from cinema.selectors.halls.hall_changes import (
    HallChange,
    PlanEffect,
    coming_shows,
    is_unchanged_for_buyer,
    plan_effect,
)
from cinema.selectors.halls.hall_prices import NewPrices, new_prices

FOR_REPORT = ("movie", "screen__theatre", "price_card")  # relations of a show that a report needs
Status = ShowSeat.Status


@dataclass
class TicketNote:
    """A ticket with seats that change when its show follows the new plan. ``is_lost``: a seat is no longer there."""

    ticket_id: int
    reference: str
    name: str
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    is_lost: bool = False


@dataclass
class ShowReport:
    """The effect of the new plan on a coming show. ``lost`` are sold or held seats that would be removed."""

    show: Show
    effect: PlanEffect
    lost: list[str] = field(default_factory=list)
    tickets: list[TicketNote] = field(default_factory=list)
    prices: NewPrices = field(default_factory=dict)
    missing: PriceMissing | None = None

    @property
    def can_follow(self) -> bool:
        return not self.lost and self.missing is None


@dataclass
class HallReport:
    """The effect of a new plan. ``concerned`` are the shows it would change; ``seen`` the keys of all coming shows."""

    change: HallChange
    counts: list[tuple[SeatCategory, int, int]]
    concerned: list[ShowReport]
    seen: list[int]
    drafts: int

    @property
    def tickets(self) -> int:
        return sum(len(report.tickets) for report in self.concerned)


def hall_report(screen: Screen, change: HallChange) -> HallReport:
    """The report on a new plan of the screen, in a constant number of statements."""
    shows = with_features(coming_shows(screen).select_related(*FOR_REPORT))
    before = Counter(seat.category_id for seat in change.standing.values())
    after = Counter(spot.category for spot in change.spots)
    categories = SeatCategory.objects.filter(pk__in=before.keys() | after.keys()).order_by("rank")
    return HallReport(
        change=change,
        counts=[(category, before[category.pk], after[category.pk]) for category in categories],
        concerned=[report for report in show_reports(change, shows) if report.effect],
        seen=[show.pk for show in shows],
        drafts=Show.objects.filter(screen=screen, status=Show.Status.DRAFT, starts_at__gt=Now()).count(),
    )


def show_reports(change: HallChange, shows: Sequence[Show], *, with_tickets: bool = True) -> list[ShowReport]:
    """The effect on each of these shows, in a constant number of statements.

    The shows are loaded with FOR_REPORT. With ``with_tickets``, the tickets concerned are listed.
    """
    plans, taken, now_retired = _plans(change, shows)
    effects: dict[frozenset[int], PlanEffect] = {}
    reports = []
    for show in shows:
        plan = frozenset(plans.get(show.pk, ()))
        if plan not in effects:
            effects[plan] = plan_effect(change, plan, now_retired)
        reports.append(ShowReport(show, effects[plan]))
    seats = {**now_retired, **change.standing}
    for report in reports:
        lost = sorted(
            report.effect.gone & taken.get(report.show.pk, set()), key=lambda key: (seats[key].y, seats[key].x)
        )
        report.lost = [seats[key].label for key in lost]
    _add_prices(change, reports)
    if with_tickets:
        _add_tickets(change, reports)
    return reports


def _plans(
    change: HallChange, shows: Sequence[Show]
) -> tuple[dict[int, set[int]], dict[int, set[int]], dict[int, Seat]]:
    """The seats of each show, the taken seats of each show, and the retired seats among them."""
    rows = (
        ShowSeat.objects.filter(show__in=[show.pk for show in shows])
        .exclude(status=Status.REMOVED)
        .values_list("show_id", "seat_id", "status", "hold__expires_at", Now())
    )
    plans: dict[int, set[int]] = {}
    taken: dict[int, set[int]] = {}
    for show_id, seat_id, status, expires_at, now in rows:
        plans.setdefault(show_id, set()).add(seat_id)
        if is_taken(status, expires_at, now):
            taken.setdefault(show_id, set()).add(seat_id)
    older = set().union(*plans.values()) - change.standing.keys()
    return plans, taken, Seat.objects.in_bulk(older) if older else {}


def is_taken(status: str, expires_at: datetime | None, now: datetime) -> bool:
    """Whether a seat is sold, or held by a hold that has not expired."""
    return status == Status.BOOKED or (status == Status.HELD and expires_at is not None and expires_at > now)


def _add_prices(change: HallChange, reports: Sequence[ShowReport]) -> None:
    wanted = {
        report.show.pk: {
            change.by_place[place].category for place in report.effect.added | report.effect.other_category
        }
        for report in reports
    }
    found = new_prices([report.show for report in reports if wanted[report.show.pk]], wanted)
    names = dict(SeatCategory.objects.filter(pk__in=set().union(*wanted.values())).values_list("pk", "name"))
    for report in reports:
        report.prices = found.get(report.show.pk, {})
        missing = wanted.get(report.show.pk, set()) - report.prices.keys()
        if missing:
            report.missing = PriceMissing(sorted(names[key] for key in missing))


def _add_tickets(change: HallChange, reports: Sequence[ShowReport]) -> None:
    """Add the tickets concerned to each report, each with its seats that change."""
    by_show = {report.show.pk: report for report in reports}
    notes: dict[int, TicketNote] = {}
    for line in concerned_lines(reports):
        report, seat = by_show[line.show_seat.show_id], line.show_seat.seat
        place = report.effect.moves.get(seat.pk)
        spot = change.by_place[place] if place else None
        if spot and is_unchanged_for_buyer(seat, spot):
            continue
        if line.ticket_id not in notes:
            notes[line.ticket_id] = TicketNote(line.ticket_id, line.ticket.reference, line.ticket.order.name)
            report.tickets.append(notes[line.ticket_id])
        note = notes[line.ticket_id]
        note.before.append(seat.label)
        note.after.append(Seat(row=spot.row, number=spot.number).label if spot else "")
        note.is_lost = note.is_lost or spot is None


def concerned_lines(reports: Sequence[ShowReport]) -> list[TicketSeat]:
    """The seats on active tickets of these shows that change, by ticket."""
    seats: Collection[int] = set().union(*(report.effect.moves.keys() | report.effect.gone for report in reports))
    if not seats:
        return []
    lines = TicketSeat.objects.filter(
        active=True, show_seat__show__in=[report.show.pk for report in reports], show_seat__seat__in=seats
    )
    order = ("ticket__reference", "show_seat__seat__y", "show_seat__seat__x")
    return list(lines.select_related("ticket__order", "show_seat__seat").order_by(*order))
