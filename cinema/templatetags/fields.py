"""How fields are drawn in the back office and on busy pages: as templates/bootstrap5/field.html, but as strings.

A price card has a hundred fields, and everybody opens a seat map and a checkout: a template for each field was most of
what these pages cost.
"""

from django import template
from django.forms import BoundField, CheckboxInput, Select
from django.utils.html import conditional_escape as escape
from django.utils.safestring import SafeString, mark_safe

from cinema.web.widgets import attributes, text

register = template.Library()


@register.filter
def as_field(field: BoundField) -> SafeString:
    """What ``field|as_crispy_field`` draws, several times as quickly."""
    if field.is_hidden:
        return field.as_widget()
    wide = " field-wide" if field.name in getattr(field.form, "wide", ()) else ""
    parts = [f'<div class="field{wide}" id="div_{field.auto_id}">', _control(field)]
    if field.errors:
        wrong = "".join(f"<p>{escape(str(error))}</p>" for error in field.errors)
        parts.append(f'<div class="field-errors" id="{field.auto_id}_error">{wrong}</div>')
    if field.help_text:
        parts.append(f'<div class="form-text" id="{field.auto_id}_helptext">{escape(field.help_text)}</div>')
    return mark_safe("".join([*parts, "</div>"]))  # noqa: S308, each part is escaped


def _control(field: BoundField) -> str:
    """A field's control with its label."""
    widget, name = field.field.widget, _name(field)
    if isinstance(widget, CheckboxInput):
        label = f'<label class="form-check-label" for="{escape(field.id_for_label)}">{name}</label>'
        return f'<div class="form-check">{_input(field, "form-check-input")}{label}</div>'
    if field.use_fieldset:
        told = f' aria-describedby="{escape(field.aria_describedby)}"' if field.aria_describedby else ""
        choices = f'<div class="field-choices">{_choices(field)}</div>'
        return f'<fieldset{told}><legend class="form-label">{name}</legend>{choices}</fieldset>'
    label = f'<label class="form-label" for="{escape(field.id_for_label)}">{name}</label>'
    return label + _input(field, "form-select" if isinstance(widget, Select) else "form-control")


def _name(field: BoundField) -> str:
    return escape(field.label) + ('<span class="field-required">*</span>' if field.field.required else "")


def _input(field: BoundField, look: str) -> str:
    own = field.field.widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{own} {look}".strip()})


def _choices(field: BoundField) -> str:
    """The radio buttons or boxes of a field of several."""
    widget = field.field.widget
    attrs = field.build_widget_attrs({"id": widget.attrs.get("id") or field.auto_id})
    groups = widget.optgroups(field.html_name, widget.format_value(field.value()), attrs)
    return "".join(
        f'<div class="form-check"><input class="form-check-input" type="{one["type"]}" name="{escape(one["name"])}"'
        f' value="{text(one["value"])}"{attributes(one)}>'
        f'<label class="form-check-label" for="{escape(one["attrs"]["id"])}">{escape(one["label"])}</label></div>'
        for _group, options, _index in groups
        for one in options
    )
