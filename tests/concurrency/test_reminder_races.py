"""Several job processes reminding at once: no buyer is reminded twice, and without the claim some are."""

from datetime import timedelta
from unittest import mock

import pytest

from cinema.models import OutgoingMail, Ticket
from cinema.services.booking import reminders
from cinema.services.booking.reminders import remind_of_shows
from cinema.services.core.outbox import Kind, post
from tests.concurrency.harness import race
from tests.factories import ShowFactory, starting_in
from tests.services.booking.test_reminders import bought_days_ago

pytestmark = pytest.mark.django_db(transaction=True)


def reminders_by_two_at_once() -> int:
    show = starting_in(ShowFactory(screen__theatre__reminder_hours=24), timedelta(hours=20))
    bought_days_ago(show)
    outcomes = race(remind_of_shows, remind_of_shows, patience=2)
    assert not [outcome.error for outcome in outcomes if outcome.error]
    return OutgoingMail.objects.filter(kind=Kind.REMINDER).count()


def test_a_buyer_is_reminded_once_by_two_processes():
    assert reminders_by_two_at_once() == 1


def unclaimed(*, pk: int) -> bool:
    ticket = Ticket.objects.select_related("order", "show").get(pk=pk)
    post(kind=Kind.REMINDER, about=ticket)
    return bool(Ticket.objects.filter(pk=pk).update(reminded_of=ticket.show.starts_at))


@pytest.mark.nightly
def test_without_the_claim_a_buyer_is_reminded_twice():
    with mock.patch.object(reminders, "_remind", unclaimed):
        assert reminders_by_two_at_once() == 2
