"""Days and times of day as people write them."""

import re
from datetime import date, datetime, time

TIME = re.compile(r"(\d{1,2})(?:\s*[:.h]\s*(\d{2}))?(?::00)?")
DAY_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y/%m/%d")
FIRST_YEAR, LAST_YEAR = 2000, 2100


def read_time(text: str) -> time:
    """“18:30”, “9.15”, “21” or, for half past midnight, “24:30” as well as “0:30”. Raises ValueError."""
    found = TIME.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    hour = int(found[1])
    return time(hour - 24 if 24 <= hour < 29 else hour, int(found[2] or 0))


def read_day(text: str) -> date:
    """“2026-11-27”, “27.11.2026” or “27/11/2026”: the day before the month. Raises ValueError."""
    for pattern in DAY_FORMATS:
        try:
            day = datetime.strptime(text.strip(), pattern).date()
        except ValueError:
            continue
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
    raise ValueError(text)
