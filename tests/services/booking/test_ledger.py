"""Changes of seats and the ledger of them: services.booking.ledger."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cinema.models import SeatEvent, Show, ShowSeat
from cinema.services.booking.ledger import MOVES, Action, Actor, Author, Transition, transition_seats
from tests.factories import ScreenFactory, ShowFactory, UserFactory, held, seat

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def show() -> Show:
    return ShowFactory(screen=ScreenFactory(rows=1, columns=4))


@pytest.mark.parametrize("action", MOVES)
def test_no_action_changes_a_seat_from_a_state_it_does_not_start_from(show, action):
    fine, wrong = seat(show, "A1"), seat(show, "A2")
    allowed, _ = MOVES[action]
    fine.status = min(allowed)
    for status in set(ShowSeat.Status.values) - allowed:
        wrong.status = status

        with pytest.raises(ValueError, match=f"{action} of a seat that is {status}: {wrong.pk}"):
            transition_seats(
                show=show, seats=[fine, wrong], step=Transition(action, timezone.now(), Author(Actor.STAFF))
            )

    assert not SeatEvent.objects.exists()
    assert Show.objects.get(pk=show.pk).revision == 0


def test_an_event_names_the_actor_the_user_the_reason_the_hold_and_the_moment(show):
    hold, user, moment = held(show, "A1"), UserFactory(), timezone.now() - timedelta(minutes=1)
    step = Transition(Action.RELEASE, moment, Author(Actor.STAFF, user, "asked by telephone"))

    show.refresh_from_db()
    transition_seats(show=show, seats=[seat(show, "A1")], step=step)

    event = SeatEvent.objects.get(action="RELEASE")
    assert (event.actor, event.user, event.reason, event.at) == ("STAFF", user, "asked by telephone", moment)
    assert (event.from_status, event.to_status, event.hold, event.revision) == ("HELD", "AVAILABLE", hold, 2)
