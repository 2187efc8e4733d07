"""The screens of a theatre, and drawing a hall: the pages."""

import html
import json
import re

import pytest
from django.urls import reverse

from cinema.models import AuditEvent, Screen, SeatCategory
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.selectors.halls.hall_changes import spot_of, standing_seats
from tests.factories import (
    MANAGER,
    ScreenFactory,
    SeatCategoryFactory,
    ShowFactory,
    held,
    seat,
    sold,
    staff,
)
from tests.views.browsers import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(theatre):
    return ScreenFactory(theatre=theatre, name="Grand", plan="aaaa\nbbbb")


@pytest.fixture
def manager(client, theatre):
    manager = staff(theatre, MANAGER)
    client.force_login(manager)
    return manager


@pytest.fixture(autouse=True)
def signed_in(manager):
    """Every page here is opened by a manager of the theatre."""


def url(name: str, screen: Screen | None = None) -> str:
    return reverse(f"staff-screens{name}", args=["here", *([screen.pk] if screen else [])])


def layout(screen: Screen, **changes) -> list[list]:
    """The seats of the plan as posted; A1=None takes a seat out, A1={"number": 7} changes it."""
    seats = []
    for each in standing_seats(screen).values():
        change = changes.pop(f"{each.row}{each.number}", {})
        if change is not None:
            spot = spot_of(each)._replace(**change)
            seats.append([spot.id, spot.row, spot.number, spot.x, spot.y, spot.category, spot.kind])
    return seats


def drawn(screen: Screen, seats: list | None = None, /, **fields) -> dict:
    """What the drawing board posts."""
    return {
        "name": screen.name,
        "shape": screen.shape,
        "version": screen.version,
        "source": "grid",
        "layout": json.dumps({"seats": layout(screen) if seats is None else seats}),
    } | fields


def written(screen: Screen, plan: str, **fields) -> dict:
    """What the form without a script posts."""
    numbering = {"seats": "left", "rows": "front", "letters": "plain", "start": "1"}
    return drawn(screen, source="text", plan=plan, layout="", **numbering) | fields


def names(screen: Screen) -> list[str]:
    return [f"{each.row}{each.number}" for each in standing_seats(screen).values()]


def posted_layout(response) -> str:
    """The drawing that the page goes on with."""
    [value] = re.findall(r'name="layout"[^>]*?value="([^"]*)"', response.content.decode())
    return html.unescape(value)


def test_the_screens_are_shown_with_their_seats_and_coming_shows(client, screen):
    ShowFactory(screen=screen)
    page = client.get(url(""))

    said = text(page)
    assert "Grand" in said
    assert "Classic 4" in said
    assert "1 upcoming show" in said
    assert "<svg" in page.content.decode()


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_page_takes_as_many_statements_for_thirty_screens_as_for_one(
    client, theatre, number, django_assert_max_num_queries
):
    for _ in range(number):
        ShowFactory(screen=ScreenFactory(theatre=theatre, plan="a"))
    with django_assert_max_num_queries(9):
        client.get(url(""))


def test_an_empty_theatre_is_led_to_its_categories_and_then_to_a_hall(client, theatre):
    assert url("-categories") in client.get(url("")).content.decode()
    assert client.get(url("-add")).url == url("-categories")

    client.post(url("-categories"), {"name-new": "Classic", "rank-new": "1"})
    response = client.post(url("-add"), {"name": "Grand", "example": "aisle"})

    screen = Screen.objects.get()
    assert response.url == url("-edit", screen)
    assert screen.seats.count() == 204


def test_a_screen_is_built_from_text(client, theatre):
    SeatCategoryFactory(theatre=theatre)
    client.post(url("-add"), {"name": "Small", "example": "", "plan": "aa.aw\n\n,AAk"})

    screen = Screen.objects.get()
    assert names(screen) == ["A1", "A2", "A3", "A4", "B1", "B2", "B3"]
    assert AuditEvent.objects.get().details["changes"]["seats"] == [None, 7]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "", "example": "small"}, "This field is required"),
        ({"name": "Grand", "example": "small"}, "already one called “Grand”"),
        ({"name": "New", "example": "no such"}, "not one of the available choices"),
        ({"name": "New", "example": "", "plan": ""}, "the hall has no seats"),
        ({"name": "New", "example": "", "plan": "a?a"}, "“?” is not a seat or a gap"),
        ({"name": "New", "example": "", "plan": "A"}, "love seats come in pairs"),
        ({"name": "New", "example": "", "plan": "\n".join(["a" * 101] * 2)}, "at most 60 rows of 100 seats"),
        ({"name": "New", "example": "", "plan": "\n".join(["a" * 40] * 40)}, "at most 1500"),
        ({"name": "New", "example": "", "plan": "a" * 20_000}, "at most 15000 characters"),
        ({"name": "N" * 61, "example": "small"}, "at most 60 characters"),
        ({"name": "a\0b", "example": "small"}, "Null characters are not allowed"),
    ],
)
def test_a_screen_that_cannot_be_built_is_refused_in_a_sentence(client, screen, fields, sentence):
    response = client.post(url("-add"), fields)
    assert response.status_code == 400
    assert sentence in text(response)
    assert Screen.objects.count() == 1


def test_the_drawing_board_has_the_hall_both_as_a_drawing_and_as_text(client, screen):
    page = client.get(url("-edit", screen)).content.decode()
    assert "aaaa\nbbbb</textarea>" in page
    assert f"[{standing_seats(screen).popitem()[0]}," in posted_layout(client.get(url("-edit", screen)))


def test_the_screen_of_another_theatre_is_not_found(client):
    other = ScreenFactory(plan="a")
    for name in ("-edit", "-preview", "-save", "-retire"):
        assert client.post(url(name, other), drawn(other)).status_code == 404


def test_before_anything_is_saved_the_report_shows_what_changes(client, screen):
    show = ShowFactory(screen=screen)
    ticket = sold(show, "A1")

    response = client.post(url("-preview", screen), drawn(screen, layout(screen, A1={"number": 11}, B4=None)))

    said = text(response)
    assert response.status_code == 200
    assert "1 seat is removed." in said
    assert "1 seat gets a new row or number." in said
    assert f"{ticket.reference[:4]}-{ticket.reference[4:]}" in said
    assert "Row A, seat 11" in said
    assert "B4" in names(screen)


def test_saving_changes_the_hall_and_the_shows_that_follow(client, screen):
    show, ticket = ShowFactory(screen=screen), None
    ticket = sold(show, "A1")
    fields = drawn(screen, layout(screen, A1={"number": 11}, B4=None), follow=show.pk, seen=show.pk, name="Great")

    response = client.post(url("-save", screen), fields)

    assert (response.status_code, response["Location"]) == (303, url(""))
    screen.refresh_from_db()
    assert screen.name == "Great"
    assert "A11" in names(screen)
    assert ticket.seats.get().show_seat.seat.number == 11
    assert unexplained_seats(show) == []
    assert "1 show takes the new plan" in text(client.get(url("")))


def test_a_show_that_would_lose_a_sold_seat_keeps_its_plan(client, screen):
    show = ShowFactory(screen=screen)
    sold(show, "B4")

    page = client.post(url("-preview", screen), drawn(screen, layout(screen, B4=None)))
    assert "Seats removed: 1. Seats added: 0. Tickets affected: 1." in text(page)
    assert "sold or held seats would be removed: Row B, seat 4" in text(page)
    box = re.search(rf'name="follow" value="{show.pk}"([^>]*)>', page.content.decode())[1]
    assert "disabled" in box
    assert "checked" not in box

    client.post(url("-save", screen), drawn(screen, layout(screen, B4=None), seen=show.pk))
    assert "B4" not in names(screen)
    assert seat(show, "B4").status == "BOOKED"


def test_a_seat_taken_after_the_report_is_named_and_nothing_is_saved(client, screen):
    show = ShowFactory(screen=screen)
    held(show, "B4")

    response = client.post(url("-save", screen), drawn(screen, layout(screen, B4=None), follow=show.pk, seen=show.pk))

    assert response.status_code == 409
    assert "cannot take the new plan any more" in text(response)
    assert "B4" in names(screen)


def test_a_show_planned_since_the_report_is_shown_first(client, screen):
    ShowFactory(screen=screen)
    response = client.post(url("-save", screen), drawn(screen, layout(screen, B4=None)))
    assert response.status_code == 409
    assert "Shows have been planned on this screen in the meantime" in text(response)


@pytest.mark.parametrize("step", ["-preview", "-save"])
def test_the_second_of_two_managers_sees_the_first_and_keeps_the_drawing(client, theatre, screen, step):
    mine = drawn(screen, layout(screen, A1={"number": 11}))
    client.force_login(staff(theatre, MANAGER, name="Ravi"))
    client.post(url("-save", screen), drawn(screen, layout(screen, B4=None)))
    client.force_login(staff(theatre, MANAGER))

    response = client.post(url(step, screen), mine)

    assert response.status_code == 409
    assert "Ravi changed this" in text(response)
    assert '"A",11' in posted_layout(response)
    screen.refresh_from_db()
    again = mine | {"layout": posted_layout(response), "version": screen.version}
    assert client.post(url("-save", screen), again).status_code == 303
    assert "A11" in names(screen)


def test_saving_twice_is_a_conflict_and_changes_nothing_twice(client, screen):
    fields = drawn(screen, layout(screen, B4=None))
    assert client.post(url("-save", screen), fields).status_code == 303
    assert client.post(url("-save", screen), fields).status_code == 409
    assert len(names(screen)) == 7


BAD = {
    "no json": "{",
    "no seats": "{}",
    "no list": '{"seats": 7}',
    "not seven": '{"seats": [[1]]}',
    "a text for a number": '{"seats": [[null, "A", "1", 0, 0, 1, "STANDARD"]]}',
    "no whole number": '{"seats": [[null, "A", 1.5, 0, 0, 1, "STANDARD"]]}',
    "true": '{"seats": [[null, "A", true, 0, 0, 1, "STANDARD"]]}',
    "endless": '{"seats": [[null, "A", 1' + "0" * 5000 + ', 0, 0, 1, "STANDARD"]]}',
    "deep": "[" * 100_000,
    "NUL": '{"seats": [[null, "\\u0000", 1, 0, 0, 1, "STANDARD"]]}',
    "nothing": '{"seats": []}',
    "too many": json.dumps({"seats": [[None, "A", n, 0, 0, 1, "STANDARD"] for n in range(10_000)]}),
    "infinity": '{"seats": [[null, "A", Infinity, 0, 0, 1, "STANDARD"]]}',
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_drawing_that_makes_no_sense_is_refused(client, screen, bad):
    response = client.post(url("-save", screen), drawn(screen, layout=bad))
    assert response.status_code == 400
    assert names(screen) == ["A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"A1": {"row": "<b>"}}, "“<b>” is not a row name"),
        ({"A1": {"row": "ABCD"}}, "“ABCD” is not a row name"),
        ({"A1": {"row": ""}}, "is not a row name"),
        ({"A1": {"number": 0}}, "0 is not a seat number"),
        ({"A1": {"number": 2}}, "Row A, seat 2 is in the plan twice"),
        ({"A1": {"x": 1}}, "seats 1 and 2 overlap"),
        ({"A1": {"x": 400}}, "at most 60 rows of 100 seats"),
        ({"A1": {"y": 60}}, "at most 60 rows of 100 seats"),
        ({"A1": {"x": -2}}, "at most 60 rows of 100 seats"),
        ({"A1": {"kind": "LOVE"}}, "Row A, seat 1 is half a love seat"),
        ({"A1": {"kind": "SOFA"}}, "needs a category of this theatre"),
        ({"A1": {"category": 4711}}, "needs a category of this theatre"),
    ],
)
def test_a_hall_that_cannot_be_is_refused_in_a_sentence(client, screen, changes, sentence):
    response = client.post(url("-preview", screen), drawn(screen, layout(screen, **changes)))
    assert response.status_code == 400
    assert sentence in text(response)


@pytest.mark.parametrize(
    "fields",
    [{"version": ""}, {"version": "x"}, {"version": "9" * 40}, {"source": "?"}, {"shape": "ROUND"}, {"name": ""}],
)
def test_a_form_that_is_not_whole_is_refused(client, screen, fields):
    assert client.post(url("-save", screen), drawn(screen) | fields).status_code == 400
    assert client.post(url("-save", screen), {}).status_code == 400


def test_without_a_script_the_hall_is_changed_as_text(client, screen):
    show = ShowFactory(screen=screen)
    ticket = sold(show, "A1")

    page = client.post(url("-preview", screen), written(screen, "bb\naaaa\nbbbbw"))
    client.post(url("-save", screen), drawn(screen, layout=posted_layout(page), follow=show.pk, seen=show.pk))

    assert names(screen)[-1] == "C5"
    chair = ticket.seats.get().show_seat.seat
    assert (chair.row, chair.number, chair.y) == ("B", 1, 1)  # a row was put in front of it
    assert unexplained_seats(show) == []


@pytest.mark.parametrize(
    ("numbering", "first", "last"),
    [
        ({"seats": "right"}, "A4", "B1"),
        ({"seats": "left", "rows": "back"}, "B1", "A4"),
        ({"seats": "middle"}, "A3", "B4"),
        ({"seats": "sides"}, "A1", "B2"),
        ({"seats": "left", "letters": "figures", "start": "101"}, "1101", "2104"),
    ],
)
def test_the_text_is_numbered_as_chosen(client, screen, numbering, first, last):
    page = client.post(url("-preview", screen), written(screen, "aaaa\nbbbb", **numbering))
    client.post(url("-save", screen), drawn(screen, layout=posted_layout(page)))
    assert (names(screen)[0], names(screen)[-1]) == (first, last)


def test_text_becomes_a_drawing_and_an_example_as_well(client, screen):
    from_text = client.post(url("-edit", screen), written(screen, "aaaa\nbb.bb", name="Great"))
    assert from_text.status_code == 200
    assert len(json.loads(posted_layout(from_text))["seats"]) == 8
    assert 'value="Great"' in from_text.content.decode()

    example = client.post(url("-edit", screen), drawn(screen, use="example", example="aisle"))
    assert len(json.loads(posted_layout(example))["seats"]) == 204


def test_the_report_takes_as_many_statements_for_many_shows_as_for_one(client, screen, django_assert_max_num_queries):
    show = ShowFactory(screen=screen)
    sold(show, "A1")
    for day in range(2, 8):
        ShowFactory(screen=screen, movie=show.movie, starts_at=show.starts_at.replace(year=show.starts_at.year + day))
    with django_assert_max_num_queries(16):
        client.post(url("-preview", screen), drawn(screen, layout(screen, A1={"number": 11}, B4={"y": 7})))


def test_a_screen_without_coming_shows_is_closed_and_opened_again(client, screen):
    client.post(url("-retire", screen), {"version": screen.version})
    screen.refresh_from_db()
    assert screen.retired_at
    assert "closed since" in text(client.get(url("")))

    client.post(url("-retire", screen), {"version": screen.version, "open": "yes"})
    screen.refresh_from_db()
    assert screen.retired_at is None


def test_a_screen_with_coming_shows_stays_open(client, screen):
    ShowFactory(screen=screen)
    response = client.post(url("-retire", screen), {"version": screen.version})
    assert response.status_code == 409
    assert "There is 1 upcoming show on this screen" in text(response)


@pytest.mark.parametrize("version", ["", "x", "7"])
def test_closing_a_screen_by_an_old_page_is_refused(client, screen, version):
    assert client.post(url("-retire", screen), {"version": version}).status_code == 409


def categories(theatre) -> list[str]:
    return list(theatre.seat_categories.order_by("rank").values_list("name", flat=True))


def test_categories_are_renamed_put_in_order_and_added(client, theatre, screen):
    classic, premium = theatre.seat_categories.order_by("rank")
    fields = {
        f"name-{classic.pk}": "Premium",
        f"rank-{classic.pk}": "2",
        f"name-{premium.pk}": "Classic",
        f"rank-{premium.pk}": "1",
        "name-new": "Sofa",
        "rank-new": "3",
    }
    assert client.post(url("-categories"), fields).status_code == 303
    assert categories(theatre) == ["Classic", "Premium", "Sofa"]
    premium.refresh_from_db()
    assert (premium.name, premium.rank) == ("Classic", 1)


def test_a_category_nothing_ever_had_goes_when_its_name_is_left_empty(client, theatre, screen):
    classic, premium = theatre.seat_categories.order_by("rank")
    idle = SeatCategory.objects.create(theatre=theatre, name="Sofa", rank=3)
    fields = {f"name-{each.pk}": each.name for each in (classic, premium)} | {f"name-{idle.pk}": ""}

    client.post(url("-categories"), fields)
    assert categories(theatre) == ["Classic", "Premium"]

    response = client.post(url("-categories"), {f"name-{premium.pk}": premium.name})
    assert response.status_code == 409
    assert "The category “Classic” has seats or prices" in text(response)
    assert categories(theatre) == ["Classic", "Premium"]


@pytest.mark.parametrize(
    "fields", [{"name-new": "classic"}, {"name-new": "x" * 41}, {"name-new": "A", "rank-new": "x"}, {"name-new": "a\0"}]
)
def test_categories_that_make_no_sense_are_refused(client, theatre, screen, fields):
    known = {f"name-{each.pk}": each.name for each in theatre.seat_categories.all()}
    assert client.post(url("-categories"), known | fields).status_code == 400
    assert categories(theatre) == ["Classic", "Premium"]
