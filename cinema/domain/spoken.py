"""The names of languages that films are spoken and subtitled in."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import gettext

from cinema.domain.languages import current_locale, is_own_language

NO_DIALOGUE = "zxx"  # ISO 639's code, for silent films, concerts and ballet


def language_name(code: str, name: str) -> str:
    """The name of a language by its ISO 639 code, in the language of the page.

    In the site's own language, and where Unicode's CLDR has no name for it, that is the ``name`` the cinema gave it.
    """
    if code == NO_DIALOGUE:
        return gettext("No dialogue")
    return name if is_own_language() else _known_name(code, current_locale()) or name


@lru_cache(500)
def _known_name(code: str, locale: str) -> str:
    try:
        return str(Locale.parse(locale).languages.get(code.replace("-", "_"), ""))
    except (UnknownLocaleError, ValueError):
        return ""
