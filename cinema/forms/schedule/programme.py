"""The filters of the programme. Invalid values, such as those of old links, are ignored with a note to the visitor."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cinema.domain import day_parts
from cinema.domain.dates import shown_date
from cinema.forms.core.days import DayField
from cinema.forms.core.fields import OneLineField, field_of
from cinema.models import Season, Show, ShowLabel, Theatre
from cinema.models.labels import ACCESS
from cinema.selectors.schedule.programme import Filters, Options

FILTERS = ("time", "language", "genre", "format", "label", "q")
EVERYWHERE = "all"  # value of the city filter for all cities


def label_choices() -> list[tuple[str, Any]]:
    """The labels of shows as choices, access needs first."""
    access = [(label.value, label.label) for label in ShowLabel if label in ACCESS]
    others = [(label.value, label.label) for label in ShowLabel if label not in ACCESS]
    return [("", _("Access and events")), (_("Access"), access), (_("Events"), others)]


def _season_choices(seasons: Iterable[Season]) -> list[tuple[str, str]]:
    return [("", _("Any season")), *((season.slug, season.localized.title) for season in seasons)]


class ProgrammeDayForm(forms.Form):
    """The chosen day at the ``theatres``. ``notes`` are sentences about ignored values."""

    day = DayField(
        label=gettext_lazy("Day"),
        required=False,
        error_messages={"invalid": gettext_lazy("We couldn’t read the day in this link. Showing the next shows.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, theatres: Iterable[Theatre], **rest: Any) -> None:
        super().__init__(data, **rest)
        self.theatres = list(theatres)

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        now = timezone.now()
        if day and day < min((theatre.trading_day(now) for theatre in self.theatres), default=day):
            raise forms.ValidationError(
                _("%(day)s is over. Showing the next shows."), params={"day": shown_date(day, "l j F Y")}
            )
        return day

    @property
    def chosen_day(self) -> date | None:
        self.full_clean()
        return self.cleaned_data.get("day")

    @property
    def notes(self) -> list[str]:
        return [str(note) for notes in self.errors.values() for note in notes]


class ProgrammeForm(ProgrammeDayForm):
    """Bound to a query string. Validation sets ``filters``, the valid values.

    ``remembered`` is the default city if the visitor chooses neither a city nor a theatre.
    """

    q = OneLineField(label=gettext_lazy("Film, director or cast"), max_length=100, required=False)
    city = forms.ChoiceField(
        label=gettext_lazy("City"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("There is no theatre in “%(value)s”. Showing all cities.")},
    )
    theatre = forms.ChoiceField(
        label=gettext_lazy("Theatre"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("There is no theatre called “%(value)s”. Showing all theatres.")
        },
    )
    time = forms.ChoiceField(
        label=gettext_lazy("Time of day"),
        choices=[("", gettext_lazy("Any time")), *day_parts.NAMES.items()],
        required=False,
        error_messages={"invalid_choice": gettext_lazy("“%(value)s” is not a time of day. Showing all times.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("No upcoming shows in “%(value)s”. Showing all languages.")},
    )
    genre = forms.ChoiceField(
        label=gettext_lazy("Genre"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("No upcoming “%(value)s” films. Showing all genres.")},
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[("", gettext_lazy("Any format")), *Show.Format.choices],
        required=False,
        error_messages={"invalid_choice": gettext_lazy("There is no format “%(value)s”. Showing all formats.")},
    )

    label = forms.ChoiceField(
        label=gettext_lazy("Access and events"),
        choices=label_choices,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("There is no label “%(value)s”. Showing all shows.")},
    )

    season = forms.ChoiceField(
        label=gettext_lazy("Season"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("“%(value)s” is not a current season. Showing all films.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, options: Options, remembered: str = "", **rest: Any):
        super().__init__(data, theatres=options.theatres, **rest)
        self.options = options
        self.remembered = remembered if remembered in options.cities else ""
        field_of(self, "city", forms.ChoiceField).choices = [
            (EVERYWHERE, _("All cities")),
            *((city, city) for city in options.cities),
        ]
        field_of(self, "theatre", forms.ChoiceField).choices = [
            ("", _("All theatres")),
            *self._theatres(options.theatres),
        ]
        field_of(self, "language", forms.ChoiceField).choices = [("", _("Any language")), *options.languages.items()]
        field_of(self, "genre", forms.ChoiceField).choices = [("", _("Any genre")), *options.genres.items()]
        field_of(self, "season", forms.ChoiceField).choices = _season_choices(options.seasons)

    def clean(self) -> None:
        """The default city is that of the theatre; if both are chosen and disagree, the city counts."""
        slug, city = self.cleaned_data.get("theatre"), self.cleaned_data.get("city", EVERYWHERE)
        theatre = next((theatre for theatre in self.options.theatres if theatre.slug == slug), None)
        season = next((each for each in self.options.seasons if each.slug == self.cleaned_data.get("season")), None)
        if theatre and city not in (theatre.city, EVERYWHERE, ""):
            self.add_error(
                None,
                _("%(theatre)s is not in %(city)s. Showing all theatres there.") % {"theatre": theatre, "city": city},
            )
            theatre = None
        if not city:
            city = theatre.city if theatre else self.remembered
        self.filters = Filters(
            city="" if city == EVERYWHERE else city,
            theatre=theatre,
            season=season,
            **{name: self.cleaned_data.get(name) or "" for name in FILTERS},
            day=self.cleaned_data.get("day"),
        )

    @property
    def query(self) -> dict[str, str]:
        """The filters as the parameters of the shortest query string, without the day."""
        filters, everywhere = self.filters, self.cleaned_data.get("city") == EVERYWHERE
        values = {
            "q": filters.q,
            "city": "" if filters.theatre else filters.city or (EVERYWHERE if everywhere else ""),
            "theatre": filters.theatre.slug if filters.theatre else "",
            "time": filters.time,
            "language": filters.language,
            "genre": filters.genre,
            "format": filters.format,
            "label": filters.label,
            "season": filters.season.slug if filters.season else "",
        }
        return {name: value for name, value in values.items() if value}

    @property
    def removable(self) -> list[tuple[str, dict[str, str]]]:
        """Each chosen filter with its label, and the query without it."""
        filters, options = self.filters, self.options
        place, wider = ("theatre", filters.city) if filters.theatre else ("city", EVERYWHERE)
        labels = {
            place: str(filters.theatre or filters.city),
            "time": str(day_parts.NAMES.get(filters.time, "")),
            "language": options.languages.get(filters.language, ""),
            "genre": options.genres.get(filters.genre, ""),
            "format": str(dict(Show.Format.choices).get(filters.format, "")),
            "label": str(dict(ShowLabel.choices).get(filters.label, "")),
            "season": filters.season.localized.title if filters.season else "",
        }
        return [
            (label, self.query | {name: ""} | ({"city": wider} if name == place else {}))
            for name, label in labels.items()
            if label
        ]

    def with_valid_values(self) -> "ProgrammeForm":
        """Return the form to show, with the valid values, and the theatres and seasons of the chosen place."""
        city = self.filters.city
        form = ProgrammeForm(initial=self.query | {"city": city or EVERYWHERE}, options=self.options)
        if city:
            names = [(theatre.slug, theatre.name) for theatre in self.options.theatres if theatre.city == city]
            field_of(form, "theatre", forms.ChoiceField).choices = [("", _("All theatres")), *names]
        seasons = filter(self._may_choose, self.options.seasons)
        field_of(form, "season", forms.ChoiceField).choices = _season_choices(seasons)
        return form

    def _may_choose(self, season: Season) -> bool:
        """Whether the season can have shows at the chosen place."""
        theatre, chosen, city = season.theatre, self.filters.theatre, self.filters.city
        is_here = theatre is None or (theatre == chosen if chosen else city in ("", theatre.city))
        return is_here or season == self.filters.season

    @staticmethod
    def _theatres(theatres: list[Theatre]) -> list[tuple[str, list[tuple[str, str]]]]:
        in_order = sorted(theatres, key=lambda theatre: (theatre.city, theatre.name))
        by_city = groupby(in_order, key=lambda theatre: theatre.city)
        return [(city, [(theatre.slug, theatre.name) for theatre in group]) for city, group in by_city]
