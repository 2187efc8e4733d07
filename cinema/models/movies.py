"""Films, their genres and languages."""

from collections.abc import Iterable
from typing import Any, Self
from urllib.parse import urlsplit

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cinema.domain.folding import stored_words, typed_words
from cinema.domain.genres import genre_name
from cinema.domain.spoken import language_name
from cinema.models.translations import LocalizedMixin, translations_field


class Genre(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True, allow_unicode=True)

    class Meta:
        verbose_name = _("genre")
        verbose_name_plural = _("genres")
        ordering = ["name"]

    def __str__(self) -> str:
        return genre_name(self.name)


class Language(models.Model):
    """A spoken language, by its ISO 639 code."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("language")
        verbose_name_plural = _("languages")
        ordering = ["name"]

    def __str__(self) -> str:
        return language_name(self.code, self.name)


class Format(models.TextChoices):
    """How a film is projected."""

    STANDARD = "2D", _("2D")
    THREE_D = "3D", _("3D")
    IMAX = "IMAX", _("IMAX")
    DOLBY = "DOLBY", _("Dolby Atmos")


FOLDED = frozenset(["title", "title_translations", "original_title", "director", "cast"])
# Any site may have a trailer, a distributor's own among them: it is only linked, so none learns of our visitors.
is_trailer = URLValidator(schemes=["https"])


class MovieQuerySet(models.QuerySet["Movie"]):
    def found_by(self, typed: str) -> Self:
        """Filter the films in which each word of ``typed`` begins a search word; none if there is no word in it."""
        words = typed_words(typed)
        return self.filter(*(Q(search_words__contains=f" {word}") for word in words)) if words else self.none()

    def bulk_create(self, objs: Iterable["Movie"], *args: Any, **options: Any) -> list["Movie"]:
        movies = list(objs)
        for movie in movies:
            movie.fold()
        return super().bulk_create(movies, *args, **options)

    def bulk_update(self, objs: Iterable["Movie"], fields: Iterable[str], batch_size: int | None = None) -> int:
        movies = list(objs)
        for movie in movies:
            movie.fold()
        return super().bulk_update(movies, {*fields, "search_words"}, batch_size)


class Movie(LocalizedMixin, models.Model):
    """A film. ``slug`` is its identity: the title and, where known, the year."""

    title = models.CharField(_("title"), max_length=200)
    title_translations = translations_field()
    slug = models.SlugField(max_length=220, unique=True, allow_unicode=True)
    original_title = models.CharField(_("original title"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    release_date = models.DateField(_("release date"), null=True, blank=True)
    runtime = models.PositiveSmallIntegerField(_("runtime"), help_text=_("In minutes."))
    certificate = models.CharField(_("certificate"), max_length=20, blank=True)
    genres = models.ManyToManyField(Genre, verbose_name=_("genres"), related_name="movies", blank=True)
    languages = models.ManyToManyField(Language, verbose_name=_("languages"), related_name="movies", blank=True)
    original_language = models.ForeignKey(
        Language, models.SET_NULL, verbose_name=_("original language"), related_name="+", null=True, blank=True
    )
    # The film's own format, if known; the default for its shows.
    format = models.CharField(_("format"), max_length=10, choices=Format, blank=True, db_default="")
    director = models.CharField(_("director"), max_length=300, blank=True)
    cast = models.JSONField(_("cast"), default=list, blank=True, help_text=_("A list of names."))
    synopsis = models.TextField(_("synopsis"), blank=True)
    synopsis_translations = translations_field()
    content_notes = models.CharField(
        _("content notes"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("What some would rather know before they see it, such as “Violence, the death of a child”."),
    )
    content_notes_translations = translations_field()
    trailer_url = models.CharField(
        _("trailer"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        validators=[is_trailer],
        help_text=_("Such as https://youtu.be/abc. Nothing is loaded from there until a visitor opens it."),
    )
    rating = models.DecimalField(
        _("rating"), max_digits=3, decimal_places=1, null=True, blank=True, help_text=_("Above 0, up to 10.")
    )
    poster = models.ImageField(_("poster"), upload_to="posters/", blank=True)
    still = models.ImageField(_("still"), upload_to="stills/", blank=True, default="", db_default="")
    distributor = models.CharField(_("distributor"), max_length=120, blank=True)
    retired_at = models.DateTimeField(_("retired since"), null=True, blank=True)
    # The titles in all languages, the director and cast as stored_words(), with a space before each.
    search_words = models.TextField(default="", db_default="", editable=False)
    # Counts the changes by staff, to detect conflicting edits.
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = MovieQuerySet.as_manager()

    class Meta:
        verbose_name = _("film")
        verbose_name_plural = _("films")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(condition=models.Q(runtime__gt=0), name="movie_runtime_positive"),
            models.CheckConstraint(
                condition=models.Q(rating__isnull=True) | models.Q(rating__gt=0, rating__lte=10),
                name="movie_rating_to_10",  # NULL if there are no votes
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        if update_fields is None or not FOLDED.isdisjoint(update_fields):
            self.fold()
            update_fields = update_fields and {*update_fields, "search_words"}
        super().save(update_fields=update_fields, **options)

    def get_absolute_url(self) -> str:
        return reverse("movie", args=[self.slug])

    @property
    def spoken(self) -> list[Language]:
        """Its languages, the original one first."""
        return sorted(self.languages.all(), key=lambda language: language.pk != self.original_language_id)

    @property
    def trailer_host(self) -> str:
        """The site on which its trailer is: “youtube.com”; "" without one."""
        parts = urlsplit(self.trailer_url)
        return (parts.hostname or "").removeprefix("www.") if parts.scheme == "https" else ""

    def fold(self) -> None:
        """Set the words under which the film is found."""
        titles = (self.title, self.original_title, *map(str, self.title_translations.values()))
        words = stored_words(*titles, self.director, *map(str, self.cast))
        self.search_words = "".join(f" {word}" for word in words)
