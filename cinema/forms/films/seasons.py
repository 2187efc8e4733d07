"""The form of a season."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cinema.domain import day_parts
from cinema.domain.weekdays import weekday_choices
from cinema.forms.core.days import DayField
from cinema.forms.core.fields import LinesField, ModelsField, OneLineField, VersionedForm, field_of
from cinema.forms.core.translations import TranslatedForm
from cinema.models import Movie, Season, Theatre
from cinema.models.seasons import LONGEST_SEASON_TEXT, LONGEST_SEASON_TITLE
from cinema.services.films.seasons import SeasonPlan

SAME = ("title", "text", "theatre", "starts_on", "ends_on", "time")  # named as in the model


class FilmsField(ModelsField):
    """Films, offered by their titles and years."""

    def label_from_instance(self, obj: Movie) -> str:
        return f"{obj.title} ({obj.year})" if obj.year else obj.title


class SeasonForm(TranslatedForm, VersionedForm):
    """All data of a season, at one of the ``theatres`` or at all. ``plan`` is for the service."""

    field_order = ["title", "text", "movies", "theatre", "starts_on", "ends_on", "weekdays", "time"]
    translated = ("title", "text")
    wide = ("title", "text", "movies")

    title = OneLineField(
        label=gettext_lazy("Title"),
        max_length=LONGEST_SEASON_TITLE,
        help_text=gettext_lazy("Such as “Kurosawa season” or “Sunday matinée”."),
    )
    text = LinesField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_SEASON_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    movies = FilmsField(
        label=gettext_lazy("Films"),
        queryset=Movie.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    theatre = forms.ModelChoiceField(
        Theatre.objects.none(), label=gettext_lazy("Theatre"), required=False, empty_label=gettext_lazy("all theatres")
    )
    starts_on = DayField(label=gettext_lazy("From"), required=False)
    ends_on = DayField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("The season is then over: no page links to it any more."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days of the show"),
        choices=weekday_choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Choose none for every day. Shows after midnight belong to the evening before."),
    )
    time = forms.ChoiceField(
        label=gettext_lazy("Time of day"),
        choices=[("", gettext_lazy("Any time")), *day_parts.NAMES.items()],
        required=False,
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        theatres: Collection[Theatre],
        season: Season | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(season) if season else None)
        keys = [theatre.pk for theatre in theatres]
        field_of(self, "theatre", forms.ModelChoiceField).queryset = Theatre.objects.filter(pk__in=keys)
        kept = Q(pk__in=season.movies.values("pk")) if season else Q()
        offered = Movie.objects.filter(Q(retired_at=None) | kept).only("title", "year").order_by("title", "year", "pk")
        field_of(self, "movies", FilmsField).queryset = offered
        if season is None:
            del self.fields["version"]
        self.add_languages(season)

    def clean(self) -> None:
        super().clean()
        first, last = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first."))

    @property
    def plan(self) -> SeasonPlan:
        return SeasonPlan(
            **{name: self.cleaned_data[name] for name in SAME},
            **self.translations,
            weekdays=self.cleaned_data["weekdays"],
            movies=list(self.cleaned_data["movies"]),
        )


def _initial(season: Season) -> dict[str, Any]:
    columns = {name: getattr(season, name) for name in (*SAME, "weekdays", "version")}
    return columns | {"movies": list(season.movies.all())}
