"""Forms to choose figures: period, measure, screen and film week."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cinema.domain.periods import FRIDAY, WEEK, Period, last_days, month_of, week_of
from cinema.domain.weekdays import first_weekday
from cinema.forms.core.days import DayField
from cinema.forms.core.fields import field_of
from cinema.models import Screen, Theatre

LONGEST = 3 * 366  # days
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
MEASURES = [("revenue", _("Revenue")), ("admissions", _("Admissions")), ("occupancy", _("Occupancy"))]
# By day, and by the weekday on which film weeks begin.
NAMED: dict[str, tuple[Any, Callable[[date, int], Period]]] = {
    "today": (_("Today"), lambda today, _film_week: last_days(today, 1)),
    "week": (_("This week"), lambda today, _film_week: week_of(today, first_weekday())),
    "film-week": (_("Last film week"), lambda today, film_week: week_of(today - WEEK, film_week)),
    "4-weeks": (_("Last 4 weeks"), lambda today, _film_week: last_days(today, 28)),
    "month": (_("This month"), lambda today, _film_week: month_of(today)),
    "year": (_("Last 12 months"), lambda today, _film_week: last_days(today, 365)),
}
USUAL = "4-weeks"


class FiguresDayField(DayField):
    """A day between FIRST and LAST."""

    default_error_messages = {"required": _("Please enter both days.")}

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and not FIRST <= day <= LAST:
            raise forms.ValidationError(_("Please enter a day between 2000 and 2099."))
        return day


class CloseDayForm(forms.Form):
    """A trading day to be closed."""

    day = FiguresDayField(label=_("Day"))
    day.error_messages["required"] = _("Please enter the day.")


class PeriodForm(forms.Form):
    """Bound to a query string: a period by name, or by first and last day. ``chosen`` is the valid period."""

    start = FiguresDayField(label=_("From"), required=False)
    end = FiguresDayField(label=_("Until"), required=False)
    period = forms.ChoiceField(
        choices=[(name, label) for name, (label, _span) in NAMED.items()],
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("This period does not exist.")},
    )
    measure = forms.ChoiceField(
        choices=MEASURES,
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("This figure does not exist.")},
    )

    def __init__(self, data: Mapping[str, Any], *, today: date, film_week: int = FRIDAY, **rest: Any) -> None:
        super().__init__(data, **rest)
        self.today, self.film_week = today, film_week

    def clean(self) -> None:
        values = self.cleaned_data
        start, end = values.get("start"), values.get("end")
        if self.errors or not (start or end):
            return
        if not (start and end):
            self.add_error("end" if start else "start", _("Please enter both days."))
        elif end < start:
            self.add_error("end", _("The last day is before the first."))
        elif (end - start).days >= LONGEST:
            self.add_error("end", _("A period can have at most three years."))

    @property
    def name(self) -> str:
        """The name of the chosen period; "" for one by first and last day."""
        return "" if self.cleaned_data.get("start") else self.cleaned_data.get("period") or USUAL

    @property
    def chosen(self) -> Period:
        if self.name:
            return NAMED[self.name][1](self.today, self.film_week)
        return Period(self.cleaned_data["start"], self.cleaned_data["end"])

    @property
    def chosen_measure(self) -> str:
        return self.cleaned_data.get("measure") or MEASURES[0][0]


class HeatMapForm(PeriodForm):
    """The period and the screen; the default is the first screen."""

    screen = forms.ModelChoiceField(
        label=_("Screen"),
        queryset=Screen.objects.none(),
        required=False,
        empty_label=None,
        error_messages={"invalid_choice": _("There is no such screen at this theatre.")},
    )

    field_order = ["screen"]

    def __init__(self, *args: Any, theatre: Theatre, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.screens = field_of(self, "screen", forms.ModelChoiceField).queryset = theatre.screens.all()

    @property
    def chosen_screen(self) -> Screen | None:
        chosen: Screen | None = self.cleaned_data.get("screen")
        return chosen or self.screens.first()


class FilmWeekForm(forms.Form):
    """Any day of a film week; the default is the last complete film week."""

    week = FiguresDayField(label=_("Film week that includes"), required=False)

    def __init__(self, data: Mapping[str, Any], *, today: date, film_week: int = FRIDAY, **rest: Any) -> None:
        super().__init__(data, **rest)
        self.today, self.film_week = today, film_week

    @property
    def chosen(self) -> Period:
        day = self.cleaned_data.get("week")
        return week_of(day or self.today - WEEK, self.film_week)
