"""Streamed JSON, written item by item to bound the memory."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def write(head: Mapping[str, Any], parts: Mapping[str, Iterable[Any]]) -> Iterator[str]:
    """Yield one JSON object: the items of ``head``, then each part as a list with one item on each line."""
    yield "{\n" + ",\n".join(f"{_json(name)}: {_json(value)}" for name, value in head.items())
    for name, items in parts.items():
        yield f",\n{_json(name)}: ["
        for number, item in enumerate(items):
            yield f"{',' if number else ''}\n  {_json(item)}"
        yield "]"
    yield "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
