"""Two buyers at one seat, after given turns: trace.race."""

import pytest
from django.db import transaction

from cinema.models import Hold, ShowSeat
from cinema.trace.booking import CannotTrace
from cinema.trace.race import watch_race
from tests.factories import on_card

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def show():
    return on_card(plan="aaaaaaaa", adult=250)


def state(turns):
    """The next step or the result of each buyer; “waits” for one that waits."""
    picture = watch_race(turns)
    return [
        "waits" if buyer.waits else buyer.answer.partition(" ")[0].rstrip(":") or buyer.next_step
        for buyer in picture.buyers
    ]


def test_before_the_first_turn_both_are_before_the_check():
    assert state("") == ["check without a lock", "check without a lock"]


def test_two_buyers_who_check_at_once_find_the_seat_free():
    assert state("AB") == ["begin and lock the show", "begin and lock the show"]


def test_the_second_buyer_waits_for_the_lock_of_the_first():
    assert state("ABAB") == ["lock the seat and check again", "waits"]
    assert state("ABABA") == ["write the hold, the seat and the ledger", "waits"]


def test_a_turn_of_a_waiting_buyer_is_skipped():
    assert state("ABABBBB") == ["lock the seat and check again", "waits"]


def test_after_the_first_commit_the_second_checks_again_and_is_refused():
    assert state("ABABAAA") == ["A", "lock the seat and check again"]
    assert state("ABABAAABB") == ["A", "SeatsUnavailable"]


def test_a_buyer_after_the_commit_is_refused_without_a_transaction():
    picture = watch_race("AAAAAB")

    assert picture.is_over
    assert not any(one.is_boundary for one in picture.buyers[1].statements)


def test_the_hold_is_invisible_before_the_commit():
    assert watch_race("AAAA").seen_by_others == "available"
    assert watch_race("AAAAA").seen_by_others == "held"


@pytest.mark.only("postgresql")
def test_locks_are_read_from_the_server():
    asha, ben = watch_race("ABAB").buyers

    assert "transactionid ExclusiveLock" in asha.locks
    assert ben.locks[0] == "transactionid ShareLock (waits)"


@pytest.mark.only("sqlite")
def test_on_sqlite_the_write_lock_decides():
    asha, ben = watch_race("ABAB").buyers

    assert (asha.locks, ben.locks) == (["the one lock for writing"], ["the one lock for writing (waits)"])


@pytest.mark.parametrize("turns", ["", "AB", "ABAB", "ABABAA", "ABABAAABB"])
def test_after_any_number_of_turns_nothing_stays_held(turns):
    watch_race(turns)

    assert set(ShowSeat.objects.values_list("status", flat=True)) == {ShowSeat.Status.AVAILABLE}
    assert not Hold.objects.filter(status=Hold.Status.ACTIVE).exists()


def test_a_race_is_refused_inside_a_transaction():
    with transaction.atomic(), pytest.raises(CannotTrace):
        watch_race("A")
