"""The ledgers of seats and of money and the audit trail are append-only: the database rejects every other change."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from cinema.models import AuditEvent, MoneyEntry, SeatEvent, Show, User
from cinema.services.core import audit
from tests.concurrency.harness import without_constraints
from tests.factories import ShowFactory, UserFactory, held, listed
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return UserFactory()


@pytest.fixture(autouse=True)
def trail(owner: User) -> None:
    """A row in each."""
    held(ShowFactory(), "A1")
    audit.note(action=audit.Action.EXPORT, user=owner, subject="orders.csv")
    MoneyEntry.objects.create(at=timezone.now(), kind="PAYOUT", debit="bank", credit="clearing:sandbox", amount=1)


def is_refused(write: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            write()
    except DatabaseError as error:
        return "only ever added to" in str(error)
    return False


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


TRAIL = [SeatEvent, MoneyEntry, AuditEvent]
WRITES = [
    lambda model: model.objects.update(at=timezone.now()),
    lambda model: model.objects.all().delete(),
    lambda model: model.objects.all()._raw_delete("default"),
    lambda model: run(f"UPDATE {model._meta.db_table} SET id = id"),
    pytest.param(
        lambda model: run(f"REPLACE INTO {model._meta.db_table} SELECT * FROM {model._meta.db_table}"),
        marks=pytest.mark.only("sqlite"),
    ),
]


@pytest.mark.parametrize("model", TRAIL)
@pytest.mark.parametrize("write", WRITES)
def test_what_is_written_down_is_neither_altered_nor_deleted(model: type[models.Model], write: Callable):
    assert is_refused(lambda: write(model))
    assert model.objects.count() == 1


@pytest.mark.only("postgresql")
@pytest.mark.parametrize("model", TRAIL)
def test_nor_is_its_table_emptied(model: type[models.Model]):
    assert is_refused(lambda: run(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {model._meta.db_table} CASCADE"))


@pytest.mark.parametrize("model", TRAIL)
def test_without_the_protection_it_could_be(model: type[models.Model]):
    with alterable_trail():
        model.objects.all()._raw_delete("default")
    assert not model.objects.exists()


def test_a_deleted_account_and_a_deleted_draft_stay_in_the_trail_as_their_keys(owner: User):
    draft = listed(status=Show.Status.DRAFT)
    event = audit.note(action=audit.Action.SCHEDULE, user=owner, show=draft, subject="a draft")
    keys = event.user_id, event.show_id

    owner.delete()
    draft.delete()

    event = AuditEvent.objects.select_related("user", "show").get(pk=event.pk)
    assert (event.user_id, event.show_id) == keys
    assert (event.user, event.show) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_the_protection_is_back_after_a_table_was_rebuilt_for_a_race():
    with without_constraints("seat_event_once_per_revision"):
        pass
    held(ShowFactory(), "A1")

    assert is_refused(lambda: SeatEvent.objects.all()._raw_delete("default"))
