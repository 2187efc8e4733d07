"""Checking out: from the form of held seats to the provider, or back to the form."""

import re
from decimal import Decimal

import pytest
from django.db import OperationalError
from django.urls import reverse

from cinema.exceptions import DatabaseBusy, PaymentsUnavailable
from cinema.gateways import GATEWAYS
from cinema.gateways.base import Charge, Result, Started
from cinema.gateways.sandbox import SandboxGateway
from cinema.models import Payment, SandboxCharge, Theatre, Ticket
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.services.booking import sql
from cinema.services.money.settlement import settle_payment
from tests.factories import ShowFactory, UserFactory, cancelled, held, report, ticket_of
from tests.views.browsers import answers, browser, text
from tests.views.checkout import ASHA, LEFT_OVER, check_out, nothing_is_booked, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aaaa\nbbbb", movie__title="The Lunchbox")


@pytest.fixture
def hold(show):
    return held(show, "A1 B2")


def test_checking_out_redirects_to_the_provider(show, hold):
    answer = check_out(hold)

    ticket, charge = Ticket.objects.get(), SandboxCharge.objects.get()
    assert answer.status_code == 303
    assert answer["Location"].endswith(reverse("sandbox", args=[charge.reference]))
    assert (ticket.status, ticket.order.name, ticket.order.email, ticket.amount) == (
        "PENDING",
        ASHA["name"],
        ASHA["email"],
        600,
    )
    assert charge.amount == Decimal(600)
    assert unexplained_seats(show) == []


def test_the_checkout_offers_the_modes_of_the_settings_in_their_order(hold, settings):
    settings.PAYMENT_GATEWAYS = {"WALLET": "sandbox", "CARD": "sandbox"}

    shown = page(hold).content.decode()

    assert re.findall(r'name="mode"[^>]* value="(\w+)"', shown) == ["WALLET", "CARD"]
    assert answers(page(hold))["mode"] == "WALLET"


def test_a_mode_that_is_not_offered_is_refused(hold, settings):
    settings.PAYMENT_GATEWAYS = {"CARD": "sandbox"}

    assert check_out(hold, mode="UPI").status_code == 400
    assert nothing_is_booked()


def test_each_mode_leads_to_its_gateway(show, settings, monkeypatch):
    monkeypatch.setitem(GATEWAYS, "another", "tests.views.test_checkout.AnotherGateway")
    settings.PAYMENT_GATEWAYS = {"UPI": "sandbox", "CARD": "another"}
    one, two = held(show, "A1"), held(show, "B2", buyer="ben")

    assert "/sandbox/" in check_out(one, mode="UPI")["Location"]
    assert check_out(two, buyer="ben", mode="CARD")["Location"] == "https://pay.example.com/"

    stored = list(Payment.objects.order_by("pk").values_list("mode", "gateway", "pay_url", "provider_id"))
    assert stored[1] == ("CARD", "another", "https://pay.example.com/", "another id")
    assert stored[0][:2] == ("UPI", "sandbox")


class AnotherGateway(SandboxGateway):
    def start(self, charge: Charge) -> Started:
        return Started("another id", "https://pay.example.com/")


def test_another_mode_after_the_first_one_goes_to_its_own_gateway(hold, settings, monkeypatch):
    monkeypatch.setitem(GATEWAYS, "another", "tests.views.test_checkout.AnotherGateway")
    settings.PAYMENT_GATEWAYS = {"UPI": "sandbox", "CARD": "another"}

    for mode in ("UPI", "CARD", "CARD"):
        check_out(hold, mode=mode)

    stored = Payment.objects.order_by("pk").values_list("gateway", "status")
    assert list(stored) == [("sandbox", "REPLACED"), ("another", "PENDING")]


def test_the_checkout_says_that_a_payment_is_under_way(hold):
    assert "already started to pay" not in text(page(hold))
    check_out(hold)

    shown = page(hold)

    assert "You’ve already started to pay for these seats." in text(shown)
    assert Payment.objects.get().get_absolute_url() in shown.content.decode()


def test_after_a_declined_payment_the_checkout_says_nothing_of_it(hold):
    check_out(hold)
    settle_payment(report=report(Payment.objects.get(), Result.DECLINED))

    assert "already started to pay" not in text(page(hold))


def test_what_costs_nothing_needs_no_gateway(settings):
    hold = held(ShowFactory(price=0), "A1")

    check_out(hold, mode="")

    assert Payment.objects.get().gateway == Payment.objects.get().mode == ""
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED


def test_a_ticket_belongs_to_the_signed_in_user(hold):
    client, user = browser("asha"), UserFactory()
    client.force_login(user)

    client.post(hold.get_absolute_url(), answers(client.get(hold.get_absolute_url())) | ASHA)

    assert Ticket.objects.get().order.user == user


def test_a_double_click_leads_to_the_same_payment(hold):
    client = browser("asha")
    form = answers(client.get(hold.get_absolute_url())) | ASHA

    first, second = (client.post(hold.get_absolute_url(), form) for _ in range(2))

    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert [model.objects.count() for model in LEFT_OVER] == [1, 2, 1, 1]


def test_a_click_repeated_after_paying_leads_to_the_ticket(hold):
    client = browser("asha")
    form = answers(client.get(hold.get_absolute_url())) | ASHA
    client.post(hold.get_absolute_url(), form)
    ticket = ticket_of(settle_payment(report=report(Payment.objects.get())))

    again = client.post(hold.get_absolute_url(), form)

    assert client.get(again["Location"])["Location"] == ticket.get_absolute_url()
    assert [model.objects.count() for model in LEFT_OVER] == [1, 2, 1, 1]


def test_the_same_key_with_other_answers_is_refused_and_can_be_confirmed_anew(hold):
    client = browser("asha")
    form = answers(client.get(hold.get_absolute_url())) | ASHA
    client.post(hold.get_absolute_url(), form)

    refused = client.post(hold.get_absolute_url(), form | {"email": "other@example.org"})

    assert refused.status_code == 409
    assert "already used for a different booking" in text(refused)
    assert Ticket.objects.get().order.email == ASHA["email"]
    assert client.post(hold.get_absolute_url(), answers(refused)).status_code == 303
    assert Ticket.objects.get().order.email == "other@example.org"


@pytest.mark.parametrize("altered", ["1", "0", "600.01", "599.99", "99999999.99"])
def test_an_altered_price_is_refused_and_the_true_one_can_be_confirmed(hold, altered):
    refused = check_out(hold, total=altered)

    assert refused.status_code == 409
    assert "The total has changed from" in text(refused)
    assert "Nothing was charged" in text(refused)
    assert answers(refused).items() >= ASHA.items()
    assert nothing_is_booked()
    assert browser("asha").post(hold.get_absolute_url(), answers(refused)).status_code == 303
    assert Payment.objects.get().amount == Decimal(600)


@pytest.mark.parametrize(
    "garbled",
    [{"total": value} for value in ("", "abc", "NaN", "Infinity", "1e999999", "9" * 5000, "600.001", "600\x00")]
    + [{"key": value} for value in ("", "short", "k" * 65, "k" * 20 + "\x00")]
    + [{"seats": value} for value in ("abc", ["1", "1"], "-1")],
    ids=lambda garbled: repr(garbled)[:30],
)
def test_what_the_page_itself_fills_in_is_put_right_when_it_comes_back_garbled(hold, garbled):
    refused = check_out(hold, **garbled)

    assert refused.status_code == 400
    assert "Nothing was charged" in text(refused)
    assert answers(refused).items() >= ASHA.items()
    assert nothing_is_booked()
    assert browser("asha").post(hold.get_absolute_url(), answers(refused)).status_code == 303


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "x" * 151}, "at most 150 characters"),
        ({"name": "Asha\x00"}, "Null characters are not allowed."),
        ({"email": "asha at example"}, "Enter a valid email address."),
        ({"email": "asha@example.org\nBcc: all@example.org"}, "Enter a valid email address."),
        ({"phone": "call me"}, "Please enter a phone number: at least 6 digits, with or without spaces."),
        ({"mode": "CASH"}, "CASH is not one of the available choices."),
        ({"mode": ""}, "This field is required."),
    ],
    ids=str,
)
def test_an_answer_that_cannot_be_right_is_explained_and_nothing_typed_is_lost(hold, answer, sentence):
    refused = check_out(hold, **answer)

    assert refused.status_code == 400
    assert sentence in text(refused)
    assert "Your seats are still held" in text(refused)
    untouched = {name: said for name, said in ASHA.items() if name not in answer}
    assert answers(refused).items() >= untouched.items()
    assert nothing_is_booked()


def test_a_show_cancelled_meanwhile_cannot_be_paid_for(show, hold):
    cancelled(show)

    refused = check_out(hold)

    assert refused.status_code == 409
    assert "This show was cancelled" in text(refused)
    assert nothing_is_booked()


def test_a_provider_timeout_loses_no_payment(show, hold, monkeypatch):
    def silent(*args, **kwargs):
        raise PaymentsUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "start", silent)
        refused = check_out(hold)

    assert (refused.status_code, int(refused["Retry-After"]) > 0) == (503, True)
    assert "We can’t take payments at the moment." in text(refused)
    assert answers(refused).items() >= ASHA.items()
    assert browser("asha").post(hold.get_absolute_url(), answers(refused)).status_code == 303
    assert Ticket.objects.count() == 1
    assert unexplained_seats(show) == []


def test_a_database_that_is_too_busy_loses_nothing(hold, monkeypatch):
    def busy(**request):
        raise DatabaseBusy

    monkeypatch.setattr("cinema.views.public.holds.book_holds", busy)

    refused = check_out(hold)

    assert (refused.status_code, int(refused["Retry-After"]) > 0) == (503, True)
    assert "Nothing was changed; please try again." in text(refused)
    assert answers(refused).items() >= ASHA.items()


def test_a_database_that_goes_away_half_way_leaves_nothing_behind(show, hold, monkeypatch):
    def gone(rows):
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(sql.ORDER, "run", gone)
        away = check_out(hold)

    assert away.status_code == 503
    assert nothing_is_booked()
    assert unexplained_seats(show) == []
    assert check_out(hold).status_code == 303


def test_another_site_cannot_check_out(hold):
    client = browser("asha", enforce_csrf_checks=True)

    assert client.post(hold.get_absolute_url(), ASHA).status_code == 403
    assert nothing_is_booked()


# Two tabs


@pytest.mark.parametrize(
    ("changed", "now"),
    [
        ("A1 A2", "A 1–2"),
        ("A2 B2", "A 2 · B 2"),
        ("B2", "B 2"),
    ],
    ids=["cheaper", "the same price", "fewer"],
)
def test_seats_changed_in_another_tab_are_not_paid_unseen(show, hold, changed, now):
    client = browser("asha")
    opened = answers(client.get(hold.get_absolute_url())) | ASHA
    held(show, changed)

    refused = client.post(hold.get_absolute_url(), opened)

    assert refused.status_code == 409
    assert f"You changed your seats in another tab (now {now}). Nothing was charged" in text(refused)
    assert nothing_is_booked()
    assert client.post(hold.get_absolute_url(), answers(refused)).status_code == 303


# How many statements


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("names", ["A1", "A1 A2 A3", "A1 A2 A3 A4 A5 A6 A7 A8 B1 B2"], ids=["1 seat", "3", "10"])
@pytest.mark.parametrize(("rows", "columns"), [(3, 8), (10, 30)], ids=["24 seats", "300 seats"])
def test_checking_out_takes_at_most_12_and_confirming_13(rows, columns, names, statements):
    hold = held(ShowFactory(screen__rows=rows, screen__columns=columns), names)
    client = browser("asha")
    client.force_login(UserFactory())
    form = answers(client.get(hold.get_absolute_url())) | ASHA

    with statements() as posting:
        assert client.post(hold.get_absolute_url(), form).status_code == 303
    with statements() as confirming:
        settle_payment(report=report(Payment.objects.get()), notify=False)

    assert len(posting) <= 12, "\n".join(posting)
    assert len(confirming) <= 13, "\n".join(confirming)


def test_wrong_answers_are_listed_with_links_to_their_fields(hold):
    refused = check_out(hold, email="nobody", name="", mode="")

    assert "Please fix the fields below. Your seats are still held." in text(refused)
    listed = refused.content.decode().partition("form-errors")[2].partition("</ul>")[0]
    assert [link in listed for link in ("#id_name", "#id_email", "#div_id_mode")] == [True] * 3
    assert 'id="div_id_mode"' in refused.content.decode()


def test_a_phone_number_is_optional(hold):
    assert check_out(hold, phone="").status_code == 303


def test_a_theatre_can_ask_for_phone_numbers(hold):
    Theatre.objects.update(phone_required=True)
    assert re.search(r'<input[^>]*name="phone"[^>]*required', page(hold).content.decode())

    refused = check_out(hold, phone="")

    assert refused.status_code == 400
    assert "#id_phone" in refused.content.decode()
    assert "Please enter a phone number, in case your show changes." in text(refused)
    assert check_out(hold).status_code == 303
