"""Classes: what styles name is used, and what templates name is styled. Mails have their styles in themselves."""

import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

ROOT = Path(__file__).parent.parent
NAME = r"[A-Za-z_][\w-]*"
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")
CLASS = re.compile(r'class="((?:\{%.*?%\}|\{\{.*?\}\}|[^"])*)"', re.DOTALL)
HOLE = "\0"  # stands for what is only known when the page is made
OF_LIBRARIES = {"htmx-request"}  # set by htmx
# A seat that is free, and either half of a love seat, look like any other seat but where a sheet says “not”.
PLAIN = {"free", "love"}
# What several pages are made of. The classes of any other sheet are of one page, or one part of pages.
SHARED = {"cinema.css", "staff.css", "seat-map.css", "charts.css"}


def styled(css: str) -> set[str]:
    """The classes that the selectors of a style sheet name."""
    css = re.sub(r'/\*.*?\*/|"[^"]*"', "", css, flags=re.DOTALL)
    selectors = [rule for rule in re.findall(r"([^{};]+)\{", css) if not rule.lstrip().startswith("@")]
    return {name for selector in selectors for name in re.findall(rf"\.({NAME})", selector)}


def in_template(text: str) -> set[str]:
    """The classes of a template's elements; one that is made of parts ends with a HOLE: “heat-\\0”."""
    values = [TAG.sub(lambda tag: HOLE if tag[0].startswith("{{") else " ", value) for value in CLASS.findall(text)]
    return {name for value in values for name in re.findall(rf"(?<![\w\0-]){NAME}\0?", value)}


def in_code(text: str) -> set[str]:
    """What may be a class in the strings of a script or module, with a HOLE where a value follows."""
    strings = [
        "".join(parts) for parts in re.findall(r'"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\'|`([^`]*)`', text)
    ]
    strings = [re.sub(r"\$?\{[^}]*\}", HOLE, string) for string in strings]
    return {name for string in strings for name in re.findall(rf"{NAME}\0?", string)}


@cache
def used() -> set[str]:
    """All that is, or may be, a class of an element of ours."""
    found = set(OF_LIBRARIES)
    for path in (ROOT / "templates").rglob("*.html"):
        found |= in_template(path.read_text())
    for path in [*(ROOT / "static" / "js").rglob("*.js"), *(ROOT / "cinema").rglob("*.py")]:
        if "migrations" not in path.parts:
            found |= in_code(path.read_text())
    return found


def is_used(name: str, found: set[str]) -> bool:
    return name in found or any(name[:end] + HOLE in found for end in range(1, len(name)))


def sheets() -> dict[str, set[str]]:
    return {path.name: styled(path.read_text()) for path in sorted((ROOT / "static" / "css").glob("*.css"))}


def bootstrap() -> set[str]:
    path = finders.find("bootstrap/css/bootstrap.min.css")
    assert path
    return styled(Path(path).read_text())


def test_every_class_of_a_style_sheet_is_used():
    dead = [f"{sheet}: .{name}" for sheet, names in sheets().items() for name in names if not is_used(name, used())]

    assert not dead, "\n".join(sorted(dead))


def test_every_class_of_a_template_is_styled():
    known = PLAIN.union(bootstrap(), *sheets().values())
    unknown = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        if "email" not in path.parts:
            for name in in_template(path.read_text()):
                part = name.rstrip(HOLE)
                if not any(each.startswith(part) if HOLE in name else each == part for each in known):
                    unknown.append(f"{path.relative_to(ROOT)}: {part}")

    assert not unknown, "\n".join(unknown)


def test_a_class_that_is_not_shared_is_styled_by_one_sheet_only():
    shared = OF_LIBRARIES.union(bootstrap(), *(names for sheet, names in sheets().items() if sheet in SHARED))
    found: dict[str, list[str]] = {}
    for sheet, names in sheets().items():
        for name in names - shared:
            found.setdefault(name, []).append(sheet)

    assert not {name: by for name, by in found.items() if len(by) > 1}


def test_a_dead_class_is_found():
    found = in_template('<p class="lead{% if x %} big{% endif %} heat-{{ n }}">') | in_code('f"seat c{rank}"')

    assert styled('.lead .big, a.heat-3:hover { content: ".no"; } @media print { .c2, .gone { x: 1.5 } }') == {
        "lead", "big", "heat-3", "c2", "gone",
    }  # fmt: skip
    assert [name for name in ("lead", "big", "heat-3", "c2", "gone", "heat", "x") if not is_used(name, found)] == [
        "gone", "heat", "x",
    ]  # fmt: skip
