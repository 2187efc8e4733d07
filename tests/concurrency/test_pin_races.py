"""Many guesses of a PIN at once: ten in all, whatever their order."""

from collections.abc import Callable
from functools import partial

import pytest

from cinema.exceptions import TooManyWrongPins, WrongPin
from cinema.models import FailedTry, Theatre, User
from cinema.services.people.failed_tries import LIMITS
from cinema.services.people.pins import prove_pin, set_pin
from tests.concurrency.harness import interleave, race, without_locks
from tests.factories import BOX_OFFICE, TheatreFactory, staff

pytestmark = pytest.mark.django_db(transaction=True)

MOST = LIMITS[FailedTry.Kind.PIN].at_one


@pytest.fixture
def theatre() -> Theatre:
    return TheatreFactory()


@pytest.fixture
def seller(theatre: Theatre) -> User:
    user = staff(theatre, BOX_OFFICE)
    set_pin(theatre=theatre, user=user, pin="4711", by=user)
    return user


def guess(theatre: Theatre, seller: User, pin: str = "0000") -> Callable[[], object]:
    return partial(prove_pin, theatre=theatre, user=seller, pin=pin, client_ip="192.0.2.7")


def guessed(theatre: Theatre, seller: User, times: int) -> None:
    for _ in range(times):
        with pytest.raises(WrongPin):
            guess(theatre, seller)()


def test_many_guesses_at_once_are_ten_in_all(theatre: Theatre, seller: User):
    guessed(theatre, seller, MOST - 2)

    outcomes = race(*[guess(theatre, seller)] * 6)

    assert sum(isinstance(outcome.error, WrongPin) for outcome in outcomes) == 2
    assert sum(isinstance(outcome.error, TooManyWrongPins) for outcome in outcomes) == 4
    with pytest.raises(TooManyWrongPins):
        guess(theatre, seller, "4711")()


def test_the_right_pin_is_refused_after_a_guess_that_was_the_last(theatre: Theatre, seller: User):
    guessed(theatre, seller, MOST - 1)

    _wrong, right = interleave(guess(theatre, seller), guess(theatre, seller, "4711"))

    assert isinstance(right.error, TooManyWrongPins)


@pytest.mark.nightly
def test_without_locks_a_guess_is_made_too_many(theatre: Theatre, seller: User, monkeypatch: pytest.MonkeyPatch):
    guessed(theatre, seller, MOST - 1)
    monkeypatch.setattr("cinema.services.people.failed_tries.lock_holders", lambda *names: None)

    with without_locks():
        first, second = interleave(guess(theatre, seller), guess(theatre, seller), patience=20)

    assert isinstance(first.error, WrongPin)
    assert isinstance(second.error, WrongPin)
    assert FailedTry.objects.count() == MOST + 1
