"""Folding of texts to lower-case ASCII for search, so that “AMÉLIE”, “Amélie” and “amelie” are the same.

The database cannot do it: lower() changes only ASCII letters on SQLite, and depends on the locale on PostgreSQL.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from itertools import islice, pairwise
from typing import TypeVar

from anyascii import anyascii

from cinema.domain.texts import normalise, readable_email

LONGEST_WORD = 40  # letters of a word that are compared
MOST_WORDS = 40  # of one text
ALIKE = 0.75  # least similarity, from 0 to 1: one letter of four may be wrong
FEWEST_LETTERS, MOST_TYPED = 4, 5  # only words this long, and this many of them, may be misspelt
# Scripts written without spaces: each of their characters begins a word.
UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
ONE_LETTER = re.compile("(?:(a)[ae]|(o)e|(u)e)")

T = TypeVar("T")


def fold(text: str) -> str:
    """Return ``text`` in lower-case ASCII, without accents and invisible characters, with single spaces.

    Other scripts are transliterated; punctuation stays. “Łukasz  O’Brien” gives “lukasz o'brien”, “Иван” gives “ivan”.
    """
    return " ".join(anyascii(_plain(text)).lower().split())


def stored_words(*texts: str) -> list[str]:
    """Return the search words of a text; a search matches if each typed word is a prefix of one of them.

    A compound is stored from each of its parts on, without punctuation: “Kar-wai” as “karwai” and “wai”,
    “asha@kino.example” as “ashakinoexample”, “kinoexample” and “example”. ö, o and oe are equal: “Müller” and
    “Mueller” are both stored as “muller” and “mueller”. A word that is a prefix of another one is left out.
    """
    found = sorted({word for text in texts for word in islice(_words(text), MOST_WORDS)})
    return [word for word, after in pairwise([*found, ""]) if not after.startswith(word)]


def words_of_person(name: str, email: str) -> list[str]:
    """Return the search words of a person, without the top-level domain of the email address, which many share."""
    ending = fold(email.rpartition(".")[2])
    return [word for word in stored_words(name, readable_email(email)) if word != ending]


def typed_words(text: str) -> list[str]:
    """Return the words of a search. Each must be a prefix of one of the stored_words()."""
    tokens = (re.sub("[^a-z0-9]", "", token) for token in fold(text).split())
    return list(dict.fromkeys(token[:LONGEST_WORD] for token in tokens if token))


def nearest(text: str, titles: Mapping[T, str], words: Mapping[T, str]) -> list[T]:
    """Return the keys of titles similar to a misspelt ``text``, the most similar first.

    Either the whole title is similar, or each word is similar to one of the key's ``words``, separated by spaces.
    """
    folded = {key: fold(title) for key, title in titles.items()}
    close_titles = _alike(fold(text), folded.values())
    alike = {key: close_titles[title] for key, title in folded.items() if title in close_titles}
    typed = [word for word in typed_words(text) if len(word) >= FEWEST_LETTERS][:MOST_TYPED]
    known = {word for stored in words.values() for word in stored.split()}
    close = [_alike(word, known) for word in typed]
    for key, stored in words.items():
        best = [max((like.get(word, 0.0) for word in stored.split()), default=0.0) for like in close]
        if best and min(best) > 0:
            alike[key] = max(alike.get(key, 0), sum(best) / len(best))
    return sorted(alike, key=alike.__getitem__, reverse=True)


def _alike(text: str, others: Iterable[str]) -> dict[str, float]:
    """Return the similarity, from ALIKE to 1, of those folded ``others`` that are similar to ``text``."""
    matcher = SequenceMatcher(None, b=text[:LONGEST_WORD], autojunk=False)  # analyses b once only
    found = {}
    for other in others:
        matcher.set_seq1(other[:LONGEST_WORD])
        if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE:
            found[other] = matcher.ratio()
    return {other: ratio for other, ratio in found.items() if ratio >= ALIKE}


def _words(text: str) -> Iterator[str]:
    plain = _plain(text)
    spellings = plain, plain.translate(TWO_LETTERS), ONE_LETTER.sub(r"\1\2\3", plain)
    for spelling in dict.fromkeys(spellings):  # often there is one only
        for token in anyascii(UNSPACED.sub(r"-\1", spelling)).lower().split():
            parts = re.findall("[a-z0-9]+", token)
            yield from ("".join(parts[start:])[:LONGEST_WORD] for start in range(len(parts)))


def _plain(text: str) -> str:
    """Replace full width letters, ligatures and capitals by ordinary lower-case letters."""
    return normalise("NFKC", normalise("NFKC", text).casefold())
