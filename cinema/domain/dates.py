"""Dates in words. Every format of a date that people read stands here, so that each language can arrange it."""

from datetime import date
from functools import cache

from babel import Locale
from django.utils.dateformat import DateFormat
from django.utils.translation import pgettext, pgettext_lazy

from cinema.domain.languages import current_locale
from cinema.domain.weekdays import short_weekday, weekday_name

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


class _InWords(DateFormat):
    """Django's formats, with the names that CLDR has for days and months: Django has some misspelled."""

    data: date

    def l(self) -> str:  # noqa: E743 # Django's name of it
        return weekday_name(self.data.weekday())

    def D(self) -> str:  # noqa: N802
        return short_weekday(self.data.weekday())

    def F(self) -> str:  # noqa: N802
        return _month(current_locale(), "format", "wide", self.data.month)

    def M(self) -> str:  # noqa: N802
        return _month(current_locale(), "stand-alone", "abbreviated", self.data.month)

    def b(self) -> str:
        return self.M().lower()


def shown_date(day: date, form: str) -> str:
    """Format a date, or a moment in its own zone, as FORMATS has it: “Friday 27 November 2026” for “l j F Y”."""
    return _InWords(day).format(str(FORMATS[form]))


def day_and_time(day: str, time: str) -> str:
    """A day and a time, both already in words: “Friday 27 November, 18:30”."""
    return pgettext("a day and a time", "%(day)s, %(time)s") % {"day": day, "time": time}


@cache
def _month(locale: str, context: str, width: str, month: int) -> str:
    """Within a date, if it is written out; short ones would have a full stop in German."""
    name: str = Locale.parse(locale).months[context][width][month]
    return name
