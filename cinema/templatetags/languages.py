"""The languages that pages are offered in."""

from babel.core import get_global
from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import get_language, to_locale

from cinema.models.translations import LocalText, direction_of
from cinema.web.languages import prefix_of

register = template.Library()


@register.simple_tag
def offered_languages() -> tuple[tuple[str, str], ...]:
    """The code and own name of each language that is offered; empty if there is only one, so no choice."""
    return tuple(settings.LANGUAGES) if len(settings.LANGUAGES) > 1 else ()


@register.simple_tag
def alternates(path: str) -> tuple[tuple[str, str], ...]:
    """The code and URL of a page in each language offered, and as “x-default” in the site's own.

    ``path`` is the page's own, in the current language.
    """
    bare = path.removeprefix(prefix_of(get_language() or settings.LANGUAGE_CODE))
    urls = [(code, f"{settings.SITE_URL}{prefix_of(code)}{bare}") for code, _name in offered_languages()]
    return (*urls, ("x-default", settings.SITE_URL + bare)) if urls else ()


@register.filter
def with_territory(code: str) -> str:
    """A language as Open Graph writes it: “de_DE” for de, by the country that most who speak it live in."""
    locale = to_locale(code)
    if "_" in locale:
        return locale
    return f"{locale}_{get_global('likely_subtags')[locale].rpartition('_')[2]}"


@register.filter
def in_its_language(text: LocalText) -> str:
    """A text of the cinema, marked with its language if that is not the page's."""
    attributes = foreign_attributes(text) if text else ""
    return format_html("<span {}>{}</span>", attributes, text) if attributes else text


@register.filter
def language_attributes(text: LocalText) -> str:
    """The language of a text of the cinema as attributes."""
    return format_html('lang="{}" dir="{}"', text.language, direction_of(text.language))


def foreign_attributes(text: LocalText) -> str:
    """The same, or "" if it is the page's language."""
    page = get_language() or settings.LANGUAGE_CODE
    return "" if text.language.partition("-")[0] == page.partition("-")[0] else language_attributes(text)
