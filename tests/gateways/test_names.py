"""What else knows a payment provider by its name."""

import pytest

from cinema.gateways import GATEWAYS
from cinema.gateways.configuration import ORIGINS
from cinema.templatetags.staff import gateway_name


@pytest.mark.parametrize("name", GATEWAYS)
def test_every_provider_has_a_name_for_people(name):
    assert gateway_name(name) != name


def test_every_provider_has_the_origins_of_its_payment_pages():
    assert GATEWAYS.keys() - ORIGINS.keys() == {"sandbox"}  # whose pages are ours
