"""URLs of the JSON interface."""

from django.urls import path, re_path

from cinema.urls import converters  # noqa: F401, registers the path converters
from cinema.views.api import bookings, movies, nothing, openapi, shows, tickets

urlpatterns = [
    path("movies/", movies.movies, name="api-movies"),
    path("shows/<key:pk>/", shows.show, name="api-show"),
    path("book/", bookings.book, name="api-book"),
    path("tickets/<slug:reference>/", tickets.ticket, name="api-ticket"),
    path("openapi.json", openapi.openapi, name="api-openapi"),
    re_path("", nothing.nothing),
]
