"""Addresses of the moviegoer's pages, grouped by subject."""

urlpatterns: list = []
