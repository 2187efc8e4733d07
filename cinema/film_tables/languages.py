"""Languages by their codes and names, as Unicode's CLDR knows them."""

import re
from functools import cache, lru_cache
from zlib import crc32

from babel import Locale
from babel.core import get_global
from django.utils.text import slugify

from cinema.film_tables.values import longest
from cinema.models import Language

# Names of films' languages that CLDR has under another name, and TMDB's own code for Cantonese.
ALSO = {
    "cn": "yue", "mandarin": "zh", "普通话": "zh", "粤语": "yue", "farsi": "fa", "flemish": "nl", "castilian": "es",
    "bengali": "bn", "oriya": "or", "panjabi": "pa", "myanmar": "my", "moldavian": "ro",
}  # fmt: skip
# The languages most films are made in. Their own names for themselves take 3 ms each to load, all of CLDR's a second.
OWN_NAMES = (
    "ar bn de el en es fa fi fr gu he hi hu id it ja kn ko ml mr ms nl pa pl pt ro ru sv ta te th tr uk ur vi zh"
)
# The languages in which tables name languages: “Deutsch”, but also “Allemand” and “немецкий”.
TOLD_IN = "de fr es it pt nl sv pl ru hi ne ar ja zh"
NO_DIALOGUE = ("zxx", "No dialogue")  # ISO 639's code for what nobody speaks in: silent films, concerts, ballet
NONE = {"xx", "zxx", "no dialogue", "no language", "no linguistic content", "silent"}


@lru_cache(maxsize=4096)
def find_language(name: str) -> tuple[str, str]:
    """Return code and English name of “hi”, “hin”, “hi-IN”, “Hindi”, “Hindi (India)”, “हिन्दी” or “хинди”.

    An unknown language keeps its name and gets a code made of it. Raises ValueError for what cannot be a name at all.
    """
    known = _english()
    for wanted in (name.casefold(), re.split(r"[(_-]", name)[0].strip().casefold()):
        if wanted in NONE:
            return NO_DIALOGUE
        code = ALSO.get(wanted) or get_global("language_aliases").get(wanted, wanted).split("_")[0]
        code = code if code in known else _codes().get(wanted) or _own_names().get(wanted) or _told_names().get(wanted)
        if code:
            return code, known[code]
    slug = slugify(name, allow_unicode=True)
    if not re.search(r"[^\W\d_]", slug):
        raise ValueError(name)
    most = longest(Language, "code")
    code = slug if len(slug) <= most else f"{slug[: most - 5]}-{crc32(slug.encode()) & 0xFFFF:04x}"
    return code, name[: longest(Language, "name")]


@cache
def _english() -> dict[str, str]:
    """Codes to English names; regional kinds such as en_GB are left out."""
    return {code: name for code, name in Locale("en").languages.items() if "_" not in code}


@cache
def _codes() -> dict[str, str]:
    return {name.casefold(): code for code, name in _english().items()}


@cache
def _own_names() -> dict[str, str]:
    return {Locale(code).languages[code].casefold(): code for code in OWN_NAMES.split()}


@cache
def _told_names() -> dict[str, str]:
    known: dict[str, str] = {}
    for tongue in TOLD_IN.split():
        for code, name in Locale(tongue).languages.items():
            if "_" not in code:
                known.setdefault(name.casefold(), code)
    return known
