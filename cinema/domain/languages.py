"""The languages in which pages and mails are written, and those that a cinema offers."""

from collections.abc import Sequence
from functools import cache

from babel import Locale, UnknownLocaleError
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import get_language, to_locale

# By their own names, as the switch shows them.
NAMES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "hi": "हिन्दी",
    "ne": "नेपाली",
    "ar": "العربية",
}


def check_language(code: str) -> None:
    """Raise ImproperlyConfigured unless ``code`` is a language of NAMES or a variant of one, such as en-gb."""
    try:
        Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        known = False
    else:
        known = _base(code) in NAMES
    if not known:
        raise ImproperlyConfigured(
            f"LANGUAGE_CODE={code}: there is no such language here. Give one of {', '.join(NAMES)}, or a variant such "
            "as en-gb."
        )


def read_languages(codes: Sequence[str], own: str) -> list[tuple[str, str]]:
    """Return the code and name of each language that is offered: those of ``codes``, or all.

    The site's ``own`` stands for its language: en-gb for en. Raises ImproperlyConfigured.
    """
    for code in codes:
        if code not in NAMES:
            raise ImproperlyConfigured(f"LANGUAGES: {code} is not understood. Choose from {', '.join(NAMES)}.")
        if codes.count(code) > 1:
            raise ImproperlyConfigured(f"LANGUAGES names {code} twice.")
    if codes and _base(own) not in codes:
        raise ImproperlyConfigured(f"LANGUAGES lacks {_base(own)}, the language of LANGUAGE_CODE.")
    return [(own if code == _base(own) else code, NAMES[code]) for code in codes or NAMES]


def is_own_language() -> bool:
    """Whether the page is in the site's own language."""
    return (get_language() or settings.LANGUAGE_CODE) == settings.LANGUAGE_CODE


def foreign_language(code: str) -> str:
    """The own name of another language than the site's, such as “Deutsch”; "" for that."""
    base = _base(code)
    return "" if base == _base(settings.LANGUAGE_CODE) else NAMES.get(base, code)


def current_locale() -> str:
    """The locale in which numbers and amounts are written now, such as “de” or “en_GB”."""
    return _locale(get_language() or settings.LANGUAGE_CODE)


def customs() -> str:
    """The locale by which days, times and lists are written now. Plain English is that of Britain, as in our texts."""
    locale = current_locale()
    return "en_GB" if locale == "en" else locale


def fallbacks(wanted: str, own: str) -> list[str]:
    """The languages to look for a text in, the best first: the ``wanted`` one, its base, then the site's ``own``."""
    return list(dict.fromkeys([wanted, _base(wanted), own, _base(own)]))


_locale = cache(to_locale)


def _base(code: str) -> str:
    return code.partition("-")[0]
