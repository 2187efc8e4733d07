"""Addresses of the back office, grouped by subject. What belongs to a theatre stands under its slug."""

from django.urls import path, re_path

from cinema.urls import converters  # noqa: F401, registers what stands between < and :
from cinema.views.staff import access, blocks, home, today

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
    path(f"{HERE}blocks/", blocks.blocks, name="staff-blocks"),
    path(f"{HERE}blocks/add/", blocks.add, name="staff-blocks-add"),
    path(f"{HERE}blocks/add/<int:screen_pk>/", blocks.hall, name="staff-blocks-hall"),
    path(f"{HERE}blocks/<int:pk>/", blocks.block, name="staff-blocks-block"),
    path(f"{HERE}blocks/<int:pk>/lift/", blocks.lift, name="staff-blocks-lift"),
    path(f"{HERE}blocks/<int:pk>/move/", blocks.move, name="staff-blocks-move"),
    path(f"{HERE}blocks/<int:pk>/release/", blocks.release, name="staff-blocks-release"),
    # Schedule
    # Prices
    # Shows called off
    # Orders
    # Figures
    re_path("", access.nothing),
]
