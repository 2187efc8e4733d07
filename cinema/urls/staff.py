"""Addresses of the back office, grouped by subject. What belongs to a theatre stands under its slug."""

from django.urls import path, re_path

from cinema.urls import converters  # noqa: F401, registers what stands between < and :
from cinema.views.staff import access, home, publishing, schedule, schedule_import, shows, today

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
    path(HERE + "schedule/", schedule.planner, name="staff-schedule"),
    path(HERE + "schedule/add/", schedule.add, name="staff-schedule-add"),
    path(HERE + "schedule/copy/", schedule.copy, name="staff-schedule-copy"),
    path(HERE + "schedule/publish/", publishing.publish, name="staff-schedule-publish"),
    path(HERE + "schedule/discard/", publishing.discard, name="staff-schedule-discard"),
    path(HERE + "schedule/card/", publishing.card, name="staff-schedule-card"),
    path(HERE + "schedule/import/", schedule_import.upload, name="staff-schedule-import"),
    path(HERE + "schedule/import/template.csv", schedule_import.template, name="staff-schedule-template"),
    path(HERE + "schedule/shows/<key:pk>/", shows.edit, name="staff-schedule-show"),
    path(HERE + "schedule/shows/<key:pk>/move/", shows.move, name="staff-schedule-move"),
    path(HERE + "schedule/shows/<key:pk>/delete/", shows.delete, name="staff-schedule-delete"),
    path(HERE + "schedule/shows/<key:pk>/draft/", shows.unpublish, name="staff-schedule-unpublish"),
    # Prices
    # Shows called off
    # Orders
    # Figures
    re_path("", access.nothing),
]
