"""Days and times of day as people write and read them."""

import re
from datetime import date, datetime, time, tzinfo

from django.utils import formats
from django.utils.translation import gettext as _

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


def shown_time(moment: datetime, tz: tzinfo) -> str:
    """“18:30” on the clock of ``tz``; “01:30 (before the clocks go back)” for one that the clock shows twice."""
    local, which = moment.astimezone(tz), which_time(moment, tz)
    shown = formats.date_format(local, "H:i")
    return f"{shown} ({which})" if which else shown


def which_time(moment: datetime, tz: tzinfo) -> str:
    """“before the clocks go back” or “after …”, for a time that the clock of ``tz`` shows twice; else nothing."""
    local = moment.astimezone(tz)
    if local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset():
        return ""
    return _("after the clocks go back") if local.fold else _("before the clocks go back")
