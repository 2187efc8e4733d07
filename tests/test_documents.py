"""The Markdown documents: their links lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = re.compile(r"^```.*?^```|^    .*?$|`[^`\n]*`", flags=re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
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
