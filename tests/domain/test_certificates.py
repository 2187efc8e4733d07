"""Meanings of age certificates: cinema.domain.certificates."""

import pytest

from cinema.domain.certificates import certificate


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("U", "For all ages."),
        ("UA 16+", "Parents decide for children under 16."),
        ("ua 7+", "Parents decide for children under 7."),
        ("UA", "Children under 12 only with a parent or guardian."),
        ("A", "Adults only (18 and over)."),
        ("18", "Adults only (18 and over)."),
        ("FSK 12", "For ages 12 and over."),
        ("0", "For all ages."),
        ("12A", "Children under 12 only with an adult."),
        ("K.A.", ""),
        ("", ""),
    ],
)
def test_a_certificate_is_explained(text, meaning):
    assert certificate(text).meaning == meaning


@pytest.mark.parametrize(("text", "adults_only"), [("A", True), ("FSK 18", True), ("18+", True), ("UA 16+", False)])
def test_films_for_adults_are_recognised(text, adults_only):
    assert certificate(text).adults_only is adults_only
