"""A small theatre to work at, at /staff/theatres/here/; and, for tests of every address, places with one of each."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.factories import ScreenFactory, TheatreFactory, price_card
from tests.views.staff.addresses import Place


@pytest.fixture(scope="module")
def here(django_db_setup: None, django_db_blocker) -> Iterator[Place]:
    """The same for all tests of a file: what one of them changes is undone after it, and all after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Place("here")
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def elsewhere(here: Place, django_db_blocker) -> Place:
    with django_db_blocker.unblock():
        return Place("elsewhere")


@pytest.fixture
def theatre():
    return TheatreFactory(slug="here")


@pytest.fixture
def screen(theatre):
    return ScreenFactory(theatre=theatre, name="One", plan="aa")


@pytest.fixture
def card(theatre, screen):
    return price_card(theatre)
