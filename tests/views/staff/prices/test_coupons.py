"""Coupons and booking fees in the back office."""

from decimal import Decimal

import pytest
from django.urls import reverse

from cinema.models import Coupon, Show, Theatre, TicketType
from cinema.services.prices.ticket_types import TicketTypeTerms, add_ticket_types
from tests.factories import MANAGER, MovieFactory, ShowFactory, TheatreFactory, coupon, draft, owner, price_card, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre():
    return TheatreFactory(slug="galaxy")


@pytest.fixture
def manager(client, theatre):
    client.force_login(staff(theatre, MANAGER))
    return client


def url(name: str = "", *args) -> str:
    return reverse(f"staff-prices-coupons{name}", args=["galaxy", *args])


def form(**changes) -> dict[str, object]:
    return {
        "name": "Summer",
        "code": "summer-20",
        "kind": "PERCENT",
        "value": "20",
        "party": "1",
        "version": 0,
    } | changes


def test_a_coupon_is_added_with_all_its_conditions(manager, theatre):
    _adult, child = add_ticket_types(
        theatre=theatre, types=[TicketTypeTerms("Adult"), TicketTypeTerms("Child")], user=None
    )
    movie = MovieFactory()
    conditions = {"weekdays": [1, 3], "movie": movie.pk, "ticket_types": [child.pk], "party": "2", "minimum": "100"}
    validity = {"valid_from": "2026-01-02", "valid_until": "2026-12-31", "most_uses": "100", "most_per_person": "1"}
    answer = manager.post(url("-add"), form(**conditions, **validity, maximum="200", combinable="on"))
    assert answer.status_code == 303, answer.context["form"].errors

    made = Coupon.objects.get()
    assert (made.code, made.kind, made.value, made.theatre) == ("SUMMER20", "PERCENT", 20, theatre)
    assert (made.weekdays, made.movie, list(made.ticket_types.all())) == ([1, 3], movie, [child])
    assert (made.party, made.minimum, made.maximum, made.combinable) == (2, 100, 200, True)
    assert (str(made.valid_from), str(made.valid_until)) == ("2026-01-02", "2026-12-31")
    assert (made.most_uses, made.most_per_person) == (100, 1)
    page = manager.get(url()).content.decode()
    for words in ("20% off, at most ₹200", "Tue, Thu", movie.title, "Child", "at least 2 seats", "0 of 100"):
        assert words in page


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "AMOUNT", "value": "50"}, "₹50 off the order"),
        ({"kind": "PRICE", "value": "99.50"}, "each seat for ₹99.50"),
        ({"kind": "N_FOR_M", "value": "", "buy": "3", "pay": "2"}, "3 seats for the price of 2"),
        ({"code": ""}, "automatic"),
    ],
)
def test_each_kind_of_coupon_is_listed_in_words(manager, said, words):
    assert manager.post(url("-add"), form(**said)).status_code == 303
    assert words in manager.get(url()).content.decode()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"value": ""}, "value"),
        ({"value": "0"}, "value"),
        ({"value": "101"}, "value"),
        ({"value": "-1"}, "value"),
        ({"code": "—"}, "code"),
        ({"code": "x" * 31}, "code"),
        ({"kind": "N_FOR_M"}, "buy"),
        ({"kind": "N_FOR_M", "buy": "2", "pay": "2"}, "pay"),
        ({"kind": "AMOUNT", "value": "0"}, "value"),
        ({"maximum": "0"}, "maximum"),
        ({"valid_from": "2026-02-02", "valid_until": "2026-02-01"}, "valid_until"),
        ({"party": "0"}, "party"),
        ({"most_uses": "0"}, "most_uses"),
        ({"movie": "999"}, "movie"),
        ({"ticket_types": ["9" * 30]}, "ticket_types"),
        ({"everywhere": "on"}, None),
    ],
)
def test_what_cannot_be_is_explained_beside_its_field(manager, theatre, said, field):
    add_ticket_types(theatre=theatre, types=[TicketTypeTerms("Adult")], user=None)
    page = manager.post(url("-add"), form(**said))
    if field is None:  # only owners may, and the form has no such field
        assert Coupon.objects.get().theatre is not None
        return
    assert page.status_code == 400
    assert field in page.context["form"].errors
    assert not Coupon.objects.exists()


def test_a_code_that_is_taken_is_explained(manager, theatre):
    coupon(None, code="SUMMER20")
    page = manager.post(url("-add"), form())
    assert page.status_code == 409
    assert "There is already a coupon with the code “SUMMER20”" in page.content.decode()


def test_a_coupon_is_edited_and_its_form_shows_what_it_has(manager, theatre):
    made = coupon(theatre, code="TEN", most_uses=5, used=2)
    page = manager.get(url("-edit", made.pk))
    assert {"TEN", "10.00", 5} <= {page.context["form"][name].value() for name in ("code", "value", "most_uses")} | {
        str(page.context["form"]["value"].value())
    }
    assert manager.post(url("-edit", made.pk), form(code="TEN", most_uses="9")).status_code == 303
    made.refresh_from_db()
    assert (made.value, made.most_uses, made.used, made.version) == (20, 9, 2, 1)


def test_the_second_to_save_a_coupon_sees_what_was_changed(manager, theatre):
    made = coupon(theatre, code="TEN")
    manager.post(url("-edit", made.pk), form(code="TEN", value="15"))
    page = manager.post(url("-edit", made.pk), form(code="TEN", value="20"))
    assert page.status_code == 409
    assert page.context["form"]["version"].value() == "1"
    assert manager.post(url("-edit", made.pk), form(code="TEN", value="20", version=1)).status_code == 303


def test_a_coupon_is_ended_and_taken_again_by_a_button(manager, theatre):
    made = coupon(theatre, code="TEN")
    manager.post(url("-end", made.pk))
    assert manager.get(url()).context["coupons"].ended == [made]
    manager.post(url("-end", made.pk), {"back": "1"})
    assert manager.get(url()).context["coupons"].current == [made]


def test_a_coupon_of_all_theatres_is_made_and_changed_by_owners_only(manager, client, theatre):
    everywhere = coupon(None, code="ALL")
    assert "all theatres" in manager.get(url()).content.decode()
    assert manager.get(url("-edit", everywhere.pk)).status_code == 404
    assert manager.post(url("-end", everywhere.pk)).status_code == 404

    client.force_login(owner())
    assert client.post(url("-add"), form(everywhere="on")).status_code == 303
    assert Coupon.objects.get(code="SUMMER20").theatre is None
    assert client.post(url("-edit", everywhere.pk), form(code="ALL")).status_code == 303
    everywhere.refresh_from_db()
    assert (everywhere.theatre, everywhere.value) == (None, 20)


def test_the_list_takes_the_same_statements_for_any_number_of_coupons(manager, theatre, statements):
    kind = TicketType.objects.create(theatre=theatre, name="Adult")
    counts = set()
    for number in (1, 3, 30):
        while Coupon.objects.count() < number:
            coupon(theatre, code=f"CODE{Coupon.objects.count()}", ticket_types=[kind], movie=MovieFactory())
        with statements() as seen:
            manager.get(url())
        counts.add(len(seen))
    assert len(counts) == 1


def test_an_owner_sets_the_fees_of_a_theatre(client, theatre):
    client.force_login(owner())
    settings = reverse("staff-theatres-edit", args=["galaxy"])
    shown = {name: client.get(settings).context["form"][name].value() for name in ("name", "city", "address")}
    same = {
        name: getattr(theatre, name)
        for name in (
            *("time_zone", "cancel_cutoff", "refund_percent", "single_seats", "companion_release", "trailers"),
            *("turnaround", "doors", "sales_cutoff", "film_week", "reminder_hours", "version"),
        )
    }
    fees = {"web_fee": "20", "web_fee_basis": "TICKET", "api_fee": "9.50", "api_fee_basis": "ORDER"}
    assert client.post(settings, shown | same | fees).status_code == 303
    theatre = Theatre.objects.get()
    fees = [theatre.fee(channel) for channel in ("WEB", "API", "COUNTER")]
    assert fees == [(20, False), (Decimal("9.50"), True), (0, False)]


def test_the_standard_ticket_cannot_waive_the_fee(manager, theatre):
    (adult,) = add_ticket_types(theatre=theatre, types=[TicketTypeTerms("Adult")], user=None)
    page = manager.post(
        reverse("staff-prices-types-edit", args=["galaxy", adult.pk]),
        {"name": "Adult", "fee_waived": "on", "version": 0},
    )
    assert page.status_code == 400
    assert "so this type cannot waive it" in page.content.decode()


def test_a_show_can_be_without_free_list(manager, theatre):
    show = ShowFactory(screen__theatre=theatre)
    card = price_card(theatre)
    planned = draft(show.screen, card)
    page = manager.get(reverse("staff-schedule-show", args=["galaxy", planned.pk]))
    shown = page.context["form"]
    said = {name: shown[name].value() for name in shown.fields if shown[name].value() not in (None, "")}
    del said["no_coupons"]
    answer = manager.post(reverse("staff-schedule-show", args=["galaxy", planned.pk]), said | {"no_coupons": "on"})
    assert answer.status_code == 303, answer.context["form"].errors
    assert Show.objects.get(pk=planned.pk).no_coupons
