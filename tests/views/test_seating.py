"""Choosing seats by the house's rules: refusals with what can be had instead, and letting the house choose."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from cinema.models import Hold, Show, ShowSeat, Theatre
from cinema.services.booking import guards
from tests.factories import ShowFactory, booked, held, lapsed, past, seat, seat_ids, sold
from tests.views.browsers import browser, checked, text

pytestmark = pytest.mark.django_db

REFUSE, WARN, ALLOW = Theatre.SingleSeats.REFUSE, Theatre.SingleSeats.WARN, Theatre.SingleSeats.ALLOW
HTMX = {"HX-Request": "true"}
BUTTON = re.compile(r"<button\b([^>]*)>(.*?)</button>", re.DOTALL)


def show_where(single_seats: str, plan: str = "aaaaaaaa\naaaaaaaa", **fields) -> Show:
    return ShowFactory(screen__plan=plan, screen__theatre__single_seats=single_seats, **fields)


def post(show: Show, names: str = "", *, buyer: str = "asha", htmx: bool = False, **fields):
    posted = {"seats": seat_ids(show, names)} | fields
    return browser(buyer).post(reverse("show-hold", args=[show.pk]), posted, headers=HTMX if htmx else {})


def find(show: Show, buyer: str = "asha", htmx: bool = False, **fields):
    return browser(buyer).post(reverse("show-best", args=[show.pk]), fields, headers=HTMX if htmx else {})


def buttons(response, name: str) -> dict[str, str]:
    """What the buttons of that name say, with the value each posts."""
    found = {}
    for attributes, words in BUTTON.findall(response.content.decode()):
        if f'name="{name}"' in attributes:
            assert 'form="seat-map-form"' in attributes
            found[" ".join(words.split())] = re.search(r'value="([^"]*)"', attributes)[1]
    return found


def held_by(buyer: str) -> list[str]:
    held_seats = ShowSeat.objects.filter(hold__buyer=buyer).select_related("seat").order_by("seat__y", "seat__x")
    return [f"{s.seat.row}{s.seat.number}" for s in held_seats]


def mark_of(response, name: str) -> str:
    """The tags of the seat with that label."""
    return re.search(rf'<label[^>]*><input[^>]*aria-label="{name},[^>]*>', response.content.decode())[0]


# A seat on its own


def test_a_choice_that_leaves_a_single_seat_is_refused_with_the_nearest_others():
    page = post(show_where(REFUSE), "A2 A3")

    assert page.status_code == 409
    assert "Please don’t leave a single seat (A 1) empty." in text(page)
    assert {"Take row A, seats 1 and 2", "Take row A, seats 3 and 4"} < set(buttons(page, "instead"))
    assert not buttons(page, "insist")
    assert checked(page) == ["A2", "A3"]
    assert not Hold.objects.exists()


def test_an_offer_is_taken_by_its_button():
    show = show_where(REFUSE)
    value = buttons(post(show, "A2 A3"), "instead")["Take row A, seats 1 and 2"]

    answer = post(show, "A2 A3", instead=value)

    assert (answer.status_code, answer["Location"]) == (303, Hold.objects.get().get_absolute_url())
    assert held_by("asha") == ["A1", "A2"]


def test_where_the_theatre_only_warns_the_choice_can_be_kept():
    show = show_where(WARN)
    page = post(show, "A2 A3")
    assert buttons(page, "insist") == {"Keep my choice": "1"}

    assert post(show, "A2 A3", insist="1").status_code == 303
    assert held_by("asha") == ["A2", "A3"]


def test_insisting_does_not_help_where_the_theatre_refuses():
    assert post(show_where(REFUSE), "A2 A3", insist="1").status_code == 409


def test_a_theatre_that_allows_single_seats_shows_no_warning():
    assert post(show_where(ALLOW), "A2 A3").status_code == 303


@pytest.mark.parametrize("nonsense", ["x", "1-x", "-", "1--2", "12-12", "9" * 30, "<b>", "0"])
def test_an_offer_that_was_never_made_is_refused(nonsense):
    page = post(show_where(REFUSE), "A1 A2", instead=nonsense)

    assert page.status_code == 400
    assert not Hold.objects.exists()


# The answer to htmx


def test_htmx_gets_only_the_reason_and_the_offers():
    page = post(show_where(REFUSE), "A2 A3", htmx=True)

    assert page.status_code == 409
    assert page.content.decode().strip().startswith('<div id="seat-map-refusal">')
    assert "<html" not in page.content.decode()
    assert 'name="seats"' not in page.content.decode()
    assert "Take row A, seats 1 and 2" in buttons(page, "instead")


def test_htmx_is_sent_to_the_checkout():
    answer = post(show_where(ALLOW), "A1 A2", htmx=True)

    assert (answer.status_code, answer["HX-Redirect"]) == (200, Hold.objects.get().get_absolute_url())


def test_htmx_gets_the_error_of_a_choice():
    page = post(show_where(ALLOW), "", htmx=True)

    assert page.status_code == 400
    assert "Please choose at least one seat." in text(page)


@pytest.mark.parametrize(
    "action", [lambda show: post(show, "A1", htmx=True), lambda show: find(show, htmx=True, party=1)]
)
def test_htmx_is_refreshed_when_a_show_has_begun(action):
    page = action(past(show_where(ALLOW)))

    assert page.status_code == 409
    assert "has already started" in text(page)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("columns", [8, 30])
def test_a_crowd_is_refused_in_few_statements(columns, statements):
    """One to guard, and one for the show and one for its seats, for all who ask in the same moment."""
    show = ShowFactory(screen__columns=columns, screen__rows=columns)
    held(show, "A1", buyer="ben")
    client, posted = browser("asha"), {"seats": seat_ids(show, "A1 A2")}
    guards.mark_contested(show.pk)

    with statements() as seen:
        assert client.post(reverse("show-hold", args=[show.pk]), posted, headers=HTMX).status_code == 409

    assert len(seen) == 3, "\n".join(seen)


def test_requests_rejected_at_the_same_moment_share_one_read_of_the_hall(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("cinema.selectors.booking.recent.LATELY", 3600)
    show = show_where(ALLOW)
    held(show, "A1", buyer="ben")
    offers = buttons(post(show, "A1 A2", htmx=True), "instead")
    client, posted = browser("cleo"), {"seats": seat_ids(show, "A1 A2")}

    with django_assert_num_queries(0):
        page = client.post(reverse("show-hold", args=[show.pk]), posted, headers=HTMX)

    assert buttons(page, "instead") == offers != []


def test_the_cached_map_of_others_does_not_take_ones_own_seats(monkeypatch):
    monkeypatch.setattr("cinema.selectors.booking.recent.LATELY", 3600)
    show = show_where(ALLOW)
    held(show, "A1", buyer="asha")
    post(show, "A1", htmx=True, buyer="ben")

    assert post(show, "A1 A2", htmx=True).status_code == 200


def test_seats_that_are_gone_are_not_offered_even_from_a_look_before_they_went(monkeypatch):
    monkeypatch.setattr("cinema.selectors.booking.recent.LATELY", 3600)
    show = show_where(ALLOW, plan="aaaa\naaaa")
    held(show, "B1", buyer="ben")
    post(show, "B1", htmx=True)
    held(show, "A1", buyer="dora")

    page = post(show, "A1", htmx=True)

    offered = re.findall(r'name="instead" value="([^"]+)"', page.content.decode())
    assert offered
    assert all(str(seat(show, "A1").pk) not in offer.split("-") for offer in offered)


# Lost seats


def test_after_losing_a_seat_blocks_for_the_whole_party_are_offered():
    show = show_where(ALLOW, plan="aaaaaaaa\naaaaaaaa\nbbbbbbbb")
    held(show, "A3", buyer="ben")

    page = post(show, "A3 A4")

    assert "Row A, seat 3 was just taken. Seats 2 and 4 beside it are free." in text(page)
    assert len(buttons(page, "instead")) == 3
    assert "Take row A, seats 4 and 5&nbsp;· ₹500" in buttons(page, "instead")


def test_an_alternative_is_taken_where_no_single_seat_may_be_left():
    show = show_where(REFUSE)
    booked(show, "A3", buyer="ben", staff=True)

    for value in buttons(post(show, "A3 A4"), "instead").values():
        assert post(show, instead=value).status_code == 303


# Places with rules of their own


def test_a_companion_seat_alone_is_refused_in_words():
    page = post(show_where(ALLOW, plan="kwaa"), "A1")

    assert page.status_code == 409
    assert "A 1 is for someone’s carer. Choose the wheelchair space next to it too; from 60 minutes before" in text(
        page
    )


def test_half_a_love_seat_is_refused_with_the_whole_one():
    show = show_where(ALLOW, plan="AAAA")

    page = post(show, "A2")

    assert "A 2 is half of a love seat for two. Please take the other half (A 1) too." in text(page)
    (value,) = buttons(page, "instead").values()
    assert post(show, instead=value).status_code == 303
    assert held_by("asha") == ["A1", "A2"]


def test_the_map_ties_the_halves_of_a_love_seat_together():
    show = show_where(ALLOW, plan="AA")
    left, right = seat_ids(show, "A1 A2")

    page = browser().get(show.get_absolute_url())

    assert f'data-partner="{right}"' in mark_of(page, "Row A, seat 1, love seat")
    assert f'data-partner="{left}"' in mark_of(page, "Row A, seat 2, love seat")
    assert "love love-start" in mark_of(page, "Row A, seat 1")
    assert "love love-end" in mark_of(page, "Row A, seat 2")


@pytest.mark.parametrize("carer_free", [True, False])
def test_the_map_says_with_which_places_a_companion_is_free(carer_free):
    show = show_where(ALLOW, plan="wkwa", screen__theatre__carer_free=carer_free)
    left, right = seat_ids(show, "A1 A3")

    mark = mark_of(browser().get(show.get_absolute_url()), "Row A, seat 2")

    assert (f'data-free-with="{left} {right}"' in mark) == carer_free


def test_the_checkout_charges_nothing_for_a_free_carer():
    show = show_where(ALLOW, plan="wka", price=Decimal(250), screen__theatre__carer_free=True)
    client = browser("asha")
    page = client.get(held(show, "A1 A2 A3").get_absolute_url())

    assert "companion seat free" in text(page)
    assert "Pay ₹500" in text(page)


# The best seats


def test_the_best_seats_are_held_and_lead_on_to_the_checkout():
    answer = find(show_where(ALLOW, plan="aaaa\naaaa\naaaa"), party=2, category="", ceiling="")

    assert (answer.status_code, answer["Location"]) == (303, Hold.objects.get().get_absolute_url())
    assert held_by("asha") == ["B2", "B3"] or held_by("asha") == ["C2", "C3"]


def test_htmx_is_sent_to_the_checkout_of_the_best_seats():
    assert find(show_where(ALLOW), htmx=True, party=2)["HX-Redirect"] == Hold.objects.get().get_absolute_url()


def test_the_best_seats_are_of_the_category_and_not_dearer_than_said():
    show = show_where(ALLOW, plan="aaaa\naaaa\nbbbb")
    premium = seat(show, "C1").seat.category_id

    assert find(show, party=2, category=premium, ceiling="350").status_code == 303
    assert held_by("asha") == ["C2", "C3"]
    assert find(show, buyer="ben", party=2, ceiling="349.99").status_code == 303
    assert {name[0] for name in held_by("ben")} <= {"A", "B"}


def test_the_checkout_says_how_a_party_sits_that_could_not_sit_together():
    show = show_where(ALLOW, plan="aaa\naaa")
    client = browser("asha")

    page = client.post(reverse("show-best", args=[show.pk]), {"party": 5}, follow=True)

    assert "Your 5 seats are in rows A and B, one behind the other." in text(page)


def test_when_fewer_seats_are_left_than_people_come_nothing_is_held():
    show = show_where(ALLOW, plan="aaa")
    sold(show, "A1", buyer="ben")

    page = find(show, party=3)

    assert page.status_code == 409
    assert "We can’t find 3 free seats to pick for you. Try fewer seats." in text(page)
    assert not Hold.objects.filter(buyer="asha").exists()


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("party", ""),
        ("party", "0"),
        ("party", "11"),
        ("party", "two"),
        ("category", "x"),
        ("category", "-1"),
        ("category", "9" * 30),
        ("ceiling", "cheap"),
        ("ceiling", "-1"),
        ("ceiling", "NaN"),
        ("ceiling", "9" * 20),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_a_wish_that_makes_no_sense_is_refused_in_words(field, said, htmx):
    page = find(show_where(ALLOW), htmx=htmx, **({"party": "2"} | {field: said}))

    assert page.status_code == 400
    assert 'role="alert"' in page.content.decode()
    assert not Hold.objects.exists()


def test_a_category_of_another_theatre_is_rejected():
    page = find(show_where(ALLOW), party=2, category=2**40)

    assert page.status_code == 400
    assert "This hall has no seats of that category." in text(page)


def test_the_map_offers_to_find_the_best_seats_while_there_are_any():
    show = show_where(ALLOW, plan="aabb")
    page = browser().get(show.get_absolute_url())
    assert "Find the best seats" in text(page)
    assert "Premium, ₹350" in text(page)

    sold(show, "A1 A2 A3 A4", buyer="ben")
    assert "Find the best seats" not in text(browser().get(show.get_absolute_url()))


def test_the_best_seats_are_held_by_posting_only():
    show = show_where(ALLOW)

    assert browser().get(reverse("show-best", args=[show.pk]))["Location"] == show.get_absolute_url()


def test_the_best_seats_take_over_what_ran_out():
    show = show_where(ALLOW, plan="aa")
    lapsed(held(show, "A1 A2", buyer="ben"))

    assert find(show, party=2).status_code == 303
