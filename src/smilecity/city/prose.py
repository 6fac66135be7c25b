# SPDX-License-Identifier: EUPL-1.2
"""Texts that a city writes in Markdown, as safe HTML below a page's one heading."""

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = {
    *("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "a", "strong", "em", "code", "pre", "blockquote"),
    *("br", "hr", "table", "thead", "tbody", "tr", "th", "td"),
}


@lru_cache(maxsize=64)
def html(markdown: str) -> SafeString:
    """The text as HTML: no HTML of its own, no images, links only to pages, mail and telephone."""
    import nh3

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(markdown)
    _headings_below(tokens)
    rendered = reader.renderer.render(tokens, reader.options, {})
    safe = nh3.clean(
        rendered,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"https", "http", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(safe)  # noqa: S308 - cleaned one line above


def _headings_below(tokens: list[Token]) -> None:
    """The page has its h1: the text's highest heading becomes h2, and none is more than one below the last."""
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    top = min((int(token.tag[1]) for token in headings), default=1)
    last = 1
    for token in headings:
        if token.type == "heading_open":
            last = min(int(token.tag[1]) - top + 2, last + 1, 6)
        token.tag = f"h{last}"
