"""The documents that show code: what they include is the source, their examples run, what they name exists."""

import ast
import re
from doctest import ELLIPSIS
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

from tests.includes import DOCUMENTS, ROOT, includes, rewritten, source

EXAMPLES = Sybil(parsers=[PythonCodeBlockParser(doctest_optionflags=ELLIPSIS)])
GUIDE = DOCUMENTS / "guide.md"
NAMED = re.compile(r"\[`([\w.]+)`\]\(\.\./(\S+\.py)\)")  # a function or a test, linked to its file
ANSWER = re.compile(r"^\*\*(.+?\?)\*\*\\\n(.+?)(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)
CALLED = re.compile(r"`(\w+)\(\)`")
NOT_OURS = {"atomic", "is_valid", "full_clean", "render", "execute_wrapper", "setprofile", "select_for_update", "save"}


def documents() -> list[Path]:
    return sorted(DOCUMENTS.rglob("*.md"))


def name_of(document: Path) -> str:
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_what_a_document_includes_is_the_source(document: Path):
    """``make includes`` writes it anew."""
    for one in includes(document.read_text()):
        assert one.content == source(one.path, one.name), f"{one.path}::{one.name}"


def test_the_guide_shows_no_code_by_hand():
    """Every block is included, or is an example that runs, or is text."""
    fences = re.findall(r"^```(\S*)(.*)$", GUIDE.read_text(), flags=re.MULTILINE)

    assert {language for language, rest in fences if not rest.startswith(" include=")} <= {"", "python", "text"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_every_example_of_a_document_runs(document: Path):
    for example in EXAMPLES.parse(document).examples():
        example.evaluate()


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_every_place_in_the_code_that_a_document_names_exists(document: Path):
    for name, path in NAMED.findall(document.read_text()):
        assert source(path, name), f"{path}::{name}"


def test_every_function_the_guide_names_exists():
    defined = {
        node.name
        for path in (ROOT / "cinema").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    }

    assert set(CALLED.findall(GUIDE.read_text())) <= defined | NOT_OURS


def answers(guide: str) -> dict[str, str]:
    """The answers of the chapter with questions, by question."""
    _before, chapter = guide.split("\n## 9. Questions and answers\n")
    return dict(ANSWER.findall(chapter.partition("\n## ")[0]))


def lacks(answer: str) -> list[str]:
    """Which links the answer lacks: one to the code, one to a test that proves it."""
    named = NAMED.findall(answer)
    code = [name for name, path in named if path.startswith("cinema/")]
    proofs = [name for name, path in named if path.startswith("tests/") and name.startswith("test_")]
    return [kind for kind, found in (("code", code), ("proof", proofs)) if not found]


def test_every_answer_of_the_guide_links_to_code_and_to_its_proof():
    found = answers(GUIDE.read_text())

    assert len(found) == GUIDE.read_text().count("?**\\\n") >= 25
    assert {question: lacks(answer) for question, answer in found.items() if lacks(answer)} == {}


def test_an_answer_without_links_is_found():
    assert lacks("So it is.") == ["code", "proof"]
    assert lacks("Code: [`a`](../cinema/a.py), [`unprotected`](../tests/harness.py).") == ["proof"]
    assert lacks("Proof: [`test_a`](../tests/test_a.py).") == ["code"]


def test_an_outdated_include_is_found_and_rewritten():
    old = "```python include=tests/includes.py::ROOT\nROOT = 1\n```\n"

    assert [one.content for one in includes(old)] == ["ROOT = 1\n"]
    assert rewritten(old) == "```python include=tests/includes.py::ROOT\nROOT = Path(__file__).parent.parent\n```\n"


@pytest.mark.parametrize("name", ["nothing", "Include.nothing", '"no such line"'])
def test_an_include_of_a_missing_name_is_found(name: str):
    with pytest.raises(LookupError):
        source("tests/includes.py", name)


def test_an_example_that_fails_is_found(tmp_path: Path):
    document = tmp_path / "page.md"
    document.write_text("```python\n>>> 1 + 1\n3\n```\n")

    [example] = EXAMPLES.parse(document).examples()
    with pytest.raises(AssertionError):
        example.evaluate()
