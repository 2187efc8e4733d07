"""The page of a door: it works without JavaScript, and each role sees what it needs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cinema.models import CheckIn, Order, Payment, Show, Theatre, Ticket
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.templatetags.cinema import grouped
from tests.factories import BOX_OFFICE, MANAGER, USHER, ShowFactory, at_the_door, held, order_holds, report, sold, staff

pytestmark = pytest.mark.django_db

KEY = "a key of sixteen letters"


@pytest.fixture
def show() -> Show:
    return ShowFactory(
        movie__title="The Lunchbox",
        movie__certificate="UA 16+",
        screen__plan="aaaaaa",
        screen__name="Screen 1",
        screen__theatre__slug="galaxy",
    )


@pytest.fixture
def ticket(show: Show) -> Ticket:
    ticket = sold(show, "A1 A2")
    at_the_door(show)
    return ticket


@pytest.fixture
def usher(show: Show, client: Client) -> Client:
    client.force_login(staff(show.screen.theatre, USHER))
    return client


def url(name: str = "") -> str:
    return reverse(f"staff-door{name}", args=["galaxy"])


def scan(client: Client, text: str, **more: object) -> str:
    response = client.post(url("-scan"), {"text": text, "key": KEY} | more)
    assert response.status_code == 200
    return response.content.decode()


def test_an_usher_scans_a_ticket(usher, ticket):
    page = scan(usher, f"https://cinema.example.org{ticket.get_absolute_url()}")
    for words in ("door-go", "Admit 2", "seats 1 and 2", "2 of 2 inside", "Check age: UA 16+."):
        assert words in page
    assert "door-stop" not in page


def test_the_second_scan_names_time_and_door_of_the_first(usher, ticket):
    usher.post(url("-setup"), {"device": "Door 1"})
    scan(usher, ticket.code)
    time = CheckIn.objects.get().scanned_at.astimezone(ticket.show.screen.theatre.tz).strftime("%H:%M")
    page = scan(usher, ticket.code, key="another key of a scan")
    assert "Already admitted" in page and f"At {time} at Door 1." in page and "door-stop" in page


def test_a_door_with_chosen_shows_names_the_right_one(usher, ticket, show):
    other = ShowFactory(screen__theatre=show.screen.theatre, screen__name="Screen 2")
    at_the_door(other)
    response = usher.post(url("-setup"), {"device": "Door 2", "shows": [other.pk]})
    assert (response.status_code, response.url) == (303, url())
    page = scan(usher, ticket.code)
    assert "Another show" in page and "This ticket is for The Lunchbox" in page and "Screen 1" in page
    assert "door-wait" in page


@pytest.fixture
def evening(show: Show) -> tuple[Ticket, Ticket]:
    """Two tickets of one order: for a show now, and for another on the same evening."""
    later = ShowFactory(screen__theatre=show.screen.theatre, screen__plan="aa", movie__title="Sholay")
    order_holds(held(show, "A1 A2"), held(later, "A1 A2"))
    settle_payment(report=report(Payment.objects.get()))
    at_the_door(show)
    at_the_door(later, timedelta(minutes=20))
    return show.tickets.get(), later.tickets.get()


def test_the_wrong_ticket_of_an_order_is_answered_with_the_right_one(usher, evening, show):
    right, wrong = evening
    usher.post(url("-setup"), {"device": "Door 1", "shows": [show.pk]})
    page = words(scan(usher, wrong.code))
    assert "This ticket is for Sholay" in page and "Admit 2 with that ticket" in page
    assert "The same order has a ticket for The Lunchbox" in page and f'value="{right.reference}"' in page
    assert CheckIn.objects.get().outcome == "WRONG_SHOW" and not right.seats.filter(inside=True).exists()

    assert "Admit 2" in scan(usher, right.reference, key="the key of the right one")
    assert "Admit 2 with that ticket" not in scan(usher, wrong.code, key="another key of a scan")


def test_a_scan_that_finds_the_right_ticket_takes_six_statements(usher, evening, show):
    usher.post(url("-setup"), {"shows": [show.pk]})
    said = {"text": evening[1].code, "key": KEY}
    with CaptureQueriesContext(connection) as captured:
        response = usher.post(url("-scan"), said, headers={"HX-Request": "true"})
    assert b"with that ticket" in response.content
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 6


def test_a_door_for_all_of_today_finds_the_right_ticket_for_that_of_another_day(usher, evening, show):
    right, wrong = evening
    at_the_door(wrong.show, timedelta(days=2))
    page = scan(usher, wrong.code)
    assert "Another show" in page and f'value="{right.reference}"' in page


def test_a_ticket_of_somebody_else_is_not_the_right_one(usher, ticket, show):
    other = ShowFactory(screen__theatre=show.screen.theatre, screen__plan="aa")
    foreign = sold(other, "A1", buyer="ben")
    at_the_door(other)
    usher.post(url("-setup"), {"shows": [show.pk]})
    assert "with that ticket" not in scan(usher, foreign.code)


def test_a_cancelled_ticket_of_the_order_is_not_the_right_one(usher, evening, show):
    right, wrong = evening
    Ticket.objects.update(cancel_cutoff=0)
    cancel_ticket(code=right.code)
    usher.post(url("-setup"), {"shows": [show.pk]})
    assert "with that ticket" not in scan(usher, wrong.code)


def words(page: str) -> str:
    return " ".join(page.split())


def test_a_show_that_was_moved_to_another_screen_is_named_with_it(usher, ticket, show):
    show.screen.name = "Screen 7"
    show.screen.save()
    assert "The Lunchbox, Screen 7" in scan(usher, ticket.code)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"text": ""}, "Please scan a ticket, or type its reference."),
        ({"text": "x" * 501}, "at most 500 characters"),
        ({"text": "a\0b"}, "Null characters are not allowed."),
        ({"text": "A" * 22, "key": "short"}, "at least 16 characters"),
        ({"text": "A" * 22, "seats": ["x"]}, "Please choose from the list."),
        ({"text": "A" * 22, "seats": ["9" * 30]}, "Please choose from the list."),
        ({"text": "A" * 22, "direction": "UP"}, "not one of the available choices"),
    ],
)
def test_a_scan_that_makes_no_sense_gets_a_sentence(usher, show, said, sentence):
    response = usher.post(url("-scan"), {"key": KEY} | said)
    assert response.status_code == 400 and sentence in response.content.decode()
    assert not CheckIn.objects.exists()


def test_seats_that_are_not_on_the_ticket_are_refused(usher, ticket):
    response = usher.post(url("-scan"), {"text": ticket.code, "key": KEY, "seats": ["987654321"]})
    assert response.status_code == 400 and "not on the ticket" in response.content.decode()


def test_a_party_found_by_name_comes_in_parts(usher, ticket):
    page = usher.get(url(), {"q": "ash"}).content.decode()
    assert "Asha Rao" in page and "Row A, seat 2" in page
    seat = ticket.seats.order_by("pk").first()
    page = scan(usher, ticket.reference, seats=[seat.pk])
    assert "Admit 1" in page and "1 of 2 inside" in page
    assert "Row A, seat 1: admitted at" in usher.get(url(), {"q": ticket.reference[:4]}).content.decode()


def test_the_language_of_a_foreign_guest_is_named(usher, ticket):
    said = "Guest’s language"
    assert said not in usher.get(url(), {"q": "ash"}).content.decode()
    Order.objects.update(language="ar")
    words = "Guest’s language: العربية"
    assert words in usher.get(url(), {"q": "ash"}).content.decode()
    assert words in scan(usher, ticket.reference)
    assert words in scan(usher, ticket.reference)  # the record of the same scan
    assert said not in scan(usher, "nonsense", key="another key of a scan")


@pytest.mark.parametrize("asked", ["as", "nobody", "%", "🎟", "x" * 300, "a\0b"])
def test_nobody_is_found_by_too_little_or_by_nonsense(usher, ticket, asked):
    page = usher.get(url(), {"q": asked})
    assert page.status_code == 200 and "Type at least three letters." in page.content.decode()


def test_a_scan_is_undone_for_those_who_are_not_there(usher, ticket):
    scan(usher, ticket.code)
    check, away = CheckIn.objects.get(), ticket.seats.order_by("pk").last()
    said = {"check_in": check.pk, "key": "the key of an undo"}
    assert "Please choose who is not here." in usher.post(url("-undo"), said).content.decode()
    page = usher.post(url("-undo"), said | {"seats": [away.pk]}).content.decode()
    assert "Undone" in page and "1 of 2 inside" in page
    page = usher.post(url("-undo"), said | {"all": "1", "key": "the key of an undo, 2"}).content.decode()
    assert "0 of 2 inside" in page
    response = usher.post(url("-undo"), said | {"all": "1", "key": "the key of an undo, 3"})
    assert response.status_code == 400 and "There is nothing to undo" in response.content.decode()


def test_a_scan_of_another_theatre_cannot_be_undone(usher, ticket):
    elsewhere = sold(ShowFactory(), "A1")
    other: Theatre = elsewhere.show.screen.theatre
    at_the_door(elsewhere.show)
    client = Client()
    client.force_login(staff(other, USHER))
    client.post(reverse("staff-door-scan", args=[other.slug]), {"text": elsewhere.code, "key": KEY})
    check = CheckIn.objects.get()
    assert usher.post(url("-undo"), {"check_in": check.pk, "key": KEY, "all": "1"}).status_code == 404


def test_a_manager_admits_by_hand_with_a_reason(client, ticket, show):
    client.force_login(staff(show.screen.theatre, MANAGER))
    scan(client, ticket.code)
    page = scan(client, ticket.code, key="another key of a scan")
    assert "Admit all the same" in page
    said = {"text": ticket.reference, "key": "the key of a decision"}
    response = client.post(url("-by-hand"), said)
    assert response.status_code == 400 and "This field is required." in response.content.decode()
    page = client.post(url("-by-hand"), said | {"reason": "Went out for the toilet"}).content.decode()
    assert "By hand: Went out for the toilet" in page


@pytest.mark.parametrize("role", [USHER, BOX_OFFICE])
def test_nobody_else_admits_by_hand(client, ticket, show, role):
    client.force_login(staff(show.screen.theatre, role))
    scan(client, ticket.code)
    assert "Admit all the same" not in scan(client, ticket.code, key="another key of a scan")
    said = {"text": ticket.code, "key": "the key of a decision", "reason": "please"}
    assert client.post(url("-by-hand"), said).status_code == 404


def test_exits_are_scanned_only_where_the_theatre_wants_it(usher, ticket):
    assert "Exit" not in usher.get(url()).content.decode()
    response = usher.post(url("-scan"), {"text": ticket.code, "key": KEY, "direction": "OUT"})
    assert response.status_code == 400 and "does not scan guests on their way out" in response.content.decode()
    Theatre.objects.update(reentry=True)
    assert "Exit" in usher.get(url()).content.decode()


def test_the_shows_of_today_say_how_many_are_inside(usher, ticket):
    scan(usher, ticket.code)
    assert "2 of 2 admitted" in " ".join(usher.get(url()).content.decode().split())


def test_a_script_gets_the_answer_only(usher, ticket):
    response = usher.post(url("-scan"), {"text": ticket.code, "key": KEY}, headers={"HX-Request": "true"})
    assert b"<html" not in response.content and b'data-tone="go"' in response.content


def test_only_the_door_may_use_the_camera(usher, show):
    assert "camera=(self)" in usher.get(url())["Permissions-Policy"]
    assert "camera=()" in usher.get(reverse("staff-today", args=["galaxy"]))["Permissions-Policy"]


@pytest.mark.parametrize("number", [1, 3, 20])
def test_the_page_takes_the_same_statements_for_any_number_of_shows(usher, show, number, django_assert_num_queries):
    for _ in range(number):
        at_the_door(ShowFactory(screen__theatre=show.screen.theatre))
    with django_assert_num_queries(5):
        usher.get(url())


@pytest.mark.parametrize("seats", ["A1", "A1 A2 A3 A4 A5 A6"])
def test_a_scan_takes_six_statements(usher, show, seats):
    ticket = sold(show, seats)
    at_the_door(show)
    said = {"text": ticket.code, "key": KEY}
    with CaptureQueriesContext(connection) as captured:
        response = usher.post(url("-scan"), said, headers={"HX-Request": "true"})
    assert b"Admit " in response.content
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 6


def test_a_refused_scan_takes_no_more(usher, ticket):
    scan(usher, ticket.code)
    said = {"text": ticket.code, "key": "another key of a scan"}
    with CaptureQueriesContext(connection) as captured:
        response = usher.post(url("-scan"), said, headers={"HX-Request": "true"})
    assert b"Already admitted" in response.content
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) <= 6


def test_who_is_missing_is_listed_by_reference_for_ushers(usher, ticket, show):
    second = sold_at_the_door(show, "A3")
    scan(usher, ticket.code)
    page = usher.get(url_of(show)).content.decode()
    assert "2 of 3 admitted, 1 missing." in " ".join(page.split())
    missing, _, came = page.partition('id="came"')
    assert grouped(second.reference) in missing and grouped(ticket.reference) in came
    assert "Asha Rao" not in page


def test_the_box_office_sees_the_names_of_who_is_missing(client, ticket, show):
    client.force_login(staff(show.screen.theatre, BOX_OFFICE))
    page = client.get(url_of(show)).content.decode()
    assert "Asha Rao" in page and "Nobody was admitted yet." in page


def test_the_seats_of_a_party_that_are_missing_are_named(usher, ticket, show):
    scan(usher, ticket.code, seats=[ticket.seats.order_by("pk").first().pk])
    page = usher.get(url_of(show)).content.decode()
    assert "A 2" in page and "others at" in page


@pytest.mark.parametrize("number", [1, 3, 6])
def test_the_list_takes_the_same_statements_for_any_number_of_parties(usher, show, number, django_assert_num_queries):
    for seat in range(number):
        sold_at_the_door(show, f"A{seat + 1}")
    with django_assert_num_queries(6):
        usher.get(url_of(show))


def test_the_counts_are_fetched_alone(usher, ticket, show):
    scan(usher, ticket.code)
    page = usher.get(url("-counts"), headers={"HX-Request": "true"}).content.decode()
    assert "2 of 2 admitted" in " ".join(page.split()) and "<html" not in page


def test_the_page_of_a_show_says_how_many_are_inside(usher, ticket, show):
    address = reverse("staff-shows-show", args=["galaxy", show.pk])
    assert "0 admitted" in usher.get(address).content.decode()
    scan(usher, ticket.code)
    assert "2 admitted" in usher.get(address).content.decode()


def test_figures_say_how_many_seats_stayed_empty(client, ticket, show):
    client.force_login(staff(show.screen.theatre, MANAGER))
    scan(client, ticket.code, seats=[ticket.seats.order_by("pk").first().pk])
    at_the_door(show, timedelta(hours=-4))
    said = {"start": show.trading_day.isoformat(), "end": show.trading_day.isoformat()}
    page = client.get(reverse("staff-figures", args=["galaxy"]), said).content.decode()
    assert "1 of 2 sold seats stayed empty" in " ".join(page.split())


def test_the_page_of_a_show_is_named_by_its_film_and_local_time(usher, show):
    start = show.starts_at.astimezone(show.screen.theatre.tz)
    page = usher.get(url_of(show)).content.decode()
    assert f"<title>{show.movie}, {start:%H:%M} at the door" in " ".join(page.split()).replace("<title> ", "<title>")


def url_of(show: Show) -> str:
    return reverse("staff-door-show", args=["galaxy", show.pk])


def sold_at_the_door(show: Show, names: str) -> Ticket:
    """Sell seats of a show whose doors open."""
    ticket = sold(at_the_door(show, timedelta(hours=1)), names)
    at_the_door(show)
    return ticket
