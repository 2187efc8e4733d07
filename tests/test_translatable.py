"""How texts are written so that they can be translated: whole sentences, literal, and nothing joined by hand.

The pages themselves are looked at in security/test_translated_texts.py.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# How many of the first arguments are texts.
TRANSLATES = {"_": 1, "gettext": 1, "gettext_lazy": 1, "ngettext": 2, "ngettext_lazy": 2, "pgettext": 2}
TRANSLATES |= {"pgettext_lazy": 2, "npgettext": 3, "gettext_noop": 1}
CASES = {"lower", "upper", "capitalize", "title", "casefold"}
# How a language writes dates and lists is known in cinema/domain/dates.py and lists.py alone.
BY_HAND = {"date_format", "time_format", "get_text_list", "intcomma"}
AT_HOME = {"cinema/domain/dates.py"}


def is_translation(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATES


def is_sentence(node: ast.AST) -> bool:
    """Whether it is a translated text, perhaps with its placeholders filled in."""
    return is_translation(node.left if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) else node)


def is_label(node: ast.AST) -> bool:
    """Whether it is a translated text, or a name that is one: of a choice, a field or a model."""
    names = [each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)]
    return any(map(is_translation, ast.walk(node))) or any(
        name in ("label", "verbose_name", "verbose_name_plural") or re.fullmatch(r"get_\w+_display", name)
        for name in names
    )


def faults(source: str) -> Iterator[tuple[int, str]]:
    """The lines of a module that no translator can make right, with why."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in TRANSLATES:
                if not all(isinstance(text, ast.Constant) for text in node.args[: TRANSLATES[name]]):
                    yield node.lineno, "a text that is not literal cannot be extracted"
            case ast.BinOp(op=ast.Add()) if is_sentence(node.left) or is_sentence(node.right):
                yield node.lineno, "a text is added to another: use one text, or lists.sentences()"
            case ast.AugAssign(op=ast.Add()) if is_sentence(node.value):
                yield node.lineno, "a text is added to another: use one text, or lists.sentences()"
            case ast.Call(func=ast.Attribute(value=text, attr=case)) if case in CASES and is_label(text):
                yield node.lineno, "the case of translated words is changed"
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in BY_HAND:
                yield node.lineno, f"{name}() knows no other order: use domain/dates.py or domain/lists.py"


# Of templates, with why.
WRONG = {
    r"\{% translate [\"'][^\"']*[^:.?!…\"'][\"'](?: context [^%]*)? %\}\s*\{\{": "a value after a text is part of it",
    r"\}\}\s*\{% (?:block)?translate(?![^%]*\b(?:asvar|as)\b)": "a value before a text is part of it",
    r"\|(?:date|time):[\"'](?!(?:Y-m-d|c|D|j|M|l|H:i)[\"'])": "use shown_date, which knows each language's order",
    r"\|join:[\"'],": "use listed, or and_list within a sentence",
    r"\|(?:pluralize|lower|title|intcomma|floatformat:[\"']?-?\d[\"']? \}\} ?%)": "each language does this differently",
    r"\|add:[\"']\D": "a text is added to another",
    r"\|yesno:[\"'](?!rtl,ltr)": "words are not translated there",
    r"\{% blocktranslate(?:(?!endblock).)*?%\}(?:(?!endblock).)*?\{\{ [^}|]*\|": "name what is filtered",
    r"\{% blocktranslate(?![^%]*trimmed)[^%]*%\}[^{}%]*\n": "a text of several lines is trimmed",
    r"\{#(?:(?!#\}).)*\n": "a comment ends on its line, or people read it",
}


def faults_of_template(text: str) -> Iterator[tuple[int, str]]:
    for pattern, why in WRONG.items():
        for found in re.finditer(pattern, text, re.DOTALL if "endblock" in pattern else 0):
            yield text.count("\n", 0, found.start()) + 1, why


def test_every_text_of_a_module_can_be_translated():
    found = {
        f"{path.relative_to(ROOT)}:{line}": why
        for path in sorted((ROOT / "cinema").rglob("*.py"))
        if str(path.relative_to(ROOT)) not in AT_HOME
        for line, why in faults(path.read_text())
    }

    assert not found


def test_every_text_of_a_template_can_be_translated():
    found = {
        f"{path.relative_to(ROOT)}:{line}": why
        for path in sorted((ROOT / "templates").rglob("*.*"))
        for line, why in faults_of_template(path.read_text())
    }

    assert not found


@pytest.mark.parametrize(
    "source",
    [
        "_(f'{n} seats')",
        "_(text)",
        "ngettext('one', more, n)",
        "_('Saved.') + ' ' + why",
        "text += _('Saved.') % said",
        "str(line.get_kind_display()).capitalize()",
        "kind.label.lower()",
        "formats.date_format(day, 'l j F')",
        "get_text_list(names)",
    ],
)
def test_a_text_that_cannot_be_translated_is_found(source):
    assert [*faults(source)]


def test_a_text_with_placeholders_is_right():
    source = "_('%(n)s seats') % {'n': n}; ngettext('%(n)d seat', '%(n)d seats', n); code.lower(); a + b"
    assert not [*faults(source)]


@pytest.mark.parametrize(
    "text",
    [
        '{% translate "Page" %} {{ number }}',
        '{{ number }} {% translate "seats" %}',
        '{{ day|date:"l j F" }}',
        '{{ names|join:", " }}',
        "{{ n }} seat{{ n|pluralize }}",
        '{{ percent|floatformat:"-2" }} %',
        '{{ name|add:", "|add:email }}',
        '{{ on|yesno:"on,off" }}',
        "{% blocktranslate %}Hello {{ name|upper }}{% endblocktranslate %}",
        "{% blocktranslate with a=b %}\n  Hello\n{% endblocktranslate %}",
        "{# It goes on\n   here. #}",
    ],
)
def test_a_template_that_cannot_be_translated_is_found(text):
    assert [*faults_of_template(text)]


def test_a_template_with_whole_sentences_is_right():
    text = """{# A comment. #}{# Another. #}
        {% translate "Total:" %} {{ sum|money }} {% translate "Remove" as label %}{{ label }}: {{ day|date:'Y-m-d' }}
        <p>{% blocktranslate trimmed with name=user|upper %}
          Hello {{ name }}
        {% endblocktranslate %}"""
    assert not [*faults_of_template(text)]
