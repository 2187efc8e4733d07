"""What a long waiting list costs: services.booking.offers."""

import pytest
from django.utils import timezone

from cinema.domain.seating.blocks import best_block
from cinema.models import Show, Ticket, WaitingEntry
from cinema.services.booking import offers
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    ShowFactory,
    held,
    sold,
)
from tests.services.booking.waiting_lists import free, full_show

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    return full_show()


def statements(show: Show, buyer: str, count) -> int:
    code = Ticket.objects.get(show=show, hold__buyer=buyer).code
    with count as captured:
        cancel_ticket(code=code)
    return len(captured)


def queued(show: Show, parties: list[int]) -> None:
    """Put parties of these sizes on the list, ignoring its limits."""
    now = timezone.now()
    WaitingEntry.objects.bulk_create(
        WaitingEntry(show=show, email=f"guest{number}@example.org", party=party, created_at=now)
        for number, party in enumerate(parties)
    )
    Show.objects.filter(pk=show.pk).update(waited_for=bool(parties))


def sold_out(parties: list[int]) -> Show:
    """A show of four seats, asha's and ben's, with these parties waiting."""
    show = ShowFactory(screen__plan="aaaa")
    sold(show, "A1 A2", buyer="asha")
    sold(show, "A3 A4", buyer="ben")
    queued(show, parties)
    return show


def test_a_list_of_parties_that_are_all_too_large_costs_one_statement(django_assert_max_num_queries):
    shows = [sold_out(parties) for parties in ([], [5], [5] * 300)]

    plain, *long = [statements(show, "asha", django_assert_max_num_queries(40)) for show in shows]

    assert long == [plain + 1, plain + 1]


@pytest.mark.parametrize("length", [1, 3, 300])
def test_an_offer_costs_the_same_however_many_wait_behind_it(length, django_assert_max_num_queries):
    shows = [sold_out([2]), sold_out([2] * length)]

    short, long = [statements(show, "asha", django_assert_max_num_queries(60)) for show in shows]

    assert short == long


def test_the_hall_is_searched_once_for_each_offer_and_never_for_large_parties(monkeypatch):
    show = sold_out([3] * 100 + [1] * 100)
    parties = []
    monkeypatch.setattr(
        offers, "best_block", lambda hall, party, **how: parties.append(party) or best_block(hall, party)
    )

    free(show, "asha")

    assert parties == [1, 1]


def test_a_size_of_which_no_party_can_be_seated_is_searched_for_only_once(monkeypatch):
    show = sold_out([2] * 100)
    parties = []
    monkeypatch.setattr(offers, "best_block", lambda hall, party, **how: parties.append(party))

    free(show, "asha")

    assert parties == [2]


def test_a_hold_attempt_at_a_show_with_a_long_list_searches_nothing(monkeypatch):
    show = sold_out([3] * 300)
    free(show, "asha")
    monkeypatch.setattr(offers, "best_block", None)
    monkeypatch.setattr(offers, "places", None)

    assert held(show, "A1", buyer="cleo")
