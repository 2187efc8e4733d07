"""Addresses of the back office, grouped by subject. What belongs to a theatre stands under its slug."""

from django.urls import path, re_path

from cinema.urls import converters  # noqa: F401, registers what stands between < and :
from cinema.views.staff import access, home, prices, ticket_types, today

HERE = "theatres/<slug:slug>/"

urlpatterns = [
    # The way in
    path("", home.home, name="staff"),
    # Today
    path(HERE, today.today, name="staff-today"),
    # Films
    # Theatres and people
    # Screens and their seats
    # Seats off sale
    # Schedule
    # Prices
    path(f"{HERE}prices/", prices.cards, name="staff-prices"),
    path(f"{HERE}prices/add/", prices.add, name="staff-prices-add"),
    path(f"{HERE}prices/<key:pk>/", prices.card, name="staff-prices-card"),
    path(f"{HERE}prices/<key:pk>/retire/", prices.retire, name="staff-prices-retire"),
    path(f"{HERE}prices/<key:pk>/week/", prices.preview, name="staff-prices-preview"),
    path(f"{HERE}prices/<key:pk>/shows/", prices.shows, name="staff-prices-shows"),
    path(f"{HERE}prices/types/", ticket_types.types, name="staff-prices-types"),
    path(f"{HERE}prices/types/<key:pk>/", ticket_types.edit, name="staff-prices-types-edit"),
    path(f"{HERE}prices/types/<key:pk>/move/", ticket_types.move, name="staff-prices-types-move"),
    path(f"{HERE}prices/types/<key:pk>/retire/", ticket_types.retire, name="staff-prices-types-retire"),
    # Shows called off
    # Orders
    # Figures
    re_path("", access.nothing),
]
