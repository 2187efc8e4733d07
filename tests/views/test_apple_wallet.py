"""What Apple Wallet asks of us, as a phone asks it."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cinema.models import FailedTry, PassRegistration, Ticket
from cinema.models.codes import new_code
from cinema.services.booking import passes
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.privacy.erasure import erase_contacts
from tests import wallets
from tests.factories import ShowFactory, sold, starting_in
from tests.views.browsers import is_kept_nowhere

pytestmark = pytest.mark.django_db
DEVICE = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def offered(settings):
    wallets.offer_wallets(settings)


@pytest.fixture
def ticket() -> Ticket:
    return sold(ShowFactory(screen__plan="aaaa"), "A1 A2")


class Phone:
    """Wallet on a phone, with the secret of a pass."""

    def __init__(self, ticket: Ticket, token: str | None = None, device: str = DEVICE) -> None:
        self.client, self.ticket, self.device = Client(), ticket, device
        self.headers = {"Authorization": f"ApplePass {ticket.code if token is None else token}"}

    def url(self, name: str, *args: str) -> str:
        return reverse(f"pass-{name}", args=args)

    def registration(self) -> str:
        return self.url("registration", self.device, wallets.PASS_TYPE, self.ticket.reference)

    def register(self, body: object = None) -> int:
        said = json.dumps({"pushToken": "ab12"} if body is None else body)
        url = self.registration()
        return self.client.post(url, said, content_type="application/json", headers=self.headers).status_code

    def unregister(self) -> int:
        return self.client.delete(self.registration(), headers=self.headers).status_code

    def changed(self, since: str = "") -> tuple[list[str], str]:
        query = {"passesUpdatedSince": since} if since else {}
        answer = self.client.get(self.url("serials", self.device, wallets.PASS_TYPE), query)
        assert is_kept_nowhere(answer)
        if answer.status_code == 204:
            return [], since
        said = answer.json()
        return said["serialNumbers"], said["lastUpdated"]

    def latest(self, pass_type: str = wallets.PASS_TYPE):
        return self.client.get(self.url("latest", pass_type, self.ticket.reference), headers=self.headers)


def test_a_phone_registers_once_and_is_told_what_changed(ticket):
    phone, other = Phone(ticket), Phone(sold(ShowFactory(screen__plan="aa"), "A1"))
    assert [phone.register(), phone.register(), other.register()] == [201, 200, 201]
    found, tag = phone.changed()
    assert sorted(found) == sorted([ticket.reference, other.ticket.reference])
    assert phone.changed(tag) == ([], tag)

    cancel_ticket(code=ticket.code)
    found, later = phone.changed(tag)

    assert found == [ticket.reference]
    assert int(later) > int(tag)
    assert phone.changed(later) == ([], later)
    assert json.loads(wallets.opened(phone.latest().content)["pass.json"])["voided"]


def test_a_change_at_a_whole_second_is_told_once(ticket):
    phone = Phone(ticket)
    phone.register()
    with connection.cursor() as cursor:  # as SQLite's clock writes it
        cursor.execute("UPDATE cinema_passregistration SET changed_at = '2026-11-30 14:53:50.000'")
    found, tag = phone.changed()

    assert found == [ticket.reference]
    assert phone.changed(tag) == ([], tag)


def test_the_number_of_statements_is_the_same_for_any_number_of_passes(statements):
    show, counts = ShowFactory(screen__plan="aaaaaa"), []
    for name in ("A1 A2", "A3 A4", "A5 A6"):
        phone = Phone(sold(show, name))
        phone.register()
        with statements() as seen:
            phone.changed()
        counts.append(len(seen))

    assert counts == [counts[0]] * 3


def test_a_phone_that_nobody_knows_locks_nothing(ticket):
    phone = Phone(ticket, device="unknown")
    with CaptureQueriesContext(connection) as seen:
        assert phone.changed() == ([], "")

    assert not [query for query in seen if query["sql"].startswith(("BEGIN", "SAVEPOINT"))]


def test_a_phone_that_deleted_the_pass_is_told_no_more(ticket):
    phone = Phone(ticket)
    phone.register()

    assert phone.unregister() == 200
    assert phone.changed() == ([], "")
    assert not PassRegistration.objects.exists()


def test_the_latest_pass_is_that_of_the_ticket(ticket):
    answer = Phone(ticket).latest()

    assert answer.headers["Content-Type"] == "application/vnd.apple.pkpass"
    assert json.loads(wallets.opened(answer.content)["pass.json"])["serialNumber"] == ticket.reference


@pytest.mark.parametrize("token", ["", "x", "é", new_code()], ids=["none", "short", "accent", "another"])
def test_another_secret_opens_nothing(token, ticket):
    phone = Phone(ticket, token)

    assert [phone.register(), phone.unregister(), phone.latest().status_code] == [401, 401, 401]
    assert not PassRegistration.objects.exists()


def test_the_secret_of_one_ticket_opens_no_other(ticket):
    other = sold(ShowFactory(screen__plan="aa"), "A1")

    assert Phone(ticket, token=other.code).latest().status_code == 401


def test_a_serial_that_is_none_is_answered_like_a_wrong_secret(ticket):
    url = reverse("pass-latest", args=[wallets.PASS_TYPE, "NONE4567"])

    assert Client().get(url, headers={"Authorization": f"ApplePass {ticket.code}"}).status_code == 401
    assert Client().get(url).status_code == 401


def test_who_guesses_has_to_wait(ticket):
    answers = [Phone(ticket, "x").latest().status_code for _ in range(21)]

    assert answers == [401] * 20 + [429]
    assert FailedTry.objects.count() == 20
    assert Phone(ticket).latest().status_code == 200


def test_passes_of_another_kind_are_not_here(ticket, settings):
    assert Phone(ticket).latest("pass.of.others").status_code == 404
    settings.APPLE_WALLET_KEYS = ""
    assert Phone(ticket).latest().status_code == 404


@pytest.mark.parametrize(
    "body",
    [[], {}, {"pushToken": 1}, "pushToken", 1e300, *({"pushToken": text} for text in ("", "../x", "é", "a" * 201))],
)
def test_a_body_that_is_not_of_wallet_registers_nothing(body, ticket):
    assert Phone(ticket).register(body) == 400
    assert not PassRegistration.objects.exists()


def test_a_phone_that_registers_again_may_have_another_push_token(ticket):
    for token in ("ab12", "ab12", "cd34"):
        Phone(ticket).register({"pushToken": token})

    assert PassRegistration.objects.get().push_token == "cd34"


def logged(body: object, caplog) -> tuple[int, list[str]]:
    caplog.clear()
    answer = Client().post(reverse("pass-log"), json.dumps(body), content_type="application/json")
    return answer.status_code, [record.message for record in caplog.records if record.name.endswith("apple_wallet")]


def test_what_a_phone_logs_is_noted_without_its_words(caplog):
    message = f"[2026-11-30] Get pass task (pass type x, serial number {DEVICE}) encountered error: Unexpected code 500"
    said = "Wallet on a phone reports that something failed: Get pass task."

    assert logged({"logs": [message, message, "Give me a job"]}, caplog) == (200, [said])
    assert all(
        logged(body, caplog) == (200, []) for body in ([], {}, {"logs": "Get pass task"}, {"logs": [1, None]}, 1)
    )


def test_without_keys_no_phone_logs_anything(settings, caplog):
    settings.APPLE_WALLET_KEYS = ""
    assert logged({"logs": ["Get pass task"]}, caplog) == (404, [])


def test_the_name_of_a_phone_is_not_longer_than_apples(ticket):
    assert Phone(ticket, device="a" * 65).register() == 400


@pytest.mark.parametrize("tag", ["x", "-1", "9" * 30, "9" * 17, "\0", "²"])
def test_a_tag_that_is_not_ours_asks_for_all(tag, ticket):
    phone = Phone(ticket)
    phone.register()

    assert phone.changed(tag)[0] in ([ticket.reference], [])


def test_of_many_phones_with_one_ticket_the_oldest_give_way(ticket, monkeypatch):
    monkeypatch.setattr(passes, "MOST_PHONES", 2)
    for device in ("one", "two", "three"):
        Phone(ticket, device=device).register()

    assert sorted(PassRegistration.objects.values_list("device", flat=True)) == ["three", "two"]


def test_phones_are_forgotten_a_day_after_the_show(ticket):
    Phone(ticket).register()
    assert passes.forget_passes() == 0
    starting_in(ticket.show, -2 * passes.FORGOTTEN_AFTER)

    assert passes.forget_passes() == 1


def test_phones_are_forgotten_with_the_buyer(ticket):
    Phone(ticket).register()
    erase_contacts(order_ids=[ticket.order_id])

    assert not PassRegistration.objects.exists()
