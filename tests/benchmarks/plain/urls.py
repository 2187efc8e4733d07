from django.urls import path

from tests.benchmarks.plain.views import Book

urlpatterns = [path("api/book/", Book.as_view())]
