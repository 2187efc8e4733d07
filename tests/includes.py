"""Code that documents include: a fence says where its content comes from, and a test holds the two together.

    ```python include=cinema/services/booking/holds.py::hold_seats
    ```

includes a function, a class, a method (``Hold.is_active``) or an assignment; ``::"text"`` the one line with that text.
``python -m tests.includes`` (or ``make includes``) writes all of them anew.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
DOCUMENTS = ROOT / "docs"
FENCE = re.compile(r"^(```\w+ include=(\S+?)::([^\n]+)\n)(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


class Include(NamedTuple):
    """A fence of a document, with its target and its present content."""

    path: str
    name: str
    content: str


def includes(text: str) -> Iterator[Include]:
    for _opening, path, name, content in FENCE.findall(text):
        yield Include(path, name, content)


def source(path: str, name: str) -> str:
    """The source that an include names. Raises LookupError."""
    lines = (ROOT / path).read_text().splitlines()
    if name.startswith('"'):
        found = [line for line in lines if name.strip('"') in line]
        if len(found) != 1:
            raise LookupError(f"{path} has {len(found)} lines with {name}.")
        return dedent(found[0]) + "\n"
    node: ast.AST = ast.parse("\n".join(lines))
    for part in name.split("."):
        node = _named(node, part)
    decorators = getattr(node, "decorator_list", [])
    start = min(one.lineno for one in [node, *decorators])
    return dedent("\n".join(lines[start - 1 : node.end_lineno])) + "\n"


def _named(parent: ast.AST, name: str) -> ast.AST:
    for node in parent.body:
        names = {getattr(node, "name", None)}
        if isinstance(node, ast.Assign):
            names = {ast.unparse(target) for target in node.targets}
        if isinstance(node, ast.AnnAssign):
            names = {ast.unparse(node.target)}
        if name in names:
            return node
    raise LookupError(f"There is no {name}.")


def rewritten(text: str) -> str:
    """The document with every include updated from the source."""
    return FENCE.sub(lambda fence: f"{fence[1]}{source(fence[2], fence[3])}```", text)


if __name__ == "__main__":
    for document in DOCUMENTS.rglob("*.md"):
        before = document.read_text()
        if (after := rewritten(before)) != before:
            document.write_text(after)
            print(f"{document.relative_to(ROOT)} has new includes")
