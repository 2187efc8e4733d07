"""Form fields for trading days, times of day and local times."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cinema.domain.clock import FIRST_YEAR, LAST_YEAR, LONGEST_TIME, read_time, split_times
from cinema.forms.core.days import DayField, MomentField
from cinema.models import ShowLabel, Theatre
from cinema.models.labels import stored_labels

MAX_TIMES = 12
WHICH = [("", "—"), ("0", gettext_lazy("the first")), ("1", gettext_lazy("the second"))]


class ShowDayField(DayField):
    """A trading day."""

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise forms.ValidationError(_("This day is too far away."))


class TimeOfDayField(forms.CharField):
    """A time of day in any format of read_time(). Before 05:00 it belongs to the night after the trading day."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": "18:00"})
        usual: dict[str, Any] = {"max_length": LONGEST_TIME, "widget": widget}
        super().__init__(**usual | options)

    def clean(self, value: Any) -> time | None:
        cleaned = super().clean(value)
        try:
            return read_time(cleaned) if cleaned else None
        except ValueError:
            raise forms.ValidationError(
                _("“%(time)s” is not a time, such as 18:30."), params={"time": cleaned}
            ) from None


class TimesField(forms.CharField):
    """Several times of day: “18:00, 21:00”."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "placeholder": "18:00, 21:00"})
        usual: dict[str, Any] = {"max_length": 120, "widget": widget}
        super().__init__(**usual | options)

    def clean(self, value: Any) -> list[time]:
        times = []
        for word in split_times(super().clean(value)):
            try:
                times.append(read_time(word))
            except ValueError:
                text = _("“%(time)s” is not a time, such as 18:30.")
                raise forms.ValidationError(text, params={"time": word}) from None
        if len(times) > MAX_TIMES:
            raise forms.ValidationError(_("At most %(number)d times a day."), params={"number": MAX_TIMES})
        return list(dict.fromkeys(times))


class LocalDateTimeField(MomentField):
    """A day and time in the local time of ``theatre``, which the form sets."""

    theatre: Theatre

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(self.theatre.tz):
            try:
                moment = super().to_python(value)
            except OverflowError:
                moment = None
        if moment and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise forms.ValidationError(_("This day is too far away."))
        return moment

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(self.theatre.tz):
            return super().prepare_value(value)


class LabelsField(forms.MultipleChoiceField):
    """Labels of a show, as Show.labels has them."""

    def __init__(self, **options: Any) -> None:
        usual: dict[str, Any] = {
            "choices": ShowLabel.choices,
            "required": False,
            "widget": forms.CheckboxSelectMultiple,
        }
        super().__init__(**usual | options)

    def clean(self, value: Any) -> str:
        return stored_labels(super().clean(value))


class FoldField(forms.TypedChoiceField):
    """For a local time that occurs twice: the first (0) or the second (1), as ``datetime.fold``."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("If a time occurs twice"), choices=WHICH, coerce=int, empty_value=None, required=False
        )
