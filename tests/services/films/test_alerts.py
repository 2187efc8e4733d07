"""Telling people that a film is on sale: confirmed first, once, and then forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cinema.exceptions import TooManyMails
from cinema.models import FilmAlert, Movie, OutgoingMail, Show
from cinema.services.films.alerts import (
    announce_films,
    ask_for_film_alert,
    confirm_film_alert,
    delete_film_alert,
    forget_film_alerts,
)
from cinema.services.people.mail_requests import TO_ONE
from tests.factories import MovieFactory, listed
from tests.mails import outbox

pytestmark = pytest.mark.django_db

ASHA = "asha@example.org"


def ask(movie: Movie, email: str = ASHA) -> FilmAlert:
    ask_for_film_alert(movie=movie, email=email, client_ip="203.0.113.7")
    return FilmAlert.objects.get(movie=movie, email=email)


def wish(movie: Movie) -> FilmAlert:
    alert = ask(movie)
    confirm_film_alert(code=alert.code)
    return alert


@pytest.fixture
def movie():
    return MovieFactory(title="Mandi")


def test_a_wish_is_confirmed_by_the_link_in_a_mail(movie):
    alert = ask(movie)

    [message] = outbox()
    assert (message.to, message.subject) == ([ASHA], "Shall we tell you when Mandi is on?")
    assert alert.get_absolute_url() in message.body
    assert alert.confirmed_at is None


def test_a_second_request_sends_the_link_again_and_no_more_than_a_few(movie):
    alerts = {ask(movie).pk for _ in range(TO_ONE)}

    assert len(alerts) == 1
    with pytest.raises(TooManyMails):
        ask(movie)


def test_a_film_on_sale_is_announced_once_and_the_address_is_deleted(movie):
    FilmAlert.objects.filter(pk=wish(movie).pk).update(language="de")
    assert announce_films() == 0
    show = listed(movie=movie, days=2)

    assert (announce_films(), announce_films()) == (1, 0)

    mail = OutgoingMail.objects.get(kind="FILM_ON_SALE")
    assert (mail.recipient, mail.language) == (ASHA, "de")
    OutgoingMail.objects.update(language="en")
    message = outbox()[-1]
    assert message.subject.startswith("Now on sale: Mandi, ")
    assert str(show.screen.theatre) in message.body
    assert movie.get_absolute_url() in message.body
    assert not FilmAlert.objects.exists()
    assert not OutgoingMail.objects.exclude(recipient="").exists()


@pytest.mark.parametrize(
    "hidden",
    [
        {"status": Show.Status.DRAFT},
        {"status": Show.Status.CANCELLED},
        {"sales_start_at": timezone.now() + timedelta(days=1)},
        {"starts_at": timezone.now() - timedelta(hours=1)},
    ],
)
def test_a_film_that_nobody_can_book_is_not_announced(movie, hidden):
    wish(movie)
    listed(movie=movie, **{"days": 2} | hidden)

    assert announce_films() == 0


def test_without_the_confirmation_nobody_is_told(movie):
    ask(movie)
    listed(movie=movie, days=2)

    assert announce_films() == 0


def test_a_film_that_is_off_sale_again_is_not_announced(movie):
    wish(movie)
    show = listed(movie=movie, days=2)
    announce_films()
    Show.objects.filter(pk=show.pk).update(status=Show.Status.CANCELLED)

    assert not [message for message in outbox() if message.subject.startswith("Now on sale")]


def test_a_wish_that_is_taken_back_is_deleted_and_its_unsent_link_with_it(movie):
    delete_film_alert(code=ask(movie).code)

    assert not outbox()
    assert not FilmAlert.objects.exists()


def test_wishes_are_deleted_after_a_year_and_unconfirmed_ones_after_three_days(movie):
    now = timezone.now()
    for name, days, confirmed in (("a", 4, False), ("b", 2, False), ("c", 364, True), ("d", 366, True)):
        done = now if confirmed else None
        created = now - timedelta(days=days)
        FilmAlert.objects.create(movie=movie, email=f"{name}@example.org", created_at=created, confirmed_at=done)

    assert forget_film_alerts() == 2
    assert set(FilmAlert.objects.values_list("email", flat=True)) == {"b@example.org", "c@example.org"}
