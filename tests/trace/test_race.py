"""Two buyers at one seat, as far as the reader has said whose turn it is."""

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
    """What each of the two does next, or its answer, “waits” for one that waits."""
    picture = watch_race(turns)
    return [
        "waits" if buyer.waits else buyer.answer.partition(" ")[0].rstrip(":") or buyer.next_step
        for buyer in picture.buyers
    ]


def test_before_the_first_turn_both_are_about_to_check():
    assert state("") == ["check without a lock", "check without a lock"]


def test_two_who_check_at_once_both_find_the_seat_free():
    assert state("AB") == ["begin and lock the show", "begin and lock the show"]


def test_the_second_to_lock_waits_while_the_first_goes_on():
    assert state("ABAB") == ["lock the seat and check again", "waits"]
    assert state("ABABA") == ["write the hold, the seat and the ledger", "waits"]


def test_a_turn_of_a_buyer_who_waits_passes():
    assert state("ABABBBB") == ["lock the seat and check again", "waits"]


def test_the_commit_of_the_first_lets_the_second_check_again_and_be_refused():
    assert state("ABABAAA") == ["A", "lock the seat and check again"]
    assert state("ABABAAABB") == ["A", "SeatsUnavailable"]


def test_who_comes_after_the_commit_is_refused_without_a_transaction():
    picture = watch_race("AAAAAB")

    assert picture.is_over
    assert not any(one.is_boundary for one in picture.buyers[1].statements)


def test_nobody_sees_the_hold_before_the_commit():
    assert watch_race("AAAA").seen_by_others == "available"
    assert watch_race("AAAAA").seen_by_others == "held"


@pytest.mark.only("postgresql")
def test_the_locks_are_those_the_server_lists():
    asha, ben = watch_race("ABAB").buyers

    assert "transactionid ExclusiveLock" in asha.locks
    assert ben.locks[0] == "transactionid ShareLock (waits)"


@pytest.mark.only("sqlite")
def test_on_sqlite_one_lock_for_writing_decides():
    asha, ben = watch_race("ABAB").buyers

    assert (asha.locks, ben.locks) == (["the one lock for writing"], ["the one lock for writing (waits)"])


@pytest.mark.parametrize("turns", ["", "AB", "ABAB", "ABABAA", "ABABAAABB"])
def test_wherever_the_reader_leaves_nothing_stays_held(turns):
    watch_race(turns)

    assert set(ShowSeat.objects.values_list("status", flat=True)) == {ShowSeat.Status.AVAILABLE}
    assert not Hold.objects.filter(status=Hold.Status.ACTIVE).exists()


def test_inside_a_transaction_there_is_no_race():
    with transaction.atomic(), pytest.raises(CannotTrace):
        watch_race("A")
