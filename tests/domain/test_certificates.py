"""Meanings of age certificates: cinema.domain.certificates."""

import pytest

from cinema.domain.certificates import certificate, strictest


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("U", "For all ages."),
        ("UA 16+", "Parents decide for children under 16."),
        ("ua 7+", "Parents decide for children under 7."),
        ("UA", "Children under 12 only with a parent or guardian."),
        ("A", "Adults only (18 and over)."),
        ("18", "Adults only (18 and over)."),
        ("FSK 12", "For ages 12 and over; from 6 with a parent."),
        ("FSK 16", "For ages 16 and over."),
        ("TP", "For all ages."),
        ("15A", "Children under 15 only with an adult."),
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


@pytest.mark.parametrize(
    ("text", "asked"),
    [("A", True), ("15", True), ("FSK 12", True), ("R", True), ("FSK 6", False), ("UA 16+", False), ("12A", False)],
)
def test_proof_is_asked_for_an_age_that_people_can_prove(text, asked):
    assert certificate(text).asks_proof is asked


@pytest.mark.parametrize(
    ("certificates", "strictest_one"),
    [
        (["12", "18"], "18"),
        (["FSK 16", "FSK 6"], "FSK 16"),
        (["U", "UA 13+"], "UA 13+"),
        (["A", "UA 16+"], "A"),
        (["PG-13", "R"], "R"),
        (["PG", "G"], "PG"),
        (["", "U"], "U"),
        (["unrated", "6"], "6"),
        (["", ""], ""),
        ([], ""),
    ],
)
def test_of_several_films_the_strictest_certificate_counts(certificates, strictest_one):
    assert strictest(certificates) == strictest_one
