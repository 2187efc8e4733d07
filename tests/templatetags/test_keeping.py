"""Parts of pages that are drawn once for all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from typing import Any
from unittest import mock

import pytest
from django.db.models import Field, Model
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from cinema.domain.dates import shown_date
from cinema.models import Genre, Movie, Show
from cinema.selectors.booking.seat_map import show_for_sale
from cinema.selectors.schedule.programme import Filters, Programme, ProgrammeFilm, showings
from cinema.templatetags import keeping
from cinema.templatetags.keeping import KeepNode, key_of
from tests.factories import LanguageFactory, ShowFactory


def draw(text: str, **context: Any) -> str:
    return Template("{% load keeping i18n %}" + text).render(Context(context))


def test_a_part_is_drawn_once_for_each_key():
    template, seen = Template("{% load keeping %}{% keep key text=text %}{{ text }}{% endkeep %}"), []
    for key, text in ((1, "a"), (1, "b"), (2, "c"), ((1, "x"), "d"), ((1, "x"), "e")):
        seen.append(template.render(Context({"key": key, "text": text})))
    assert seen == ["a", "a", "c", "d", "d"]


def test_without_a_key_nothing_is_kept():
    template = Template("{% load keeping %}{% keep key text=text %}{{ text }}{% endkeep %}")
    assert [template.render(Context({"key": None, "text": text})) for text in "ab"] == ["a", "b"]


def test_each_language_has_drawings_of_its_own():
    template = Template("{% load keeping %}{% keep 1 text=text %}{{ text }}{% endkeep %}")
    drawn = []
    for language in ("en", "de", "en"):
        with override(language):
            drawn.append(template.render(Context({"text": language})))
    assert drawn == ["en", "de", "en"]


def test_nothing_of_the_request_is_known_inside():
    inside = "{{ user }}{{ request }}{{ csrf_token }}{{ name }}{% csrf_token %}"
    page = draw(f"{{% keep 1 name=name %}}{inside}{{% endkeep %}}", user="Asha", request="r", csrf_token="c", name="n")
    assert page == "n"


def test_texts_are_escaped_inside():
    assert draw("{% keep 1 name=name %}{{ name }}{% endkeep %}", name="<b>") == "&lt;b&gt;"


def test_the_memory_of_a_part_is_bounded(monkeypatch):
    monkeypatch.setattr(keeping, "MOST_KEPT", 3)
    template = Template("{% load keeping %}{% keep key %}{% endkeep %}")
    for key in range(10):
        template.render(Context({"key": key}))
    [node] = template.nodelist.get_nodes_by_type(KeepNode)
    assert 0 < len(node.drawn) <= 3


def test_values_without_a_name_are_refused():
    with pytest.raises(TemplateSyntaxError, match="values with names"):
        draw("{% keep 1 2 %}{% endkeep %}")


def test_a_row_of_the_database_is_no_key():
    with pytest.raises(TypeError, match="whatever its fields say"):
        key_of(1, [Show(pk=1)])
    assert key_of([1, 2], {"b", "a"}, "x") == ((1, 2), {"a", "b"}, "x")


@pytest.fixture
def show(db) -> Show:
    made = ShowFactory()
    made.subtitles = LanguageFactory()
    made.save()
    return show_for_sale(made.pk)


def shown(show: Show) -> list[Model]:
    """The rows that a page about a show may name."""
    return [show, show.movie, show.screen, show.screen.theatre, show.language, show.subtitles]


def other_value(field: Field, value: Any) -> Any:
    """A valid value that differs; None if there is none to try."""
    if field.choices:
        return next(choice for choice, _label in field.flatchoices if choice != value)
    if field.name == "time_zone":
        return "Europe/Berlin"
    if field.name == "poster":
        return "posters/other.webp"
    if field.get_internal_type() in ("CharField", "SlugField", "TextField"):
        return f"{value}x"
    if field.get_internal_type() in ("DateField", "DateTimeField"):
        return value and value + timedelta(days=1)
    if field.get_internal_type().endswith("IntegerField"):
        return (value or 0) + 1
    return None


def changes(show: Show) -> Iterator[str]:
    """Change each field of each row for a moment; yield its name."""
    for row in shown(show):
        for field in row._meta.concrete_fields:
            value = getattr(row, field.attname)
            other = None if field.is_relation else other_value(field, value)
            if other is not None:
                setattr(row, field.attname, other)
                yield f"{type(row).__name__}.{field.name}"
                setattr(row, field.attname, value)


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Draw every part anew while the block runs."""

    def render(node: KeepNode, context: Context) -> str:
        return node.nodelist.render(context.new({name: value.resolve(context) for name, value in node.names.items()}))

    with mock.patch.object(KeepNode, "render", render):
        yield


@pytest.mark.parametrize("part", ["public/shows/_show_head.html", "public/shows/_show_preview.html"])
def test_a_part_about_a_show_is_drawn_anew_when_something_it_shows_changes(part, show):
    def page() -> str:
        return render_to_string(part, {"show": show, "theatre": show.screen.theatre})

    usual, seen = page(), set()
    for name in changes(show):
        with nothing_kept():
            truth = page()
        assert page() == truth, f"{name} is not in the key"
        if truth != usual:
            seen.add(name)
    assert page() == usual
    assert {"Show.starts_at", "Movie.title", "Theatre.name", "Screen.name", "Language.name"} <= seen


@pytest.fixture
def film(show: Show) -> ProgrammeFilm:
    show.movie.genres.add(Genre.objects.create(name="Drama", slug="drama"))
    return ProgrammeFilm(show.movie, showings([show]))


def at_moments(show: Show) -> Iterator[str]:
    """Let the sale be in each of its states for a moment; yield its name."""
    now, kept = timezone.now(), (show.sales_start_at, show.sales_end_at, show.seats_free)
    for name, starts, ends, free in (
        ("not on sale yet", now + timedelta(days=2), kept[1], kept[2]),
        ("on sale later", now + timedelta(days=3), kept[1], kept[2]),
        ("over", kept[0], now - timedelta(minutes=1), kept[2]),
        ("sold out", kept[0], kept[1], 0),
        ("few left", kept[0], kept[1], 3),
    ):
        show.sales_start_at, show.sales_end_at, show.seats_free = starts, ends, free
        yield name
    show.sales_start_at, show.sales_end_at, show.seats_free = kept


@pytest.mark.parametrize("by_day", [True, False], ids=["of a day", "of a search"])
@pytest.mark.parametrize("city", ["", "Mumbai"])
@pytest.mark.parametrize("alone", [True, False], ids=["at a theatre", "anywhere"])
def test_a_film_of_the_programme_is_drawn_anew_when_something_it_shows_changes(film, show, by_day, city, alone):
    day = show.trading_day if by_day else None
    on = Programme(films=[film], day=day, days=[], trading_day=show.trading_day, today=show.trading_day)

    def page() -> str:
        theatre = show.screen.theatre if alone else None
        fresh = ProgrammeFilm(show.movie, showings([show]))
        context = {"film": fresh, "programme": on, "filters": Filters(city=city), "theatre": theatre}
        return render_to_string("public/programme/_film.html", context)

    usual, seen = page(), set()
    for name in chain(changes(show), at_moments(show)):
        with nothing_kept():
            truth = page()
        assert page() == truth, f"{name} is not in the key"
        if truth != usual:
            seen.add(name)
    assert page() == usual
    assert {"Show.starts_at", "Show.format", "Movie.title", "Movie.poster", "not on sale yet", "over"} <= seen
    assert {"on sale later", "sold out", "few left"} <= seen


def test_a_film_is_drawn_anew_when_its_genres_or_the_number_of_its_shows_change(film, show):
    on = Programme(films=[film], day=show.trading_day, days=[], trading_day=show.trading_day, today=show.trading_day)

    def page(*shows: Show) -> str:
        movie = Movie.objects.get(pk=show.movie_id)
        context = {"film": ProgrammeFilm(movie, showings(shows)), "programme": on, "filters": Filters()}
        return render_to_string("public/programme/_film.html", context)

    assert "Drama" in page(show)
    Genre.objects.update(name="Comedy")
    assert "Comedy" in page(show)
    other = show_for_sale(ShowFactory(movie=show.movie).pk)
    assert page(show).count("chip") < page(show, other).count("chip")


def test_a_film_is_drawn_anew_when_it_gets_another_day(film, show):
    day = show.trading_day
    on = Programme(films=[film], day=day, days=[], trading_day=day, today=day)

    def page(*later: date) -> str:
        context = {"film": replace(film, later=later), "programme": on, "filters": Filters()}
        return render_to_string("public/programme/_film.html", context)

    assert "Also on" not in page()
    assert f"Also on {shown_date(day + timedelta(days=1), 'D j M')}" in page(day + timedelta(days=1)).replace("\n", "")
    assert page(day + timedelta(days=1)) != page(day + timedelta(days=2))
