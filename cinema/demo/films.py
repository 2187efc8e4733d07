"""The films of the demo: those of its programme, those that are announced, and stills of some."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from django.utils import timezone
from django.utils.text import slugify

from cinema.demo.translations import film_translations
from cinema.domain.posters import draw_still
from cinema.exports.poster_picture import poster_picture
from cinema.models import FilmAlert, Genre, Language, Movie, User
from cinema.services.films.posters import set_picture

# Films with “coming_in” are invented, and on no programme: they are released so many days from now, or at some time.
_ALL: list[dict[str, Any]] = json.loads(Path(__file__).with_name("films.json").read_text(encoding="utf-8"))
FILMS = [film for film in _ALL if "coming_in" not in film]
COMING = [film for film in _ALL if "coming_in" in film]
PLAIN = ("runtime", "certificate", "director", "cast", "synopsis")
STILL_HEIGHT = 810  # pixels


def slug_of(film: dict[str, Any]) -> str:
    """The slug of a film of FILMS or COMING."""
    return slugify(f"{film['title']} {film['year']}" if "year" in film else film["title"], allow_unicode=True)


def add_films() -> None:
    """Add the films of the programme."""
    known = languages()
    for film in FILMS:
        _add(film, known, year=film["year"], release_date=film["release_date"])


def announce_films() -> None:
    """Announce the coming films, and again later those whose day has come without a show of them."""
    today = timezone.now().date()
    for film in COMING:
        day = today + timedelta(days=film["coming_in"]) if film["coming_in"] else None
        found = Movie.objects.filter(slug=slug_of(film)).first()
        if found is None:
            _add(film, languages(), year=(day or today).year, release_date=day)
        elif not found.shows.exists() and (found.release_date or today) <= today:
            Movie.objects.filter(pk=found.pk).update(year=(day or today).year, release_date=day)


def ask_for_alert(user: User) -> None:
    """Let the user be told when the first coming film is on sale."""
    movie, now = Movie.objects.get(slug=slug_of(COMING[0])), timezone.now()
    FilmAlert.objects.get_or_create(movie=movie, email=user.email, defaults={"created_at": now, "confirmed_at": now})


def draw_stills(movies: Iterable[Movie], user: User) -> None:
    """Draw stills for films that have none."""
    for movie in movies:
        if not movie.still:
            picture = BytesIO()
            still = poster_picture(draw_still(slug=movie.slug, title=movie.title), height=STILL_HEIGHT)
            still.convert("RGB").save(picture, "JPEG", quality=95)
            set_picture(movie_id=movie.pk, kind="still", picture=picture, user=user)


def languages() -> dict[str, Language]:
    """The languages of the films and their subtitles by code; those that are missing are added."""
    names = Locale("en").languages
    codes = {"en"}.union(*(spoken_in(film) for film in _ALL))
    known = {language.code: language for language in Language.objects.filter(code__in=codes)}
    return known | {code: Language.objects.create(code=code, name=names[code]) for code in sorted(codes - known.keys())}


def spoken_in(film: dict[str, Any]) -> list[str]:
    """The codes of a film's languages, the original one first."""
    return film["languages"] + film.get("dubs", [])


def _add(film: dict[str, Any], known: Mapping[str, Language], **released: Any) -> None:
    movie = Movie.objects.create(
        slug=slug_of(film),
        **{name: film.get(name, "") for name in ("original_title", "content_notes")},
        original_language=known[film["languages"][0]],
        title=film["title"],
        **{name: film[name] for name in PLAIN},
        **released,
        **film_translations(film["title"]),
    )
    movie.languages.set([known[code] for code in spoken_in(film)])
    movie.genres.set(
        [Genre.objects.get_or_create(slug=slugify(name), defaults={"name": name})[0] for name in film["genres"]]
    )
