"""Forms of the planner: days shown, new shows, copies, publishing, rescheduling, and the data of a show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from django import forms
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cinema.domain.periods import week_of
from cinema.domain.weekdays import short_weekday_choices
from cinema.forms.core.fields import OneLineField, field_of
from cinema.forms.core.translations import TranslatedForm
from cinema.forms.schedule.features import FilmsFields
from cinema.forms.schedule.schedule_fields import (
    FoldField,
    LabelsField,
    LocalDateTimeField,
    ShowDayField,
    TimeOfDayField,
    TimesField,
)
from cinema.models import Language, Movie, PriceCard, Screen, Show, Theatre
from cinema.models.features import FURTHER
from cinema.models.labels import LONGEST_LABEL_NOTE

WEEK, DAY = "week", "day"
ADD, REMOVE = "add", "remove"
MAX_MINUTES = 600
MAX_DAYS = 92

Row = TypeVar("Row", bound=Model)


class DayRangeForm(forms.Form):
    """The day and the view of the planner. Invalid values are ignored."""

    day = ShowDayField(required=False)
    view = forms.ChoiceField(choices=[(WEEK, ""), (DAY, "")], required=False)


@dataclass(frozen=True)
class DayRange:
    """The film week or the day shown by the planner, given by one of its days; ``today`` is the trading day."""

    day: date
    view: str
    today: date
    film_week: int  # the weekday on which it begins

    @classmethod
    def from_query(cls, data: Mapping[str, Any], theatre: Theatre) -> "DayRange":
        """Read the range from a query string. The default is the present week."""
        form, today = DayRangeForm(data), theatre.trading_day(timezone.now())
        form.full_clean()
        day, view = form.cleaned_data.get("day") or today, form.cleaned_data.get("view") or WEEK
        return cls(day, view, today, theatre.film_week)

    @property
    def first(self) -> date:
        return self.week[0] if self.view == WEEK else self.day

    @property
    def last(self) -> date:
        return self.week[-1] if self.view == WEEK else self.day

    @property
    def days(self) -> list[date]:
        return self.week if self.view == WEEK else [self.day]

    @property
    def week(self) -> list[date]:
        """The days of the film week."""
        return week_of(self.day, self.film_week).days

    @property
    def before(self) -> date:
        """A day of the period before."""
        return self.day - timedelta(days=7 if self.view == WEEK else 1)

    @property
    def after(self) -> date:
        """A day of the period after."""
        return self.day + timedelta(days=7 if self.view == WEEK else 1)

    @property
    def query(self) -> dict[str, str]:
        """The range as URL parameters."""
        return {"day": self.day.isoformat(), "view": self.view}

    @property
    def query_string(self) -> str:
        return urlencode(self.query)


class VersionFields(TranslatedForm, FilmsFields):
    """The version of a show: films, screen, format, languages, prices, lengths and sales window."""

    translated = ("label_note",)

    screen = forms.ModelChoiceField(Screen.objects.none(), label=gettext_lazy("Screen"))
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        required=False,
        choices=[("", gettext_lazy("same as the film")), *Show.Format.choices],
    )
    language = forms.ModelChoiceField(Language.objects.none(), label=gettext_lazy("Spoken in"), required=False)
    subtitles = forms.ModelChoiceField(Language.objects.none(), label=gettext_lazy("Subtitles"), required=False)
    price_card = forms.ModelChoiceField(PriceCard.objects.none(), label=gettext_lazy("Price card"), required=False)
    labels = LabelsField(label=gettext_lazy("Labels"))
    label_note = OneLineField(
        label=gettext_lazy("Note for the audience"),
        max_length=LONGEST_LABEL_NOTE,
        required=False,
        help_text=gettext_lazy("One line beside the labels, such as “Introduced by the director”."),
    )
    trailers = forms.IntegerField(
        label=gettext_lazy("Trailers"), min_value=0, max_value=MAX_MINUTES, help_text=gettext_lazy("In minutes.")
    )
    turnaround = forms.IntegerField(
        label=gettext_lazy("Turnaround"), min_value=0, max_value=MAX_MINUTES, help_text=gettext_lazy("In minutes.")
    )
    sales_start_at = LocalDateTimeField(
        label=gettext_lazy("On sale from"),
        required=False,
        help_text=gettext_lazy("Leave empty to sell at once."),
    )
    sales_cutoff = forms.IntegerField(
        label=gettext_lazy("Sales end"),
        min_value=0,
        max_value=10_080,
        help_text=gettext_lazy("Minutes before the show; 0 sells until it starts."),
    )

    def __init__(self, *args: Any, theatre: Theatre, keep: Show | None = None, **rest: Any) -> None:
        """``keep`` is a show whose present films, screen and card may be chosen although they are retired."""
        super().__init__(*args, **rest)
        self.theatre = theatre
        films = Movie.objects.only("title", "year", "runtime", "format", "original_language")
        self.offer_films(_offered(films, keep.film_ids if keep else []))
        screens = _offered(theatre.screens.order_by("name"), [keep.screen_id] if keep else [])
        field_of(self, "screen", forms.ModelChoiceField).queryset = screens
        self.price_cards = _offered(theatre.price_cards.order_by("name"), [keep.price_card_id] if keep else [])
        field_of(self, "price_card", forms.ModelChoiceField).queryset = self.price_cards
        languages = [(language.pk, str(language)) for language in Language.objects.all()]
        for name, empty in (("language", _("same as the film")), ("subtitles", _("none"))):
            field = field_of(self, name, forms.ModelChoiceField)
            field.queryset = Language.objects.all()
            field.choices = [("", empty), *languages]
        field_of(self, "sales_start_at", LocalDateTimeField).theatre = theatre
        self.add_languages(keep)

    @property
    def version_data(self) -> dict[str, Any]:
        """The data of these fields, as a ShowPlan or edit_show() takes it."""
        names = VersionFields.base_fields.keys() - set(self.FURTHER_NAMES)
        return {name: self.cleaned_data[name] for name in names} | self.translations | {"further": self.further}

    def clean(self) -> None:
        """The default language and format are those of the film, if known."""
        super().clean()
        movie = self.cleaned_data.get("movie")
        if "format" not in self.errors:
            self.cleaned_data["format"] = (
                self.cleaned_data["format"] or (movie and movie.format) or Show.Format.STANDARD
            )
        if movie and not self.cleaned_data.get("language") and "language" not in self.errors:
            language = next(iter(movie.spoken), None)
            if language is None:
                self.add_error(
                    "language",
                    _("The language of this film is not known. Please choose one, or “No dialogue” if nobody speaks."),
                )
            self.cleaned_data["language"] = language


def _offered(rows: QuerySet[Row], kept: Sequence[int | None]) -> QuerySet[Row]:
    """Those ``rows`` that are not retired, and those kept."""
    return rows.filter(retired_at=None) | rows.filter(pk__in=[pk or 0 for pk in kept])


class PlanForm(VersionFields):
    """One show or several: one at each time on each chosen day."""

    times = TimesField(
        label=gettext_lazy("Times"),
        help_text=gettext_lazy("00:30 on Friday is in the night from Friday to Saturday."),
    )
    first_day = ShowDayField(label=gettext_lazy("From"))
    last_day = ShowDayField(
        label=gettext_lazy("Until"), required=False, help_text=gettext_lazy("Leave empty for one day.")
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Only on these weekdays"),
        choices=short_weekday_choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    fold = FoldField()
    main = ["movie", "screen", "times", "first_day", "last_day", "weekdays", "price_card"]
    placed = [*main, *FilmsFields.FURTHER_NAMES, "fold"]  # drawn by name, not among the other options
    field_order = [*main, "format", "language", "subtitles", "labels", "label_note"]

    def clean(self) -> None:
        super().clean()
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        self.cleaned_data["last_day"] = last = last or first
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first."))
        elif first and last and (last - first).days >= MAX_DAYS:
            text = _("At most %(number)d days at once.")
            self.add_error("last_day", forms.ValidationError(text, params={"number": MAX_DAYS}))


class CopyForm(forms.Form):
    """A day or a film week to copy, and the target day."""

    span = forms.ChoiceField(
        label=gettext_lazy("Copy"),
        choices=[(WEEK, gettext_lazy("the whole week")), (DAY, gettext_lazy("this day"))],
        widget=forms.RadioSelect,
    )
    source = ShowDayField(label=gettext_lazy("From"), help_text=gettext_lazy("The day, or any day of the week."))
    target = ShowDayField(label=gettext_lazy("To"), help_text=gettext_lazy("The day, or any day of the week."))
    price_card = forms.ModelChoiceField(
        PriceCard.objects.none(),
        label=gettext_lazy("Price card for shows without one"),
        required=False,
        empty_label=gettext_lazy("none"),
    )

    def __init__(self, *args: Any, theatre: Theatre, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.theatre = theatre
        field_of(self, "price_card", forms.ModelChoiceField).queryset = theatre.price_cards.filter(retired_at=None)

    def clean(self) -> None:
        cleaned = self.cleaned_data
        if "source" in cleaned and "target" in cleaned and cleaned.get("span"):
            source, target = cleaned["source"], cleaned["target"]
            if cleaned["span"] == WEEK:
                source, target = (self.theatre.film_week_of(day).start for day in (source, target))
            cleaned["first"], cleaned["last"] = source, source + timedelta(days=6 if cleaned["span"] == WEEK else 0)
            cleaned["days"] = (target - source).days
            if not cleaned["days"]:
                self.add_error("target", _("Please choose different days."))


class DraftsForm(forms.Form):
    """The drafts shown on the page, as keys in one field, and a price card for those without one."""

    shows = forms.CharField(max_length=20_000, widget=forms.HiddenInput)
    price_card = forms.ModelChoiceField(PriceCard.objects.none(), label=gettext_lazy("Price card"), required=False)

    def __init__(self, *args: Any, theatre: Theatre, **rest: Any) -> None:
        super().__init__(*args, **rest)
        field_of(self, "price_card", forms.ModelChoiceField).queryset = theatre.price_cards.filter(retired_at=None)

    def clean_shows(self) -> list[int]:
        keys = self.cleaned_data["shows"].split(",")
        if not all(key.isascii() and key.isdecimal() and len(key) < 19 for key in keys):
            raise forms.ValidationError(_("The list of shows could not be read. Please try again."))
        return list(map(int, keys))


class LabelsForm(TranslatedForm):
    """Labels to add to chosen shows of the page, or to all, or to take away from them."""

    labels = LabelsField(label=gettext_lazy("Labels"))
    how = forms.ChoiceField(
        label=gettext_lazy("What to do with them"),
        choices=[(ADD, gettext_lazy("add them")), (REMOVE, gettext_lazy("take them away"))],
        initial=ADD,
        widget=forms.RadioSelect,
    )
    label_note = OneLineField(
        label=gettext_lazy("Note for the audience"),
        max_length=LONGEST_LABEL_NOTE,
        required=False,
        help_text=gettext_lazy("Leave empty to keep the note of each show."),
    )
    shows = forms.ModelMultipleChoiceField(
        Show.objects.none(),
        label=gettext_lazy("Shows"),
        error_messages={"required": gettext_lazy("Please choose at least one show.")},
    )

    def __init__(self, *args: Any, theatre: Theatre, **rest: Any) -> None:
        super().__init__(*args, **rest)
        shows = Show.objects.filter(screen__theatre=theatre)
        field_of(self, "shows", forms.ModelMultipleChoiceField).queryset = shows
        self.add_translations({"label_note": {}})

    def clean(self) -> None:
        cleaned = self.cleaned_data
        if not self.errors and not cleaned["labels"] and not cleaned["label_note"] and not self.note_translations:
            self.add_error("labels", _("Please choose at least one label, or write a note."))

    @property
    def note_translations(self) -> dict[str, str]:
        return self.translations_of("label_note")


class RescheduleForm(forms.Form):
    """The new trading day, time and screen of a show."""

    day = ShowDayField()
    at = TimeOfDayField()
    screen = forms.ModelChoiceField(Screen.objects.none())
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, theatre: Theatre, **rest: Any) -> None:
        super().__init__(*args, **rest)
        field_of(self, "screen", forms.ModelChoiceField).queryset = theatre.screens.filter(retired_at=None)


class ShowForm(VersionFields):
    """The data of a show. FIXED_ONCE_SOLD, by which buyers chose it, cannot be changed once seats are sold."""

    data: QueryDict
    FIXED_ONCE_SOLD = (
        *("movie", *(f"film_{number}" for number in FURTHER)),
        *("screen", "day", "at", "format", "language", "subtitles", "price_card"),
    )

    day = ShowDayField(label=gettext_lazy("Day"))
    at = TimeOfDayField(
        label=gettext_lazy("Time"),
        help_text=gettext_lazy("00:30 on Friday is in the night from Friday to Saturday."),
    )
    fold = FoldField()
    no_coupons = forms.BooleanField(
        label=gettext_lazy("No free list"), required=False, help_text=gettext_lazy("No coupon is taken for this show.")
    )
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    choice = ["movie", "screen", "day", "at", "price_card", "format", "language", "subtitles"]
    field_order = [*choice, "labels", "label_note"]

    def __init__(self, *args: Any, theatre: Theatre, show: Show, **rest: Any) -> None:
        local = show.starts_at.astimezone(theatre.tz)
        initial = {name: getattr(show, name) for name in ("movie", "screen", "format", "language", "subtitles")}
        initial |= {name: getattr(show, name) for name in ("price_card", "trailers", "turnaround", "sales_start_at")}
        initial |= self.further_initial(show.further) | {
            "no_coupons": show.no_coupons,
            "labels": show.shown_labels,
            "label_note": show.label_note,
            "day": show.trading_day,
            "at": f"{local:%H:%M}",
            "version": show.version,
        }
        initial["sales_cutoff"] = int((show.starts_at - show.sales_end_at).total_seconds()) // 60
        super().__init__(*args, theatre=theatre, keep=show, initial=initial, **rest)
        places = [f"{field}_{number}" for number in FURTHER[len(show.further) :] for field in ("break", "share")]
        for name in (*self.FIXED_ONCE_SOLD, *places) if show.admissions else ():
            self.fields[name].disabled = True

    @property
    def changes(self) -> dict[str, Any]:
        """The new data of the show, without its start."""
        return self.version_data | {"no_coupons": self.cleaned_data["no_coupons"]}

    @property
    def has_moved(self) -> bool:
        """Whether the day, the time, or the choice between two equal local times has changed."""
        return bool({"day", "at", "fold"}.intersection(self.changed_data))
