"""Links with a query string."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode


class DayLink(NamedTuple):
    day: date
    url: str
    is_current: bool


def with_query(path: str, query: Mapping[str, str]) -> str:
    """The URL of ``path`` with ``query``, without empty parameters."""
    filled = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(filled)}" if filled else path


def day_links(
    path: str, query: Mapping[str, str], *, days: Iterable[date], current: date | None, today: date | None
) -> list[DayLink]:
    """Return a link for each day; the trading day ``today`` needs no parameter."""
    return [
        DayLink(day, with_query(path, {**query, "day": "" if day == today else day.isoformat()}), day == current)
        for day in days
    ]
