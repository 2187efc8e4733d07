"""Price cards and kinds of tickets in the back office."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from cinema.models import AuditEvent, Price, PriceAdjustment, PriceCard, TicketType
from tests.factories import MANAGER, ScreenFactory, held, on_card, price_card, seat, staff
from tests.views.browsers import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return on_card(plan="ab", adult=250, child=150)


@pytest.fixture
def card(show):
    return show.price_card


@pytest.fixture
def asha(client, card):
    client.force_login(staff(card.theatre, MANAGER, name="Asha"))
    return client


def url(name, card, *args):
    return reverse(f"staff-prices{name}", args=[card.theatre.slug, *args])


def filled_in(card, version=0, more=(), **changes):
    """What the page of a card posts: its prices, and adjustments as ``more`` says."""
    prices = {f"price-{p.category_id}-{p.ticket_type_id}": str(p.amount) for p in card.prices.all()}
    rows = {f"more-{number}-{field}": value for number, fields in enumerate(more) for field, value in fields.items()}
    counts = {"more-TOTAL_FORMS": len(more), "more-INITIAL_FORMS": 0}
    return {"name": card.name, "version": version} | prices | counts | rows | changes


def cell(category="Classic", kind="Adult"):
    price = Price.objects.get(category__name=category, ticket_type__name=kind)
    return f"price-{price.category_id}-{price.ticket_type_id}"


def save(asha, card, **changes):
    return asha.post(url("-card", card, card.pk), filled_in(card, **changes))


def test_the_cards_are_listed_with_their_prices_and_coming_shows(asha, card):
    said = text(asha.get(url("", card)))

    assert "Standard" in said
    assert "1 upcoming show" in said
    assert "Classic ₹250.00 ₹150.00 Premium ₹350.00 ₹250.00" in said


def test_a_theatre_without_kinds_is_led_to_them(client):
    theatre = ScreenFactory().theatre
    client.force_login(staff(theatre, MANAGER))

    assert "First add your ticket types" in text(client.get(reverse("staff-prices", args=[theatre.slug])))
    usual = client.post(reverse("staff-prices-types", args=[theatre.slug]), {"usual": "1"}, follow=True)
    assert "Student with a student card" in text(usual)
    assert "Add the first price card" in text(client.get(reverse("staff-prices", args=[theatre.slug])))


def test_after_saving_a_card_a_message_explains_that_shows_keep_prices(asha, card, show):
    done = asha.post(url("-card", card, card.pk), filled_in(card, **{cell(): "275.50"}), follow=True)

    assert "Planned shows keep their prices until you apply the card to them." in text(done)
    assert "1 upcoming show has prices that differ from this card." in text(done)
    assert Price.objects.get(card=card, category__name="Classic", ticket_type__name="Adult").amount == 275.5
    assert seat(show, "A1").price == 250


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "1500.50"), ("EUR", "1.0051")])
def test_a_price_there_are_no_coins_for_is_refused_at_its_field(asha, card, settings, currency, amount):
    settings.CURRENCY = currency

    for changes in ({cell(): amount}, {"more": [{"name": "Night", "amount": amount}]}):
        answer = save(asha, card, **changes)
        assert answer.status_code == 400
        assert f"An amount in {currency} has" in text(answer)


def test_a_german_manager_enters_a_decimal_comma_and_finds_it_again(asha, card):
    german = {"headers": {"accept-language": "de"}}

    answer = asha.post(url("-card", card, card.pk), filled_in(card, **{cell(): "1.275,50"}), **german)

    assert answer.status_code == 303
    assert Price.objects.get(card=card, category__name="Classic", ticket_type__name="Adult").amount == 1275.5
    assert 'value="1275,50"' in asha.get(url("-card", card, card.pk), **german).content.decode()


def test_an_empty_price_is_not_offered(asha, card):
    assert save(asha, card, **{cell(kind="Child"): ""}).status_code == 303

    assert not card.prices.filter(category__name="Classic", ticket_type__name="Child").exists()


def test_adjustments_are_added_changed_and_taken_away(asha, card):
    row = {"name": "Evening", "amount": "30", "weekdays": ["4", "5"], "from_time": "17:00", "format": "3D"}
    save(asha, card, more=[row])
    kept = card.adjustments.get()
    assert (kept.amount, kept.weekdays, kept.format) == (30, [4, 5], "3D")

    assert "Evening +₹30 Fri, Sat · 17:00–… · 3D" in text(asha.get(url("-card", card, card.pk)))
    save(asha, card, version=1, more=[row | {"DELETE": "on"}], **{"more-INITIAL_FORMS": 1})
    assert not card.adjustments.exists()


BAD_PRICES = ["-1", "abc", "NaN", "Infinity", "1e9", "9" * 40, "1.005", "1\x00", "<b>1</b>", "1000000"]


@pytest.mark.parametrize("bad", BAD_PRICES)
def test_a_price_that_cannot_be_is_explained_at_its_field_and_nothing_is_lost(asha, card, bad):
    answer = save(asha, card, name="Mine", **{cell(): bad})

    assert answer.status_code == 400
    assert "field-errors" in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()
    assert PriceCard.objects.get() == card


@pytest.mark.parametrize(
    "bad",
    [
        {"amount": "0"},
        {"amount": ""},
        {"amount": "1e400"},
        {"amount": "5", "from_time": "29:00"},
        {"amount": "5", "from_time": "10:00", "until_time": "10:00"},
        {"amount": "5", "weekdays": ["7"]},
        {"amount": "5", "weekdays": ["x"]},
        {"amount": "5", "format": "4D"},
        {"amount": "5", "category": "999"},
        {"amount": "5", "ticket_type": "x\x00"},
        {"amount": "5", "name": ""},
        {"amount": "5", "name": "x" * 61},
    ],
    ids=str,
)
def test_an_adjustment_that_makes_no_sense_is_explained(asha, card, bad):
    answer = save(asha, card, more=[{"name": "More"} | bad])

    assert answer.status_code == 400
    assert "field-errors" in answer.content.decode()
    assert not card.adjustments.exists()


@pytest.mark.parametrize(
    "changes", [{"more-TOTAL_FORMS": ""}, {"more-TOTAL_FORMS": "x"}, {"more-TOTAL_FORMS": "99999"}]
)
def test_a_page_that_came_out_of_order_saves_nothing(asha, card, changes):
    assert save(asha, card, **changes).status_code == 400


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_version_that_cannot_be_saves_nothing(asha, card, version):
    assert save(asha, card, version=version).status_code == 400


def test_the_plain_price_cannot_be_left_out(asha, card):
    answer = save(asha, card, **{cell(): ""})

    assert answer.status_code == 400
    assert "“Adult” is the standard ticket, so it needs a price for Classic." in text(answer)


def test_the_second_of_two_managers_gets_a_conflict_and_may_overwrite(asha, card):
    save(asha, card, **{cell(): "260"})

    told = save(asha, card, name="Mine")

    assert told.status_code == 409
    assert "Asha changed this" in text(told)
    assert "Classic · Adult from “250.00” to “260.00”" in text(told)
    assert 'value="Mine"' in told.content.decode()
    assert 'name="version" value="1"' in told.content.decode()
    assert save(asha, card, name="Mine", version=1).status_code == 303


def test_a_card_is_copied_under_another_name(asha, card):
    PriceAdjustment.objects.create(card=card, name="More", amount=50)
    shown = asha.get(url("-add", card), {"copy": card.pk})
    assert 'value="Copy of Standard"' in shown.content.decode()
    assert "More +₹50" in text(shown)

    assert asha.post(url("-add", card), filled_in(card)).status_code == 409
    assert asha.post(url("-add", card), filled_in(card, name="Copy of Standard")).status_code == 303
    assert PriceCard.objects.get(name="Copy of Standard").prices.count() == 4


def test_html_in_names_is_shown_as_it_was_typed(asha, card):
    save(asha, card, name="<script>alert(1)</script>", more=[{"name": "<i>x</i>", "amount": "5"}])

    for name in ("-card", "-preview", "-shows"):
        html = asha.get(url(name, card, card.pk)).content.decode()
        assert "<script>alert" not in html
        assert "<i>x" not in html
        assert "&lt;script&gt;" in html


def test_a_retired_card_can_come_back(asha, card):
    assert "Retired Standard" in text(asha.post(url("-retire", card, card.pk), follow=True))
    assert "Retired Standard" not in text(asha.post(url("-retire", card, card.pk), {"back": "1"}, follow=True))


def test_the_week_shows_what_a_seat_costs_when(asha, card, show):
    PriceAdjustment.objects.create(card=card, name="Late", amount=30, from_time="22:00", until_time="02:00")
    PriceAdjustment.objects.create(card=card, name="Deep", amount=-20, format="3D")

    flat, deep, child = (
        text(asha.get(url("-preview", card, card.pk), said))
        for said in ({}, {"format": "3D"}, {"kind": TicketType.objects.get(name="Child").pk})
    )

    assert "05:00–22:00" in flat
    assert "22:00–02:00 Classic ▲ above the normal price ₹280" in flat
    assert "02:00–05:00 Classic ₹250" in flat
    assert "1 show" in flat
    assert "Classic ▼ below the normal price ₹230" in deep
    assert "02:00–05:00 Classic ₹150" in child


@pytest.mark.parametrize("said", [{"format": "x"}, {"kind": "x"}, {"kind": "99"}, {"format": "\x00", "kind": "\x00"}])
def test_a_week_that_makes_no_sense_is_the_usual_one(asha, card, said):
    assert "05:00–05:00 Classic ₹250" in text(asha.get(url("-preview", card, card.pk), said))


def test_applying_a_card_is_previewed_and_confirmed(asha, card, show):
    held(show, "A1")
    PriceAdjustment.objects.create(card=card, name="More", amount=50)

    shown = asha.get(url("-shows", card, card.pk))
    assert "1 show has prices that differ from the card" in text(shown)
    assert "1 free seat would get its price from the card." in text(shown)
    assert "₹250–₹350 ₹300–₹400 will change" in text(shown)
    assert seat(show, "A2").price == 350

    done = text(asha.post(url("-shows", card, card.pk), {"version": "0"}, follow=True))
    assert "The card has been applied to 1 show. 1 seat has a new price." in done
    assert "The upcoming show has the prices of the card." in done
    assert (seat(show, "A1").price, seat(show, "A2").price) == (250, 400)


def test_what_was_changed_since_it_was_looked_at_is_not_applied(asha, card, show):
    save(asha, card, **{cell(): "260"})

    refused = asha.post(url("-shows", card, card.pk), {"version": "0"})

    assert refused.status_code == 409
    assert "Asha changed this" in text(refused)
    assert seat(show, "A1").price == 250


@pytest.mark.parametrize("version", ["", "x", "9" * 30])
def test_a_version_that_cannot_be_applies_nothing(asha, card, show, version):
    asha.post(url("-shows", card, card.pk), {"version": version})

    assert seat(show, "A1").price == 250


# Kinds of tickets


def test_a_kind_is_added_worded_moved_and_retired(asha, card):
    types = url("-types", card)
    asha.post(types, {"name": "Senior", "note": "60 and over"})
    senior = TicketType.objects.get(name="Senior")
    asha.post(url("-types-move", card, senior.pk), {"up": "1"})
    form = {"name": "Elder", "note": "", "paying_others": "1", "most_per_order": "2", "version": "0"}
    asha.post(url("-types-edit", card, senior.pk), form)
    assert list(TicketType.objects.order_by("rank").values_list("name", flat=True)) == ["Adult", "Elder", "Child"]

    assert "Each needs 1 paid ticket in the same order. At most 2 in one order." in text(asha.get(types))

    assert "Retired Elder" in text(asha.post(url("-types-retire", card, senior.pk), follow=True))
    assert "Retired Elder" not in text(asha.post(url("-types-retire", card, senior.pk), {"back": "1"}, follow=True))


def test_two_simultaneous_changes_of_a_ticket_type_lose_nothing(asha, card):
    child = TicketType.objects.get(name="Child")
    address, seen = url("-types-edit", card, child.pk), {"version": "0"}
    asha.post(address, {"name": "Youth", "note": ""} | seen)

    told = asha.post(address, {"name": "Kid", "note": "small"} | seen)

    assert told.status_code == 409
    assert "name from “Child” to “Youth”" in text(told)
    assert 'value="Kid"' in told.content.decode()
    assert asha.post(address, {"name": "Kid", "note": "small", "version": "1"}).status_code == 303


@pytest.mark.parametrize("rule", [{"paying_others": "-1"}, {"paying_others": "101"}, {"most_per_order": "0"}])
def test_a_rule_that_cannot_be_is_explained(asha, card, rule):
    answer = asha.post(url("-types", card), {"name": "Carer"} | rule)

    assert answer.status_code == 400
    assert TicketType.objects.count() == 2


def test_a_type_says_what_the_distributor_is_told_of_its_price(asha, card):
    child = TicketType.objects.get(name="Child")
    page = text(asha.get(url("-types-edit", card, child.pk)))
    assert "The price of such a ticket in the distributor’s report, even if it was free. Buyers pay the same" in page

    asha.post(url("-types-edit", card, child.pk), {"name": "Child", "reported": "PLAIN", "version": "0"})
    assert "Reported to the distributor at the price of the standard ticket." in text(asha.get(url("-types", card)))

    fixed = {"name": "Child", "reported": "FIXED", "reported_amount": "99,50", "version": "1"}
    asha.post(url("-types-edit", card, child.pk), fixed)
    assert "Reported to the distributor at ₹99.50." in text(asha.get(url("-types", card)))
    event = AuditEvent.objects.first()
    assert event.details["changes"] == {"reported": ["PLAIN", "FIXED"], "reported_amount": [None, "99.50"]}

    asha.post(url("-types-edit", card, child.pk), fixed | {"reported": "PAID", "version": "2"})
    child.refresh_from_db()
    assert (child.reported, child.reported_amount) == ("PAID", None)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reported": "FIXED"}, "Please enter the amount that is reported."),
        ({"reported": "FIXED", "reported_amount": "-1"}, "Please enter an amount of 0 or more."),
        ({"reported": "FIXED", "reported_amount": "9.999"}, "can mean two numbers"),
        ({"reported": "FIXED", "reported_amount": "NaN"}, "Please enter a number, such as 9.50."),
        ({"reported": "GUESSED"}, "Select a valid choice."),
    ],
)
def test_a_price_that_cannot_be_reported_is_explained(asha, card, wrong, sentence):
    answer = asha.post(url("-types", card), {"name": "Member"} | wrong)

    assert answer.status_code == 400
    assert sentence in text(answer)
    assert TicketType.objects.count() == 2


def test_the_plain_ticket_says_why_it_can_have_no_rules(asha, card):
    adult = TicketType.objects.get(name="Adult")

    answer = asha.post(url("-types-edit", card, adult.pk), {"name": "Adult", "counter_only": "on", "version": "0"})

    assert answer.status_code == 400
    assert "Everybody may buy “Adult”" in text(answer)


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "a\x00", "Child"])
def test_a_kind_that_cannot_be_is_explained(asha, card, name):
    answer = asha.post(url("-types", card), {"name": name})

    assert answer.status_code in (400, 409)
    assert "notice-error" in answer.content.decode()
    assert TicketType.objects.count() == 2


def test_the_plain_kind_says_why_it_stays(asha, card):
    adult = TicketType.objects.get(name="Adult")

    assert "stays first" in text(asha.post(url("-types-retire", card, adult.pk)))
    assert "stays first" in text(asha.post(url("-types-move", card, adult.pk)))


def test_what_belongs_to_another_theatre_is_not_there(asha, card):
    other = on_card(adult=1).price_card
    theirs = TicketType.objects.get(theatre=other.theatre)

    for name in ("-card", "-preview", "-shows"):
        assert asha.get(url(name, card, other.pk)).status_code == 404
    assert asha.get(url("-add", card), {"copy": other.pk}).status_code == 404
    assert asha.post(url("-retire", card, other.pk)).status_code == 404
    assert asha.get(url("-types-edit", card, theirs.pk)).status_code == 404
    for name in ("-types-move", "-types-retire"):
        assert asha.post(url(name, card, theirs.pk)).status_code == 404


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_pages_ask_as_often_for_one_as_for_many(asha, card, number, django_assert_max_num_queries):
    for n in range(number):
        price_card(card.theatre, f"Card {n}", adult=100 + n, child=50)
        PriceAdjustment.objects.create(card=card, name=f"More {n}", amount=n + 1)
        on_card(card=card, screen=ScreenFactory(theatre=card.theatre, plan="a"))

    for address, most in [
        (url("", card), 10),
        (url("-card", card, card.pk), 13),
        (url("-preview", card, card.pk), 10),
        (url("-shows", card, card.pk), 10),
        (url("-types", card), 6),
    ]:
        with django_assert_max_num_queries(most):
            assert asha.get(address).status_code == 200


def test_a_new_surcharge_can_be_typed_at_once_and_those_there_are_folded(asha, card):
    PriceAdjustment.objects.create(card=card, name="3D glasses", amount=20)
    page = asha.get(url("-card", card, card.pk)).content.decode()

    folded, new = re.split(r'<details class="panel adjustment"\s+open>', page)
    assert "3D glasses" in folded
    assert "Add a surcharge or reduction" in new
    assert '<details class="panel adjustment" open>' not in new


def test_prices_are_taken_with_a_decimal_comma(asha, card):
    assert save(asha, card, **{cell(): "9,50"}).status_code == 303
    assert Price.objects.get(category__name="Classic", ticket_type__name="Adult").amount == Decimal("9.50")
