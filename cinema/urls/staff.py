"""Addresses of the back office, grouped by subject. What belongs to a theatre stands under its slug."""

from django.urls import path, re_path

from cinema.urls import converters  # noqa: F401, registers what stands between < and :
from cinema.views.staff import access, halls, home, screens, today

HERE = "theatres/<slug:slug>/"

urlpatterns = [
    # The way in
    path("", home.home, name="staff"),
    # Today
    path(HERE, today.today, name="staff-today"),
    # Films
    # Theatres and people
    # Screens and their seats
    path(f"{HERE}screens/", screens.screens, name="staff-screens"),
    path(f"{HERE}screens/add/", screens.add, name="staff-screens-add"),
    path(f"{HERE}screens/categories/", screens.categories, name="staff-screens-categories"),
    path(f"{HERE}screens/<key:pk>/", halls.edit, name="staff-screens-edit"),
    path(f"{HERE}screens/<key:pk>/preview/", halls.preview, name="staff-screens-preview"),
    path(f"{HERE}screens/<key:pk>/save/", halls.save, name="staff-screens-save"),
    path(f"{HERE}screens/<key:pk>/closed/", screens.retire, name="staff-screens-retire"),
    # Seats off sale
    # Schedule
    # Prices
    # Shows called off
    # Orders
    # Figures
    re_path("", access.nothing),
]
