"""Films, seasons and film alerts."""

from django.contrib import admin

from cinema import models
from cinema.admin.base import NotedAdmin, register_read_only


@admin.register(models.Genre)
class GenreAdmin(NotedAdmin):
    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(models.Language)
class LanguageAdmin(NotedAdmin):
    list_display = ("name", "code")
    search_fields = ("name", "code")


register_read_only(
    models.Movie,
    list_display=("title", "year", "runtime", "certificate", "director", "rating"),
    list_filter=("certificate", "genres"),
    search_fields=("title", "original_title", "director"),
)
register_read_only(
    models.FilmImport,
    list_display=("event", "created", "updated", "already_there", "skipped_in_all", "warnings_in_all"),
    list_select_related=("event",),
    search_fields=("event__subject",),
)
register_read_only(
    models.FilmAlert,
    list_display=("movie", "email", "created_at", "confirmed_at"),
    list_select_related=("movie",),
    search_fields=("email", "movie__title"),
    exclude=("code",),  # a secret that confirms it
)
register_read_only(
    models.Season,
    list_display=("title", "theatre", "starts_on", "ends_on"),
    list_filter=("theatre",),
    list_select_related=("theatre",),
    search_fields=("title",),
)
