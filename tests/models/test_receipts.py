"""Receipts are append-only, and the database allows one of each."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from cinema.models import Receipt, ReceiptLine
from tests.factories import ShowFactory, receipt_of, sold
from tests.models.test_trail import is_refused, run
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db

WRITES = [
    lambda model: run(f"UPDATE {model._meta.db_table} SET id = id"),
    lambda model: model.objects.all()._raw_delete("default"),
    pytest.param(
        lambda model: run(f"REPLACE INTO {model._meta.db_table} SELECT * FROM {model._meta.db_table}"),
        marks=pytest.mark.only("sqlite"),
    ),
    pytest.param(
        lambda model: run(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {model._meta.db_table} CASCADE"),
        marks=pytest.mark.only("postgresql"),
    ),
]


@pytest.fixture
def receipt() -> Receipt:
    return receipt_of(sold(ShowFactory(), "A1"))


@pytest.mark.parametrize("model", [Receipt, ReceiptLine])
@pytest.mark.parametrize("write", WRITES)
def test_a_receipt_is_neither_altered_nor_deleted(receipt: Receipt, model: type[models.Model], write: Callable):
    assert is_refused(lambda: write(model))
    assert model.objects.count() == 1


def test_without_the_protection_it_could_be(receipt: Receipt):
    with alterable_trail():
        ReceiptLine.objects.all()._raw_delete("default")
        Receipt.objects.all()._raw_delete("default")
    assert not Receipt.objects.exists()


def test_the_model_refuses_it_as_well(receipt: Receipt):
    for change in (receipt.save, receipt.delete):
        with pytest.raises(TypeError):
            change()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"number": 2}, id="a second receipt of an order"),
        pytest.param({"number": 1, "order": "other"}, id="a number twice"),
        pytest.param({"number": 0, "order": "other"}, id="number 0"),
        pytest.param({"number": 2, "order": "other", "total": Decimal(0)}, id="a receipt for nothing"),
        pytest.param({"number": 2, "kind": "CREDIT_NOTE"}, id="a credit note for no refund"),
    ],
)
def test_the_database_refuses(receipt: Receipt, changes: dict):
    other = sold(ShowFactory(screen__theatre=receipt.theatre), "A1", buyer="ben").order
    changes = {"order": receipt.order} | changes
    changes["order"] = other if changes["order"] == "other" else changes["order"]
    same = {"theatre": receipt.theatre, "year": receipt.year, "kind": "RECEIPT", "total": Decimal(250)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.create(**same | changes, issued_at=timezone.now(), issuer="G", issuer_address="1 Marine Drive")
