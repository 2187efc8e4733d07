"""The films of a show: the first one, and those of a double bill after it."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cinema.forms.core.fields import NumberField, field_of
from cinema.models import FurtherFilm, Movie
from cinema.models.features import BETWEEN_FILMS, FURTHER, MAX_BREAK

IN_PERCENT = gettext_lazy("In percent.")


class MovieField(forms.ModelChoiceField):
    """A film, offered by its title and year."""

    def label_from_instance(self, obj: Movie) -> str:
        return f"{obj.title} ({obj.year})" if obj.year else obj.title


def _film(label: Any) -> MovieField:
    return MovieField(Movie.objects.none(), label=label, required=False)


def _break() -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("Break before it"),
        min_value=0,
        max_value=MAX_BREAK,
        required=False,
        help_text=gettext_lazy("In minutes."),
    )


def _share(help_text: Any) -> NumberField:
    return NumberField(
        label=gettext_lazy("Its share of the revenue"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text=help_text,
    )


class FilmsFields(forms.Form):
    """The films of a show, in order, each but the first with the break before it and its share of the revenue."""

    movie = MovieField(Movie.objects.none(), label=gettext_lazy("Film"))
    film_2, break_2 = _film(gettext_lazy("Second film")), _break()
    share_2 = _share(gettext_lazy("In percent, as agreed. The first film has what is left."))
    film_3, break_3, share_3 = _film(gettext_lazy("Third film")), _break(), _share(IN_PERCENT)
    film_4, break_4, share_4 = _film(gettext_lazy("Fourth film")), _break(), _share(IN_PERCENT)

    FURTHER_NAMES = tuple(f"{field}_{number}" for number in FURTHER for field in ("film", "break", "share"))

    def offer_films(self, films: QuerySet[Movie]) -> None:
        """Offer these films in all positions. The first list to be drawn reads them, in one statement."""
        first = field_of(self, "movie", MovieField)
        first.queryset = films

        @cache
        def read() -> list[tuple[Any, str]]:
            return [(film.pk, first.label_from_instance(film)) for film in films]

        first.choices = lambda: [("", first.empty_label), *read()]
        for number in FURTHER:
            field = field_of(self, f"film_{number}", MovieField)
            field.queryset = films
            field.choices = lambda: [("", _("none")), *read()]

    @property
    def has_further(self) -> bool:
        """Whether any field of a further film is filled in, validly or not."""
        return any(self[name].value() or self[name].errors for name in self.FURTHER_NAMES)

    @property
    def further_rows(self) -> list[list[forms.BoundField]]:
        """The controls of each further film."""
        return [[self[f"{field}_{number}"] for field in ("film", "break", "share")] for number in FURTHER]

    @property
    def further(self) -> tuple[FurtherFilm, ...]:
        """The further films that were chosen, in order."""
        rows = ([self.cleaned_data[f"{field}_{number}"] for field in ("film", "break", "share")] for number in FURTHER)
        return tuple(FurtherFilm(movie, minutes or 0, share) for movie, minutes, share in rows if movie)

    @property
    def title(self) -> str:
        """The films that were chosen: “A + B”."""
        return BETWEEN_FILMS.join(map(str, [self.cleaned_data["movie"], *(each.movie for each in self.further)]))

    @staticmethod
    def further_initial(further: Sequence[FurtherFilm]) -> dict[str, Any]:
        """The initial values of the fields for these further films."""
        values = (value for each in further for value in each)
        return dict(zip(FilmsFields.FURTHER_NAMES, values, strict=False))

    def clean(self) -> None:
        """A further film needs its share, and a break or a share needs its film."""
        for number in FURTHER:
            film, minutes, share = (self.cleaned_data.get(f"{name}_{number}") for name in ("film", "break", "share"))
            if film and share is None and f"share_{number}" not in self.errors:
                self.add_error(f"share_{number}", _("Please enter the share of this film, or 0 if it has none."))
            elif not film and (minutes or share) and f"film_{number}" not in self.errors:
                self.add_error(f"film_{number}", _("Please choose a film, or clear its break and share."))
