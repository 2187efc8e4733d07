"""A small theatre to work at, at /staff/theatres/here/."""

import pytest

from tests.factories import ScreenFactory, TheatreFactory, price_card


@pytest.fixture
def theatre():
    return TheatreFactory(slug="here")


@pytest.fixture
def screen(theatre):
    return ScreenFactory(theatre=theatre, name="One", plan="aa")


@pytest.fixture
def card(theatre, screen):
    return price_card(theatre)
