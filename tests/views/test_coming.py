"""Coming films, and the form and the link of those who want to hear of one."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.models import FilmAlert, OutgoingMail
from tests.factories import GenreFactory, MovieFactory, UserFactory, listed
from tests.views.browsers import text

pytestmark = pytest.mark.django_db

COMING = reverse("coming-soon")
ASHA = {"email": "Asha@Example.org"}


def films(client) -> list[str]:
    return [movie.title for movie in client.get(COMING).context["films"]]


def test_films_to_be_released_are_listed_by_date_unless_they_are_on(client):
    today = timezone.now().date()
    MovieFactory(title="Later", release_date=today + timedelta(days=30))
    MovieFactory(title="Soon", release_date=today + timedelta(days=3)).genres.add(GenreFactory(name="Comedy"))
    MovieFactory(title="This year", year=today.year)
    MovieFactory(title="Old", release_date=today - timedelta(days=1))
    MovieFactory(title="Of the library", year=today.year - 1)
    MovieFactory(title="Retired", release_date=today + timedelta(days=3), retired_at=timezone.now())
    listed(movie=MovieFactory(title="On", release_date=today + timedelta(days=3)))
    listed(movie=MovieFactory(title="Was on", year=today.year), starts_at=timezone.now() - timedelta(days=3))

    assert films(client) == ["Soon", "Later", "This year"]
    assert "Comedy" in text(client.get(COMING))
    assert COMING in client.get(reverse("programme")).content.decode()


def test_where_nothing_is_coming_what_is_on_is_shown(client):
    show = listed(movie=MovieFactory(title="On"))
    page = client.get(COMING).content.decode()

    assert "No new films are announced at the moment." in page
    assert page.count(f'href="{show.movie.get_absolute_url()}"') == 1


def test_coming_films_take_the_same_statements_however_many_they_are(client, django_assert_max_num_queries):
    for number in range(30):
        MovieFactory(title=f"Film {number}", year=timezone.now().year).genres.add(GenreFactory())

    with django_assert_max_num_queries(4):
        assert len(films(client)) == 30


def test_a_film_without_shows_has_the_form_and_one_with_shows_or_retired_has_not(client):
    idle, on = MovieFactory(), listed().movie
    retired = MovieFactory(retired_at=timezone.now())

    assert "Tell me when it’s on" in text(client.get(idle.get_absolute_url()))
    for movie in (on, retired):
        assert "Tell me when it’s on" not in text(client.get(movie.get_absolute_url()))
        client.post(reverse("movie-alert", args=[movie.slug]), ASHA)
    assert not FilmAlert.objects.exists()


def test_the_form_has_the_address_of_the_account(client):
    client.force_login(UserFactory(email="ben@example.org"))

    assert 'value="ben@example.org"' in client.get(MovieFactory().get_absolute_url()).content.decode()


def test_a_wish_is_made_confirmed_and_taken_back(client):
    movie = MovieFactory()

    answer = client.post(reverse("movie-alert", args=[movie.slug]), ASHA, follow=True)

    alert = FilmAlert.objects.get()
    assert alert.email == "asha@example.org"
    assert "We’ve emailed a link to asha@example.org." in text(answer)
    assert OutgoingMail.objects.get().recipient == "asha@example.org"
    assert "Yes, tell me" in text(client.get(alert.get_absolute_url()))
    assert not FilmAlert.objects.exclude(confirmed_at=None).exists()  # by a GET

    confirmed = client.post(alert.get_absolute_url(), follow=True)
    assert "We’ll email asha@example.org as soon as this film is on sale." in text(confirmed)

    stopped = client.post(alert.get_absolute_url(), {"stop": "yes"}, follow=True)
    assert "We’ve deleted your address." in text(stopped)
    assert client.get(alert.get_absolute_url()).status_code == 404


def test_a_wrong_address_is_named_beside_the_field(client):
    answer = client.post(reverse("movie-alert", args=[MovieFactory().slug]), {"email": "asha@"})

    assert answer.status_code == 400
    assert "Enter a valid email address." in text(answer)


def test_after_too_many_mails_the_reason_is_shown(client):
    url = reverse("movie-alert", args=[MovieFactory().slug])
    for _ in range(4):
        answer = client.post(url, ASHA, follow=True)

    assert OutgoingMail.objects.count() == 3
    assert "email" in text(answer) and "Please" in text(answer)
