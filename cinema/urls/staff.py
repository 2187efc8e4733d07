"""Addresses of the back office, grouped by subject. What belongs to a theatre stands under its slug."""

from django.urls import path, re_path

from cinema.urls import converters  # noqa: F401, registers what stands between < and :
from cinema.views.staff import access, film_imports, films, home, people, theatres, today

HERE = "theatres/<slug:slug>/"

urlpatterns = [
    # The way in
    path("", home.home, name="staff"),
    # Today
    path(HERE, today.today, name="staff-today"),
    # Films
    path("films/", films.films, name="staff-films"),
    path("films/add/", films.film_add, name="staff-films-add"),
    path("films/import/", film_imports.film_import, name="staff-films-import"),
    path("films/import/reports/<key:pk>/", film_imports.film_import_report, name="staff-films-import-report"),
    path("films/import/<slug:upload>/", film_imports.film_import_preview, name="staff-films-import-preview"),
    path("films/<key:pk>/", films.film_edit, name="staff-films-edit"),
    path("films/<key:pk>/retire/", films.film_retire, name="staff-films-retire"),
    path("films/<key:pk>/poster/", films.film_poster, name="staff-films-poster"),
    # Theatres and people
    path("theatres/", theatres.theatres, name="staff-theatres"),
    path("new-theatre/", theatres.theatre_add, name="staff-theatres-add"),
    path(HERE + "settings/", theatres.theatre_edit, name="staff-theatres-edit"),
    path(HERE + "people/", people.people, name="staff-people"),
    path(HERE + "people/<key:pk>/take/", people.people_take, name="staff-people-take"),
    path(HERE + "people/<key:pk>/invite/", people.people_invite, name="staff-people-invite"),
    # Screens and their seats
    # Seats off sale
    # Schedule
    # Prices
    # Shows called off
    # Orders
    # Figures
    re_path("", access.nothing),
]
