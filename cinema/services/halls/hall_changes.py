"""Save a changed hall. Seats with a history are kept as retired; coming shows take the new plan or keep the old one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cinema.domain.seating.layout import Spot, identify
from cinema.exceptions import NameTaken, ReportOutdated, ShowCannotFollowHall
from cinema.models import Hold, Screen, Seat, SeatBlock, Show, ShowSeat, Ticket, User
from cinema.selectors.halls.hall_changes import HallChange, coming_shows, is_unchanged_for_buyer, standing_seats
from cinema.selectors.halls.hall_prices import NewPrice
from cinema.selectors.halls.hall_reports import FOR_REPORT, ShowReport, concerned_lines, show_reports
from cinema.services.booking.expiry import expire_due_holds
from cinema.services.booking.ledger import BATCH, Action, Actor, Author, Transition, relocate_seats, transition_seats
from cinema.services.booking.offers import offer_freed_seats
from cinema.services.booking.tariffs import tariffs_for
from cinema.services.core.audit import Action as AuditAction
from cinema.services.core.edits import check_version, note_edit
from cinema.services.core.locking import lock_screens, lock_seats_at, lock_shows, read_clock
from cinema.services.core.outbox import Kind, post_each
from cinema.services.core.transactions import atomically
from cinema.services.halls.screens import check_seats, rename

Status = ShowSeat.Status


class HallPlan(NamedTuple):
    """The new plan of a hall, based on the ``version`` that was opened."""

    version: int
    name: str
    shape: str
    spots: Sequence[Spot]


class ChangedBy(NamedTuple):
    """The author of a change of a hall, and its time."""

    user: User
    at: datetime


@atomically
def change_hall(
    *, screen: Screen, plan: HallPlan, follow: Collection[int], seen: Collection[int], user: User
) -> Screen:
    """Give the screen a new name, shape and plan.

    Coming shows in ``follow`` (keys) take the new plan, and each ticket keeps its seat; the others keep the old plan.
    ``seen`` are the coming shows that the manager saw. Tickets whose seats get other labels are mailed again.
    Raises EditConflict, HallInvalid, NameTaken, ReportOutdated if a show was added since, and ShowCannotFollowHall if a
    seat that would be removed has been taken.
    """
    version, name, shape, spots = plan
    [screen] = lock_screens([screen.pk])
    check_version(thing=screen, seen=version)
    shows = lock_shows(Q(pk__in=coming_shows(screen).values("pk")), *FOR_REPORT)
    if not {show.pk for show in shows} <= set(seen):
        raise ReportOutdated
    shows = [show for show in shows if show.pk in follow]
    by = ChangedBy(user, read_clock(shows[0]) if shows else timezone.now())
    _expire(shows)

    standing = standing_seats(screen)
    before = {"name": screen.name, "shape": screen.shape, "seats": len(standing)}
    spots = identify(spots, {seat.pk: (seat.y, seat.x) for seat in standing.values()})
    check_seats(theatre=screen.theatre, spots=spots)
    change = HallChange(standing, spots)
    reports = [report for report in show_reports(change, shows, with_tickets=False) if report.effect]
    for report in reports:
        if not report.can_follow:
            raise ShowCannotFollowHall(report.show)
    _mail_again(change, reports)
    rename(screen=screen, name=name, shape=shape)
    seats = _rebuild(screen, change, by.at)
    _follow(reports, seats, change, by)
    note_edit(
        thing=screen,
        action=AuditAction.HALL,
        user=user,
        theatre=screen.theatre,
        before=before,
        after={"name": name, "shape": shape, "seats": len(spots)},
        follow=[show.pk for show in shows],
        renamed=change.renamed,
        taken_out=len(change.gone),
        added=len(change.new),
    )
    return screen


def check_hall(*, screen: Screen, version: int, name: str) -> None:
    """Check that the screen can be saved under this name and has not changed. Raises EditConflict, NameTaken."""
    check_version(thing=screen, seen=version)
    if Screen.objects.filter(theatre=screen.theatre_id, name=name).exclude(pk=screen.pk).exists():
        raise NameTaken(name)


def _expire(shows: Sequence[Show]) -> None:
    """Release expired holds, so that they do not keep seats in the hall."""
    due = Hold.objects.filter(show__in=[show.pk for show in shows], status=Hold.Status.ACTIVE)
    held = set(due.values_list("show_id", flat=True)) if shows else set()
    for show in shows:
        if show.pk in held:
            expire_due_holds(show=show)


def _mail_again(change: HallChange, reports: Sequence[ShowReport]) -> None:
    """Mail the buyers whose seats have new labels."""
    effects = {report.show.pk: report.effect for report in reports}
    renamed = set()
    for line in concerned_lines(reports):
        seat = line.show_seat.seat
        place = effects[line.show_seat.show_id].moves.get(seat.pk)
        if place and not is_unchanged_for_buyer(seat, change.by_place[place]):
            renamed.add(line.ticket_id)
    tickets = Ticket.objects.filter(pk__in=renamed, status=Ticket.Status.CONFIRMED)
    post_each(kind=Kind.SEATS_CHANGED, tickets=tickets.order_by("pk"))


def _rebuild(screen: Screen, change: HallChange, at: datetime) -> dict[tuple[int, int], int]:
    """Create the seats of the new plan; return their keys by place.

    A changed seat is replaced by a new row; the old one is retired if a show ever used it, else deleted. Blocks of the
    old seat are transferred to the new one.
    """
    leaving = change.becomes.keys() | change.gone
    used = set(
        Seat.objects.filter(Exists(ShowSeat.objects.filter(seat=OuterRef("pk"))), pk__in=leaving).values_list(
            "pk", flat=True
        )
    )
    through = SeatBlock.seats.through
    blocked = list(
        through.objects.filter(seat__in=change.becomes, seatblock__lifted_at=None).values_list(
            "seatblock_id", "seat_id"
        )
    )
    Seat.objects.filter(pk__in=used).update(retired_at=at)
    Seat.objects.filter(pk__in=leaving - used).delete()
    made = Seat.objects.bulk_create(
        Seat(
            screen=screen,
            category_id=spot.category,
            row=spot.row,
            number=spot.number,
            x=spot.x,
            y=spot.y,
            kind=spot.kind,
        )
        for spot in [*change.becomes.values(), *change.new]
    )
    seats = {(seat.y, seat.x): seat.pk for seat in made}
    through.objects.bulk_create(
        through(seatblock_id=block_id, seat_id=seats[change.becomes[seat_id].place]) for block_id, seat_id in blocked
    )
    return seats | {(change.standing[key].y, change.standing[key].x): key for key in change.stays}


def _follow(
    reports: Sequence[ShowReport], seats: Mapping[tuple[int, int], int], change: HallChange, by: ChangedBy
) -> None:
    """Apply the new plan to the shows, together for all shows that had the same plan before."""
    groups: dict[int, list[ShowReport]] = {}
    for report in reports:
        groups.setdefault(id(report.effect), []).append(report)  # shows with the same plan share one object
    _settle_prices(reports)
    for group in groups.values():
        _take_out(group, by)
        _place(group, seats, change, by)
        _add(group, seats, change, by)
    for report in reports:
        offer_freed_seats(show=report.show)


def _take_out(group: Sequence[ShowReport], by: ChangedBy) -> None:
    for show, leaving in _of_each(group, group[0].effect.gone):
        if any(seat.status == Status.HELD for seat in leaving):  # the hold expired after _expire()
            raise ShowCannotFollowHall(show)
        step = Transition(Action.REMOVE, by.at, Author(Actor.STAFF, by.user))
        transition_seats(show=show, seats=leaving, step=step)


def _of_each(group: Sequence[ShowReport], seat_ids: Collection[int]) -> list[tuple[Show, list[ShowSeat]]]:
    """Lock these seats of each show; shows without any of them are left out."""
    if not seat_ids:
        return []
    by_show: dict[int, list[ShowSeat]] = {}
    which = Q(seat__in=seat_ids) & ~Q(status=Status.REMOVED)
    for seat in lock_seats_at([report.show.pk for report in group], which):
        by_show.setdefault(seat.show_id, []).append(seat)
    return [(report.show, by_show[report.show.pk]) for report in group if report.show.pk in by_show]


def _place(
    group: Sequence[ShowReport], seats: Mapping[tuple[int, int], int], change: HallChange, by: ChangedBy
) -> None:
    places = {key: seats[place] for key, place in group[0].effect.moves.items()}
    of_each = _of_each(group, places)
    if of_each:
        relocate_seats(
            shows=[show for show, _seats in of_each],
            seats=[seat for _show, seats in of_each for seat in seats],
            places=places,
            at=by.at,
            by=Author(Actor.STAFF, by.user),
        )
        _price_anew(group, seats, change)


def _price_anew(group: Sequence[ShowReport], seats: Mapping[tuple[int, int], int], change: HallChange) -> None:
    """Give available seats with a new category that category's price. Held and sold seats keep theirs."""
    by_price: dict[tuple[int, NewPrice], list[int]] = {}
    for report in group:
        for category in {change.by_place[place].category for place in report.effect.other_category}:
            by_price.setdefault((category, report.prices[category]), []).append(report.show.pk)
    for (category, price), shows in by_price.items():
        places = [place for place in group[0].effect.other_category if change.by_place[place].category == category]
        free = ShowSeat.objects.filter(show__in=shows, seat__in=[seats[place] for place in places])
        free.filter(status__in=[Status.AVAILABLE, Status.BLOCKED]).update(price=price.amount, tariff=price.tariff_id)


def _add(group: Sequence[ShowReport], seats: Mapping[tuple[int, int], int], change: HallChange, by: ChangedBy) -> None:
    added = sorted(group[0].effect.added)
    if not added:
        return
    made: dict[int, list[ShowSeat]] = {}
    for report in group:
        for place in added:
            price = report.prices[change.by_place[place].category]
            made.setdefault(report.show.pk, []).append(
                ShowSeat(
                    show=report.show,
                    seat_id=seats[place],
                    price=price.amount,
                    tariff_id=price.tariff_id,
                    status=Status.REMOVED,
                )
            )
    ShowSeat.objects.bulk_create([seat for some in made.values() for seat in some], batch_size=BATCH)
    step = Transition(Action.ADD, by.at, Author(Actor.STAFF, by.user))
    for report in group:
        transition_seats(show=report.show, seats=made[report.show.pk], step=step)


def _settle_prices(reports: Sequence[ShowReport]) -> None:
    """Give shows that have only a price card a tariff."""
    waiting = [report for report in reports if any(price.from_card for price in report.prices.values())]
    for report, priced in zip(waiting, tariffs_for(shows=[report.show for report in waiting]), strict=True):
        report.prices = {
            category: price._replace(tariff_id=priced.tariff.pk) if price.from_card else price
            for category, price in report.prices.items()
        }
