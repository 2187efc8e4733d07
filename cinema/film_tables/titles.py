"""Comparison of film titles in different spellings, and the most similar title to an unknown one."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from cinema.domain.folding import fold
from cinema.film_tables.vocabulary import word_list

LONGEST = 200  # characters compared
LIKENESS = 0.75  # least similarity, from 0 to 1
SHORTEST_BEGINNING = 5  # letters of a title with which a longer text may begin: “Dune: Part Two in 70mm”
ONE_LETTER = re.compile("(?:(a)[ae]|(o)e|(u)e)")


def title_key(title: str) -> str:
    """Reduce a title for comparison, without articles, accents and punctuation.

    Equal for “L’Été”, “Ete (L’)” and “ete”; for “The Lunchbox” and “Lunchbox, The”; for “Schöne” and “Schoene”.
    """
    words = re.findall(r"[a-z0-9]+'?", fold(title[:LONGEST]).replace("’", "'"))
    articles = word_list("articles")
    while len(words) > 1 and words[0] in articles:
        words.pop(0)
    if len(words) > 1 and words[-1] in articles and re.search(r"[,(]\s*\S+$", title.strip(" )")):
        words.pop()
    return ONE_LETTER.sub(r"\1\2\3", "".join(words).replace("'", ""))


def nearest(key: str, keys: Iterable[str]) -> str | None:
    """The longest key that is a prefix of ``key``, else the most similar key, else None."""
    keys = list(keys)
    beginnings = [other for other in keys if len(other) >= SHORTEST_BEGINNING and key.startswith(other)]
    if beginnings:
        return max(beginnings, key=len)
    return next(iter(get_close_matches(key, keys, n=1, cutoff=LIKENESS)), None)
