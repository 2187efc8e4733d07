"""Double bills in the planner: the forms, without any script."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.models import CheckIn, Feature, Show
from cinema.selectors.door.answers import ScanAnswer
from cinema.selectors.door.offline import offline_list
from tests.factories import (
    MANAGER,
    LanguageFactory,
    MovieFactory,
    ScreenFactory,
    double_bill,
    draft,
    in_the_afternoon,
    sold,
    staff,
    starting_in,
)
from tests.views.browsers import text

pytestmark = pytest.mark.django_db
FRIDAY = date(2083, 1, 8)  # far in the future


@pytest.fixture
def manager(client, theatre):
    client.force_login(staff(theatre, MANAGER))
    return client


@pytest.fixture
def alien():
    movie = MovieFactory(title="Alien", runtime=115)
    movie.languages.add(LanguageFactory())
    return movie


@pytest.fixture
def brazil():
    return MovieFactory(title="Brazil", runtime=130)


def url(name="", *args):
    return reverse(f"staff-schedule{name and '-'}{name}", args=["here", *args])


def answers(page):
    """What the form on the page would post."""
    values = {bound.html_name: bound.value() for bound in page.context["form"]}
    return {name: getattr(value, "pk", value) for name, value in values.items() if value is not None}


def planned(screen, movie, **fields):
    plain = {"movie": movie.pk, "screen": screen.pk, "times": "18:00", "first_day": FRIDAY, "format": "2D"}
    return plain | {"trailers": 15, "turnaround": 15, "sales_cutoff": 0} | fields


def test_the_planner_names_both_films_of_a_new_double_bill(manager, screen, alien, brazil):
    fields = {"film_2": brazil.pk, "break_2": 20, "share_2": "40"}

    answer = manager.post(url("add"), planned(screen, alien, **fields), follow=True)

    [show] = Show.objects.all()
    assert (show.title, show.shares, show.further[0].break_minutes) == ("Alien + Brazil", [60, 40], 20)
    assert (show.ends_at - show.starts_at).total_seconds() == (15 + 115 + 20 + 130 + 15) * 60
    assert "Alien + Brazil" in text(answer)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"film_2": "brazil"}, "Please enter the share of this film, or 0 if it has none."),
        ({"share_2": "40"}, "Please choose a film, or clear its break and share."),
        ({"film_2": "brazil", "share_2": "101"}, "100"),
        ({"film_2": "alien", "share_2": "10"}, "“Alien” is in this show twice."),
        (
            {"film_2": "brazil", "share_2": "60", "film_3": "cabaret", "share_3": "41"},
            "The shares of the further films add up to more than 100%.",
        ),
    ],
)
def test_the_form_names_what_is_missing_or_too_much(manager, screen, alien, brazil, fields, problem):
    films = {"alien": alien.pk, "brazil": brazil.pk, "cabaret": MovieFactory(title="Cabaret").pk}
    fields = {name: films.get(value, value) for name, value in fields.items()}

    answer = manager.post(url("add"), planned(screen, alien, **fields))

    assert answer.status_code in (400, 409)
    assert problem in text(answer)
    assert '<details id="further" open>' in answer.content.decode()
    assert not Show.objects.exists()


def test_the_form_has_the_films_and_saves_others(manager, screen, card, alien, brazil):
    show = draft(screen, card, movie=alien)
    page = manager.get(url("show", show.pk))
    assert '<details id="further">' in page.content.decode()

    said = answers(page) | {"film_2": brazil.pk, "break_2": 15, "share_2": "33.3"}
    assert manager.post(url("show", show.pk), said).status_code == 303
    page = manager.get(url("show", show.pk))
    assert '<details id="further" open>' in page.content.decode()
    assert manager.post(url("show", show.pk), answers(page)).status_code == 303
    assert Feature.objects.values_list("movie", "break_minutes", "share").get() == (brazil.pk, 15, Decimal("33.30"))

    manager.post(url("show", show.pk), answers(page) | {"film_2": "", "break_2": "", "share_2": ""})
    assert not Feature.objects.exists()


def test_the_films_of_a_sold_show_stay_but_the_share_may_change(manager, screen):
    show = double_bill(screen=screen)
    sold(show, "A1")
    page = manager.get(url("show", show.pk))

    said = answers(page) | {"film_2": MovieFactory().pk, "share_2": "50"}
    manager.post(url("show", show.pk), said)

    changed = Show.objects.get(pk=show.pk)
    assert (changed.title, changed.shares) == ("Alien + Brazil", [50, 50])


def test_the_form_reads_the_films_once(manager, screen, card, alien, statements):
    show = draft(screen, card, movie=alien)
    with statements() as seen:
        manager.get(url("show", show.pk))
    assert sum('FROM "cinema_movie"' in sql for sql in seen) == 1


def test_a_copied_day_has_the_double_bill_again(manager, screen, card, alien, brazil):
    manager.post(url("add"), planned(screen, alien, price_card=card.pk, film_2=brazil.pk, break_2=5, share_2="40"))

    copied = {"span": "day", "source": FRIDAY, "target": date(2083, 1, 9), "confirm": "1"}
    manager.post(url("copy"), copied)

    assert [show.title for show in Show.objects.order_by("starts_at")] == ["Alien + Brazil"] * 2


@pytest.mark.parametrize("page", ["staff-today", "staff-door", "staff-orders", "staff-schedule-labels"])
def test_pages_of_staff_name_both_films_in_as_many_statements_for_one_as_for_many(manager, screen, statements, page):
    screen.theatre.time_zone = in_the_afternoon()
    screen.theatre.save(update_fields=["time_zone"])
    shows, seen = [], []
    films = {"movie": MovieFactory(title="Alien"), "second": MovieFactory(title="Brazil")}
    for number in (1, 2):
        for _ in range(number):
            show = double_bill(screen=ScreenFactory(theatre=screen.theatre), **films)
            shows.append(starting_in(show, timedelta(minutes=30)))
            Show.objects.update(trading_day=screen.theatre.trading_day(show.starts_at))
            sold(shows[-1], "A1")
        with statements() as counted:
            answer = manager.get(reverse(page, args=["here"]))
        seen.append(len(counted))

    assert text(answer).count("Alien + Brazil") >= len(shows)
    assert seen[0] == seen[1]


def test_the_door_checks_the_stricter_age_with_and_without_a_network(screen):
    show = double_bill(screen=screen)
    [listed] = offline_list(screen.theatre, [show], timezone.now())["shows"]
    assert (listed["name"].partition(",")[0], listed["age"]) == ("Alien + Brazil", "18. Adults only (18 and over).")

    check = CheckIn(show=show, outcome=CheckIn.Outcome.ADMITTED)
    assert ScanAnswer(check, screen.theatre, [], []).age.adults_only
