"""The objects of a fake of Stripe: how they are asked for, listed and refused."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.server import Refusal, Reply, Request

Object = dict[str, Any]


def check_names(asked: Object, known: type) -> None:
    if unknown := set(asked) - set(known.__annotations__):
        raise refusal(400, "invalid_request_error", message=f"Received unknown parameters: {', '.join(unknown)}")


def refusal(status: int, kind: str, **more: str) -> Refusal:
    return Refusal(Reply(status, {"error": {"type": kind, **more}}))


def page_of(objects: list[Object], request: Request) -> Object:
    """The newest first, ten if nobody says how many, after the one that the last page ended with."""
    size, after = int(request.query.get("limit", 10)), request.query.get("starting_after")
    if size > 100:
        raise refusal(400, "invalid_request_error", message="This value must be less than or equal to 100.")
    since = int(request.query.get("created[gte]", 0))
    found = [one for one in objects[::-1] if one["created"] >= since]
    start = next((n for n, one in enumerate(found, start=1) if one["id"] == after), 0)
    shown = found[start : start + size]
    return {"object": "list", "data": shown, "has_more": start + size < len(found), "url": request.path}


def nested(asked: bytes | Mapping[str, str]) -> Object:
    """“a[b][0]=c” as {"a": {"b": {"0": "c"}}}."""
    result: Object = {}
    pairs = parse_qsl(asked.decode(), keep_blank_values=True) if isinstance(asked, bytes) else asked.items()
    for name, value in pairs:
        *path, last = re.findall(r"[^\[\]]+", name)
        inner = result
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return result
