"""Dates in words. Every format of a date that people read stands here, so that each language can arrange it."""

from datetime import date

from django.utils import formats
from django.utils.translation import pgettext, pgettext_lazy

# By its English form, which is Django's; a language may put “j. F Y” or “j \d\e F \d\e Y” in its place.
FORMATS = {
    "l j F Y": pgettext_lazy("format of a date", "l j F Y"),
    "l j F": pgettext_lazy("format of a date", "l j F"),
    "D j M Y": pgettext_lazy("format of a date", "D j M Y"),
    "D j M": pgettext_lazy("format of a date", "D j M"),
    "D j": pgettext_lazy("format of a date", "D j"),
    "j F Y": pgettext_lazy("format of a date", "j F Y"),
    "j F": pgettext_lazy("format of a date", "j F"),
    "j M Y": pgettext_lazy("format of a date", "j M Y"),
    "j M": pgettext_lazy("format of a date", "j M"),
    "M Y": pgettext_lazy("format of a date", "M Y"),
    "M": pgettext_lazy("format of a date", "M"),
}


def shown_date(day: date, form: str) -> str:
    """Format a date, or a moment in its own zone, as FORMATS has it: “Friday 27 November 2026” for “l j F Y”."""
    return formats.date_format(day, str(FORMATS[form]))


def day_and_time(day: str, time: str) -> str:
    """A day and a time, both already in words: “Friday 27 November, 18:30”."""
    return pgettext("a day and a time", "%(day)s, %(time)s") % {"day": day, "time": time}
