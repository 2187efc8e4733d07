"""Lines of plain text, such as of mails, whose templates have shorter ones."""

from django import template

register = template.Library()


@register.filter
def one_line(text: str) -> str:
    """The lines of a text as one, without indentation and blank lines: {% filter one_line %}."""
    return " ".join(filter(None, map(str.strip, text.splitlines())))
