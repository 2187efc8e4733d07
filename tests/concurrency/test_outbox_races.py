"""Several processes sending mails at once: no mail is sent twice, and without the claim some are."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest import mock

import pytest
from django.db.models import QuerySet

from cinema.mail.sending import send_mails
from cinema.models import OutgoingMail
from cinema.services.core.outbox import Kind, post
from tests.concurrency.harness import race
from tests.relay import Relay

pytestmark = pytest.mark.django_db(transaction=True)

SENDERS, MAILS = 4, 5


@pytest.fixture
def relay(settings):
    relay = Relay()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", relay.port
    for number in range(MAILS):
        post(kind=Kind.NO_ACCOUNT, about=f"guest{number}@example.org")
    with relay.open():
        yield relay


def sent_by_all_at_once(relay: Relay) -> set[int]:
    """How often the mails were sent by several processes that read the same ones."""
    outcomes = race(*[partial(send_mails, patience=60)] * SENDERS, patience=2)
    assert not [outcome.error for outcome in outcomes if outcome.error]
    assert len(set(relay.recipients)) == MAILS
    return set(Counter(relay.recipients).values())


def test_a_mail_is_sent_once_however_many_send_at_once(relay):
    assert sent_by_all_at_once(relay) == {1}
    assert not OutgoingMail.objects.waiting().exists()


def unclaimed(*, rows: QuerySet, attempt: Callable[[int], bool], **how: Any) -> int:
    keys = list(rows.values_list("pk", flat=True))
    return sum(attempt(key) for key in keys if rows.filter(pk=key).update(attempts=1) or True)


@pytest.mark.nightly
def test_without_the_claim_a_mail_is_sent_more_than_once(relay):
    with mock.patch("cinema.mail.sending.attempt_due", unclaimed):
        assert max(sent_by_all_at_once(relay)) > 1
