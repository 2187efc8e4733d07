"""Find films, screens, languages and price cards by name, however a schedule spells them. Reads only."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import F, prefetch_related_objects

from cinema.exports.csv import plain
from cinema.film_tables.languages import find_language
from cinema.film_tables.titles import LONGEST, nearest, title_key
from cinema.film_tables.values import Unusable, film_format, is_blank
from cinema.film_tables.vocabulary import key, without_blanks, word_list, words
from cinema.models import Language, Movie, PriceCard, Screen, Show, ShowLabel, Theatre

YEAR = re.compile(r"(.*\S)\s*[(\[](\d{4})[)\]]")
LANGUAGE = ("original_language__code", "original_language__name")
MOST_NEAREST = 50  # unknown titles that get a suggestion
Named = TypeVar("Named")


class FilmNames:
    """The films of the library by title. Of several with one title the latest is found, unless a year is given.

    ``film_choices`` maps titles to the keys of films, as chosen by the user.
    """

    def __init__(self, film_choices: dict[str, int]) -> None:
        wanted = ("title", "original_title", "year", "slug", "runtime", "retired_at", "format", "original_language")
        films = Movie.objects.select_related("original_language").only(*wanted, *LANGUAGE)
        self.films = list(films.order_by(F("retired_at").asc(nulls_last=True), F("year").asc(nulls_first=True)))
        self.exact = _by_name(self.films, lambda film: [film.slug, film.title, f"{film.title} ({film.year})"])
        by_key = {film.pk: film for film in self.films}
        self.chosen = {title_key(said): by_key[pk] for said, pk in film_choices.items() if pk in by_key}
        self.folded: dict[str, list[Movie]] = {}
        self.looked_for: dict[str, Movie | None] = {}

    def find(self, said: str, year: str = "") -> Movie | None:
        """The film with this title; ``year`` is from the schedule's column of that name."""
        said = said[:LONGEST]
        match = YEAR.fullmatch(said)
        if not year and not match and (film := self.exact.get(said.casefold())):
            return film
        name, wanted = (match[1], match[2]) if match else (said, year.removesuffix(".0"))
        if film := self.chosen.get(title_key(said)) or self.exact.get(f"{name} ({wanted})".casefold()):
            return film
        same = self._by_key().get(title_key(name), [])
        if wanted.isdecimal():
            same = [film for film in same if film.year is None or abs(film.year - int(wanted[:4])) <= 1]
        return same[-1] if same else None

    def nearest(self, said: str) -> Movie | None:
        """A suggestion for an unknown title: the film with the most similar one."""
        name = title_key(said)
        if name and name not in self.looked_for and len(self.looked_for) < MOST_NEAREST:
            found = nearest(name, self._by_key())
            self.looked_for[name] = self._by_key()[found][-1] if found else None
        return self.looked_for.get(name)

    def _by_key(self) -> dict[str, list[Movie]]:
        if not self.folded:
            for title in ("original_title", "title"):  # the latter wins where two films share a title
                for film in self.films:
                    if name := title_key(getattr(film, title)):
                        self.folded.setdefault(name, []).append(film)
        return self.folded


class ScreenNames:
    """The screens of a theatre. A theatre's only screen need not be named."""

    def __init__(self, theatre: Theatre) -> None:
        screens = list(theatre.screens.all())
        for screen in screens:
            screen.theatre = theatre
        open_ones = [screen for screen in screens if not screen.retired_at]
        self.only = open_ones[0] if len(open_ones) == 1 else None
        self.exact = _by_name(screens, lambda screen: [screen.name, plain(screen.name)])
        self.folded = _alone(screens, lambda screen: _without_room(screen.name))

    def find(self, said: str) -> Screen | None:
        if not said:
            return self.only
        return self.exact.get(said.casefold()) or self.folded.get(_without_room(said))


class OtherNames:
    """Languages, labels, formats and price cards."""

    def __init__(self, theatre: Theatre) -> None:
        languages = list(Language.objects.all())
        self.languages = _by_name(languages, lambda language: [language.code, language.name])
        cards = theatre.price_cards.filter(retired_at=None)
        self.cards = _by_name(cards, lambda card: [card.name, key(card.name)])
        self.labels = {word: code for code, known in words("labels").items() for word in known}
        self.labels |= {key(word): label.value for label in ShowLabel for word in (label.value, str(label.label))}
        self.formats = {str(word).casefold(): value for value, label in Show.Format.choices for word in (value, label)}

    def language(self, said: str) -> Language | None:
        if found := self.languages.get(said.casefold()):
            return found
        try:
            code, name = find_language(said[:80])
        except ValueError:
            return None
        return self.languages.get(code) or self.languages.get(name.casefold())

    def label(self, said: str) -> str | None:
        """The code of the label that a word such as “AD” or “open captions” names."""
        return self.labels.get(key(said))

    def format(self, said: str) -> str | None:
        try:
            return self.formats.get(said.casefold()) or film_format(said)
        except Unusable:
            return None

    def card(self, said: str) -> PriceCard | None:
        return self.cards.get(said.casefold()) or self.cards.get(key(said))


def is_original(said: str) -> bool:
    """Whether the text means the film's original language: “OV”, “version originale”, or empty."""
    return is_blank(said) or without_blanks(said) in word_list("original")


def read_languages(films: Iterable[Movie]) -> None:
    """Read the languages of the films in one statement."""
    prefetch_related_objects(list({film.pk: film for film in films}.values()), "languages")


def _without_room(name: str) -> str:
    """A screen's name without words for “screen”: “Saal 1”, “Screen 1” and “1” are “1”."""
    words = re.findall(r"[^\W_]+", without_blanks(re.sub(r"(?<=\D)(?=\d)|[\s_-]+", "/", name)))
    return "".join(word for word in words if word not in word_list("rooms")) or "".join(words)


def _by_name(rows: Iterable[Named], names: Callable[[Named], list[str]]) -> dict[str, Named]:
    return {name.casefold(): row for row in rows for name in names(row)}


def _alone(rows: Iterable[Named], name: Callable[[Named], str]) -> dict[str, Named]:
    """The rows by name, without names that several rows share."""
    found: dict[str, list[Named]] = {}
    for row in rows:
        found.setdefault(name(row), []).append(row)
    return {same: rows[0] for same, rows in found.items() if len(rows) == 1}
