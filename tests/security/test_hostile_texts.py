"""A text is text, whatever is written in it: on every page, in every picture and in JSON (mails and files:
test_hostile_files.py).

Every column that takes text is full of HTML, scripts, htmx attributes and template syntax. No element and no attribute
of any page may come of it, no script and no address; and nobody may read “&lt;” where “<” was written.
"""

import json
from functools import partial
from weakref import WeakKeyDictionary
from xml.etree import ElementTree

import pytest
from django.template import engines
from django.template.loaders.locmem import Loader

from cinema.models import Movie, Seat
from tests.factories import MovieFactory, ShowFactory, owner
from tests.security import hostile
from tests.security.hostile import Page
from tests.security.hostile_world import World
from tests.views.browsers import browser

pytestmark = pytest.mark.django_db

# Too short for a mark; and what is searched or sent to a provider, but shown nowhere.
UNMARKED = {"Appearance.accent", "Seat.row", "Language.code", "Movie.search_words", "Till.reader"}
UNMARKED |= {"PassRegistration.device"}  # no text of a person's: a secret, which no page shows
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def world(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return World()


@pytest.fixture
def client(world):
    """A browser with access to everything: the buyer's, signed in as an owner."""
    client = browser("asha")
    client.force_login(owner(email="boss@example.org"))
    return client


def content(answer):
    return b"".join(answer).decode(errors="replace")


def test_no_text_becomes_html_on_any_page_or_in_any_answer(world, client, in_full, share):
    seen: set[int] = set()
    for name, answer in [*world.pages(client, partial(share, number=0)), *world.tables(client)]:
        kind, said = answer["Content-Type"].partition(";")[0], content(answer)
        assert answer.status_code < 500, name
        assert "\n" not in "".join(f"{header}{value}" for header, value in answer.items()), name
        if kind == "text/html":
            page = Page(said)
            assert not page.faults, (name, page.faults)
            seen |= hostile.marks(page.text)
        elif kind == "application/json":
            assert answer["X-Content-Type-Options"] == "nosniff", name
            seen |= hostile.marks(json.dumps(json.loads(said)))
    unseen = {str(column) for column in hostile.columns() if column.number not in seen}
    assert unseen == UNMARKED if in_full else len(seen) > 50


def test_a_drawn_poster_is_a_picture_and_nothing_else(world, client):
    for movie in Movie.objects.all():
        drawn = ElementTree.fromstring(client.get(f"{movie.get_absolute_url()}poster.svg").content)
        shapes = {element.tag.removeprefix(SVG) for element in drawn.iter()}
        assert shapes <= {"svg", "g", "rect", "circle", "ellipse", "path", "polygon", "line", "text", "tspan"}
        names = {name for element in drawn.iter() for name in element.attrib}
        assert not [name for name in names if name.startswith("on") or "href" in name or name == "style"]


# The checks can fail: a text that is let through is noticed wherever that happens.


def as_template(monkeypatch, name, source):
    """Replace a template during the test."""
    engine = engines["django"].engine
    monkeypatch.setattr(engine, "template_loaders", [Loader(engine, {name: source}), *engine.template_loaders])


@pytest.mark.parametrize(
    "source",
    [
        "{{ movie|safe }}",
        "<p title='{{ movie|safe }}'>",
        '<p title="{{ movie|safe }}">',
        "<p title={{ movie|safe }}>",
        "<textarea>{{ movie|safe }}</textarea>",
        "<script>{{ movie }}</script>",
        "<p hx-vals='{{ movie }}'>",
        "<!-- {{ movie }} -->",
        "{{ movie|force_escape|force_escape }}",
        '<a href="javascript:{{ movie.pk }}">',
    ],
)
def test_an_unescaped_title_is_detected(monkeypatch, source):
    movie = MovieFactory(title=(hostile.LONG % (0, "title"))[:200], slug="film")
    as_template(monkeypatch, "public/movies/movie.html", source)
    assert Page(content(browser().get(movie.get_absolute_url()))).faults


def test_an_unescaped_seat_label_is_detected(monkeypatch):
    show = ShowFactory(screen__plan="aa")
    Seat.objects.update(row='"<q')
    assert not Page(content(browser().get(show.get_absolute_url()))).faults
    monkeypatch.setattr("cinema.templatetags.cinema.escape", str)
    monkeypatch.setattr("cinema.templatetags.cinema._drawn_rows", WeakKeyDictionary())  # as if in another process
    assert Page(content(browser().get(show.get_absolute_url()))).faults
