"""JSON written while it is read."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cinema.exports.json_parts import write


@pytest.mark.parametrize("items", [[], [1], [{"a": 'é\n"<'}, {"b": None}]])
def test_it_is_json_however_many_items_there_are(items):
    assert json.loads("".join(write({"who": "asha"}, {"things": iter(items), "more": []}))) == {
        "who": "asha",
        "things": items,
        "more": [],
    }


def test_moments_and_amounts_are_texts():
    written = json.loads("".join(write({"at": datetime(2026, 11, 27, tzinfo=UTC)}, {"amounts": [Decimal("1.50")]})))

    assert written == {"at": "2026-11-27T00:00:00Z", "amounts": ["1.50"]}


def test_nothing_is_read_before_it_is_written():
    pieces = write({"a": 1}, {"things": (1 / 0 for _ in range(1))})

    assert next(pieces)
    with pytest.raises(ZeroDivisionError):
        list(pieces)
