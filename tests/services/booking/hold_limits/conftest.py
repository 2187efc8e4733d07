"""Shows, and limits so low that a few holds reach them."""

import pytest

from cinema.models import Screen, Show
from tests.factories import ScreenFactory, ShowFactory
from tests.services.booking.hold_limits.holding import another


@pytest.fixture(autouse=True)
def limits(settings):
    """Low limits that do not affect each other's tests."""
    settings.HOLDS_PER_BUYER, settings.HOLDS_PER_ADDRESS, settings.HOLDS_PER_TOKEN, settings.SHOW_SHARE = 2, 3, 2, 0
    return settings


@pytest.fixture
def screen() -> Screen:
    return ScreenFactory(rows=2, columns=10)


@pytest.fixture
def show(screen) -> Show:
    return ShowFactory(screen=screen)


@pytest.fixture
def shows(show) -> list[Show]:
    """Four shows on one screen."""
    return [show, *(another(show, days) for days in range(1, 4))]


@pytest.fixture
def shared(limits):
    """8 of the 20 seats."""
    limits.HOLDS_PER_ADDRESS, limits.SHOW_SHARE, limits.MAX_SEATS = 0, 40, 5
