"""Email addresses that earlier versions stored in mixed case."""

from importlib import import_module

import pytest
from django.apps import apps

from cinema.models import Ticket, WaitingEntry
from tests.factories import ShowFactory, booked, sold, waiting

migration = import_module("cinema.migrations.0039_addresses_in_small_letters")

pytestmark = pytest.mark.django_db


def test_the_upgrade_writes_all_addresses_in_small_letters(monkeypatch):
    monkeypatch.setattr(migration, "BATCH", 2)
    show, full = ShowFactory(), ShowFactory(screen__plan="aa")
    for name in ("A1", "A2", "A3"):
        booked(show, name, buyer=name)
    sold(full, "A1 A2", buyer="ben")
    waiting(full)
    Ticket.objects.update(email="Asha@Example.ORG")
    WaitingEntry.objects.update(email="Asha@Example.ORG")

    migration.lower(apps, None)

    for model in (Ticket, WaitingEntry):
        assert set(model.objects.values_list("email", flat=True)) == {"asha@example.org"}
