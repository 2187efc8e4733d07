"""Seats off sale, in the back office."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.models import AuditEvent, SeatBlock, Show, ShowSeat, Ticket
from cinema.selectors.booking.tickets import ticket_by_code
from cinema.selectors.figures.ledger import unexplained_seats
from tests.factories import BOX_OFFICE, MANAGER, ScreenFactory, ShowFactory, put_off_sale, seat, sold, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    return ShowFactory(screen__rows=2, screen__columns=6, screen__theatre__slug="galaxy")


@pytest.fixture
def manager(show, client):
    manager = staff(show.screen.theatre, MANAGER)
    client.force_login(manager)
    return manager


def url(name: str, *args: object) -> str:
    return reverse(f"staff-blocks{name}", args=["galaxy", *args])


def said(show: Show, names: str, **more: object) -> dict:
    """What the form of the hall posts."""
    seats = [seat(show, name).seat_id for name in names.split()]
    plain = {"seats": seats, "kind": "BROKEN", "from_day": show.trading_day.isoformat(), "reason": "Broken hinge"}
    return plain | more


def block(show: Show, names: str, **more: object) -> SeatBlock:
    seats = [seat(show, name).seat_id for name in names.split()]
    return put_off_sale(screen=show.screen, seat_ids=seats, **{"kind": "BROKEN", "from_day": show.trading_day} | more)


def names(ticket: Ticket) -> str:
    lines = ticket_by_code(ticket.code).seats.all()
    return " ".join(f"{line.show_seat.seat.row}{line.show_seat.seat.number}" for line in lines)


# --- The list ----------------------------------------------------------------------------------


def test_an_empty_list_shows_what_to_do(client, manager):
    assert "No seats are blocked." in client.get(url("")).text


def test_the_list_says_what_is_off_sale_and_the_past_what_was(client, show, manager):
    block(show, "A1 A2", reason="Broken hinge")
    SeatBlock.objects.create(
        screen=show.screen,
        kind="HOUSE",
        reason="Premiere",
        from_day=show.trading_day - timedelta(days=9),
        until_day=show.trading_day - timedelta(days=8),
        created_at=show.starts_at,
    )

    now, before = client.get(url("")).text, client.get(url("") + "?past").text

    assert "A1, A2" in now and "Broken hinge" in now and "Premiere" not in now
    assert "Premiere" in before and "Broken hinge" not in before


def test_the_list_takes_as_many_queries_for_one_block_as_for_thirty(client, show, manager, django_assert_num_queries):
    for count in (1, 3, 30):
        while SeatBlock.objects.count() < count:
            block(show, "A1", until_day=show.trading_day + timedelta(days=SeatBlock.objects.count()))
        with django_assert_num_queries(6):
            client.get(url(""))


# --- A new one ---------------------------------------------------------------------------------


def test_with_one_screen_the_way_leads_straight_into_its_hall(client, show, manager):
    assert client.get(url("-add")).url == url("-hall", show.screen_id)


def test_with_several_one_chooses(client, show, manager):
    other = ScreenFactory(theatre=show.screen.theatre, name="The Attic")

    assert url("-hall", other.pk) in client.get(url("-add")).text


def test_the_hall_has_a_box_for_every_seat_and_says_which_are_off_sale_already(client, show, manager):
    block(show, "A1", from_day=show.screen.theatre.trading_day(timezone.now()))

    page = client.get(url("-hall", show.screen_id)).text

    assert page.count('name="seats"') == 12
    assert "Row A, seat 1, Classic, already blocked" in page
    assert "Row A, seat 2, Classic, already blocked" not in page


def test_a_preview_changes_nothing_and_names_whose_seats_they_are(client, show, manager):
    ticket = sold(show, "A1 A2")

    page = client.post(url("-hall", show.screen_id), said(show, "A1 A3")).text

    assert ticket.reference[:4] in page and "1 ticket has already been sold for these seats" in page
    assert "Block these seats" in page
    assert not SeatBlock.objects.exists()
    assert ShowSeat.objects.filter(status="BLOCKED").count() == 0


def test_saved_the_seats_are_off_sale_and_its_page_follows(client, show, manager):
    response = client.post(url("-hall", show.screen_id), said(show, "A1 A3", save="1"), follow=True)

    made = SeatBlock.objects.get()
    assert response.redirect_chain == [(url("-block", made.pk), 303)]
    assert "The seats have been blocked." in response.text
    assert (made.created_by, made.reason) == (manager, "Broken hinge")
    assert ShowSeat.objects.filter(status="BLOCKED").count() == 2


def test_a_double_click_is_one_block(client, show, manager):
    for _ in range(2):
        client.post(url("-hall", show.screen_id), said(show, "A1", save="1"))

    assert SeatBlock.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"seats": []}, "Please choose at least one seat."),
        ({"seats": ["1e9"]}, "is not a seat"),
        ({"seats": ["99999999"]}, "This hall has been changed in the meantime"),
        ({"kind": "LOVELY"}, "not one of the available choices"),
        ({"from_day": ""}, "This field is required."),
        ({"from_day": "31.2.2026"}, "Please enter a day, such as 27/11/2026."),
        ({"from_day": "9999-12-31"}, "more than five years away"),
        ({"until_day": "2020-01-01"}, "This day is in the past."),
        ({"kind": "HOUSE", "release_minutes": "-5"}, "greater than or equal to 1"),
        ({"kind": "HOUSE", "release_minutes": "999999999999"}, "less than or equal to"),
        ({"reason": "x" * 201}, "at most 200 characters"),
        ({"reason": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_what_makes_no_sense_is_said_and_the_choice_stays(client, show, manager, wrong, sentence):
    response = client.post(url("-hall", show.screen_id), said(show, "A1", save="1") | wrong)

    assert response.status_code == 400
    assert sentence in response.text
    assert "seats" in wrong or "checked" in response.text
    assert not SeatBlock.objects.exists()


def test_days_the_wrong_way_round_are_refused(client, show, manager):
    wrong = {"from_day": str(show.trading_day + timedelta(days=3)), "until_day": str(show.trading_day)}

    response = client.post(url("-hall", show.screen_id), said(show, "A1", save="1") | wrong)

    assert response.status_code == 400
    assert "before the first" in response.text


def test_html_in_a_reason_is_text(client, show, manager):
    client.post(url("-hall", show.screen_id), said(show, "A1", save="1", reason="<script>alert(1)</script>"))

    for page in (url(""), url("-block", SeatBlock.objects.get().pk)):
        assert "&lt;script&gt;alert(1)" in client.get(page).text


# --- One block ---------------------------------------------------------------------------------


def test_one_click_moves_a_ticket_to_equal_seats(client, show, manager):
    ticket = sold(show, "A3 A4")
    made = block(show, "A4", reason="Broken hinge")
    assert ticket.reference in client.get(url("-block", made.pk)).text

    response = client.post(url("-move", made.pk), {"ticket": ticket.reference}, follow=True)

    assert "1 ticket has new seats" in response.text
    assert "No tickets are sold for these seats" in response.text
    assert names(ticket) == "A5 A6"
    assert seat(show, "A4").status == "BLOCKED"
    assert AuditEvent.objects.get(action="MOVE").user == manager
    assert unexplained_seats(show) == []


def test_after_a_second_click_nothing_is_left_to_do(client, show, manager):
    ticket = sold(show, "A3")
    made = block(show, "A3")
    client.post(url("-move", made.pk), {"ticket": ticket.reference})

    response = client.post(url("-move", made.pk), {"ticket": ticket.reference}, follow=True)

    assert "no longer has blocked seats" in response.text


def test_all_tickets_are_moved_one_by_one_and_failures_are_named(client, show, manager):
    first, second = sold(show, "A1", "asha"), sold(show, "A2 A3", "ben")
    sold(show, "A4 A5 A6 B1 B2 B3 B4 B5", "cleo")
    made = block(show, "A1 A2")

    page = client.post(url("-move", made.pk), follow=True).text

    assert "1 ticket has new seats" in page
    assert f"no equivalent seats left for {second.reference}" in page
    assert names(first) == "B6"


def test_a_ticket_that_is_not_in_conflict_is_left_alone(client, show, manager):
    ticket = sold(show, "B1")
    made = block(show, "A4")

    client.post(url("-move", made.pk), {"ticket": ticket.reference})

    assert names(ticket) == "B1"


def test_lifting_it_needs_a_confirmation(client, show, manager):
    made = block(show, "A4")

    assert "Unblock these seats?" in client.get(url("-lift", made.pk)).text
    assert seat(show, "A4").status == "BLOCKED"
    response = client.post(url("-lift", made.pk), {"reason": "Mended"}, follow=True)

    assert "The seats have been unblocked." in response.text
    assert seat(show, "A4").status == "AVAILABLE"
    assert AuditEvent.objects.get(action="UNBLOCK").reason == "Mended"


def test_a_lifted_block_leads_from_lifting_to_its_page(client, show, manager):
    made = block(show, "A4")
    assert client.post(url("-lift", made.pk), {"reason": "a\x00b"}).status_code == 400

    client.post(url("-lift", made.pk))

    assert client.get(url("-lift", made.pk)).url == url("-block", made.pk)


def test_house_seats_of_one_show_are_released_by_hand(client, show, manager):
    made = block(show, "A4", kind="HOUSE")
    assert "Release now" in client.get(url("-block", made.pk)).text

    client.post(url("-release", made.pk), {"show": show.pk})

    assert seat(show, "A4").status == "AVAILABLE"


@pytest.mark.parametrize("which", ["", "x", "0", "99999999999999999999", "\x00"])
def test_no_such_show_to_release_is_404(client, show, manager, which):
    made = block(show, "A4", kind="HOUSE")

    assert client.post(url("-release", made.pk), {"show": which}).status_code == 404


def test_a_page_takes_as_many_queries_for_one_conflict_as_for_three(client, show, manager, django_assert_num_queries):
    made = block(show, "A1 A2 A3")
    ShowSeat.objects.filter(show=show).update(status="AVAILABLE")
    for name in ("A1", "A2", "A3"):
        sold(show, name, buyer=name)
        with django_assert_num_queries(9):
            client.get(url("-block", made.pk))


# --- Of another theatre ------------------------------------------------------------------------


def test_what_belongs_to_another_theatre_is_not_there(client, show):
    elsewhere = ShowFactory()
    foreign = block(elsewhere, "A1", kind="HOUSE")
    client.force_login(staff(show.screen.theatre, BOX_OFFICE))

    assert client.get(url("-hall", elsewhere.screen_id)).status_code == 404
    for page in ("-block", "-lift"):
        assert client.get(url(page, foreign.pk)).status_code == 404
    for page in ("-lift", "-move", "-release"):
        assert client.post(url(page, foreign.pk), {"show": elsewhere.pk}).status_code == 404
    own = block(show, "A1", kind="HOUSE")
    assert client.post(url("-release", own.pk), {"show": elsewhere.pk}).status_code == 404
    assert seat(elsewhere, "A1").status == "BLOCKED"
