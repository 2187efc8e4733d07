"""The names of languages that films are spoken and subtitled in."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.utils.translation import get_language, to_locale


def language_name(code: str, name: str) -> str:
    """The name of a language by its ISO 639 code, in the language of the page.

    In the site's own language, and where Unicode's CLDR has no name for it, that is the ``name`` the cinema gave it.
    """
    shown_in = get_language() or settings.LANGUAGE_CODE
    return name if shown_in == settings.LANGUAGE_CODE else _known_name(code, shown_in) or name


@lru_cache(500)
def _known_name(code: str, shown_in: str) -> str:
    try:
        return str(Locale.parse(to_locale(shown_in)).languages.get(code.replace("-", "_"), ""))
    except (UnknownLocaleError, ValueError):
        return ""
