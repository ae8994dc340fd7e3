"""docs/benchmarks.md in sections, so that one benchmark can be measured anew without losing what others have found.

Each section begins with a comment that names it. Sections that no benchmark writes (worked up by hand from several runs)
stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_MARK = re.compile(r"^<!-- section: ([a-z-]+) -->\n", re.MULTILINE)


def read_sections(page: str) -> dict[str, str]:
    """The text of each section by its name, in the order of the page; what stands before the first mark is left out."""
    parts = _MARK.split(page)
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def with_sections(page: str, found: Mapping[str, str]) -> str:
    """The page with these sections in place of their older selves; new ones come at the end."""
    before = _MARK.split(page, maxsplit=1)[0].strip()
    sections = {**read_sections(page), **{name: text.strip() for name, text in found.items()}}
    return "\n\n".join([before, *(f"<!-- section: {name} -->\n{text}" for name, text in sections.items())]) + "\n"
