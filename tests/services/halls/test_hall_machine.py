"""Halls changed at random under their shows, while seats are sold, held and refunded: after every step the ledger
explains every seat, and nobody who bought one has lost it.

    HALL_MACHINE=500 .venv/bin/pytest --timeout 0 tests/services/halls/test_hall_machine.py  # many more, at random
"""

import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cinema.domain.seating.layout import LayoutError, Spot, check_layout
from cinema.domain.seating.numbering import Numbering, number_seats
from cinema.exceptions import BusinessRuleViolation
from cinema.models import Screen, Show, ShowSeat, Ticket, TicketSeat
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.selectors.halls.hall_changes import HallChange, coming_shows, spot_of, standing_seats
from cinema.selectors.halls.hall_reports import FOR_REPORT, show_reports
from cinema.services.halls.hall_changes import HallPlan, change_hall
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ScreenFactory, ShowFactory, held, lapsed, owner, sold

pytestmark = [pytest.mark.django_db, pytest.mark.both]

EXAMPLES = int(os.environ.get("HALL_MACHINE", 0))
SCHEMES = [
    Numbering(seats, rows) for seats in ("left", "right", "middle", "sides", "keep") for rows in ("front", "back")
]


class House:
    """A small hall with two shows, and their invariants."""

    def __init__(self, draw) -> None:
        self.draw, self.buyers, self.holds = draw, 0, []
        self.screen: Screen = ScreenFactory(plan="aaaa\naaww\nbbAA")
        self.first: Show = ShowFactory(screen=self.screen)
        self.second: Show = ShowFactory(
            screen=self.screen, movie=self.first.movie, starts_at=self.first.starts_at + timedelta(days=1)
        )
        self.manager = owner()
        self.categories = [each.pk for each in self.screen.theatre.seat_categories.all()]

    def any_show(self) -> Show:
        return Show.objects.get(pk=self.draw(st.sampled_from([self.first.pk, self.second.pk])))

    def buy(self) -> None:
        self._take(sold)

    def hold(self) -> None:
        if hold := self._take(held):
            self.holds.append(hold)

    def _take(self, take):
        show = self.any_show()
        free = ShowSeat.objects.filter(show=show, status="AVAILABLE", seat__kind="STANDARD").select_related("seat")
        names = [f"{each.seat.row}{each.seat.number}" for each in free.order_by("pk")]
        if not names:
            return None
        self.buyers += 1
        return take(show, self.draw(st.sampled_from(names)), buyer=f"buyer {self.buyers}")

    def record_refund(self) -> None:
        code = (
            Ticket.objects.filter(show__screen=self.screen, status="CONFIRMED").values_list("code", flat=True).first()
        )
        if code:
            cancel_ticket(code=code)

    def let_lapse(self) -> None:
        if self.holds:
            lapsed(self.holds.pop())

    def rebuild(self) -> None:
        """Change the plan and save it; every show that can takes it."""
        self.screen.refresh_from_db()
        spots = self._edited([spot_of(each) for each in standing_seats(self.screen).values()])
        try:
            check_layout(spots, self.categories)
        except LayoutError:
            return
        shows = list(coming_shows(self.screen).select_related(*FOR_REPORT))
        change = HallChange(standing_seats(self.screen), spots)
        can = {each.show.pk: each.can_follow for each in show_reports(change, shows)}
        follow = [pk for pk in can if self.draw(st.booleans())]
        before = {show.pk: self._chairs(show) for show in shows}
        plan = HallPlan(self.screen.version, self.screen.name, self.screen.shape, spots)
        save = {"screen": self.screen, "plan": plan, "seen": list(can), "user": self.manager}
        if not all(can[pk] for pk in follow):
            with pytest.raises(BusinessRuleViolation):
                change_hall(**save, follow=follow)
            follow = []
        else:
            change_hall(**save, follow=follow)
        for show in shows:
            self._check_plan(show, before[show.pk], change, follows=show.pk in follow)

    def _edited(self, spots: list[Spot]) -> list[Spot]:
        """Some edits of the plan."""
        draw = self.draw
        for _ in range(draw(st.integers(1, 3))):
            edit = draw(st.sampled_from(["erase", "add", "row", "move", "push", "category"]))
            at = draw(st.integers(0, len(spots) - 1))
            lowest = max(spot.y for spot in spots)
            if edit == "erase" and len(spots) > 4:
                spots = [*spots[:at], *spots[at + 1 :]]
            elif edit == "add":
                spots = [*spots, Spot("", 0, max(s.x for s in spots) + 2, spots[at].y, spots[at].category)]
            elif edit == "row":
                spots = [*spots, *(Spot("", 0, x, lowest + 1, spots[at].category) for x in (0, 2))]
            elif edit == "move":
                spots = [spot._replace(y=spot.y + 1) for spot in spots]
            elif edit == "push":
                spots = [spot._replace(x=spot.x + (spot.y == spots[at].y)) for spot in spots]
            else:
                other = next(s.category for s in reversed(spots))
                spots = [*spots[:at], spots[at]._replace(category=other), *spots[at + 1 :]]
        return number_seats(spots, draw(st.sampled_from(SCHEMES)))

    def _chairs(self, show: Show) -> dict[int, int]:
        """The seats of the show in the hall: of each the key of the chair."""
        return dict(ShowSeat.objects.filter(show=show).exclude(status="REMOVED").values_list("pk", "seat_id"))

    def _check_plan(self, show: Show, before: dict[int, int], change: HallChange, *, follows: bool) -> None:
        now = self._chairs(show)
        if not follows:
            assert now == before
            return
        standing = standing_seats(self.screen)
        assert set(now.values()) == set(standing)
        for pk, chair in before.items():
            spot = next((spot for spot in change.spots if spot.id == chair), None)
            if spot:  # whoever sat there sits there still
                assert (standing[now[pk]].y, standing[now[pk]].x) == spot.place

    def check(self) -> None:
        for show in (self.first, self.second):
            assert unexplained_seats(show) == []
        sold_seats = TicketSeat.objects.filter(ticket__status="CONFIRMED", ticket__show__screen=self.screen)
        assert set(sold_seats.values_list("show_seat__status", flat=True)) <= {"BOOKED"}


@pytest.fixture(autouse=True)
def nobody_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """No hold limits, since the same few buyers hold and release all the time."""
    monkeypatch.setattr("django.conf.settings.HOLDS_PER_BUYER", 0)


@pytest.mark.mainly("postgresql")
@settings(
    derandomize=not EXAMPLES,
    max_examples=EXAMPLES or 5,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_whatever_is_drawn_no_ticket_is_lost_and_the_ledger_explains_every_seat(data):
    house = House(data.draw)
    steps = [house.buy, house.hold, house.record_refund, house.let_lapse, house.rebuild, house.rebuild]
    for _ in range(data.draw(st.integers(4, 9))):
        data.draw(st.sampled_from(steps))()
        house.check()
