"""The pseudo-language: every text ⟦accéénted aand loonger⟧, so that one that is not translated, is put together
from parts or does not fit is seen.

It has no catalogue: Django's lookup is replaced for Greek, in which nothing is translated, so that what is kept by
language stays apart, and what Babel says has no Latin letters. Placeholders, elements and formats of dates stay.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

from django.test import override_settings
from django.utils import translation
from django.utils.translation import trans_real

LANGUAGE = "el"
START, END = "⟦⟧"
WORD = re.compile(r"[A-Za-z]{2}")
# Placeholders of Python and of our scripts (“%n”), elements, entities.
KEPT = re.compile(r"(%(?:\(\w+\))?[a-zA-Z%]|\{\w*\}|</?[a-zA-Z][^<>]*>|&\w+;)")
GLUED = re.compile(r"[^\s.:?!…”)]⟧\s*⟦")
LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "áƀçđéƒĝĥíĵķļɱñóþɋŕšţúṽŵẋýžÁƁÇĐÉƑĜĤÍĴĶĻṀÑÓÞɊŔŠŢÚṼŴẊÝŽ",
)
VOWEL = re.compile("([áéíóúý])")


def pseudo(text: str) -> str:
    """The text in the pseudo-language: “Row %(row)s” is “⟦Ŕóóŵ %(row)s⟧”; a format of a date, “D j M”, stays."""
    parts = KEPT.split(text)
    if not WORD.search("".join(parts[::2])):
        return text
    parts[::2] = [VOWEL.sub(r"\1\1", part.translate(LETTERS)) for part in parts[::2]]
    translated = "".join(parts)
    around = re.match(r"\s*", translated), re.search(r"\s*$", translated)
    before, after = (found[0] if found else "" for found in around)
    return f"{before}{START}{translated.strip()}{END}{after}"


class PseudoTranslation(trans_real.DjangoTranslation):
    """A catalogue that has every text."""

    def gettext(self, message: str) -> str:
        return pseudo(message.rpartition(trans_real.CONTEXT_SEPARATOR)[2])

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@contextmanager
def pseudo_language() -> Iterator[None]:
    """Make the pseudo-language the only one of the site, and that of this thread."""
    with override_settings(LANGUAGE_CODE=LANGUAGE, LANGUAGES=[(LANGUAGE, "Pseudo")]):
        trans_real._translations[LANGUAGE] = PseudoTranslation(LANGUAGE)  # type: ignore[attr-defined]
        with translation.override(LANGUAGE):
            yield  # at the end Django forgets all catalogues, as the settings change


class Texts(HTMLParser):
    """What people read or hear of a page in the pseudo-language.

    ``plain`` are texts with words outside of any ⟦…⟧; ``glued`` are translated texts of which one follows another,
    with nothing between them and no end of a sentence, in the same element.
    """

    ATTRIBUTES = {"title", "aria-label", "aria-description", "alt", "placeholder", "label", "data-full", "data-label"}
    DESCRIBED = {"description", "application-name", "og:title", "og:description", "og:site_name", "og:image:alt"}
    # What is typed or meant for programs, and lists of time zones, which Babel names.
    SKIPPED = {"script", "style", "kbd", "code", "samp", "pre", "textarea"}

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.plain: list[str] = []
        self.glued: list[str] = []
        self._depth, self._skipped, self._data = 0, "", False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in self.SKIPPED or values.get("name") == "time_zone":
            self._skipped = tag
            self._data = values.get("type") == "application/json"
        if tag == "meta" and (values.get("name") or values.get("property")) in self.DESCRIBED:
            self.attribute(values["content"])
        if tag in ("input", "button") and values.get("type") in ("submit", "button", "reset"):
            self.attribute(values.get("value", ""))
        for name in self.ATTRIBUTES & values.keys():
            self.attribute(values[name])

    def handle_endtag(self, tag: str) -> None:
        if tag == self._skipped:
            self._skipped = ""

    def handle_data(self, data: str) -> None:
        if self._skipped:
            if self._data:
                self.data(json.loads(data))
            return
        self._depth = self._look(data, self._depth)

    def attribute(self, text: str) -> None:
        """Look at a text that stands by itself."""
        self._look(text, 0)

    def data(self, value: object) -> None:
        """Look at all texts of something from JSON."""
        if isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                self.data(each)
        elif isinstance(value, str):
            self.attribute(value)

    def _look(self, text: str, depth: int) -> int:
        outside = ""
        for sign in text:
            depth += (sign == START) - (sign == END)
            outside += START if sign == START else sign if depth <= 0 and sign != END else ""
        if WORD.search(outside):
            self.plain.append(" ".join(outside.replace(START, "⟦…⟧").split()))
        if GLUED.search(text):
            self.glued.append(" ".join(text.split()))
        return depth
