"""Many guesses at once: the limit holds as for sequential ones, and does not without protection."""

from functools import partial
from unittest import mock

import pytest

from cinema.exceptions import NotTheOwner, TooManyWrongEmails
from cinema.models import FailedTry, Ticket
from cinema.services.orders.owners import prove_owner
from cinema.services.people.failed_tries import LIMITS, Kind
from tests.concurrency.harness import Outcome, race, unprotected
from tests.factories import ShowFactory, sold

pytestmark = pytest.mark.django_db(transaction=True)

MOST = LIMITS[Kind.TICKET].at_one_from_one


def many_at_once(ticket: Ticket) -> list[Outcome]:
    guessing = partial(prove_owner, ticket=ticket, email="eve@example.org", client_ip="203.0.113.7")
    return race(*[guessing] * (MOST + 3), patience=2)


def test_no_more_guesses_are_heard_however_many_come_at_once():
    errors = [outcome.error for outcome in many_at_once(sold(ShowFactory(), "A1"))]

    assert sorted(type(error).__name__ for error in errors) == sorted(
        [NotTheOwner.__name__] * MOST + [TooManyWrongEmails.__name__] * 3
    )
    assert FailedTry.objects.count() == MOST


@pytest.mark.nightly
def test_without_protection_every_one_of_them_is_heard():
    ticket = sold(ShowFactory(), "A1")

    with unprotected(), mock.patch("cinema.services.people.failed_tries.lock_holders"):
        errors = [outcome.error for outcome in many_at_once(ticket)]

    assert {type(error) for error in errors} == {NotTheOwner}
