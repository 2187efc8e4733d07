"""What pages show of the appearances: a theatre's own where it has one, else that of the site."""

from datetime import date
from unittest.mock import Mock

import pytest

from cinema.models import Appearance
from cinema.selectors.halls import appearances
from cinema.selectors.halls.appearances import introduction_of, look_of
from cinema.services.core import pictures
from tests.factories import TheatreFactory
from tests.pictures import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("appearances_are_read")]


@pytest.fixture
def theatre():
    return TheatreFactory(time_zone="Asia/Kolkata")


def test_without_any_the_cinema_has_a_name_and_nothing_else(theatre):
    assert look_of(None) == look_of(theatre.pk) == ("Cinema", "", "", None, None, "", "", "", "", ())


def test_a_logo_that_cannot_be_read_once_is_read_again(monkeypatch):
    Appearance.objects.create(logo=pictures.store(picture=picture(40, 40).getvalue(), folder="logos", ending="png"))
    with monkeypatch.context() as patched:
        patched.setattr(appearances, "default_storage", Mock(open=Mock(side_effect=OSError)))
        assert look_of(None).square_logo == ""

    assert look_of(None).square_logo


def test_what_a_theatre_leaves_empty_is_as_on_the_site(theatre):
    Appearance.objects.create(name="Rex", phone="+91 22 1234", accent="#00695c", introduction="Since 1932.")
    Appearance.objects.create(theatre=theatre, accent="#b8290f", email="box@rex.example")

    look = look_of(theatre.pk)

    assert (look.name, look.phone, look.accent, look.email) == ("Rex", "+91 22 1234", "#b8290f", "box@rex.example")
    assert look_of(None).accent == look_of(TheatreFactory().pk).accent == "#00695c"
    assert (introduction_of(None), introduction_of(theatre)) == ("Since 1932.", "")


def test_the_two_logos_of_a_theatre_replace_both_of_the_site(theatre):
    Appearance.objects.create(logo="logos/site.png", logo_on_light="logos/light.png")
    Appearance.objects.create(theatre=theatre, logo="logos/theatre.png")

    assert look_of(theatre.pk)[3:5] == ("/media/logos/theatre.png", None)
    assert look_of(None)[3:5] == ("/media/logos/site.png", "/media/logos/light.png")


def test_links_are_named_after_their_sites():
    Appearance.objects.create(links="https://www.instagram.com/rex\nhttps://rex.example/")

    assert [link.label for link in look_of(None).links] == ["instagram.com", "rex.example"]


@pytest.mark.parametrize(("last_day", "shown"), [(5, "Closed."), (4, "")])
def test_an_announcement_ends_with_its_last_day_on_the_clock_of_the_theatre(theatre, last_day, shown, monkeypatch):
    from datetime import UTC, datetime

    monkeypatch.setattr(appearances.timezone, "now", lambda: datetime(2026, 12, 4, 19, tzinfo=UTC))  # 00:30 in India
    Appearance.objects.create(theatre=theatre, announcement="Closed.", announced_until=date(2026, 12, last_day))

    assert look_of(theatre.pk).announcement == shown


def test_all_appearances_are_read_in_one_statement(theatre, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(appearances.appearances, "fresh_for", 10)
    with django_assert_num_queries(1):
        look_of(theatre.pk)
        look_of(None)
