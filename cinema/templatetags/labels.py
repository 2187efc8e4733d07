"""The labels of a show: a symbol and a word for each, and a line of the cinema's own."""

from functools import lru_cache

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from cinema.models import Show, ShowLabel
from cinema.models.labels import read_labels
from cinema.templatetags.languages import foreign_attributes

register = template.Library()

# SVG paths, drawn as lines on 16 by 16.
PETAL = "a2 2 0 1 0 0 4a2 2 0 1 0 0-4"
SCREEN = "M1.5 3h13v10h-13z"
NOTE = "a2.2 1.8 0 1 1-4.4 0a2.2 1.8 0 1 1 4.4 0"
SYMBOLS = {
    ShowLabel.AUDIO_DESCRIPTION: "M2 6h2.5l4-3v10l-4-3H2zM11 5.5q2 2.5 0 5M13 3.5q3 4.5 0 9",
    ShowLabel.OPEN_CAPTIONS: f"{SCREEN}M4 7.8h8M4 10.3h5",
    ShowLabel.CLOSED_CAPTIONS: f"{SCREEN}M7.2 6.7q-3-1.2-3 1.3t3 1.3M12.2 6.7q-3-1.2-3 1.3t3 1.3",
    ShowLabel.HEARING_LOOP: (
        "M3.5 6.5a4.5 4.5 0 1 1 9 0c0 3.2-3 3.4-3 6a2.2 2.2 0 0 1-4.2.8M6.3 6.7a1.8 1.8 0 1 1 3.2 1L8 9.4"
    ),
    ShowLabel.SIGN_LANGUAGE: (
        "M4 9.5V5a1 1 0 0 1 2 0V3a1 1 0 0 1 2 0v-.5a1 1 0 0 1 2 0V4a1 1 0 0 1 2 0v6.5"
        "q0 4-4 4t-5-3.5L1.8 9.6a1 1 0 0 1 1.5-1.2zM6 5v3M8 3v5M10 4v4"
    ),
    ShowLabel.RELAXED: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M5 9.5q3 3 6 0M5.7 6v.7M10.3 6v.7",
    ShowLabel.DEMENTIA: f"M8 1.6{PETAL}M12 4.6{PETAL}M10.5 9.4{PETAL}M5.5 9.4{PETAL}M4 4.6{PETAL}",
    ShowLabel.BABIES: "M8 7.5V2a5.5 5.5 0 0 1 5.5 5.5zM8 7.5H2.5q.5 4 5.5 4t5.5-4M1 5l1.5 2.5M5.3 13.8v.4M10.7 13.8v.4",
    ShowLabel.SENIORS: (
        "M6.5 1.3a1.5 1.5 0 1 0 0 3a1.5 1.5 0 1 0 0-3M6.5 6.3v4l2 4.2M6.5 10.3l-2.3 4.2M6.5 7l3.4 2M11.5 14.5V8.6"
    ),
    ShowLabel.QA: "M1.5 2.5h13v8.5H8L4.5 14v-3h-3zM6.4 5.6q.2-1.2 1.6-1.2t1.6 1.2q0 .7-1.6 1.3M8 8.8v.2",
    ShowLabel.PREVIEW: "M1.5 8q6.5-9 13 0q-6.5 9-13 0M8 6a2 2 0 1 0 0 4a2 2 0 1 0 0-4",
    ShowLabel.PREMIERE: "M8 1.6l2 4.1 4.5.6-3.3 3.1.8 4.5L8 11.7l-4 2.2.8-4.5L1.5 6.3 6 5.7z",
    ShowLabel.SING_ALONG: f"M6 12V3l7.5-1.5V10.5M6 12{NOTE}M13.5 10.5{NOTE}",
    ShowLabel.MEMBERS: (
        "M1.5 3.5h13v9h-13zM3.6 10.4q1.7-2.6 3.6 0M5.4 5.6a1.1 1.1 0 1 0 0 2.2a1.1 1.1 0 1 0 0-2.2"
        "M9.3 6.8h3.2M9.3 9.3h3.2"
    ),
    ShowLabel.STROBE: "M9 1.5L3.5 9H8l-1 5.5L12.5 7H8z",
}


@register.simple_tag
def show_labels(show: Show, *, short: bool = False) -> SafeString:
    """The labels of a show and its note. If ``short``, a narrow screen shows the symbols without the words."""
    note = show.localized.label_note
    if not show.labels and not note:
        return SafeString("")
    return _drawn(show.labels, (note, foreign_attributes(note)), short, get_language())


@register.filter
def label_words(show: Show) -> str:
    """The labels of a show and its note as one line of text: “Audio description · Q&A · Introduced by the director”."""
    return " · ".join(filter(None, [*(str(label.label) for label in show.shown_labels), show.localized.label_note]))


@register.filter
def labels_line(show: Show) -> str:
    """The same with a point before it, which begins no line, to go on with a text; "" without labels."""
    words = label_words(show)
    return f"\N{NO-BREAK SPACE}· {words}" if words else ""


@lru_cache(maxsize=1000)
def _drawn(stored: str, note: tuple[str, str], short: bool, _language: str | None) -> SafeString:
    """``note`` is the line beside the labels, and its language as attributes if that is not the page's."""
    labels = " ".join(map(_label, read_labels(stored)))
    text, attributes = note
    line = format_html(' <bdi class="show-label-note" {}>{}</bdi>', attributes, text) if text else ""
    kind = "show-labels is-short" if short else "show-labels"
    # Words are ours, the note is escaped.
    return mark_safe(f'<span class="{kind}">{labels}{line}</span>')  # noqa: S308


def _label(label: ShowLabel) -> str:
    return (
        f'<span><svg class="show-label-symbol" viewBox="0 0 16 16" aria-hidden="true">'
        f'<path d="{SYMBOLS[label]}"/></svg> <span class="show-label-word">{escape(label.label)}</span></span>'
    )
