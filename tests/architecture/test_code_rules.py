"""Rules of the code that a linter does not know: the clock, errors, docstrings, pages."""

from __future__ import annotations

import ast
from string import Formatter

from tests.architecture.source_files import REPOSITORY, SourceFile, source_files
from tower.i18n.text import texts

# Calls that ask what time it is. A stopwatch (time.perf_counter) measures and decides nothing.
CLOCK = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
}
# Where a command or a request begins; everything else is handed the instant.
CLOCK_PLACES = ("pipelines/cli/", "app.py")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _asks_the_clock(file: SourceFile) -> list[str]:
    calls = [node for node in ast.walk(file.tree) if isinstance(node, ast.Call)]
    return [
        f"{file.path}:{call.lineno} {name}"
        for call in calls
        for name in [".".join(_dotted(call.func).split(".")[-2:])]
        if name in CLOCK
    ]


def test_only_where_a_command_or_a_request_begins_is_the_clock_asked() -> None:
    asking = [found for file in source_files() if not file.is_in(*CLOCK_PLACES) for found in _asks_the_clock(file)]
    assert asking == []
    assert any(_asks_the_clock(file) for file in source_files() if file.is_in(*CLOCK_PLACES)), "the rule finds nothing"


def test_no_handler_catches_everything() -> None:
    broad = {"Exception", "BaseException"}
    found = []
    for file in source_files():
        for node in ast.walk(file.tree):
            if isinstance(node, ast.ExceptHandler):
                caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
                if any(kind is None or _dotted(kind) in broad for kind in caught):
                    found.append(f"{file.path}:{node.lineno}")
    assert found == []


def test_every_module_says_what_it_is_for() -> None:
    without = [file.path for file in source_files() if file.tree.body and not ast.get_docstring(file.tree)]
    assert without == []


def test_no_module_is_named_for_nothing() -> None:
    named = [file.path for file in source_files() if FORBIDDEN_NAMES & set(file.path.removesuffix(".py").split("/"))]
    assert named == []


def test_modules_stay_readable_in_length() -> None:
    lengths = sorted(len((REPOSITORY / file.path).read_text(encoding="utf-8").splitlines()) for file in source_files())
    assert lengths[len(lengths) // 2] <= 150
    assert lengths[-1] <= 500


def test_page_files_lie_in_folders() -> None:
    """A flat pages/*.py can be reached by its address without app.py, login gate included."""
    assert [path.name for path in (REPOSITORY / "pages").glob("*.py")] == []


def _without_imports(file: SourceFile) -> list[ast.stmt]:
    body = file.tree.body[1:] if ast.get_docstring(file.tree) else file.tree.body
    return [statement for statement in body if not isinstance(statement, ast.Import | ast.ImportFrom)]


def test_every_page_calls_the_guard_before_anything_else() -> None:
    pages = [file for file in source_files() if file.is_in("pages/") and file.tree.body]
    unguarded = []
    for page in pages:
        first = _without_imports(page)[0]
        calls = [_dotted(node.func) for node in ast.walk(first) if isinstance(node, ast.Call)]
        if "guard" not in calls:
            unguarded.append(page.path)
    assert unguarded == []


def test_pages_write_no_sql_and_draw_no_figure() -> None:
    found = []
    for page in source_files():
        if not page.is_in("pages/"):
            continue
        for node in ast.walk(page.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = node.value.lower().split()
                if words[:1] in (["select"], ["with"]) and "from" in words:
                    found.append(f"{page.path}:{node.lineno}")
    assert found == []


def test_both_languages_have_the_same_texts_with_the_same_parameters() -> None:
    english, chinese = texts("en"), texts("zh")
    assert sorted(english) == sorted(chinese)
    parameters = {
        language: {
            key: sorted({field for _, field, _, _ in Formatter().parse(text) if field}) for key, text in known.items()
        }
        for language, known in (("en", english), ("zh", chinese))
    }
    assert parameters["en"] == parameters["zh"]
    assert [key for known in (english, chinese) for key, text in known.items() if not text.strip()] == []
