"""Accent colours: whatever an owner chooses, text can be read."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinema.domain.colours import DARK, LIGHT, READABLE, contrast, dark_shades, is_colour, light_shades, mix

CSS = Path("static/css/cinema.css").read_text()
INK = {"light": "#1c1611", "dark": "#f4eadb"}
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#767676", "#ffffff", 4.54), ("#777777", "#ffffff", 4.48), ("#b8290f", "#b8290f", 1)],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


def test_colours_are_mixed():
    assert mix("#000000", "#ff8000", 0) == "#000000"
    assert mix("#000000", "#ff8000", 0.5) == "#804000"
    assert mix("#000000", "#ff8000", 1) == "#ff8000"


@pytest.mark.parametrize("text", ["", "#fff", "b8290f", "#b8290g", "#B8290F", "#b8290f ", "#b8290f;}"])
def test_only_six_digits_are_a_colour(text):
    assert is_colour("#b8290f")
    assert not is_colour(text)


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert light_shades("#9a1c5f").accent == "#9a1c5f"
    assert dark_shades("#ffb347").accent == "#ffb347"


def test_a_colour_that_cannot_be_read_becomes_darker_or_lighter():
    assert contrast("#ffd400", LIGHT[0]) < READABLE
    assert light_shades("#ffd400").accent == "#806a00"
    assert contrast("#1a237e", DARK[1]) < READABLE
    assert dark_shades("#1a237e").accent == "#7f84b7"


@given(colours)
def test_text_in_any_accent_colour_can_be_read_on_each_ground(accent):
    for shades, grounds in ((light_shades(accent), LIGHT), (dark_shades(accent), DARK)):
        for ground in (*grounds, shades.accent_soft):
            assert contrast(shades.accent, ground) >= READABLE
            assert contrast(shades.accent_deep, ground) >= READABLE


@given(colours)
def test_text_on_a_button_and_on_a_soft_ground_can_be_read(accent):
    for shades, ink in ((light_shades(accent), INK["light"]), (dark_shades(accent), INK["dark"])):
        assert contrast(shades.accent_ink, shades.accent) >= READABLE
        assert contrast(shades.accent_ink, shades.accent_deep) >= READABLE
        assert contrast(ink, shades.accent_soft) >= READABLE


def test_the_grounds_are_those_of_the_style_sheet():
    assert tuple(_values("paper"))[:2] == (LIGHT[0], DARK[0])
    assert tuple(_values("surface"))[:2] == (LIGHT[1], DARK[1])
    assert tuple(_values("ink"))[:2] == tuple(INK.values())


def _values(name: str) -> list[str]:
    return re.findall(rf"--{name}: (#[0-9a-f]+);", CSS)
