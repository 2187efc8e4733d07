"""The audit trail is never erased, so it contains no personal data: everything that writes to it is done here with
recognisable names, addresses and phone numbers.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cinema.models import AuditEvent, Order, User
from cinema.services.money.counter_actions import Permission
from cinema.services.orders.voids import void_order
from cinema.services.people.accounts import create_owner
from tests.factories import (
    BOX_OFFICE,
    PASSWORD,
    ShowFactory,
    UserFactory,
    owner,
    sold,
    sold_at_till,
    staff,
    till_session,
)
from tests.mails import outbox
from tests.security.foreign_keys import FIELDS, Field, House
from tests.security.test_foreign_keys import undone
from tests.views.staff.films.test_films import UP
from tests.views.staff.halls.test_theatres import GALAXY

pytestmark = pytest.mark.django_db
name_nobody = import_module("cinema.migrations.0024_the_trail_names_nobody").name_nobody

HOME = "203.0.113.77"
NAME, PHONE = "Zqname Rao", "+91 987 654 3210"
PERSONAL = re.compile("zq(name|mail|label)|987.?654|203.0.113", re.IGNORECASE)


class World:
    """A theatre whose owner, staff and buyers have that name, and the owner's browser."""

    def __init__(self) -> None:
        self.house = House("here")
        self.owner, self.clerk = owner(), staff(self.house.theatre, BOX_OFFICE)
        self.order = sold(ShowFactory(screen__theatre=self.house.theatre), "A1").reference
        for user in User.objects.all():
            User.objects.filter(pk=user.pk).update(email=f"zqmail{user.pk}@example.org", name=NAME, phone=PHONE)
        Order.objects.update(email="zqmail@example.org", name=NAME, phone=PHONE)
        self.owner.refresh_from_db()
        self.client = Client(REMOTE_ADDR=HOME, HTTP_USER_AGENT="zqname's telephone")

    def steps(self) -> Iterator[Callable[[], object]]:
        """Every recorded action, step by step."""
        yield self._account
        yield self._sign_up
        yield lambda: create_owner(email="zqmail-owner@example.org", name=NAME, password=PASSWORD)
        yield from (partial(self._accepted, field) for field in FIELDS)
        yield self._people
        yield self._orders
        yield self._counter
        yield self._programme
        yield self._admin

    def _account(self) -> None:
        self.client.logout()
        for email in ("zqmail-unknown@example.org", *["zqmail-locked@example.org"] * settings.AXES_FAILURE_LIMIT):
            self.post("sign-in", username=email, password="wrong")
        self.post("sign-in", username=self.owner.email, password="wrong")
        self.post("sign-in", username=self.owner.email, password=PASSWORD)
        self.post("token-create", label="zqlabel", days=30, password=PASSWORD)
        self.client.post(reverse("token-delete", args=[self.owner.api_tokens.get().pk]))
        self.post("email-change", email="zqmail-newer@example.org", password=PASSWORD)
        self.follow()
        new = "an even newer secret"
        self.post("password-change", old_password=PASSWORD, new_password1=new, new_password2=new)
        self.post("sign-out")
        self.post("sign-in", username="zqmail-newer@example.org", password=new)
        self.post("account-export", password=new)
        self.post("account-delete", password=new, insist="on")

    def _sign_up(self) -> None:
        self.client.logout()
        self.post("sign-up", email="zqmail-new@example.org", name=NAME)
        self.follow(password1=PASSWORD, password2=PASSWORD)
        self.post("password-reset", email="zqmail-new@example.org")
        self.follow(new_password1=PASSWORD, new_password2=PASSWORD)

    def _accepted(self, field: Field) -> None:
        here = self.house
        self.client.force_login(self.owner)
        self.client.post(here.address(field.view), field.said(here, here), query_params=field.query(here, here))

    def _people(self) -> None:
        self.client.force_login(self.owner)
        for name in ("", "-export", "-erase"):
            self.post(f"staff-legal-person{name}", email="zqmail@example.org", confirm="on", insist="on")
        self.at("staff-people", email="zqmail-colleague@example.org", name=NAME, roles=[BOX_OFFICE])
        self.at("staff-people-take", self.clerk.pk, role=BOX_OFFICE)

    def _orders(self) -> None:
        self.client.force_login(self.owner)
        self.at("staff-shows-cancel", self.house.later.pk, reason="no light", remedy="REFUND", confirm="on")
        email = {"email": "zqmail-right@example.org"}
        deeds = {
            "resend": {},
            "email": email,
            "refund": {"amount": "10"},
            "cancel": {"back": "terms", "reason": "PREVENTED"},
        }
        for name, said in deeds.items():
            known = {"reason": "asked", "seen": 10**6, "key": f"to {name} it"}
            self.at(f"staff-orders-{name}", self.order, **known | said)

        self.at("staff-receipts-send", self.house.receipt.code)
        self.at("staff-gift-cards-block", self.house.gift_card.pk)
        self.at("staff-gift-cards-replace", self.house.gift_card.pk, **email)
        self.at("staff-vouchers-voucher-block", self.house.voucher.pk)
        self.at("staff-vouchers-block", self.house.voucher.batch_id)

    def _counter(self) -> None:
        session = till_session(self.house.theatre)
        order = sold_at_till(session, ShowFactory(screen__theatre=self.house.theatre), "A1").order
        Order.objects.update(email="zqmail@example.org", name=NAME, phone=PHONE)
        permission = Permission(self.clerk, self.owner, "WRONG_SHOW", "a key of sixteen letters")
        void_order(theatre=self.house.theatre, reference=order.reference, till=session.code, permission=permission)

    def _programme(self) -> None:
        self.client.force_login(self.owner)
        self.at("staff-theatres-edit", **GALAXY, version=0)
        self.at("staff-theatres-appearance", accent="#00695c", version=0)
        self.post("staff-legal-text", "imprint", text=f"{NAME}, {PHONE}", version=0)
        self.at("staff-blocks-lift", self.house.block.pk)
        self.at("staff-shows-note", self.house.show.pk, text=f"{NAME}, {PHONE}", key="a key of sixteen letters")
        self.at("staff-shows-note-remove", self.house.note.pk)
        self.post("staff-films-add", **UP)
        table = SimpleUploadedFile("films.csv", b"title,runtime\nUp and down,96\n")
        self.client.post(self.client.post(reverse("staff-films-import"), {"table": table}).url, {"update": "on"})
        today = timezone.now().date()
        self.client.get(reverse("staff-figures-all-export", args=["csv"]), {"from": today, "until": today})

    def _admin(self) -> None:
        self.client.force_login(self.owner)
        email, secret = "zqmail-admin@example.org", {"password1": PASSWORD, "password2": PASSWORD}
        secret |= {"usable_password": "true"}
        self.post("admin:cinema_user_add", email=email, name=NAME, **secret)
        user = User.objects.get(email=email)
        self.post("admin:cinema_user_change", user.pk, email=email, name="Zqname", is_superuser="on")
        self.post("admin:auth_user_password_change", user.pk, **secret)
        self.post("admin:cinema_user_delete", user.pk, post="yes")

    def post(self, url: str, *args: object, **said: object) -> HttpResponse:
        return self.client.post(reverse(url, args=args), said)

    def at(self, url: str, *args: object, **said: object) -> HttpResponse:
        return self.post(url, self.house.theatre.slug, *args, **said)

    def follow(self, **said: object) -> HttpResponse:
        """Post the form that the latest mail links to."""
        [path] = re.findall(rf"{re.escape(settings.SITE_URL)}(/account/\S+)", outbox()[-1].body)[:1]
        page = self.client.get(path, follow=True)
        return self.client.post(page.request["PATH_INFO"], said)


def written(world: World) -> Iterator[tuple[str, str]]:
    """The action and all texts of every audit event, and of Django's admin log."""
    for step in world.steps():
        with undone():
            step()
            for action_form in AuditEvent.objects.all():
                yield (
                    action_form.action,
                    json.dumps([action_form.action, action_form.subject, action_form.reason, action_form.details]),
                )
            for entry in LogEntry.objects.all():
                yield "", f"{entry} {entry.change_message}"


def test_nothing_that_is_done_writes_personal_data_into_the_trail():
    found = list(written(World()))

    assert {str(action) for action in AuditEvent.Action} <= {action for action, _ in found}
    assert sorted({text for _, text in found if PERSONAL.search(text)}) == []


def test_what_was_written_before_is_replaced_by_keys():
    boss, asha = owner(), UserFactory()
    old = [
        AuditEvent(action="SIGN_IN", user=asha, subject="zqmail@example.org", details={"origin": "5f" * 16}),
        AuditEvent(action="LOCK_OUT", subject="no account: " + "5f" * 16, details={"origin": "5f" * 16}),
        AuditEvent(action="TOKEN", user=asha, subject="zqlabel", details={"made": 3}),
        AuditEvent(action="ROLE", user=boss, subject=NAME, details={"person": asha.pk, "given": ["USHER"]}),
        AuditEvent(action="ADMIN", user=boss, subject="zqmail@example.org", details={"kind": "user", "key": asha.pk}),
        AuditEvent(action="ADMIN", user=boss, subject="Drama", details={"kind": "genre", "key": 1}),
        AuditEvent(action="RESEND", user=boss, subject="K7PM3WXY", details={"to": "zqmail@example.org", "key": "k"}),
    ]
    AuditEvent.objects.bulk_create(old)

    name_nobody(apps, connection.schema_editor())
    name_nobody(apps, connection.schema_editor())

    account = f"account {asha.pk}"
    assert list(AuditEvent.objects.order_by("pk").values_list("subject", "person", "details")) == [
        (account, asha.pk, {}),
        ("no account", None, {}),
        (account, asha.pk, {"made": 3}),
        (account, asha.pk, {"given": ["USHER"]}),
        (account, asha.pk, {"kind": "user", "key": asha.pk}),
        ("Drama", None, {"kind": "genre", "key": 1}),
        ("K7PM3WXY", None, {"key": "k"}),
    ]
    with pytest.raises(DatabaseError, match="only ever added to"):
        AuditEvent.objects.update(subject="altered")
