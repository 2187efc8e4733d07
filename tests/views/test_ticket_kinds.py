"""Kinds of tickets as buyers and programs meet them: on the map, at the checkout, on the ticket, in the mail."""

import re

import pytest

from cinema.models import Payment, PriceAdjustment, Theatre, Ticket, TicketSeat, TicketType
from cinema.services.money.settlement import settle_payment
from cinema.services.prices.repricing import reprice_coming
from tests.factories import UserFactory, held, on_card, report, seat, ticket_of
from tests.mails import outbox
from tests.views.api.programs import Program
from tests.views.browsers import answers, browser, text

pytestmark = pytest.mark.django_db

ASHA = {"name": "Asha Rao", "email": "asha@example.org", "phone": "+91 98200 12345", "mode": "UPI"}


@pytest.fixture
def show():
    show = on_card(plan="aaaa", adult=250, child=150)
    TicketType.objects.filter(name="Child").update(note="under 12")
    return show


@pytest.fixture
def hold(show):
    return held(show, "A1 A2")


def kind(name):
    return str(TicketType.objects.get(name=name).pk)


def child(show, name="A1"):
    return {f"type-{seat(show, name).pk}": kind("Child")}


def page(hold):
    return browser("asha").get(hold.get_absolute_url())


def post(hold, **said):
    return browser("asha").post(hold.get_absolute_url(), answers(page(hold)) | ASHA | said)


def chosen(response):
    """The options that are selected, as they read."""
    return [
        " ".join(label.split()) for label in re.findall(r"<option[^>]* selected>([^<]*)<", response.content.decode())
    ]


def test_the_map_says_for_whom_its_prices_are(show):
    said = text(browser().get(show.get_absolute_url()))

    assert "Adult prices shown. Child (from ₹150): choose at checkout." in said


def test_the_checkout_offers_each_seat_its_kinds_the_plain_one_first(hold):
    shown = page(hold)

    assert chosen(shown) == ["Adult · ₹250", "Adult · ₹250"]
    assert text(shown).count("Child (under 12) · ₹150") == 2
    assert "Pay ₹500" in text(shown)


def test_a_show_with_one_kind_offers_no_choice():
    hold = held(on_card(adult=250), "A1")

    assert "<select" not in page(hold).content.decode()
    assert post(hold).status_code == 303
    assert str(TicketSeat.objects.get().ticket_type) == "Adult"


def test_another_choice_updates_the_total_and_keeps_the_input(show, hold):
    updated = post(hold, update="1", name="Asha R", email="not yet", **child(show))

    assert updated.status_code == 200
    assert chosen(updated) == ["Child (under 12) · ₹150", "Adult · ₹250"]
    assert "Pay ₹400" in text(updated)
    assert answers(updated).items() >= {"name": "Asha R", "email": "not yet", "total": "400.00"}.items()
    assert not Ticket.objects.exists()


def test_what_was_chosen_is_bought(show, hold):
    assert post(hold, total="400", **child(show)).status_code == 303

    assert Payment.objects.get().amount == 400
    assert sorted(str(line.ticket_type) for line in TicketSeat.objects.all()) == ["Adult", "Child"]


def test_without_javascript_the_true_total_is_shown_first_and_then_confirmed(show, hold):
    refused = post(hold, **child(show))

    assert refused.status_code == 409
    assert "The total has changed from ₹500 to ₹400" in text(refused)
    assert chosen(refused) == ["Child (under 12) · ₹150", "Adult · ₹250"]
    again = browser("asha").post(hold.get_absolute_url(), answers(refused) | child(show))
    assert again.status_code == 303


def test_a_wrong_answer_elsewhere_keeps_the_kinds(show, hold):
    refused = post(hold, total="400", email="nobody", **child(show))

    assert refused.status_code == 400
    assert chosen(refused) == ["Child (under 12) · ₹150", "Adult · ₹250"]


@pytest.mark.parametrize("garbled", ["999999", "0", "-1", "x", "1\x00", "9" * 30, "<b>"])
def test_an_unknown_ticket_type_is_explained_and_books_nothing(show, hold, garbled):
    refused = post(hold, **{f"type-{seat(show, 'A1').pk}": garbled})

    assert refused.status_code == 400
    assert chosen(refused) == ["Adult · ₹250", "Adult · ₹250"]
    assert not Ticket.objects.exists()
    assert browser("asha").post(hold.get_absolute_url(), answers(refused)).status_code == 303


@pytest.mark.parametrize("name", ["type-", "type-x", "type-1\x00", "type-99999999"])
def test_a_ticket_type_for_an_unknown_seat_books_nothing(hold, name):
    assert post(hold, **{name: kind("Child")}).status_code == 400
    assert not Ticket.objects.exists()


def test_after_a_decline_the_checkout_has_the_chosen_ticket_types(show, hold):
    post(hold, total="400", **child(show))

    assert chosen(page(hold)) == ["Child (under 12) · ₹150", "Adult · ₹250"]


def test_a_free_carer_has_no_choice_of_ticket_types():
    hold = held(on_card(plan="wka", adult=250, child=150), "A1 A2")
    Theatre.objects.update(carer_free=True)

    shown = page(hold)

    assert chosen(shown) == ["Adult · ₹250"]
    assert "free" in text(shown)


def test_a_kind_that_costs_nothing_can_be_chosen_changed_and_bought():
    show = on_card(plan="aaaa", adult=250, carer=0)
    hold = held(show, "A1 A2")
    carer = {f"type-{seat(show, 'A1').pk}": kind("Carer")}

    updated = post(hold, update="1", **carer)

    assert chosen(updated) == ["Carer · free", "Adult · ₹250"]
    assert post(hold, total="250", **carer).status_code == 303
    assert Payment.objects.get().amount == 250


def test_a_kind_that_costs_nothing_stays_chosen_when_the_total_was_another():
    show = on_card(plan="aaaa", adult=250, carer=0)
    hold = held(show, "A1 A2")

    refused = post(hold, total="500", **{f"type-{seat(show, 'A1').pk}": kind("Carer")})

    assert refused.status_code == 409
    assert chosen(refused) == ["Carer · free", "Adult · ₹250"]


def test_prices_that_change_after_the_hold_change_nothing_at_the_checkout(show, hold):
    card = show.price_card
    PriceAdjustment.objects.create(card=card, name="More", amount=50)
    reprice_coming(theatre=card.theatre, card_id=card.pk, version=0, user=None)

    assert "Pay ₹500" in text(page(hold))
    assert post(hold).status_code == 303


def test_the_ticket_and_its_mail_name_the_kind_of_each_seat(show, hold):
    post(hold, total="400", **child(show))
    ticket = ticket_of(settle_payment(report=report(Payment.objects.get())))

    shown = text(browser().get(ticket.get_absolute_url()))
    assert "Row A, seat 1 Classic · Child ₹150" in shown
    assert "Row A, seat 2 Classic · Adult ₹250" in shown
    assert "Row A, seat 1 · Classic · Child: ₹150" in outbox()[0].body


@pytest.mark.parametrize("names", ["A1", "A1 A2 A3"])
def test_the_page_asks_one_statement_more_for_kinds_whatever_the_number_of_seats(
    show, names, django_assert_max_num_queries
):
    hold = held(show, names)
    client = browser("asha")

    with django_assert_max_num_queries(6):
        client.get(hold.get_absolute_url())


# Programs


@pytest.fixture
def kiosk():
    return Program(UserFactory())


def test_api_clients_get_the_ticket_types_and_their_prices(show, kiosk):
    said = kiosk.get(f"/api/shows/{show.pk}/").json()["ticket_types"]

    assert [(one["name"], one["note"]) for one in said] == [("Adult", ""), ("Child", "under 12")]
    assert said[1]["prices"] == [{"category": "Classic", "price": "150.00"}]


def test_programs_book_kinds_by_seat(show, kiosk):
    types = {str(seat(show, "A2").pk): int(kind("Child"))}

    said = kiosk.book(show, "A1 A2", types=types).json()["ticket"]

    assert said["amount"] == "400.00"
    assert [line["ticket_type"] for line in said["seats"]] == ["Adult", "Child"]


@pytest.mark.parametrize("types", [[], "x", 5, {"x": 1}, {"1": "x"}, {"1": None}, {"1": True}, {"1": 1.5}, {"1": [1]}])
def test_kinds_a_program_cannot_mean_are_refused_by_field(show, kiosk, types):
    answer = kiosk.book(show, "A1", types=types)

    assert (answer.status_code == 201) if types == [] else (list(answer.json()["errors"]) == ["types"])


def test_a_kind_the_seat_is_not_sold_as_is_refused_by_field(show, kiosk):
    answer = kiosk.book(show, "A1", types={str(seat(show, "A1").pk): 999999})

    assert answer.status_code == 400
    assert answer.json()["errors"] == {"types": ["This ticket type isn’t sold for this seat."]}


def test_a_request_repeated_with_other_kinds_is_refused(show, kiosk):
    kiosk.book(show, "A1", key="k")

    answer = kiosk.book(show, "A1", key="k", types={str(seat(show, "A1").pk): int(kind("Child"))})

    assert answer.json()["code"] == "key_reused"


# Rules of ticket types


def test_the_checkout_shows_the_rules_before_a_choice(show, hold):
    TicketType.objects.filter(name="Child").update(paying_others=1, shown_at_door=True)

    assert "Child : Each needs 1 paid ticket in the same order. Proof is checked at the door." in text(page(hold))


def test_a_broken_ticket_type_rule_is_shown_with_the_new_total(show, hold):
    TicketType.objects.filter(name="Child").update(most_per_order=1)

    updated = post(hold, update="1", **child(show, "A1"), **child(show, "A2"))

    assert updated.status_code == 200
    assert "One order can have at most 1 “Child” ticket." in text(updated)
    assert "Pay ₹300" in text(updated)


def test_paying_for_it_is_refused_and_the_choice_stays(show, hold):
    TicketType.objects.filter(name="Child").update(most_per_order=1)

    refused = post(hold, total="300", **child(show, "A1"), **child(show, "A2"))

    assert refused.status_code == 409
    assert "One order can have at most 1 “Child” ticket." in text(refused)
    assert chosen(refused) == ["Child (under 12) · ₹150", "Child (under 12) · ₹150"]
    assert not Ticket.objects.exists()


def test_a_type_of_the_box_office_is_not_offered(show, hold):
    TicketType.objects.filter(name="Child").update(counter_only=True)

    assert "Child (under 12)" not in page(hold).content.decode()
    assert "Child (from" not in text(browser().get(show.get_absolute_url()))


def test_an_api_client_gets_the_rules_and_the_one_it_breaks(show):
    TicketType.objects.filter(name="Child").update(paying_others=1)
    program = Program()

    [_adult, kind_shape] = program.get(f"/api/shows/{show.pk}/").json()["ticket_types"]
    answer = program.book(show, "A1", types={seat(show, "A1").pk: kind_shape["id"]})

    assert kind_shape["paying_others"] == 1
    assert (answer.status_code, answer.json()["code"]) == (409, "needs_paid_tickets")
