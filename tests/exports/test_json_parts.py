"""Streamed JSON: exports.json_parts."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cinema.exports.json_parts import write


@pytest.mark.parametrize("items", [[], [1], [{"a": 'é\n"<'}, {"b": None}]])
def test_any_number_of_items_is_valid_json(items):
    assert json.loads("".join(write({"who": "asha"}, {"things": iter(items), "more": []}))) == {
        "who": "asha",
        "things": items,
        "more": [],
    }


def test_times_and_amounts_are_strings():
    written = json.loads("".join(write({"at": datetime(2026, 11, 27, tzinfo=UTC)}, {"amounts": [Decimal("1.50")]})))

    assert written == {"at": "2026-11-27T00:00:00Z", "amounts": ["1.50"]}


def test_items_are_read_only_when_they_are_written():
    pieces = write({"a": 1}, {"things": (1 / 0 for _ in range(1))})

    assert next(pieces)
    with pytest.raises(ZeroDivisionError):
        list(pieces)
