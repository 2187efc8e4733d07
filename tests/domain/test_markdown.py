"""Markdown written by the theatre's owner as safe HTML."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from cinema.domain.markdown import SCHEMES, TAGS, to_html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\nTwo\n\nThree", "<p>One<br>\nTwo</p>\n<p>Three</p>\n"),
        ("# Who\n## Where", "<h2>Who</h2>\n<h3>Where</h3>\n"),
        ("###### Least", "<h6>Least</h6>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("**bold** and *thin*", "<p><strong>bold</strong> and <em>thin</em></p>\n"),
        (
            "[us](https://example.org/?a=1&b=2)",
            '<p><a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer">us</a></p>\n',
        ),
        (
            "<info@example.org>",
            '<p><a href="mailto:info@example.org" rel="noopener noreferrer">info@example.org</a></p>\n',
        ),
        ("Tom & Jerry < 3", "<p>Tom &amp; Jerry &lt; 3</p>\n"),
    ],
)
def test_markdown_is_rendered_as_html(text, html):
    assert to_html(text) == html


class Elements(HTMLParser):
    """Collects the tags and attributes of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://evil.example/x.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](//evil.example)",
        '[x](https://example.org/ "a\\" onclick=\\"alert(1)")',
        "<a href='javascript:alert(1)'>x</a>",
        '<div style="x" hx-get="/evil">',
        "[x]: javascript:alert(1)\n\n[x]",
        "```html onclick=alert(1)\n<script>\n```",
        "<javascript:alert(1)>",
        "<vbscript:x> <file:///etc/passwd> <ftp://example.org>",
    ],
)
def test_nothing_of_it_is_code_or_comes_from_elsewhere(text):
    found = Elements(to_html(text))

    assert found.tags <= TAGS
    assert {name for name, _ in found.attributes} <= {"href", "rel"}
    assert {urlsplit(value).scheme for name, value in found.attributes if name == "href"} <= SCHEMES | {""}
