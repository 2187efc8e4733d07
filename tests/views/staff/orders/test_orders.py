"""The pages of orders: finding them and acting on them."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.domain.periods import Period
from cinema.models import AuditEvent, CounterAction, MoneyEntry, Order, OutgoingMail, Refund, Ticket
from cinema.selectors.figures.takings import takings
from cinema.services.orders.orders import give_goodwill, return_seats
from cinema.services.people.pins import set_pin
from tests.factories import (
    BOX_OFFICE,
    MANAGER,
    ScreenFactory,
    ShowFactory,
    booked,
    seat_ids,
    sold,
    staff,
    starting_in,
    tax_rule,
    ticket_of,
)
from tests.mails import forget_mails, outbox
from tests.services.orders.test_orders import requested
from tests.views.browsers import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(movie__title="The Lunchbox", screen__plan="aaaa\nbbbb", screen__theatre__slug="here")


@pytest.fixture
def other(show):
    screen = ScreenFactory(theatre=show.screen.theatre, plan="aaaa\nbbbb")
    return ShowFactory(movie=show.movie, screen=screen, price=200)


@pytest.fixture
def clerk(client, show):
    user = staff(show.screen.theatre, BOX_OFFICE, name="Carla", email="carla@example.org")
    client.force_login(user)
    return user


@pytest.fixture
def ticket(show):
    return sold(show, "A1 A2")


def address(name, *args):
    return reverse(f"staff-orders{name}", args=["here", *args])


def content(response):
    return " ".join(response.content.decode().split())


def sent(**said):
    return {"reason": "fell ill", "seen": 0, "key": "one"} | said


@pytest.fixture
def cancels(clerk, show):
    """The fields of a cancellation by a clerk, which a manager allows."""
    boss = staff(show.screen.theatre, MANAGER, name="Mira", email="mira@example.org")
    set_pin(theatre=show.screen.theatre, user=boss, pin="4711", by=boss)
    return {"reason": "PREVENTED", "note": "fell ill", "supervisor": boss.pk, "pin": "4711"}


# --- Finding -----------------------------------------------------------------------------------------


def test_the_newest_orders_are_listed(client, clerk, ticket):
    page = content(client.get(address("")))

    for fact in (ticket.reference[:4], "Asha Rao", "asha@example.org", "The Lunchbox", "A1", "₹500", "confirmed"):
        assert fact in page


def test_a_whole_reference_opens_its_order(client, clerk, ticket):
    response = client.get(address(""), {"q": ticket.reference.lower()})

    assert response.url == address("-order", ticket.reference)


@pytest.mark.parametrize(
    "query", [{"q": "nobody"}, {"q": "<b>\0'"}, {"q": "x" * 5000}, {"before": "9" * 40}, {"before": "x"}, {"q": "%"}]
)
def test_whatever_is_asked_is_answered(client, clerk, ticket, query):
    response = client.get(address(""), query)

    assert response.status_code == 200
    assert "<b>" not in content(response).partition("<main")[2]


@pytest.mark.parametrize("name", ["-order", "-move", "-exchange"])
def test_an_order_of_another_theatre_is_not_found(client, clerk, name):
    elsewhere = sold(ShowFactory(), "A1")

    assert client.get(address(name, elsewhere.reference)).status_code == 404


@pytest.mark.parametrize("name", ["-resend", "-cancel", "-refund", "-move", "-exchange"])
def test_nothing_is_done_to_an_order_of_another_theatre(client, clerk, name):
    elsewhere = sold(ShowFactory(), "A1")

    assert client.post(address(name, elsewhere.reference), sent(back="all", amount=1)).status_code == 404
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_list_asks_the_database_as_often_for_one_as_for_many(client, clerk, show, count, django_assert_num_queries):
    show = ShowFactory(screen=ScreenFactory(theatre=show.screen.theatre, rows=5, columns=8))
    for number in range(count):
        sold(show, f"{'ABCDE'[number // 8]}{number % 8 + 1}", buyer=f"buyer {number}")

    with django_assert_num_queries(9):
        client.get(address(""), {"q": "asha"})


# --- The page --------------------------------------------------------------------------------------------


def test_an_order_shows_buyer_seats_amount_and_history(client, clerk, ticket):
    page = content(client.get(address("-order", ticket.reference)))

    for fact in ("Asha Rao", "+91 98200 12345", "Row A, seat 1", "Classic", "₹250", "₹500 · paid", "UPI", "History"):
        assert fact in page


@pytest.mark.parametrize("count", [1, 3, 8])
def test_an_order_needs_the_same_queries_for_any_number_of_seats(
    client, clerk, show, count, django_assert_max_num_queries
):
    ticket = sold(show, " ".join(f"{row}{number}" for row in "AB" for number in range(1, 5))[: count * 3 - 1])

    with django_assert_max_num_queries(18):  # one for the supervisors whose PIN a cancellation needs
        client.get(address("-order", ticket.reference))


def test_an_order_lists_its_lines_as_they_were_sold(client, clerk, show):
    tax_rule(show.screen.theatre, 18)
    ticket = sold(show, "A1 A2")
    return_seats(code=ticket.code, seat_ids=seat_ids(show, "A2"), requested=requested(clerk, "ill"))

    page = content(client.get(address("-order", ticket.reference)))

    [lines] = re.findall(r'<section class="panel stack order-lines" aria-labelledby="lines">(.*?)</section>', page)
    assert "<dd>paid</dd>" in lines
    assert "<dd>website</dd>" in lines
    assert lines.count('<td class="num"> ₹38.14 (18%) </td>') == 2
    assert "<s>Row A, seat 2</s> (no longer booked)" in lines
    assert '<td class="num">₹500.00</td>' in lines


def test_an_order_lists_its_entries_in_the_accounts(client, clerk, ticket):
    facts = {
        "order": ticket.order,
        "kind": "PROVIDER_FEE",
        "debit": "provider_fees:stripe",
        "credit": "clearing:stripe",
    }
    MoneyEntry.objects.create(at=timezone.now(), theatre=ticket.order.theatre, amount=Decimal("2.36"), **facts)

    page = content(client.get(address("-order", ticket.reference)))

    [entries] = re.findall(r'<details class="order-entries">(.*?)</details>', page)
    assert entries.startswith(" <summary>Entries in the accounts</summary>")
    cells = ["provider’s fee", "Debit: Stripe: fees", "Credit: Stripe: to be paid out", "₹2.36"]
    row = re.findall(r"<td[^>]*>(.*?)</td>", entries)[-4:]
    assert [" ".join(re.sub("<.*?>", "", cell).split()) for cell in row] == cells


def test_an_order_leads_to_its_show_and_not_to_cancelling_it(client, show, ticket):
    client.force_login(staff(show.screen.theatre, MANAGER))

    page = content(client.get(address("-order", ticket.reference)))

    assert f'{reverse("staff-shows-show", args=["here", show.pk])}#order-{ticket.reference}"' in page
    assert reverse("staff-shows-cancel", args=["here", show.pk]) not in page


def test_an_order_that_is_not_paid_offers_nothing_to_do(client, clerk, show):
    page = content(client.get(address("-order", ticket_of(booked(show, "B1")).reference)))

    assert "waiting for payment" in page
    assert "Cancel the order" not in page


# --- Acting ------------------------------------------------------------------------------------------------


def test_the_ticket_is_sent_again(client, clerk, ticket):
    forget_mails()

    response = client.post(address("-resend", ticket.reference), sent())

    assert (response.status_code, response.url) == (303, address("-order", ticket.reference))
    assert len(outbox()) == 1
    assert AuditEvent.objects.get().user == clerk


def test_a_ticket_without_an_address_is_not_sent_again(client, clerk, ticket):
    Order.objects.update(name=Order.ERASED, email="", phone="")

    assert address("-resend", ticket.reference) not in client.get(address("-order", ticket.reference)).content.decode()
    response = client.post(address("-resend", ticket.reference), sent())

    assert response.status_code == 409
    assert "Enter an email address first" in text(response)
    assert not AuditEvent.objects.exists()


def test_a_rejected_mail_is_shown_with_the_way_to_correct_it(client, clerk, ticket):
    OutgoingMail.objects.update(due_at=None, failed_at=timezone.now(), error="550")
    page = content(client.get(address("-order", ticket.reference)))

    assert (
        f"An email to {ticket.order.email} was not delivered</strong> (ticket). The mail server refused it (550)."
        in page
    )
    assert '<details id="correct-email" name="staff-action" open>' in page
    assert "not delivered: ticket" in page


def test_the_address_is_corrected_and_the_ticket_goes_there(client, clerk, ticket):
    forget_mails()

    response = client.post(address("-email", ticket.reference), sent(email=" Asha.Rao@Example.org"))

    assert (response.status_code, response.url) == (303, address("-order", ticket.reference))
    assert [message.to for message in outbox()] == [["asha.rao@example.org"]]
    page = content(client.get(response.url))
    assert "email address corrected" in page
    assert "sent: ticket" in page


@pytest.mark.parametrize(("email", "status"), [("", 400), ("asha", 400), ("asha@example.org", 409)])
def test_an_address_that_is_none_or_the_same_changes_nothing(client, clerk, ticket, email, status):
    response = client.post(address("-email", ticket.reference), sent(email=email))

    assert response.status_code == status
    ticket.refresh_from_db()
    assert ticket.order.email == "asha@example.org"


@pytest.mark.parametrize(
    ("said", "back"),
    [({"back": "terms"}, 500), ({"back": "all"}, 500), ({"back": "other", "amount": "120.50"}, Decimal("120.50"))],
)
def test_the_order_is_cancelled(client, clerk, cancels, ticket, said, back):
    response = client.post(address("-cancel", ticket.reference), sent(**cancels | said))

    assert response.status_code == 303
    assert Refund.objects.get().amount == back
    assert "the buyer cannot come, fell ill" in content(client.get(response.url))


def test_a_cancellation_is_counted_with_its_reason_and_who_has_allowed_it(client, clerk, cancels, ticket, show):
    for _ in range(2):  # two clicks
        client.post(address("-cancel", ticket.reference), sent(**cancels, back="all"))
    theatre, action = show.screen.theatre, CounterAction.objects.get()
    assert (action.kind, action.by, action.allowed_by_id, action.seats) == ("CANCEL", clerk, cancels["supervisor"], 2)
    today = theatre.trading_day(action.at)
    [counted] = takings(theatre, Period(today, today)).actions
    assert (counted.seller, counted.reason, counted.number, counted.amount) == (clerk, "PREVENTED", 1, 500)


@pytest.mark.parametrize(("said", "status"), [({"pin": "0815"}, 400), ({"pin": ""}, 400), ({"reason": "ill"}, 400)])
def test_without_a_reason_and_a_pin_nothing_is_cancelled(client, clerk, cancels, ticket, said, status):
    response = client.post(address("-cancel", ticket.reference), sent(**cancels | {"back": "all"} | said))
    assert response.status_code == status
    assert not Refund.objects.exists() and not CounterAction.objects.exists()


def test_a_manager_cancels_without_a_pin(client, clerk, cancels, ticket, show):
    client.force_login(staff(show.screen.theatre, MANAGER))
    assert "Their PIN" not in content(client.get(address("-order", ticket.reference)))
    said = sent(reason="TECHNICAL", back="all")
    assert client.post(address("-cancel", ticket.reference), said).status_code == 303


def test_seats_are_returned(client, clerk, show, ticket):
    said = sent(seats=seat_ids(show, "A1"))

    client.post(address("-refund", ticket.reference), said)

    assert (Refund.objects.get().amount, Refund.objects.get().reason) == (250, "SEATS_RETURNED")
    page = content(client.get(address("-order", ticket.reference)))
    assert "<s>Row A, seat 1</s> (refunded)" in page


def test_the_same_click_twice_gives_back_once(client, clerk, ticket):
    for _ in range(2):
        assert client.post(address("-refund", ticket.reference), sent(amount=100)).status_code == 303

    assert Refund.objects.count() == 1


@pytest.mark.parametrize(("name", "said"), [("-cancel", {"back": "other"}), ("-refund", {})])
def test_an_amount_there_are_no_coins_for_is_refused_with_a_sentence(client, clerk, ticket, settings, name, said):
    settings.CURRENCY = "JPY"

    response = client.post(address(name, ticket.reference), sent(amount="100.50", **said))

    assert response.status_code == 400
    assert "An amount in JPY has no decimal places" in content(response)
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    ("name", "said", "complaint"),
    [
        ("-cancel", {"back": "all", "reason": ""}, "Reason"),
        ("-cancel", {"back": "other"}, "Please enter an amount"),
        ("-cancel", {"back": "other", "amount": "-5"}, "greater than or equal to 0"),
        ("-cancel", {"back": "sideways"}, "Select a valid choice"),
        ("-cancel", {"back": "all"}, "fell ill is not one of the available choices"),
        ("-cancel", {"back": "all", "reason": "PREVENTED"}, "Their PIN"),
        ("-refund", {}, "Please choose seats or enter an amount"),
        ("-refund", {"amount": "0"}, "Please choose seats or enter an amount"),
        ("-refund", {"amount": "1e999"}, "Amount"),
        ("-refund", {"amount": "NaN"}, "Please enter a number"),
        ("-refund", {"seats": "x"}, "is not a seat"),
        ("-refund", {"amount": "10", "reason": "x\0y"}, "Null characters"),
        ("-refund", {"amount": "10", "seen": "x"}, "Reason"),
        ("-resend", {"reason": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_done(client, clerk, ticket, name, said, complaint):
    response = client.post(address(name, ticket.reference), sent(**said))

    assert response.status_code == 400
    assert complaint in content(response)
    assert not Refund.objects.exists()


def test_too_much_is_refused_and_what_was_typed_stays(client, clerk, ticket):
    response = client.post(address("-refund", ticket.reference), sent(amount="501"))

    assert response.status_code == 409
    assert "At most ₹500 can be refunded" in content(response)
    assert 'value="501"' in content(response)


def test_the_second_gets_a_conflict_and_can_still_send_it(client, clerk, show, ticket):
    ben = staff(show.screen.theatre, BOX_OFFICE, name="Ben", email="ben@example.org")
    give_goodwill(code=ticket.code, amount=Decimal(50), requested=requested(ben, "his", reason="it was cold"))

    response = client.post(address("-refund", ticket.reference), sent(amount="70"))

    assert response.status_code == 409
    assert "Ben has changed this order in the meantime: refund made (it was cold)" in content(response)
    form = response.context["refund_form"]
    again = sent(amount="70", seen=form["seen"].value(), key=form["key"].value())
    assert client.post(address("-refund", ticket.reference), again).status_code == 303
    assert sorted(refund.amount for refund in Refund.objects.all()) == [50, 70]


# --- Moving and exchanging ------------------------------------------------------------------------------------


def test_seats_are_moved_to_any_that_are_free(client, clerk, show, ticket):
    page = content(client.get(address("-move", ticket.reference)))
    assert page.count(" checked") == 2

    response = client.post(address("-move", ticket.reference), sent(seats=seat_ids(show, "B1 B2")))

    assert response.status_code == 303
    assert "Row B, seat 1" in content(client.get(response.url))


@pytest.mark.parametrize(
    ("said", "status", "complaint"),
    [
        ({"seats": []}, 400, "choose at least one seat"),
        ({"seats": [10**12, 10**12 + 1]}, 400, "There are no seats 1000000000000, 1000000000001 at this show."),
    ],
)
def test_a_failed_move_shows_the_reason(client, clerk, ticket, said, status, complaint):
    response = client.post(address("-move", ticket.reference), sent(**said))

    assert response.status_code == status
    assert complaint in content(response)


def test_nothing_moves_once_the_show_is_over(client, clerk, show, ticket):
    starting_in(show, timedelta(hours=-5))

    response = client.get(address("-move", ticket.reference))

    assert response.status_code == 409
    assert "This show is over" in content(response)


def test_the_shows_to_exchange_to_are_those_of_the_film_or_all_of_a_day(client, clerk, show, other, ticket):
    film = ShowFactory(movie__title="Charulata", screen=ScreenFactory(theatre=show.screen.theatre))
    url = address("-exchange", ticket.reference)

    page = content(client.get(url))
    assert f"?show={other.pk}" in page
    assert "Charulata" not in page
    page = content(client.get(url, {"films": "all", "day": film.trading_day.isoformat()}))
    assert f"?show={film.pk}" in page
    assert client.get(url, {"films": "all", "day": "2026-13-99"}).status_code == 200


@pytest.mark.parametrize("said", [{"best": "1"}, {"names": "A2 A3"}])
def test_an_order_is_exchanged_to_the_seats_chosen_or_the_best(client, clerk, show, other, ticket, said):
    url = f"{address('-exchange', ticket.reference)}?show={other.pk}"
    assert "Choose the best seats" in content(client.get(url))
    names = said.pop("names", "")

    response = client.post(url, sent(seats=seat_ids(other, names), refund_difference="on", **said))

    assert response.status_code == 303
    ticket.refresh_from_db()
    assert ticket.show == other
    assert Refund.objects.get().amount == 100
    assert "refund of ₹100" in content(client.get(response.url))


@pytest.mark.parametrize("show_id", ["x", "0", "9" * 30, "-1"])
def test_an_unknown_show_is_404(client, clerk, ticket, show_id):
    assert client.get(address("-exchange", ticket.reference), {"show": show_id}).status_code == 404


def test_an_exchange_without_free_seats_is_rejected(client, clerk, other, ticket):
    response = client.post(f"{address('-exchange', ticket.reference)}?show={other.pk}", sent())

    assert response.status_code == 400
    assert "choose at least one seat" in content(response)
    assert Ticket.objects.get().show != other
