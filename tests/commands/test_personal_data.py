"""manage.py personal_data"""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cinema.models import AuditEvent, Ticket
from tests.factories import ShowFactory, owner, sold

pytestmark = pytest.mark.django_db


def run(*args: str) -> str:
    out = StringIO()
    call_command("personal_data", *args, stdout=out)
    return out.getvalue()


def test_what_is_kept_is_printed_as_json():
    ticket = sold(ShowFactory(), "A1")

    data = json.loads(run("export", "Asha@example.org"))

    assert data["tickets"][0]["reference"] == ticket.reference
    assert AuditEvent.objects.filter(action="EXPORT").exists()


def test_of_nobody_every_part_is_empty():
    data = json.loads(run("export", "nobody@example.org"))

    assert {name: part for name, part in data.items() if part == []}.keys() == data.keys() - {"email", "exported_at"}


def test_it_is_erased_only_by_insisting_while_a_show_is_to_come():
    sold(ShowFactory(), "A1")
    with pytest.raises(CommandError, match="Use --insist"):
        run("erase", "asha@example.org")

    assert "orders: 1" in run("erase", "asha@example.org", "--insist")

    assert Ticket.objects.get().order.email == ""


def test_the_only_owner_is_not_offered_to_insist():
    boss = owner()

    with pytest.raises(CommandError, match="only owner") as refusal:
        run("erase", boss.email)

    assert "--insist" not in str(refusal.value)
