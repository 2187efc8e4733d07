"""Forms for films: library filters, the data of a film, and its pictures."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cinema.domain.texts import one_line
from cinema.film_tables import runtimes, values
from cinema.film_tables.languages import find_language
from cinema.film_tables.rows import genre_slug
from cinema.forms.core.days import DayField
from cinema.forms.core.fields import LinesField, ModelsField, NumberField, OneLineField, VersionedForm, field_of
from cinema.forms.core.translations import TranslatedForm
from cinema.models import Format, Genre, Language, Movie
from cinema.selectors.films.films import FilmState
from cinema.services.films.films import FilmFacts

FIRST_FILM, LAST_FILM = 1888, 2100  # years
MOST_NAMES, LONGEST_NAME = 200, 200  # of a cast

T = TypeVar("T")


class RuntimeField(forms.CharField):
    """A runtime such as “112”, “1h52”, “1:52” or “1 Std. 52 Min.”; the cleaned value is in minutes."""

    def __init__(self, **options: Any) -> None:
        help_text = gettext_lazy("In minutes, or as 1h52.")
        usual: dict[str, Any] = {"max_length": runtimes.LONGEST_CELL, "help_text": help_text}
        super().__init__(**usual | options)

    def clean(self, value: Any) -> int | None:
        cleaned = super().clean(value)
        if not cleaned:
            return None
        try:
            length = runtimes.runtime(cleaned if not cleaned.isdecimal() else f"{cleaned} min")
        except values.Unusable:
            length = None
        if length is None or (length.doubt and length.minutes <= runtimes.LONG):
            raise forms.ValidationError(
                _("“%(text)s” is not a runtime from 1 to %(most)d minutes. Write it as 112 or 1h52."),
                params={"text": cleaned, "most": runtimes.LONGEST},
            )
        return length.minutes


class RatingField(NumberField):
    """A number up to 10. 0 becomes None, because nobody has voted."""

    def clean(self, value: Any) -> Decimal | None:
        return super().clean(value) or None


class TrailerField(forms.URLField):
    """The https address of a trailer; “youtu.be/abc” is https://youtu.be/abc."""

    default_error_messages = {"invalid": gettext_lazy("Please enter an address that begins with https://.")}
    default_validators = [URLValidator(schemes=["https"], message=default_error_messages["invalid"])]

    def __init__(self, **options: Any) -> None:
        super().__init__(assume_scheme="https", **options)

    def to_python(self, value: Any) -> str | None:
        return super().to_python(one_line(value or ""))


class SearchForm(forms.Form):
    """The filters of the film library. Invalid values are ignored."""

    q = OneLineField(label=gettext_lazy("Title, director or cast"), max_length=100, required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[("", gettext_lazy("all except retired")), *FilmState.choices],
    )

    @property
    def filters(self) -> dict[str, str]:
        """The valid values of ``q`` and ``state``."""
        self.full_clean()
        return {name: self.cleaned_data.get(name, "") for name in ("q", "state")}


class FilmForm(TranslatedForm, VersionedForm, forms.ModelForm):
    """All data of a film. ``facts`` are the cleaned data for the service."""

    field_order = [
        *("title", "original_title", "year", "release_date", "runtime", "certificate", "rating", "director"),
        *("distributor", "format", "genres", "new_genres", "languages", "new_languages", "original_language"),
        *("cast", "synopsis", "content_notes", "trailer_url"),
    ]
    translated = ("title", "synopsis", "content_notes")
    # Full width; the others are side by side.
    wide = (*("title", "genres", "languages", "cast"), *("synopsis", "content_notes", "trailer_url"))

    runtime = RuntimeField(label=gettext_lazy("Runtime"))
    rating = RatingField(
        label=gettext_lazy("Rating"),
        required=False,
        min_value=0,
        max_value=10,
        max_digits=3,
        decimal_places=1,
        help_text=gettext_lazy("Up to 10."),
    )
    genres = ModelsField(
        label=gettext_lazy("Genres"),
        queryset=Genre.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    new_genres = OneLineField(
        label=gettext_lazy("Other genres"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("New ones, separated by commas."),
    )
    languages = ModelsField(
        label=gettext_lazy("Spoken in"),
        queryset=Language.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    new_languages = OneLineField(
        label=gettext_lazy("Other languages"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Names or codes, such as Tamil or fr, separated by commas."),
    )
    original_language = forms.ModelChoiceField(
        Language.objects.all(),
        label=gettext_lazy("Original language"),
        required=False,
        empty_label=gettext_lazy("not known"),
        help_text=gettext_lazy("New shows are in this language unless you choose another."),
    )
    cast = LinesField(
        label=gettext_lazy("Cast"),
        required=False,
        max_length=MOST_NAMES * LONGEST_NAME,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One name per line."),
    )
    synopsis = LinesField(
        label=gettext_lazy("Synopsis"),
        required=False,
        max_length=values.LONGEST_SYNOPSIS,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    class Meta:
        model = Movie
        fields = (
            "title",
            "original_title",
            "year",
            "release_date",
            "runtime",
            "certificate",
            "distributor",
            "director",
            "rating",
            "format",
            "content_notes",
            "trailer_url",
        )
        field_classes = dict.fromkeys(
            ("title", "original_title", "certificate", "distributor", "director", "content_notes"), OneLineField
        ) | {"release_date": DayField, "trailer_url": TrailerField}
        widgets = {
            "distributor": forms.TextInput(attrs={"list": "distributors", "autocomplete": "off"}),
        }

    def __init__(self, data: Mapping[str, Any] | None = None, *, movie: Movie | None = None) -> None:
        super().__init__(data, initial=_initial(movie) if movie else None)
        self._limit("year", FIRST_FILM, LAST_FILM)
        field_of(self, "format", forms.ChoiceField).choices = [("", _("not known")), *Format.choices]
        self.fields["release_date"].validators += [
            MinValueValidator(date(FIRST_FILM, 1, 1)),
            MaxValueValidator(date(LAST_FILM, 12, 31)),
        ]
        if movie is None:
            del self.fields["version"]
        self.add_languages(movie)

    def _limit(self, name: str, least: int, most: int) -> None:
        field = self.fields[name]
        field.validators += [MinValueValidator(least), MaxValueValidator(most)]
        field.widget.attrs |= {"min": least, "max": most}

    def _post_clean(self) -> None:
        """Skip model validation: the fields validate everything, and the service makes the slug."""

    def clean_new_genres(self) -> dict[str, str]:
        names = [_or_error(values.genre, name) for name in _or_error(values.names, self.cleaned_data["new_genres"])]
        slugs = {genre_slug(name): name for name in names}
        if "" in slugs:
            raise forms.ValidationError(_("“%(name)s” is not a genre."), params={"name": slugs[""]})
        return slugs

    def clean_new_languages(self) -> dict[str, str]:
        names = _or_error(values.names, self.cleaned_data["new_languages"])
        return dict(_or_error(find_language, name) for name in names)

    def clean_cast(self) -> list[str]:
        names = [" ".join(name.split()) for name in self.cleaned_data["cast"].splitlines()]
        found = list(dict.fromkeys(filter(None, names)))
        if len(found) > MOST_NAMES:
            raise forms.ValidationError(_("Please enter at most %(number)d names."), params={"number": MOST_NAMES})
        if any(len(name) > LONGEST_NAME for name in found):
            too_long = _("A name can have at most %(number)d characters.")
            raise forms.ValidationError(too_long, params={"number": LONGEST_NAME})
        return found

    @property
    def facts(self) -> FilmFacts:
        cleaned = self.cleaned_data
        original = cleaned["original_language"]
        languages = {language.code: language.name for language in cleaned["languages"]} | cleaned["new_languages"]
        if original:
            languages[original.code] = original.name
        return FilmFacts(
            **{name: cleaned[name] for name in (*self.Meta.fields, "cast", "synopsis")},
            **self.translations,
            genres={genre.slug: genre.name for genre in cleaned["genres"]} | cleaned["new_genres"],
            languages=languages,
            original_language=original.code if original else next(iter(languages)) if len(languages) == 1 else "",
        )


def _initial(movie: Movie) -> dict[str, Any]:
    return {
        **{name: getattr(movie, name) for name in (*FilmForm.Meta.fields, "synopsis", "version")},
        "cast": "\n".join(movie.cast),
        "genres": list(movie.genres.all()),
        "languages": list(movie.languages.all()),
        "original_language": movie.original_language_id,
        "rating": movie.rating if movie.rating is None else Decimal(movie.rating),
    }


def _or_error(read: Callable[[str], T], name: str) -> T:
    try:
        return read(name)
    except ValueError as error:
        raise forms.ValidationError(_("“%(name)s” is not understood."), params={"name": name}) from error


class PosterForm(forms.Form):
    """An uploaded poster. services.films checks that it is a picture."""

    poster = forms.FileField(
        label=gettext_lazy("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=gettext_lazy(
            "JPEG, PNG or WebP in portrait format, at most 10 MB, ideally 1000 × 1500 pixels or more."
        ),
    )


class StillForm(forms.Form):
    """An uploaded still. services.films checks that it is a picture."""

    still = forms.FileField(
        label=gettext_lazy("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=gettext_lazy(
            "JPEG, PNG or WebP in landscape format, at most 10 MB, ideally 1920 × 1080 pixels or more."
        ),
    )
