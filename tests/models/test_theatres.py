"""Properties of theatres."""

import pytest

from cinema.models import Theatre


@pytest.mark.parametrize(
    ("address", "city", "whole"),
    [
        ("Kaiser-Joseph-Str. 1, 79098 Freiburg", "Freiburg", "Kaiser-Joseph-Str. 1, 79098 Freiburg"),
        ("Kaiser-Joseph-Str. 1 79098 freiburg", "Freiburg", "Kaiser-Joseph-Str. 1 79098 freiburg"),
        ("1 Marine Drive, Mumbai 400020", "Mumbai", "1 Marine Drive, Mumbai 400020"),
        ("2 Strand, London W1 2AB, UK", "London", "2 Strand, London W1 2AB, UK"),
        ("1 Marine Drive", "Mumbai", "1 Marine Drive, Mumbai"),
        ("12 Bathurst Street", "Bath", "12 Bathurst Street, Bath"),
        ("5 Bath Road", "Bath", "5 Bath Road, Bath"),
    ],
)
def test_the_city_stands_once_in_the_full_address(address, city, whole):
    assert Theatre(address=address, city=city).full_address == whole
