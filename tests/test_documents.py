"""The Markdown documents: their links, paths and functions exist, every setting is described, the README is short."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from cinema.forms.halls.theatres import TheatreForm

ROOT = Path(__file__).parent.parent
CODE = re.compile(r"^```.*?^```|^    .*?$|`[^`\n]*`", flags=re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)+/?)`")  # in code, with a slash: a place in the project, if its first part is
PLACES = ("", "cinema", "tests")  # folders that such a path may be relative to
MADE = ("db.sqlite3", "media", "staticfiles", "test-results")  # while the site or the tests run
CALL = re.compile(r"`(?:[A-Za-z_]+\.)*([A-Za-z_]+)\(\)`")
OTHERS = {"str", "select_related", "select_for_update"}  # of Python and Django
SETTING = re.compile(r"^\| `([A-Z_]+)` \| ([^|]+) \|", flags=re.MULTILINE)
READ_ELSEWHERE = {"PROMETHEUS_MULTIPROC_DIR"}  # by prometheus-client
FORMER = {"PAYMENT_GATEWAY"}  # read only to name its successor
HEADING = re.compile(r"^#+ +(.+)$", flags=re.MULTILINE)


def documents() -> list[str]:
    folders = (ROOT / name for name in (".github", "docs", "tests"))
    found = [*ROOT.glob("*.md"), *(file for folder in folders for file in folder.rglob("*.md"))]
    return sorted(str(file.relative_to(ROOT)) for file in found)


def links(text: str) -> list[str]:
    """The targets of all links and images, except those to other sites."""
    found = LINK.findall(CODE.sub("", text))
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings."""
    headings = HEADING.findall(re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(document: Path) -> list[str]:
    found = []
    for target in links(document.read_text()):
        path, _, anchor = target.partition("#")
        file = document.parent / path if path else document
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file.read_text())):
            found.append(target)
    return found


@pytest.mark.parametrize("name", documents())
def test_every_link_of_a_document_leads_somewhere(name):
    assert broken(ROOT / name) == []


def test_a_link_to_a_missing_file_or_heading_is_found(tmp_path):
    document = tmp_path / "page.md"
    document.write_text(
        "# Run it\n[a](page.md#run-it) [b](gone.md) ![c](#stop-it) [d](https://example.org/) `[e](f)`\n"
    )
    assert broken(document) == ["gone.md", "#stop-it"]


def missing_paths(text: str) -> list[str]:
    """Paths of the project that a document names and that do not exist."""
    found = []
    for path in PATH.findall(text):
        first = path.split("/")[0]
        ours = any((ROOT / place / first).is_dir() for place in PLACES)
        if ours and first not in MADE and not any((ROOT / place / path).exists() for place in PLACES):
            found.append(path)
    return found


@pytest.mark.parametrize("name", documents())
def test_every_path_a_document_names_exists(name):
    assert missing_paths((ROOT / name).read_text()) == []


def test_a_path_that_does_not_exist_is_found():
    text = "`services/core/locking.py` `cinema/services/gone.py` `templates/public/` `10/20` `application/json`"
    assert missing_paths(text) == ["cinema/services/gone.py"]


@cache
def functions() -> set[str]:
    """The names of all functions, methods and classes of the project."""
    sources = (file.read_text() for folder in ("cinema", "tests") for file in (ROOT / folder).rglob("*.py"))
    return {
        name for source in sources for name in re.findall(r"^ *(?:async )?(?:def|class) (\w+)", source, re.MULTILINE)
    }


def missing_functions(text: str) -> list[str]:
    """Functions that a document names and that are neither the project's nor one of OTHERS."""
    return [name for name in CALL.findall(text) if name not in functions() | OTHERS]


@pytest.mark.parametrize("name", documents())
def test_every_function_a_document_names_exists(name):
    assert missing_functions((ROOT / name).read_text()) == []


def test_a_function_that_does_not_exist_is_found():
    assert missing_functions("`lock_show()` `Show.on_sale_at()` `lock_nothing()` `Show.nowhere_found()`") == [
        "lock_nothing",
        "nowhere_found",
    ]


def test_every_setting_of_a_theatre_is_described():
    section = (ROOT / "docs/back-office.md").read_text().split("## The settings of a theatre")[1].split("\n## ")[0]
    described = " ".join(row.split("|")[1] for row in section.splitlines() if row.startswith("| ")).casefold()
    fields = [field for name, field in TheatreForm().fields.items() if not name.endswith("_basis")]
    assert [str(field.label) for field in fields if str(field.label).casefold() not in described] == []


def settings_read(source: str) -> dict[str, ast.Call]:
    """The environment variables that the settings read, each with the call that reads it."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args]
    reads = [call for call in calls if re.match(r"env\.\w+$|names$", ast.unparse(call.func))]
    return {call.args[0].value: call for call in reads if isinstance(call.args[0], ast.Constant)}


def settings_described(text: str) -> dict[str, str]:
    """The settings that have a row in a table, each with its default as the table has it."""
    return {name: default.strip("` ") for name, default in SETTING.findall(text)}


def wrong_settings(source: str, text: str) -> set[str]:
    """Settings that are not described, are described but not read, or have another default: a number, yes or no."""
    read, described = settings_read(source), settings_described(text)
    wrong = (read.keys() ^ described.keys()) - READ_ELSEWHERE - FORMER
    for name in read.keys() & described.keys():
        default = read[name].args[1] if len(read[name].args) > 1 else None
        plain = isinstance(default, ast.Constant) and isinstance(default.value, int)
        if plain and described[name] != str(default.value).lower():
            wrong.add(name)
    return wrong


def test_every_setting_is_described_with_its_default():
    source, text = (ROOT / name for name in ("cinema/settings.py", "docs/operations.md"))
    assert wrong_settings(source.read_text(), text.read_text()) == set()


@pytest.mark.parametrize("row", ["", "| `HOURS` | `7` | … |", "| `HOURS` | `8` | … |\n| `DAYS` | `9` | … |"])
def test_a_setting_described_wrongly_is_found(row):
    assert wrong_settings('HOURS = env.int("HOURS", 8)', row)
    assert not wrong_settings('HOURS = env.int("HOURS", 8)', "| `HOURS` | `8` | … |")


def test_the_readme_has_at_most_700_words():
    assert len((ROOT / "README.md").read_text().split()) <= 700
