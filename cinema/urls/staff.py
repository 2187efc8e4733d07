"""Addresses of the back office, grouped by subject. What belongs to a theatre stands under its slug."""

from django.urls import path, re_path

from cinema.urls import converters  # noqa: F401, registers what stands between < and :
from cinema.views.staff import access, exports, figures, home, today

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
    # Shows called off
    # Orders
    # Figures
    path("figures/", figures.everywhere, name="staff-figures-all"),
    path("figures/export.<slug:format>", exports.export_everywhere, name="staff-figures-all-export"),
    path(f"{HERE}figures/", figures.figures, name="staff-figures"),
    path(f"{HERE}figures/export/<slug:what>.<slug:format>", exports.export, name="staff-figures-export"),
    path(f"{HERE}figures/hall/", figures.hall, name="staff-figures-heatmap"),
    path(f"{HERE}figures/distributor/", figures.distributor, name="staff-figures-distributor"),
    path(f"{HERE}figures/distributor/<key:movie>/", figures.film, name="staff-figures-film"),
    path(f"{HERE}figures/distributor/<key:movie>.<slug:format>", exports.export_film, name="staff-figures-film-export"),
    re_path("", access.nothing),
]
