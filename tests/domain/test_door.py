"""The code of a ticket in what a scanner read or somebody typed."""

import pytest

from cinema.domain.door import code_in, is_link

CODE = "Abcdefghij_0123456789-"


@pytest.mark.parametrize(
    "scanned",
    [
        CODE,
        f"  {CODE}\r\n",
        f"https://cinema.example.org/tickets/{CODE}/",
        f"/ar/tickets/{CODE}/",
        f"http://localhost:8000/tickets/{CODE}",
        f"https://cinema.example.org/tickets/{CODE}/?source=mail#top",
    ],
)
def test_the_code_is_found(scanned):
    assert code_in(scanned) == CODE


@pytest.mark.parametrize(
    "scanned", ["", CODE[:-1], CODE + "x", f"/tickets/{CODE[:10]}/", f"/orders/{CODE}/", "https://example.org/", "🎟"]
)
def test_anything_else_has_none(scanned):
    assert code_in(scanned) == ""


def test_a_link_is_told_from_a_reference():
    assert is_link("https://example.org/abcdefgh") and is_link("WIFI:S:x") and is_link("/tickets/")
    assert not is_link("K7PM-3WXY") and not is_link("Ref.: K7PM 3WXY")
