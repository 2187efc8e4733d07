"""Languages by code or name, from Unicode's CLDR."""

import re
from functools import cache, lru_cache
from zlib import crc32

from babel import Locale
from babel.core import get_global
from django.utils.text import slugify
from django.utils.translation import override

from cinema.domain import spoken
from cinema.domain.languages import NAMES
from cinema.film_tables.values import longest
from cinema.film_tables.vocabulary import LONGEST_HEADER
from cinema.models import Language

# Names that CLDR does not have, and TMDB's code for Cantonese.
ALSO = {
    "cn": "yue", "mandarin": "zh", "普通话": "zh", "粤语": "yue", "farsi": "fa", "flemish": "nl", "castilian": "es",
    "bengali": "bn", "oriya": "or", "panjabi": "pa", "myanmar": "my", "moldavian": "ro",
}  # fmt: skip
# The languages of most films. Loading a language's own name takes 3 ms, that of all languages in CLDR a second.
OWN_NAMES = (
    "ar bn de el en es fa fi fr gu he hi hu id it ja kn ko ml mr ms nl pa pl pt ro ru sv ta te th tr uk ur vi zh"
)
# Languages in which tables name other languages: “Deutsch”, “Allemand”, “немецкий”.
TABLE_LANGUAGES = "de fr es it pt nl sv pl ru hi ne ar ja zh"
LANGUAGE_AT_END = re.compile(r"(.*?\S)(?:\s*[(\[{]\s*(.+?)\s*[)\]}]|[\s_-]+([^\s_-]+))")
NO_DIALOGUE = (spoken.NO_DIALOGUE, "No dialogue")
NONE = {"xx", "zxx", "no dialogue", "no language", "no linguistic content", "silent"}


@lru_cache(maxsize=4096)
def find_language(name: str) -> tuple[str, str]:
    """Return code and English name of “hi”, “hin”, “hi-IN”, “Hindi”, “Hindi (India)”, “हिन्दी” or “хинди”.

    An unknown language keeps its name and gets a code made from it. Raises ValueError if there are no letters.
    """
    known = _english()
    for wanted in (name.casefold(), re.split(r"[(_-]", name)[0].strip().casefold()):
        if wanted in NONE or wanted in _no_dialogue():
            return NO_DIALOGUE
        code = ALSO.get(wanted) or get_global("language_aliases").get(wanted, wanted).split("_")[0]
        code = code if code in known else _codes().get(wanted) or _own_names().get(wanted) or _table_names().get(wanted)
        if code:
            return code, known[code]
    slug = slugify(name, allow_unicode=True)
    if not re.search(r"[^\W\d_]", slug):
        raise ValueError(name)
    most = longest(Language, "code")
    code = slug if len(slug) <= most else f"{slug[: most - 5]}-{crc32(slug.encode()) & 0xFFFF:04x}"
    return code, name[: longest(Language, "name")]


def language_at_end(header: str) -> tuple[str, str]:
    """Split “title_de”, “Title (German)” or “Titel [Deutsch]” into text and code; the code is "" if there is none."""
    match = LANGUAGE_AT_END.fullmatch(header[:LONGEST_HEADER].strip())
    if not match:
        return header, ""
    text, bracketed, last = match.groups()
    try:
        code, _name = find_language(bracketed or last)
    except ValueError:
        return header, ""
    return (text, code) if code in _english() else (header, "")


@cache
def _no_dialogue() -> frozenset[str]:
    """“No dialogue” in each of our languages."""
    found = set()
    for code in NAMES:
        with override(code):
            found.add(spoken.language_name(*NO_DIALOGUE).casefold())
    return frozenset(found)


@cache
def _english() -> dict[str, str]:
    """English names by code, without regional variants such as en_GB."""
    return {code: name for code, name in Locale("en").languages.items() if "_" not in code}


@cache
def _codes() -> dict[str, str]:
    return {name.casefold(): code for code, name in _english().items()}


@cache
def _own_names() -> dict[str, str]:
    return {Locale(code).languages[code].casefold(): code for code in OWN_NAMES.split()}


@cache
def _table_names() -> dict[str, str]:
    known: dict[str, str] = {}
    for language in TABLE_LANGUAGES.split():
        for code, name in Locale(language).languages.items():
            if "_" not in code:
                known.setdefault(name.casefold(), code)
    return known
