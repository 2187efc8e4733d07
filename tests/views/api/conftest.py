"""A show, and a program that books seats of it."""

import pytest

from tests.factories import (
    ShowFactory,
    UserFactory,
)
from tests.views.api.programs import Program


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aaaaaaaaaabb", movie__title="Mughal-e-Azam")


@pytest.fixture
def kiosk():
    return Program(UserFactory(email="kiosk@example.org", name="Kiosk", phone="022 123456"))
