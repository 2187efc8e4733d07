"""ASVS.md contains every requirement of levels 1 and 2 once, and names only existing tests."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
TABLE = Path(__file__).with_name("ASVS.md")

# The levels of the requirements of each section of ASVS 5.0.0, in their order: V1.1.1 and V1.1.2 are of level 2.
# From 5.0/docs_en/OWASP_Application_Security_Verification_Standard_5.0.0_en.csv of OWASP/ASVS.
LEVELS = {
    "V1": "22 1111122223 112222222223 222 123",
    "V2": "122 112 12223 23",
    "V3": "3 113 12223 11222233 11122333 3 22333",
    "V4": "12233 23333 22 1222",
    "V5": "2 112333 113 222",
    "V6": "122 111111112222 11223333 112233 22222333 2223 33 2222",
    "V7": "222 1111 22 11222 223 22",
    "V8": "1233 1123 133 23",
    "V9": "111 1222",
    "V10": "22 223 22223 1111122222233333 22222 22 222",
    "V11": "2233 22233 11233 1222 23 23 33",
    "V12": "12233 11 22223",
    "V13": "2333 222223 2233 1222233",
    "V14": "22 12223333 122",
    "V15": "12233 12233 1222222 3333",
    "V16": "2 22222 2222 222 2223",
    "V17": "23 22223333 22",
}
REQUIRED = {
    f"{chapter}.{section}.{number}": level
    for chapter, sections in LEVELS.items()
    for section, levels in enumerate(sections.split(), start=1)
    for number, level in enumerate(levels, start=1)
}
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
REASONS = ("Not applicable: ", "Decided: ", "Operator: ", "Open: ", "Open in part: ")
DECISION = re.compile(r"Decided: ([\w ’]+)")


def rows(text: str) -> list[list[str]]:
    """The cells of every row with a requirement."""
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in text.splitlines() if line[:3] == "| V"]


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((TESTS / path).read_text()) if (TESTS / path).exists() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def complaints(text: str) -> list[str]:
    """The faults of the table."""
    table, found = rows(text), []
    wanted = {(name, level) for name, level in REQUIRED.items() if level != "3"}
    there = Counter(tuple(row[:2]) for row in table)
    found += [f"missing: {name} of level {level}" for name, level in sorted(wanted - there.keys())]
    found += [f"unknown or twice: {said}" for said, times in there.items() if said not in wanted or times > 1]
    decisions = {name.lower() for name in re.findall(r"^\*\*([^.*]+)", text, re.MULTILINE)}
    for name, _level, asks, proof in (row for row in table if len(row) == 4):
        named = TEST.findall(proof)
        found += [f"{name}: no such test: {path}::{test}" for path, test in named if test not in names_in(path)]
        found += [
            f"{name}: nothing decided about {about}"
            for about in DECISION.findall(proof)
            if about.strip() not in decisions
        ]
        if not asks or not (named or (proof.startswith(REASONS) and len(proof) > len("Decided: keys"))):
            found.append(f"{name}: neither a test nor a reason")
    return found + [f"{row[0]}: not four cells" for row in table if len(row) != 4]


def test_the_table_is_whole_and_names_tests_that_there_are():
    assert complaints(TABLE.read_text()) == []


def test_the_standard_has_as_many_requirements_as_it_says():
    assert Counter(REQUIRED.values()) == {"1": 70, "2": 183, "3": 92}


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        (r"\| V1\.1\.1 .*\n", "", "missing: V1.1.1 of level 2"),
        (r"\| V1\.1\.1 \| 2", "| V1.1.1 | 1", "unknown or twice: ('V1.1.1', '1')"),
        (r"(\| V1\.1\.1 .*\n)", r"\1\1", "unknown or twice: ('V1.1.1', '2')"),
        (r"\| V1\.1\.1 ", "| V1.1.9 ", "unknown or twice: ('V1.1.9', '2')"),
        (
            r"::test_html_in_names_is_text",
            "::test_of_nothing",
            "no such test: views/staff/films/test_films.py::test_of_nothing",
        ),
        (r"(\| V1\.2\.6 .* \|) .* \|\n", r"\1 Not applicable: |\n", "V1.2.6: neither a test nor a reason"),
        (r"(\| V1\.2\.6 .* \|) .* \|\n", r"\1 Later, surely. |\n", "V1.2.6: neither a test nor a reason"),
        (r"Decided: keys\.", "Decided: nothing.", "nothing decided about nothing"),
    ],
)
def test_a_row_that_is_missing_or_proves_nothing_is_noticed(was: str, becomes: str, complaint: str):
    spoilt = re.sub(was, becomes, TABLE.read_text(), count=1)

    assert any(complaint in said for said in complaints(spoilt))
