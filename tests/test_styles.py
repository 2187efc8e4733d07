"""Classes: each has one style sheet, whose first comment says where it is used; none is dead, none unknown.

The comment lists components: `order-*  staff/orders staff/shows` is the class order and all that begin with order-,
and the templates, or below static/ and cinema/ the scripts and modules, that use them; `c#` is c1, c2 and so on. A
class that begins with is- is a state of what has it. Mails have their styles in themselves.
"""

import re
from collections.abc import Iterable
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


def fits(name: str, found: str) -> bool:
    """Whether ``name`` is the class that was ``found``; its HOLE is a word after a hyphen, else a number."""
    part, hole, _ = found.partition(HOLE)
    if not hole:
        return name == found
    rest = name.removeprefix(part) if name.startswith(part) else ""
    return bool(rest) and (part.endswith("-") or rest.isdecimal())


def is_used(name: str, found: set[str]) -> bool:
    return name in found or any(HOLE in each and fits(name, each) for each in found)


@cache
def sheets() -> dict[str, set[str]]:
    return {path.name: styled(path.read_text()) for path in sorted((ROOT / "static" / "css").glob("*.css"))}


@cache
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
                if name not in known and not any(fits(each, name) for each in known):
                    unknown.append(f"{path.relative_to(ROOT)}: {name}")

    assert not unknown, "\n".join(unknown)


def components(css: str) -> dict[str, list[str]]:
    """What the first comment of a style sheet lists: the places of each class, or family of classes."""
    comment = css.partition("*/")[0]
    lines = re.findall(r"^   (\S.*?)  +(\S.*?)\s*$", comment, flags=re.MULTILINE)
    return {name: places.split() for names, places in lines for name in names.split()}


def home(name: str, declared: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The sheets and components that ``name`` belongs to: its own, or else that of the longest family."""
    own = [each for each in declared if each[1] in (name, re.sub(r"\d+$", "#", name))]
    families = [each for each in declared if each[1].endswith("-*") and f"{name}-".startswith(each[1][:-1])]
    longest = max((len(family) for _, family in families), default=0)
    return own or [each for each in families if len(each[1]) == longest]


@cache
def declared() -> dict[tuple[str, str], list[str]]:
    """The places of each component of each sheet."""
    return {
        (path.name, name): places
        for path in sorted((ROOT / "static" / "css").glob("*.css"))
        for name, places in components(path.read_text()).items()
    }


def ours(names: set[str]) -> set[str]:
    return {name for name in names - bootstrap() - OF_LIBRARIES - PLAIN if not name.startswith("is-")}


def test_every_class_belongs_to_one_style_sheet_which_styles_it():
    wrong = []
    for sheet, names in sheets().items():
        for name in ours(names):
            homes = home(name, declared())
            if len(homes) != 1 or (name not in sheets()[homes[0][0]]):
                wrong.append(f"{sheet}: .{name} belongs to {homes}")

    assert not wrong, "\n".join(sorted(wrong))


def test_a_class_is_used_only_where_its_style_sheet_says():
    styled_names, wrong = ours(set().union(*sheets().values())), []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        template = str(path.relative_to(ROOT / "templates"))
        found = in_template(path.read_text()) if not template.startswith("email/") else set()
        for name in {name for name in styled_names if is_used(name, found)}:
            for each in home(name, declared()):
                if not any(template.startswith(place) or place == "everywhere" for place in declared()[each]):
                    wrong.append(f"{template}: .{name} of {each[0]}")

    assert not wrong, "\n".join(wrong)


def test_every_place_that_a_style_sheet_names_uses_the_component():
    wrong = []
    for (sheet, component), places in declared().items():
        names = {name for name in ours(sheets()[sheet]) if (sheet, component) in home(name, declared())}
        for place in set(places) - {"everywhere"}:
            base = ROOT if place.startswith(("cinema/", "static/")) else ROOT / "templates"
            files = [base / place] if (base / place).is_file() else [*(base / place).rglob("*.*")]
            read = in_code if base == ROOT else in_template
            texts = [path.read_text() for path in files if path.suffix in {".html", ".js", ".py"}]
            if not any(is_used(name, read(text)) for text in texts for name in names):
                wrong.append(f"{sheet}: {component} is not used in {place}")

    assert not wrong, "\n".join(wrong)


def test_a_class_belongs_to_its_own_component_or_the_longest_family():
    listed = components(
        "/* Prices.\n\n   price-* week-*  staff/prices\n   price-grid c#  staff/prices cinema/x.py */ .a {}"
    )
    sheet = [("prices.css", name) for name in listed]

    assert listed["price-grid"] == ["staff/prices", "cinema/x.py"]
    assert home("price-card", sheet) == home("price", sheet) == [("prices.css", "price-*")]
    assert home("price-grid", sheet) == [("prices.css", "price-grid")]
    assert home("c12", sheet) == [("prices.css", "c#")]
    assert home("prices", sheet) == []


def test_a_dead_class_is_found():
    found = in_template('<p class="lead{% if x %} big{% endif %} heat-{{ n }}">') | in_code('f"seat c{rank}"')

    assert styled('.lead .big, a.heat-3:hover { content: ".no"; } @media print { .c2, .gone { x: 1.5 } }') == {
        "lead", "big", "heat-3", "c2", "gone",
    }  # fmt: skip
    assert [name for name in ("lead", "big", "heat-3", "c2", "gone", "heat", "x") if not is_used(name, found)] == [
        "gone", "heat", "x",
    ]  # fmt: skip


# Pages are also read from right to left. A hall stays as it is in the room.
OF_THE_ROOM = {"seat-map.css", "seat-list.css", "staff-screens.css"}
ONE_SIDED = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)|left|right)\b[\w-]*\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
    r"|(?:margin|padding|inset)\s*:\s*\S+ (\S+) \S+ (?!\1[;\s])[^;\s]+;"
)


def one_sided(css: str) -> list[str]:
    """The declarations that name the left or right side, where the start or end of a line is meant."""
    return [found[0] for found in ONE_SIDED.finditer(re.sub(r"/\*.*?\*/|\(.*?\)", "", css, flags=re.DOTALL))]


def test_styles_name_the_start_and_end_of_lines_not_left_and_right():
    sheets = [path for path in (ROOT / "static" / "css").glob("*.css") if path.name not in OF_THE_ROOM]

    assert not {path.name: found for path in sheets if (found := one_sided(path.read_text()))}


def test_a_style_for_one_side_is_found():
    wrong = ["margin-left: 1px", "left: 0", "text-align: right", "padding: 0 1px 0 2px;", "border-right-width: 1px"]
    right = ["margin-inline-start: 1px", "text-align: start", "padding: 0 1px 3px 1px;", "transition: left 1s"]

    assert [text for text in wrong + right if one_sided(text)] == wrong
