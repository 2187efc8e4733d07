"""Many requests for mails at once: the limit holds as for sequential ones, and does not without protection."""

from functools import partial
from unittest import mock

import pytest

from cinema.exceptions import TooManyMails
from cinema.models import MailRequest
from cinema.services.people.accounts import ask_for_password
from cinema.services.people.mail_requests import TO_ONE
from tests.concurrency.harness import Outcome, race, unprotected
from tests.mails import outbox

pytestmark = pytest.mark.django_db(transaction=True)


def many_at_once() -> list[Outcome]:
    asking = partial(ask_for_password, email="wanda@example.org", client_ip="203.0.113.7")
    return race(*[asking] * (2 * TO_ONE + 1), patience=2)


def test_one_address_is_sent_no_more_mails_however_many_ask_at_once():
    errors = [outcome.error for outcome in many_at_once()]

    assert [type(error) for error in errors if error] == [TooManyMails] * (TO_ONE + 1)
    assert MailRequest.objects.count() == len(outbox()) == TO_ONE


@pytest.mark.nightly
def test_without_protection_every_one_of_them_is_sent():
    with unprotected(), mock.patch("cinema.services.people.mail_requests.lock_holders"):
        many_at_once()

        assert len(outbox()) == 2 * TO_ONE + 1
