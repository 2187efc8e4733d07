"""Form fields for days and times. Browsers send them in ISO format; what is typed, in the notation of the language."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from cinema.domain.clock import read_time
from cinema.domain.reading import read_day, written_day

Read = TypeVar("Read")

EXAMPLE = date(2026, 11, 27)  # no month has this number


class DayField(forms.DateField):
    """A day in ISO format or as the language writes it."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_error_messages = {"invalid": _("Please enter a day, such as %(example)s.")}

    def to_python(self, value: Any) -> date | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            return read_day(value)
        except ValueError:
            example = {"example": written_day(EXAMPLE)}
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid", params=example) from None

    def prepare_value(self, value: Any) -> Any:
        return _read_or_same(read_day, value)


class TimeField(forms.TimeField):
    """A time of day in any format of read_time()."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    default_error_messages = {"invalid": _("Please enter a time, such as 18:30.")}

    def to_python(self, value: Any) -> time | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            return read_time(value)
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return _read_or_same(read_time, value)


class MomentField(forms.DateTimeField):
    """A day and a time, in this order, each as in DayField and TimeField."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    default_error_messages = {"invalid": _("Please enter a day and a time, such as %(example)s 18:30.")}

    def to_python(self, value: Any) -> datetime | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            moment = read_moment(value)
        except ValueError:
            example = {"example": written_day(EXAMPLE)}
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid", params=example) from None
        return super().to_python(moment)

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(_read_or_same(read_moment, value))


def read_moment(text: str) -> datetime:
    """Return the local day and time that were typed, such as “05.12.2026, 18:30”. Raises ValueError."""
    day, _space, clock = text.strip().replace("T", " ", 1).partition(" ")
    return datetime.combine(read_day(day.rstrip(",")), read_time(clock.strip()))


def _read_or_same(read: Callable[[str], Read], value: Any) -> Any:
    """What was typed, read if it can be: a browser's own field shows nothing else."""
    if not isinstance(value, str):
        return value
    try:
        return read(value)
    except ValueError:
        return value
