"""The project's Python files as syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDERS = ("tower", "planning", "forecasting", "pipelines", "pages")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One Python file: its path inside the repository and its tree."""

    path: str
    tree: ast.Module

    def imported(self) -> Iterator[tuple[str, int]]:
        """Every module that the file imports, anywhere in it, with the line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
                yield node.module, node.lineno

    def is_in(self, *places: str) -> bool:
        """Whether the file is one of some files, or lies in one of some folders (written with a slash at the end)."""
        return any(self.path.startswith(place) if place.endswith("/") else self.path == place for place in places)


@cache
def source_files() -> tuple[SourceFile, ...]:
    """All Python files of the product, app.py included where it is; tests are not."""
    paths = [path for folder in FOLDERS for path in sorted((REPOSITORY / folder).rglob("*.py"))]
    app = REPOSITORY / "app.py"
    return tuple(
        SourceFile(path.relative_to(REPOSITORY).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in [*paths, *([app] if app.exists() else [])]
    )
