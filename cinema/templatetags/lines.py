"""Lines of plain text, such as of mails, whose templates have shorter ones."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi

WORDS_AND_URL = re.compile(r"(?P<words>[^:]+?)\s?:\s(?P<url>https?://\S+)")

register = template.Library()


@register.filter
def one_line(text: str) -> str:
    """The lines of a text as one, without indentation and blank lines: {% filter one_line %}."""
    return " ".join(filter(None, map(str.strip, text.splitlines())))


@register.filter
def isolated(text: str) -> str:
    """What somebody wrote, so that its punctuation stays in place among a text from right to left."""
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}" if get_language_bidi() else text


@register.filter
def linked_lines(text: str) -> SafeString:
    """The lines of a text as HTML. One such as “Your receipt: https://…” becomes a link, however long its URL is."""
    return format_html_join(mark_safe("<br>"), "{}", ((_linked(line),) for line in text.splitlines()))


def _linked(line: str) -> str:
    found = WORDS_AND_URL.fullmatch(line)
    return format_html('<a href="{}">{}</a>', found["url"], found["words"]) if found else line
