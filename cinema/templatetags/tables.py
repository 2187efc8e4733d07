"""Cells of tables whose rows become cards on a phone, where each value needs its label."""

from django import template
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def cell(label: str, value: object) -> SafeString:
    """A cell with a ``value``, and its ``label`` for phones."""
    return format_html('<td><span class="cards-only">{}</span> {}</td>', label, localize(value))


@register.simple_tag
def num_cell(label: str, value: object) -> SafeString:
    """The same for a number or an amount."""
    return format_html('<td class="num"><span class="cards-only">{}</span> {}</td>', label, localize(value))
