"""Several job processes announcing a film at once: nobody is told twice, and without the claim somebody is."""

from unittest import mock

import pytest
from django.utils import timezone

from cinema.models import FilmAlert, OutgoingMail
from cinema.services.core.outbox import Kind, post
from cinema.services.films import alerts
from cinema.services.films.alerts import announce_films
from tests.concurrency.harness import race
from tests.factories import listed

pytestmark = pytest.mark.django_db(transaction=True)


def announced_by_two_at_once() -> int:
    now = timezone.now()
    FilmAlert.objects.create(movie=listed(days=2).movie, email="asha@example.org", created_at=now, confirmed_at=now)
    outcomes = race(announce_films, announce_films, patience=2)
    assert not [outcome.error for outcome in outcomes if outcome.error]
    return OutgoingMail.objects.filter(kind=Kind.FILM_ON_SALE).count()


def test_a_film_is_announced_once_by_two_processes():
    assert announced_by_two_at_once() == 1


def unclaimed(*, pk: int) -> bool:
    alert = FilmAlert.objects.get(pk=pk)
    post(kind=Kind.FILM_ON_SALE, about=alert.email, movie=alert.movie_id)
    FilmAlert.objects.filter(pk=pk).delete()
    return True


@pytest.mark.nightly
def test_without_the_claim_it_is_announced_twice():
    with mock.patch.object(alerts, "_announce", unclaimed):
        assert announced_by_two_at_once() == 2
