"""The fields of forms, which templates/_field.html draws."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, Select
from django.template import Context, Engine, Template
from django.utils.safestring import SafeString, mark_safe

from cinema.web.widgets import attributes, escape

register = template.Library()


@register.filter
def as_field(field: BoundField) -> SafeString:
    """The field with its label, its control, its errors and its help; a form names in ``wide`` what takes a whole line.

    A page may have a hundred fields, so the template is given what it shows, escaped: to look up ``field.label`` there
    takes three times as long as ``label``.
    """
    if field.is_hidden:
        return field.as_widget()
    shown = {
        "id": _html(field.auto_id),
        "label": _html(field.label),
        "required": field.field.required,
        "wide": field.name in getattr(field.form, "wide", ()),
        "errors": field.form.errors.get(field.name),
        "help": _html(field.help_text),
    }
    return _template().render(Context(shown | _control(field)))


@cache
def _template() -> Template:
    """The template without line breaks and indentation, which each field would repeat."""
    source = Engine.get_default().get_template("_field.html").source
    return Template("".join(map(str.strip, source.splitlines())))


def _control(field: BoundField) -> dict[str, Any]:
    """What is shown for the kind of control: one, a checkbox before its label, or a box for each of the choices."""
    widget = field.field.widget
    if field.use_fieldset:
        return {"kind": "choices", "choices": _choices(field), "description": field.aria_describedby}
    if isinstance(widget, CheckboxInput):
        kind, look = "checkbox", "form-check-input"
    else:
        kind, look = "control", "form-select" if isinstance(widget, Select) else "form-control"
    control = field.as_widget(attrs={"class": f"{widget.attrs.get('class', '')} {look}".strip()})
    return {"kind": kind, "control": control, "control_id": _html(field.id_for_label)}


def _choices(field: BoundField) -> Iterator[tuple[SafeString, SafeString, SafeString]]:
    """The attributes, the id and the label of each radio button or box."""
    widget = field.field.widget
    common = field.build_widget_attrs({"id": widget.attrs.get("id") or field.auto_id})
    for _group, options, _index in widget.optgroups(field.html_name, widget.format_value(field.value()), common):
        for one in options:
            own = {"type": one["type"], "name": one["name"], "value": str(one["value"])} | one["attrs"]
            yield mark_safe(attributes({"attrs": own})), _html(own["id"]), _html(one["label"])  # noqa: S308, escaped


def _html(value: Any) -> SafeString:
    return mark_safe(escape(value))  # noqa: S308
