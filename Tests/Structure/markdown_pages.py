"""Headings, links and code of Markdown pages, as GitHub sees them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})\s*(\S*)")
HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.+?)\s*#*\s*$")
INLINE_CODE = re.compile(r"(`+)(.+?)\1")
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s+\"[^\"]*\")?\s*$")
HTML_LINK = re.compile(r"<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)=\"([^\"]+)\"")


@dataclass(frozen=True)
class Line:
    """A line of a page: its number, and the language of the fenced code it lies in, if any."""

    number: int
    text: str
    code: str | None = None


def lines(text: str) -> Iterator[Line]:
    """The lines without those of the fences themselves."""
    fence, language = "", ""
    for number, line in enumerate(text.splitlines(), 1):
        match = FENCE.match(line.lstrip() if fence else line.lstrip(" "))
        if not fence and match:
            fence, language = match[1], match[2]
        elif fence and match and match[1].startswith(fence) and not match[2]:
            fence = ""
        else:
            yield Line(number, line, language if fence else None)


def headings(text: str) -> list[tuple[Line, int, str]]:
    """Each heading: its line, its level, its title."""
    found = []
    for line in lines(text):
        if line.code is None and (match := HEADING.match(line.text)):
            found.append((line, len(match[1]), match[2]))
    return found


def slug(title: str) -> str:
    """The anchor that GitHub makes of a title, before it numbers those that come twice."""
    title = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", title)
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")


def anchors(text: str) -> set[str]:
    """All anchors of a page."""
    found: set[str] = set()
    seen: dict[str, int] = {}
    for _, _, title in headings(text):
        base = slug(title)
        count = seen.get(base, 0)
        seen[base] = count + 1
        found.add(f"{base}-{count}" if count else base)
    for line in lines(text):
        if line.code is None:
            found.update(re.findall(r"<a\s+(?:id|name)=\"([^\"]+)\"", line.text))
    return found


def links(text: str) -> Iterator[tuple[int, str]]:
    """The number of the line and the address of each link outside of code."""
    for line in lines(text):
        if line.code is not None:
            continue
        # Inline code may look like a link; a link's own text may be code.
        shown = INLINE_CODE.sub(lambda match: "_" * len(match[0]), line.text)
        for pattern in (LINK, REFERENCE, HTML_LINK):
            for match in pattern.finditer(shown):
                yield line.number, line.text[match.start(1):match.end(1)]


def dead_link(address: str, page: Path) -> str | None:
    """What is wrong with a relative link; `None` if nothing, and for web addresses."""
    if re.match(r"[a-z][a-z0-9+.\-]*:|//", address, re.IGNORECASE):
        return None
    path, _, anchor = address.partition("#")
    file = (page.parent / path) if path else page
    if not file.exists():
        return f"{address} leads to no file"
    if anchor and file.suffix == ".md" and anchor not in anchors(file.read_text(encoding="utf-8")):
        return f"{address} leads to no heading of {file.name}"
    if anchor and file.suffix != ".md":
        return f"{address} has an anchor, but {file.name} is no Markdown page"
    return None
