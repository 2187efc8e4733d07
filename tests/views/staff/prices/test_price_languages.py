"""Ticket types, seat categories, coupons and texts of the cinema in several languages: entered, and read."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from cinema.models import Appearance, AuditEvent, Coupon, Edit, SeatCategory, TicketType
from tests.factories import MANAGER, ShowFactory, coupon, held, on_card, owner, price_card, receipt_of, sold, staff
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aabb")


@pytest.fixture
def theatre(show):
    return show.screen.theatre


@pytest.fixture
def client(theatre):
    client = browser()
    client.force_login(staff(theatre, MANAGER))
    return client


def test_a_ticket_type_has_a_name_and_a_note_in_each_language(client, theatre):
    price_card(theatre)
    types = reverse("staff-prices-types", args=[theatre.slug])
    client.post(types, {"name": "Student", "name_de": "Studierende", "note": "with a card", "note_de": "mit Ausweis"})
    student = TicketType.objects.get(name="Student")
    address = reverse("staff-prices-types-edit", args=[theatre.slug, student.pk])
    assert 'name="note_de" value="mit Ausweis"' in client.get(address).content.decode()

    client.post(address, {"name": "Student", "name_de": "Studis", "version": "0"})

    student.refresh_from_db()
    assert (student.name_translations, student.note_translations) == ({"de": "Studis"}, {})
    changes = Edit.objects.get(kind="tickettype").changes
    assert changes["name_translations"] == [{"de": "Studierende"}, {"de": "Studis"}]
    again = client.post(types, {"name": "Pupil", "name_de": "STUDIS"})
    assert (again.status_code, TicketType.objects.filter(name="Pupil").exists()) == (409, False)


def test_a_seat_category_has_a_name_in_each_language(client, theatre):
    classic, premium = theatre.seat_categories.order_by("rank")
    page = reverse("staff-screens-categories", args=[theatre.slug])
    names = {f"name-{classic.pk}": classic.name, f"name-{premium.pk}": premium.name}

    assert client.post(page, names | {f"name-{premium.pk}_de": "Loge"}).status_code == 303

    premium.refresh_from_db()
    assert premium.name_translations == {"de": "Loge"}
    assert f'name="name-{premium.pk}_de" value="Loge"' in client.get(page).content.decode()
    assert AuditEvent.objects.get(action="HALL").details["translations"] == [[{}, {}], [{}, {"de": "Loge"}]]
    twice = {f"name-{classic.pk}_de": "loge", f"name-{premium.pk}_de": "Loge"}
    assert client.post(page, names | twice).status_code == 400


def test_the_texts_of_the_cinema_are_read_in_the_language_of_the_page():
    boss = browser()
    boss.force_login(owner())
    texts = {"announcement": "Closed on Monday.", "introduction": "Welcome to *us*."}
    german = {"announcement_de": "Montag geschlossen.", "introduction_ar": "*مرحبا*"}
    boss.post(reverse("staff-appearance"), {"version": 0} | texts | german)

    assert Appearance.objects.get().announcement_translations == {"de": "Montag geschlossen."}
    page = browser().get("/de/").content.decode()
    assert "Montag geschlossen." in page
    assert '<div class="panel prose" lang="en" dir="ltr"><p>Welcome to <em>us</em>.' in page
    assert '<div class="panel prose" lang="ar" dir="rtl"><p><em>مرحبا</em>' in browser().get("/ar/").content.decode()


def test_visitors_read_names_in_the_language_of_the_page_and_of_the_order():
    show = on_card(adult=250, plan="aabb")
    SeatCategory.objects.filter(name="Premium").update(name_translations={"de": "Loge"})
    TicketType.objects.filter(name="Adult").update(name_translations={"de": "Erwachsene"})

    assert "Loge" in text(browser().get(f"/de/shows/{show.pk}/"))
    assert "Premium" in text(browser().get(f"/shows/{show.pk}/"))
    assert "Loge" in browser().get(f"/api/shows/{show.pk}/", headers={"accept-language": "de"}).content.decode()
    with override("de"):
        ticket = sold(show, "A4")
    receipt = receipt_of(ticket)
    TicketType.objects.filter(name="Adult").update(name_translations={"de": "Große"})
    assert receipt.lines.get().text.endswith(", Erwachsene")  # as it was when issued
    with override("de"):
        assert "Große" in text(browser("asha").get(ticket.get_absolute_url()))


def test_a_map_and_its_checkout_name_the_ticket_types_in_their_language():
    show = on_card(adult=250, child=150, plan="aabb")
    TicketType.objects.filter(name="Adult").update(name_translations={"de": "Erwachsene"})
    TicketType.objects.filter(name="Child").update(name_translations={"de": "Kinder"}, shown_at_door=True)
    visitor = browser("asha")

    shown = text(visitor.get(f"/de/shows/{show.pk}/"))
    assert "Erwachsene" in shown and "Kinder (ab" in shown
    with override("de"):
        hold = held(show, "A1", buyer="asha")
        paying = text(visitor.get(hold.get_absolute_url()))
    assert "Kinder:" in paying.replace(" :", ":")
    assert not {"Adult", "Child"} & set(paying.split())


def test_a_coupon_has_a_name_in_each_language(client, theatre):
    new = {"name": "Summer", "name_de": "Sommer", "name_hi": "गर्मी", "kind": "PERCENT", "value": "20", "party": "1"}
    client.post(reverse("staff-prices-coupons-add", args=[theatre.slug]), new | {"version": 0})
    made = Coupon.objects.get()
    address = reverse("staff-prices-coupons-edit", args=[theatre.slug, made.pk])
    assert 'name="name_de" value="Sommer"' in client.get(address).content.decode()

    client.post(address, new | {"name_hi": "", "version": "0"})

    made.refresh_from_db()
    assert made.name_translations == {"de": "Sommer"}
    changes = Edit.objects.filter(kind="coupon").latest("pk").changes
    assert changes == {"name_translations": [{"de": "Sommer", "hi": "गर्मी"}, {"de": "Sommer"}]}


def test_buyers_read_the_name_of_a_coupon_in_their_language():
    show = on_card(adult=250, plan="aabb")
    coupon(show.screen.theatre, name="Summer", name_translations={"de": "Sommer"})
    asha = browser("asha")

    with override("de"):
        paying = text(asha.get(held(show, "A1", buyer="asha").get_absolute_url()))
        receipt = receipt_of(sold(show, "A4", buyer="meera"))
    assert "Sommer" in paying and "Summer" not in paying
    assert receipt.lines.filter(text__endswith=": Sommer").exists()
    english = browser("ravi").get(held(show, "A2", buyer="ravi").get_absolute_url())
    assert "Summer" in text(english) and "Sommer" not in text(english)
