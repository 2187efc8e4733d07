"""Texts reduced to what people type on any keyboard, so that “AMÉLIE”, “Amélie” and “amelie” are the same.

It is done here and not by the database: SQLite lowers ASCII only, and PostgreSQL what its locale knows.
"""

import re
import unicodedata

from anyascii import anyascii

LONGEST_WORD = 40  # letters of a word that are compared
MOST_WORDS = 60  # of one text: a name is short, a cast is long
# Scripts written without spaces: each of their characters begins a word.
UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
ONE_LETTER = re.compile("(?:(a)[ae]|(o)e|(u)e)")


def fold(text: str) -> str:
    """``text`` in ASCII and lower case: without accents and invisible characters, in single spaces, other scripts
    transliterated. Punctuation stays: “Łukasz  O’Brien” is “lukasz o'brien”, “Иван” is “ivan”."""
    return " ".join(anyascii(_plain(text)).lower().split())


def stored_words(text: str) -> list[str]:
    """The words under which a text is found, each once: whoever types the beginning of one of them means the text.

    A compound counts from each of its parts, without its punctuation: “Kar-wai” is “karwai” and “wai”,
    “asha@kino.example” is “ashakinoexample”, “kinoexample” and “example”. ö, o and oe are alike: “Müller” and
    “Mueller” are both “muller” and “mueller”.
    """
    plain = _plain(text)
    spellings = (plain, plain.translate(TWO_LETTERS), ONE_LETTER.sub(r"\1\2\3", plain))
    found = {}
    for spelling in spellings:
        for token in anyascii(UNSPACED.sub(r"-\1", spelling)).lower().split():
            parts = re.findall("[a-z0-9]+", token)
            for start in range(len(parts)):
                found["".join(parts[start:])[:LONGEST_WORD]] = True
    return list(found)[:MOST_WORDS]


def typed_words(text: str) -> list[str]:
    """What somebody searches for, as beginnings of stored_words(), all of which have to be there."""
    tokens = (re.sub("[^a-z0-9]", "", token) for token in fold(text).split())
    return list(dict.fromkeys(token[:LONGEST_WORD] for token in tokens if token))


def _plain(text: str) -> str:
    """One form of each character: full width letters, ligatures and capitals are the ordinary small ones."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
