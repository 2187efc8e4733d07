"""The way in, and an empty installation on its way to the first show on sale."""

import pytest
from django.urls import reverse

from cinema.models import PriceCard, Screen, Show, TicketType
from cinema.selectors.halls.first_steps import first_steps
from tests.factories import (
    MANAGER,
    PASSWORD,
    USHER,
    MovieFactory,
    ScreenFactory,
    SeatCategoryFactory,
    ShowFactory,
    TheatreFactory,
    UserFactory,
    cancelled,
    owner,
    price_card,
    staff,
)
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db

HOME = reverse("staff")


def signed_in(user):
    client = browser()
    client.force_login(user)
    return client


def states(theatre) -> str:
    """How each of the theatre's steps stands, by its first letter; nothing once all is done."""
    return "".join(state[0] for one in first_steps([theatre]) for _step, state in one.steps)


def sign_in(user, **query):
    return browser().post(reverse("sign-in", query=query), {"username": user.email, "password": PASSWORD})


# --- An empty installation


def test_an_empty_installation_begins_with_the_theatre():
    page = signed_in(owner()).get(HOME)

    assert "Theatre Its name, address and time zone" in text(page)
    assert reverse("staff-theatres-add") in page.content.decode()
    assert text(page).count(" later ") == 7
    assert "8 steps to your first ticket." in text(page)


def test_each_step_leads_to_the_next():
    theatre = TheatreFactory()
    assert states(theatre) == "dnllllll"

    SeatCategoryFactory(theatre=theatre, rank=1)
    assert states(theatre) == "ddnlllll"

    screen = ScreenFactory(theatre=theatre)
    assert states(theatre) == "dddnllll"

    movie = MovieFactory()
    assert states(theatre) == "ddddnlll"

    TicketType.objects.create(theatre=theatre, name="Adult")
    assert states(theatre) == "dddddnll"

    price_card(theatre)
    assert states(theatre) == "ddddddnl"

    show = ShowFactory(screen=screen, movie=movie)
    Show.objects.update(status=Show.Status.DRAFT)
    assert states(theatre) == "dddddddn"

    Show.objects.filter(pk=show.pk).update(status=Show.Status.SCHEDULED)
    assert states(theatre) == ""


def test_the_next_step_has_a_link_to_its_page():
    theatre, client = TheatreFactory(), signed_in(owner())

    def leads_to(name: str) -> bool:
        return f'btn-primary" href="{reverse(name, args=[theatre.slug])}"' in client.get(HOME).content.decode()

    assert leads_to("staff-screens-categories")
    SeatCategoryFactory(theatre=theatre, rank=1)
    assert leads_to("staff-screens")
    screen, movie = ScreenFactory(theatre=theatre), MovieFactory()
    assert leads_to("staff-prices-types")
    TicketType.objects.create(theatre=theatre, name="Adult")
    assert leads_to("staff-prices")
    price_card(theatre)
    assert leads_to("staff-schedule")
    ShowFactory(screen=screen, movie=movie)
    Show.objects.update(status=Show.Status.DRAFT)
    assert "Publish the show" in text(client.get(HOME))
    assert leads_to("staff-schedule")


def test_what_is_there_early_is_done_and_the_first_gap_is_next():
    MovieFactory()

    assert states(TheatreFactory()) == "dnldllll"


def test_what_cannot_be_used_is_no_step():
    theatre = TheatreFactory()
    Screen.objects.create(theatre=theatre, name="Without a seat")
    PriceCard.objects.create(theatre=theatre, name="Without a price")

    assert states(theatre) == "dnllllll"


def test_a_cancelled_show_completes_no_set_up_step():
    show = cancelled(ShowFactory())

    assert states(show.screen.theatre) == "ddddnlll"


def test_a_second_theatre_has_its_own_steps_with_its_name():
    ShowFactory(screen=ScreenFactory(theatre=TheatreFactory(name="Galaxy")))
    TheatreFactory(name="Orion")

    page = text(signed_in(owner()).get(HOME))

    assert "Set-up of Orion" in page
    assert "Set-up of Galaxy" not in page


def test_a_manager_of_a_new_theatre_is_led_too_and_an_usher_goes_to_work():
    theatre = TheatreFactory()

    assert "Set-up" in text(signed_in(staff(theatre, MANAGER)).get(HOME))
    assert signed_in(staff(theatre, USHER)).get(HOME).url == reverse("staff-today", args=[theatre.slug])


def test_a_manager_of_a_theatre_that_sells_goes_straight_to_today():
    theatre = ShowFactory().screen.theatre

    assert signed_in(staff(theatre, MANAGER)).get(HOME).url == reverse("staff-today", args=[theatre.slug])


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_way_in_takes_the_same_few_statements_whatever_the_number_of_theatres(statements, number):
    for _ in range(number):
        TheatreFactory()
    client = signed_in(owner())

    with statements() as seen:
        client.get(HOME)

    assert (
        len(seen) == 6
    )  # session, person, where they work, theatres, whether there is a film, how far each theatre is


def test_the_programme_of_an_empty_installation_promises_the_next_shows():
    page = browser().get("/")

    assert page.status_code == 200
    assert "The next shows are being planned" in text(page)
    assert "matches" not in text(page)


def test_the_page_of_a_theatre_without_shows_is_whole():
    assert browser().get(TheatreFactory().get_absolute_url()).status_code == 200
    assert browser().get("/?q=up").status_code == 200


# --- After signing in


def test_staff_arrive_in_the_back_office_after_signing_in():
    assert sign_in(owner()).url == HOME
    assert sign_in(staff(TheatreFactory(), USHER)).url == HOME


def test_a_moviegoer_signs_in_to_their_tickets():
    assert sign_in(UserFactory()).url == reverse("my-tickets")


def test_after_signing_in_the_user_reaches_the_page_they_wanted():
    assert sign_in(owner(), next="/account/").url == "/account/"
