"""The seat map's page, its live updates, and holding seats on it."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from cinema.exceptions import DatabaseBusy
from cinema.models import Hold, Show, ShowSeat
from cinema.selectors.figures.ledger import unexplained_seats
from cinema.selectors.halls.hall_changes import spot_of, standing_seats
from cinema.services.halls.hall_changes import HallPlan, change_hall
from tests.factories import ShowFactory, UserFactory, cancelled, held, lapsed, listed, past, seat, seat_ids, sold
from tests.services.statements import on
from tests.views.browsers import browser, checked, inputs, is_kept_nowhere, text

pytestmark = pytest.mark.django_db

# 64 bits are what a key can have, 4300 digits what Python reads as a number.
NO_SUCH_SHOW = [0, 4711, 2**31, 2**63, 2**64, 10**30, 10**5000]


@pytest.fixture
def show():
    return ShowFactory(screen__columns=12)


def hold_seats(show: Show, seats, buyer: str = "asha"):
    return browser(buyer).post(reverse("show-hold", args=[show.pk]), {"seats": seats})


def poll(show: Show, since, buyer: str = "asha"):
    return browser(buyer).get(reverse("show-seat-map", args=[show.pk]), {"since": since})


def sent(response) -> dict[str, dict[str, str]]:
    """The seats of the answer by their accessible names."""
    return {field["aria-label"]: field for field in inputs(response) if field.get("name") == "seats"}


def nothing_is_held(show: Show) -> bool:
    return not Hold.objects.exists() and not ShowSeat.objects.exclude(status="AVAILABLE").exists()


# The page


def test_every_seat_is_a_checkbox_with_a_name_and_taken_ones_cannot_be_ticked(show):
    sold(show, "A2", buyer="ben")

    seats = sent(browser().get(show.get_absolute_url()))

    assert len(seats) == 36
    assert "disabled" not in seats["Row A, seat 1, Classic, ₹250, available"]
    assert "disabled" in seats["Row A, seat 2, Classic, ₹250, taken"]


def test_the_buyers_own_held_seats_come_checked(show):
    held(show, "A1 A2", buyer="asha")
    held(show, "A3", buyer="ben")

    page = browser("asha").get(show.get_absolute_url())

    assert checked(page) == ["A1", "A2"]
    assert "2 seats held for you" in text(page)


def test_the_back_button_asks_again(show):
    assert is_kept_nowhere(browser().get(show.get_absolute_url()))
    assert is_kept_nowhere(poll(show, ""))
    assert is_kept_nowhere(hold_seats(show, []))
    assert is_kept_nowhere(hold_seats(show, seat_ids(show, "A1")))


@pytest.mark.parametrize(("change", "sentence"), [(past, "has already started"), (cancelled, "was cancelled")])
def test_a_show_not_on_sale_has_a_notice_and_others_of_the_film_instead_of_a_map(show, change, sentence):
    other, elsewhere = listed(theatre=show.screen.theatre, movie=show.movie, days=2), listed(movie=show.movie)
    page = browser().get(change(show).get_absolute_url())

    assert page.status_code == 200
    assert f'<a class="chip" href="{other.get_absolute_url()}">' in page.content.decode()
    assert elsewhere.get_absolute_url() not in page.content.decode()
    assert sentence in text(page)
    assert not sent(page)


@pytest.mark.parametrize("pk", NO_SUCH_SHOW, ids=lambda pk: f"{len(str(pk)) if pk < 10**30 else 'huge'} digits")
@pytest.mark.parametrize(("name", "method"), [("show", "get"), ("show-seat-map", "get"), ("show-hold", "post")])
def test_a_missing_show_is_404(show, name, method, pk):
    address = reverse(name, args=[4712]).replace("4712", "9" * 5000 if pk == 10**5000 else str(pk))

    page = getattr(browser("asha"), method)(address, {"seats": seat_ids(show, "A1")})

    assert page.status_code == 404
    assert "We couldn’t find this page" in text(page)
    assert nothing_is_held(show)


# Holding


def test_holding_leads_on_to_the_checkout(show):
    answer = hold_seats(show, seat_ids(show, "B1 B2"))

    hold = Hold.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, hold.get_absolute_url())
    assert hold.buyer == "asha"


def test_a_new_browser_gets_a_secret_that_scripts_cannot_read(show):
    client = browser()

    answer = client.post(reverse("show-hold", args=[show.pk]), {"seats": seat_ids(show, "B1")})

    assert answer.cookies["buyer"]["httponly"]
    assert len(Hold.objects.get().buyer) >= 22
    assert client.get(answer["Location"]).status_code == 200


def test_changing_the_seats_keeps_the_hold(show):
    hold = held(show, "A1 A2")

    answer = hold_seats(show, seat_ids(show, "A2 A3"))

    assert answer["Location"] == hold.get_absolute_url()
    assert set(hold.seats.values_list("pk", flat=True)) == set(seat_ids(show, "A2 A3"))


def test_no_seat_at_all_is_refused(show):
    page = hold_seats(show, [])

    assert page.status_code == 400
    assert "Please choose at least one seat." in text(page)


def test_more_seats_than_allowed_are_refused_and_stay_ticked(show):
    names = [f"A{number}" for number in range(1, 12)]

    page = hold_seats(show, seat_ids(show, " ".join(names)))

    assert page.status_code == 400
    assert "You chose 11 seats; at most 10 can be booked at once." in text(page)
    assert checked(page) == names
    assert nothing_is_held(show)


def test_a_seat_chosen_twice_is_refused_and_the_choice_stays_ticked(show):
    page = hold_seats(show, seat_ids(show, "A1 A2 A2"))

    assert page.status_code == 400
    assert "A seat was chosen twice." in text(page)
    assert checked(page) == ["A1", "A2"]
    assert nothing_is_held(show)


@pytest.mark.parametrize(
    "nonsense", ["abc", "-1", "1.5", "", " 7", "१", "0x10", "1e3", str(2**63), "9" * 5000, "<b>", "A1\x00"]
)
def test_what_is_no_seat_is_refused_and_the_other_choices_stay_ticked(show, nonsense):
    page = hold_seats(show, [*seat_ids(show, "A1 A2"), nonsense])

    assert page.status_code == 400
    assert f"“{' '.join(nonsense[:40].split())}" in text(page).replace("“ ", "“") or nonsense == "<b>"
    assert "is not a seat" in text(page)
    assert checked(page) == ["A1", "A2"]
    assert nothing_is_held(show)


@pytest.mark.parametrize("unknown", [0, 2**63 - 1])
def test_an_unknown_seat_is_rejected_by_its_number(show, unknown):
    page = hold_seats(show, [*seat_ids(show, "A1"), unknown])

    assert page.status_code == 400
    assert f"There is no seat {unknown} at this show." in text(page)
    assert checked(page) == ["A1"]
    assert nothing_is_held(show)


def test_a_seat_of_another_show_is_refused(show):
    other = seat_ids(ShowFactory(), "A2")

    page = hold_seats(show, [*seat_ids(show, "A1"), *other])

    assert page.status_code == 400
    assert f"There is no seat {other[0]} at this show." in text(page)
    assert nothing_is_held(show)


def test_a_thousand_seats_and_more_are_refused_without_a_word_to_the_database(show):
    assert hold_seats(show, range(1, 2000)).status_code == 400
    assert nothing_is_held(show)


def test_a_seat_just_taken_is_named_the_others_stay_ticked_and_nothing_is_held(show):
    held(show, "A3", buyer="ben")

    page = hold_seats(show, seat_ids(show, "A1 A3 B1"))

    assert page.status_code == 409
    assert "Row A, seat 3 was just taken. Seats 2 and 4 beside it are free." in text(page)
    assert checked(page) == ["A1", "B1"]
    assert not Hold.objects.filter(buyer="asha").exists()
    assert unexplained_seats(show) == []


def test_several_seats_just_taken_are_all_named(show):
    sold(show, "A3 B3", buyer="ben")

    page = hold_seats(show, seat_ids(show, "A3 B3"))

    assert page.status_code == 409
    assert "Row A, seat 3 and row B, seat 3 were just taken." in text(page)


def test_a_change_that_is_refused_keeps_the_hold_and_shows_the_new_choice(show):
    """The held A1 was unticked in favour of two others, of which one is gone."""
    hold = held(show, "A1 A2")
    held(show, "A3", buyer="ben")

    page = hold_seats(show, seat_ids(show, "A2 A3 A4"))

    assert page.status_code == 409
    assert checked(page) == ["A2", "A4"]
    assert set(hold.seats.values_list("pk", flat=True)) == set(seat_ids(show, "A1 A2"))


@pytest.mark.parametrize(("change", "sentence"), [(past, "has already started"), (cancelled, "was cancelled")])
def test_a_show_that_is_not_on_sale_any_more_sells_nothing(show, change, sentence):
    change(show)

    page = hold_seats(show, seat_ids(show, "A1"))

    assert page.status_code == 409
    assert sentence in text(page)
    assert nothing_is_held(show)


def test_a_database_that_is_too_busy_loses_nothing(show, monkeypatch):
    def busy(**request):
        raise DatabaseBusy

    monkeypatch.setattr("cinema.views.public.shows.hold_seats", busy)

    page = hold_seats(show, seat_ids(show, "A1 A2"))

    assert (page.status_code, int(page["Retry-After"]) > 0) == (503, True)
    assert "Nothing was changed; please try again." in text(page)
    assert checked(page) == ["A1", "A2"]


def test_seats_are_held_by_posting_only(show):
    answer = browser().get(reverse("show-hold", args=[show.pk]))

    assert answer["Location"] == show.get_absolute_url()


def test_an_open_map_of_a_started_show_is_reloaded(show):
    past(show)

    answer = browser().get(reverse("show-seat-map", args=[show.pk]), {"since": 0})

    assert answer["HX-Refresh"] == "true"


def test_a_cinema_without_a_payment_provider_shows_seats_but_holds_none(show, settings):
    settings.PAYMENT_GATEWAYS = {}

    shown = text(browser().get(show.get_absolute_url()))
    assert "Tickets are sold at the box office only." in shown
    assert "How many?" not in shown
    assert "Continue" not in shown
    answer = browser("asha").post(reverse("show-hold", args=[show.pk]), {"seats": seat_ids(show, "A1")})
    assert answer.status_code == 503
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE


def test_another_site_cannot_hold_seats(show):
    page = browser("asha", enforce_csrf_checks=True).post(
        reverse("show-hold", args=[show.pk]), {"seats": seat_ids(show, "A1")}
    )

    assert page.status_code == 403
    assert "We couldn’t tell whether this came from our own page." in text(page)
    assert nothing_is_held(show)


# The live map


def test_a_poll_is_empty_when_nothing_changed(show):
    held(show, "A1", buyer="ben")

    answer = poll(show, 1)

    assert (answer.status_code, answer.content) == (204, b"")


def test_a_poll_contains_only_the_seats_that_changed(show):
    held(show, "A1", buyer="ben")
    held(show, "B1 B2", buyer="cleo")

    answer = poll(show, 1)

    assert answer.status_code == 200
    assert list(sent(answer)) == [f"Row B, seat {n}, Classic, ₹250, held by someone else" for n in (1, 2)]
    assert 'id="seat-map-revision" value="2"' in answer.content.decode()


def test_a_poll_shows_ones_own_seats_as_ones_own(show):
    """Held in another tab."""
    held(show, "A1", buyer="asha")

    ((name, box),) = sent(poll(show, 0)).items()

    assert name == "Row A, seat 1, Classic, ₹250, held for you"
    assert "checked" in box
    assert "disabled" not in box


def test_a_hold_that_ran_out_shows_up_as_free_by_a_poll(show):
    lapsed(held(show, "A1", buyer="ben"))

    answer = poll(show, 1)

    assert list(sent(answer)) == ["Row A, seat 1, Classic, ₹250, available"]
    assert seat(show, "A1").status == ShowSeat.Status.AVAILABLE
    assert poll(show, 2).status_code == 204


@pytest.mark.parametrize("since", ["", "abc", "-1", "1.5", "999", "9" * 30, "9" * 5000, "१", "\x00", "1 "])
def test_a_poll_that_makes_no_sense_gets_the_whole_map(show, since):
    held(show, "A1", buyer="ben")

    answer = poll(show, since)

    assert answer.status_code == 200
    assert len(sent(answer)) == 36
    assert 'id="seat-map"' in answer.content.decode()


def test_the_whole_map_replaces_the_whole_map(show):
    """The element that polls is a part of the map: it would otherwise put the new map inside the old one."""
    assert poll(show, "abc")["HX-Retarget"] == "#seat-map"
    assert poll(show, "abc")["HX-Reswap"] == "outerHTML"
    assert "HX-Retarget" not in poll(show, 0)


def test_a_poll_goes_on_after_the_sale(show):
    held(show, "A1", buyer="ben")

    assert poll(past(show), 0).status_code == 200


# One map for all


def test_a_new_fee_of_the_theatre_is_on_the_next_map(client, show):
    theatre = show.screen.theatre
    for fee, price in ((0, "250"), (30, "280"), (20, "270")):
        theatre.web_fee = fee
        theatre.save()
        assert f'data-price="{price}.00"' in client.get(show.get_absolute_url()).content.decode()


def test_pages_of_two_buyers_differ_by_their_own_seats_alone(show):
    held(show, "A1 A2", buyer="asha")
    pages = [browser(buyer).get(show.get_absolute_url()).content.decode() for buyer in ("asha", "ben", "asha", "ben")]
    assert [page.count(', held for you"') for page in pages] == [2, 0, 2, 0]
    assert [page.count(', held by someone else"') for page in pages] == [0, 2, 0, 2]


# How many statements


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("rows", "columns"), [(3, 8), (8, 12), (10, 30)], ids=["24 seats", "96 seats", "300 seats"])
class TestStatements:
    @pytest.fixture
    def show(self, rows, columns):
        return ShowFactory(screen__rows=rows, screen__columns=columns)

    def signed_in(self, buyer: str):
        client = browser(buyer)
        client.force_login(UserFactory())
        return client

    @pytest.mark.parametrize("mine", ["", "A1", "A1 A2 A3", "A1 A2 A3 A4 A5 A6 A7 A8 B1 B2"])
    def test_the_page_takes_at_most_6(self, show, mine, django_assert_max_num_queries):
        if mine:
            held(show, mine, buyer="asha")
        client = self.signed_in("asha")

        with django_assert_max_num_queries(6):
            assert client.get(show.get_absolute_url()).status_code == 200
        with django_assert_max_num_queries(5):  # the seats are known
            assert client.get(show.get_absolute_url()).status_code == 200

    def test_a_first_page_takes_2_and_another_buyers_takes_1(self, show, django_assert_num_queries):
        with django_assert_num_queries(2):
            Client().get(show.get_absolute_url())
        with django_assert_num_queries(1):
            Client().get(show.get_absolute_url())

    @pytest.mark.parametrize("names", ["A1", "A1 A2 A3", "A1 A2 A3 A4 A5 A6 A7 A8 B1 B2"])
    def test_holding_takes_at_most_9_besides_begin_and_commit_and_the_count_of_holders(self, show, names, statements):
        client, ids = self.signed_in("asha"), seat_ids(show, names)

        with statements() as seen:
            assert client.post(reverse("show-hold", args=[show.pk]), {"seats": ids}).status_code == 303

        assert len(seen) <= on(sqlite=9, postgresql=7), "\n".join(seen)

    def test_an_unchanged_poll_takes_1(self, show, django_assert_num_queries):
        held(show, "A1", buyer="asha")
        client = self.signed_in("asha")

        with django_assert_num_queries(1):
            assert client.get(reverse("show-seat-map", args=[show.pk]), {"since": 1}).status_code == 204


def test_whoever_asks_for_changes_gets_the_whole_map_when_the_hall_itself_changed(client, show):
    screen = show.screen
    spots = [spot_of(each)._replace(number=13 - each.number) for each in standing_seats(screen).values()]
    change_hall(
        screen=screen,
        plan=HallPlan(screen.version, screen.name, screen.shape, spots),
        follow=[show.pk],
        seen=[show.pk],
        user=UserFactory(),
    )

    response = client.get(reverse("show-seat-map", args=[show.pk]), {"since": 0})

    assert response["HX-Retarget"] == "#seat-map"
    assert client.get(reverse("show-seat-map", args=[show.pk]), {"since": 1}).status_code == 204


# What to know before choosing


def test_the_map_says_until_when_a_ticket_can_be_cancelled():
    show = ShowFactory(screen__theatre__refund_percent=80, starts_at=datetime(2100, 11, 26, 13, 0, tzinfo=UTC))

    assert "80% back if you cancel by Friday 26 November, 16:30." in text(browser().get(show.get_absolute_url()))


def test_the_map_explains_the_age_certificate():
    show = ShowFactory(movie__certificate="A")

    assert "Adults only (18 and over)." in text(browser().get(show.get_absolute_url()))


@pytest.mark.parametrize(("names", "party"), [("", "1"), ("A1 A2", "2")])
def test_how_many_and_pick_for_me_agree_with_the_seats_held(show, names, party):
    if names:
        held(show, names)

    page = browser("asha").get(show.get_absolute_url())

    radios = [field for field in inputs(page) if field.get("type") == "radio" and "checked" in field]
    assert [field["value"] for field in radios] == [party]
    assert f'<option value="{party}" selected>' in page.content.decode()


def test_back_on_the_map_the_button_leads_on_with_the_seats_held(show):
    held(show, "A1 A2")

    page = text(browser("asha").get(show.get_absolute_url()))

    assert "2 seats held for you" in page
    assert "Continue with these seats" in page
