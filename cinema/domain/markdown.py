"""Markdown as HTML that is safe to show: headings, paragraphs, lists, links, emphasis and quotations, nothing else."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "br",
    "hr",
    "ul",
    "ol",
    "li",
    "a",
    "strong",
    "em",
    "blockquote",
    "code",
    "pre",
}
SCHEMES = {"https", "http", "mailto", "tel"}

_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")


def to_html(text: str) -> SafeString:
    """Render Markdown as safe HTML. Headings start at <h2>, below that of the page; line breaks are kept."""
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = _lower(token)
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(html, tags=TAGS, attributes={"*": set(), "a": {"href"}}, url_schemes=SCHEMES)
    return mark_safe(clean)  # noqa: S308, nh3 leaves only these tags and links


def _lower(token: Token) -> str:
    return f"h{min(int(token.tag[1:]) + 1, 6)}"
