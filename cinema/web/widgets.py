"""The usual controls of forms, drawn as strings: the HTML of Django's templates for them, several times as quickly.

A page of the back office has a hundred controls and more, and a template for each, for its attributes and for each
choice is most of what it costs. Rarer controls, as those of files, are still drawn by Django's templates.
"""

import html
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

Widget = Mapping[str, Any]  # what Django's templates are given as ``widget``


class WidgetRenderer(DjangoTemplates):
    """Draws controls by DRAWN, and whatever is not in it by Django's templates."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if draw := DRAWN.get(template_name):
            return mark_safe(draw(context["widget"]))  # noqa: S308, each part is escaped
        return super().render(template_name, context, request)


def escape(value: Any) -> str:
    """The value escaped for HTML, unless it is HTML; by a shorter way if it is a plain string, as nearly all are."""
    return html.escape(value) if type(value) is str else conditional_escape(value)


escape_name = cache(escape)  # the names of attributes are few


def attributes(widget: Widget) -> str:
    """The attributes of a control or of a choice, with a space before each."""
    parts = []
    for name, value in widget["attrs"].items():
        if value is True:
            parts.append(f" {escape_name(name)}")
        elif value is not False:
            parts.append(f' {escape_name(name)}="{text(value)}"')
    return "".join(parts)


def text(value: Any) -> str:
    """A value of an attribute, escaped."""
    return escape(value if isinstance(value, str) else str(value))


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{text(widget["value"])}"'
    return f'<input type="{escape(widget["type"])}" name="{escape(widget["name"])}"{value}{attributes(widget)}>'


def _hidden_ones(widget: Widget) -> str:
    return "".join(map(_input, widget["subwidgets"]))


def _textarea(widget: Widget) -> str:
    return f'<textarea name="{escape(widget["name"])}"{attributes(widget)}>\n{escape(widget["value"] or "")}</textarea>'


def _select(widget: Widget) -> str:
    parts = [f'<select name="{escape(widget["name"])}"{attributes(widget)}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{escape(localize(group))}">')
        for one in options:
            label = escape(localize(one["label"]))
            parts.append(f'\n  <option value="{text(one["value"])}"{attributes(one)}>{label}</option>\n')
        if group:
            parts.append("\n  </optgroup>")
    return "".join([*parts, "\n</select>"])


INPUTS = [
    "checkbox",
    "color",
    "date",
    "datetime",
    "email",
    "hidden",
    "number",
    "password",
    "search",
    "tel",
    "text",
    "time",
    "url",
]
DRAWN: Mapping[str, Callable[[Widget], str]] = {
    "django/forms/widgets/multiple_hidden.html": _hidden_ones,
    "django/forms/widgets/select.html": _select,
    "django/forms/widgets/textarea.html": _textarea,
    **{f"django/forms/widgets/{name}.html": _input for name in INPUTS},
}
