"""Titles as people write them, compared by what they have in common, and the nearest to one that is not there."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from cinema.domain.folding import fold
from cinema.film_tables.vocabulary import word_list

LONGEST = 200  # characters that are compared
LIKENESS = 0.75  # of two titles one of which may be meant by the other
SHORTEST_BEGINNING = 5  # letters; “Dune: Part Two in 70mm” begins with a title
ONE_LETTER = re.compile("(?:(a)[ae]|(o)e|(u)e)")


def title_key(title: str) -> str:
    """What of a title counts: “L’Été”, “Ete (L’)” and “ete” are one, as are “The Lunchbox” and “Lunchbox, The”,
    “Schöne” and “Schoene”."""
    words = re.findall(r"[a-z0-9]+'?", fold(title[:LONGEST]).replace("’", "'"))
    articles = word_list("articles")
    while len(words) > 1 and words[0] in articles:
        words.pop(0)
    if len(words) > 1 and words[-1] in articles and re.search(r"[,(]\s*\S+$", title.strip(" )")):
        words.pop()
    return ONE_LETTER.sub(r"\1\2\3", "".join(words).replace("'", ""))


def nearest(key: str, keys: Iterable[str]) -> str | None:
    """The key that may be meant: the longest with which this one begins, or else the most alike."""
    keys = list(keys)
    beginnings = [other for other in keys if len(other) >= SHORTEST_BEGINNING and key.startswith(other)]
    if beginnings:
        return max(beginnings, key=len)
    return next(iter(get_close_matches(key, keys, n=1, cutoff=LIKENESS)), None)
