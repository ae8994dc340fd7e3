"""The sections of the data health page. Each answers one question and ends in rows that can be taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl
import streamlit as st

from tower.exports import Column
from tower.queries import build_health, reconciliation
from tower.ui import states, url
from tower.ui.cached import ask
from tower.ui.tables import show_table
from tower.ui.view import View

PARAMETERS = ("section", "table", "rule", "check", "tests")
TEST_STATES = ("failing_only", "all")
_STATUS_MARKS = {"full": "●", "partial": "◐", "absent": "○"}


def show_totals(view: View) -> None:
    """The state of the build in five figures."""
    text, numbers = view.text, view.numbers
    loads = ask(view.warehouse, build_health.load_totals).row(0, named=True)
    tests = dict(ask(view.warehouse, build_health.test_totals).rows())
    laws = ask(view.warehouse, reconciliation.summary)["status"].value_counts(name="checks")
    by_law = dict(laws.rows())
    with st.grid(5, min_column_width=170, gap="small"):
        st.metric(text("health.sources"), numbers.integer(loads["source_count"]), border=True, height="stretch",
                  help=text("health.sources_help", tables=numbers.integer(loads["table_count"])))  # fmt: skip
        st.metric(text("health.rows_in"), numbers.short(loads["source_rows"] or 0), border=True, height="stretch",
                  help=text("health.rows_in_help", rows=numbers.integer(loads["source_rows"])))  # fmt: skip
        st.metric(text("health.rejected"), numbers.integer(rejected_total(view)), border=True, height="stretch")
        failing = sum(count for status, count in tests.items() if status != "pass")
        st.metric(
            text("health.tests_failing"), text("health.of", part=numbers.integer(failing), whole=sum(tests.values())),
            border=True, height="stretch",
        )  # fmt: skip
        compared = by_law.get("holds", 0) + by_law.get("differs", 0)
        st.metric(
            text("health.laws_differing"), text("health.of", part=by_law.get("differs", 0), whole=compared),
            border=True, height="stretch", help=text("health.laws_help", missing=by_law.get("not_connected", 0)),
        )  # fmt: skip


def rejected_total(view: View) -> int | None:
    """Rows refused at landing and by the canonical layer; unknown to a reader who may not see them."""
    if not view.scope.is_everything:
        return None
    return int(ask(view.warehouse, build_health.rejected_by_rule)["rejected_rows"].sum())


def choose_section(view: View) -> str:
    """The section to show, kept in the URL."""
    return url.segments(
        view.text("health.section"), "section", list(SECTIONS), lambda name: view.text(f"health.section_{name}"),
        default="loads", label_visibility="collapsed",
    )  # fmt: skip


def show_section(view: View, name: str) -> None:
    """Draw one section, or say why it cannot be drawn."""
    with states.or_failed(view.text):
        SECTIONS[name](view)


def _columns(view: View, **kinds: str) -> tuple[Column, ...]:
    """Columns by name and kind; their labels are the texts `column.<name>`."""
    return tuple(Column(name, view.text(f"column.{name}"), kind) for name, kind in kinds.items())  # type: ignore[arg-type]


def _loads(view: View) -> None:
    frame = ask(view.warehouse, build_health.load_tables)
    unequal = frame.filter(pl.col("source_rows") != pl.col("rows") + pl.col("rejected_rows")).height
    note = view.text("health.loads_equal") if unequal == 0 else view.text("health.loads_unequal", tables=unequal)
    columns = _columns(
        view, source="text", table_name="text", source_rows="integer", rows="integer", rejected_rows="integer",
        loaded_at="instant", checksum="text", files="text", notes="text",
    )  # fmt: skip
    show_table(view, "loads", view.text("health.section_loads"), frame, columns, note=note)
    problems = ask(view.warehouse, build_health.forecast_history_problems)
    if not problems.is_empty():
        sentences = " ".join(problems["problem"].to_list())
        st.warning(view.text("health.forecast_history", problems=sentences), icon=":material/history:")


def _rejected(view: View) -> None:
    text = view.text
    if not view.scope.is_everything:
        states.forbidden(text, text("state.forbidden_scope"))
        return
    by_rule = ask(view.warehouse, build_health.rejected_by_rule)
    if by_rule.is_empty():
        states.empty(text, text("health.rejected_none"))
        return
    tables, rules = by_rule["table_name"].unique().sort().to_list(), by_rule["rule"].unique().sort().to_list()
    with st.container(horizontal=True, gap="small"):
        table = url.select(
            text("column.table_name"), "table", tables, str, default=None, placeholder=text("filter.all"), width=260
        )
        rule = url.select(
            text("column.rule"), "rule", rules, lambda one: text.term("rule", one), default=None,
            placeholder=text("filter.all"), width=260,
        )  # fmt: skip
    shown = by_rule.filter(
        (pl.lit(table is None) | (pl.col("table_name") == (table or "")))
        & (pl.lit(rule is None) | (pl.col("rule") == (rule or "")))
    )
    columns = _columns(
        view, source="text", table_name="text", rule="text", stage="text", rejected_rows="integer", sentence="text"
    )
    show_table(view, "rejected_by_rule", text("health.rejected_by_rule"), _worded(view, shown), columns)
    rows = _worded(view, ask(view.warehouse, build_health.rejected_rows, table, rule))
    show_table(
        view,
        "rejected_rows",
        text("health.rejected_rows"),
        rows,
        _columns(
            view, source="text", table_name="text", row_number="integer", record_key="text", rule="text",
            column_name="text", value="text", sentence="text", raw_row="text",
        ),
        note=text("health.rejected_note", count=view.numbers.integer(rows.height)),
    )  # fmt: skip


def _worded(view: View, frame: pl.DataFrame) -> pl.DataFrame:
    """Rules and stages as words, and the sentence that says what to do, in the reader's language."""
    words = {value: view.text.term("rule", value) for value in frame["rule"].unique().to_list()}
    stages = {value: view.text.term("stage", value) for value in frame["stage"].unique().to_list()}
    first, second = ("sentence_zh", "sentence_en") if view.text.language == "zh" else ("sentence_en", "sentence_zh")
    return frame.with_columns(
        pl.col("rule").replace(words), pl.col("stage").replace(stages), sentence=pl.coalesce(first, second)
    )


def _tests(view: View) -> None:
    text = view.text
    which = url.segments(
        text("health.tests_which"), "tests", TEST_STATES, lambda one: text(f"health.tests_{one}"),
        default="failing_only", label_visibility="collapsed",
    )  # fmt: skip
    frame = ask(view.warehouse, build_health.test_results, failing_only=which == "failing_only")
    words = {status: text.term("test_status", status) for status in frame["status"].unique().to_list()}
    totals = text.listed(
        f"{text.term('test_status', status)} {count}"
        for status, count in ask(view.warehouse, build_health.test_totals).rows()
    )
    show_table(
        view,
        "tests",
        text("health.section_tests"),
        frame.with_columns(
            pl.col("status").replace(words),
            pl.col("severity").replace({one: text.term("severity", one) for one in ("error", "warn")}),
        ),
        _columns(
            view, status="text", severity="text", layer="text", model="text", column_name="text", kind="text",
            failures="integer", test="text", message="text",
        ),
        note=totals,
        empty=text("health.tests_none"),
    )  # fmt: skip
    _failing_rows(view, frame.filter(pl.col("status") != "pass")["test"].to_list())


def _failing_rows(view: View, tests: list[str]) -> None:
    """The rows that one failing test found."""
    if not tests:
        return
    text = view.text
    if not view.scope.is_everything:
        states.forbidden(text, text("state.forbidden_scope"))
        return
    chosen = url.select(text("health.failing_test"), "check", tests, str, default=tests[0], width=620) or tests[0]
    rows = ask(view.warehouse, build_health.failing_rows, chosen)
    shown = rows.with_columns(pl.all().cast(pl.String))
    columns = tuple(Column(name, name) for name in shown.columns)
    show_table(view, f"failing_{chosen}", text("health.failing_rows"), shown, columns)


def _reconciliation(view: View) -> None:
    text = view.text
    frame = ask(view.warehouse, reconciliation.summary)
    words = {status: text.term("law_status", status) for status in ("holds", "differs", "not_connected")}
    is_chinese = text.language == "zh"
    first, second = ("title_zh", "title") if is_chinese else ("title", "title_zh")
    about, other = ("description_zh", "description") if is_chinese else ("description", "description_zh")
    named = frame.with_columns(
        pl.col("status").replace(words),
        pl.col("severity").replace({one: text.term("severity", one) for one in ("error", "difference")}),
        law=pl.coalesce(first, second, "check_name"),
        about=pl.coalesce(about, other),
    )
    columns = _columns(
        view, status="text", law="text", source="text", checked_rows="integer", differing_rows="integer",
        difference_value="number", severity="text", about="text",
    )  # fmt: skip
    show_table(
        view, "reconciliation", text("health.section_reconciliation"), named, columns, note=text("health.laws_note")
    )
    if not view.scope.is_everything:
        states.forbidden(text, text("state.forbidden_scope"))
        return
    differing = named.filter(pl.col("differing_rows") > 0).unique("check_name", maintain_order=True)
    laws = dict(differing.select("check_name", "law").rows())
    if not laws:
        return
    first_law = next(iter(laws))
    chosen = url.select(
        text("health.check"), "check", list(laws), lambda name: laws[name], default=first_law, width=420
    ) or first_law  # fmt: skip
    show_table(
        view,
        f"differences_{chosen}",
        text("health.differences"),
        ask(view.warehouse, reconciliation.differences, chosen),
        _columns(
            view, source="text", subject="text", expected_value="number", actual_value="number",
            difference_value="number", detail="text",
        ),
    )  # fmt: skip


def _coverage(view: View) -> None:
    text = view.text
    frame = ask(view.warehouse, build_health.coverage_tables)
    sources = frame["source"].unique(maintain_order=True).sort().to_list()
    note_column = "note_zh" if text.language == "zh" else "note"
    marks = {status: f"{mark} {text.term('coverage', status)}" for status, mark in _STATUS_MARKS.items()}
    notes = pl.concat_str(pl.col("source"), pl.lit(": "), pl.col("shown_note"))
    matrix = (
        frame.with_columns(pl.col("status").replace(marks), shown_note=pl.col(note_column).replace("", None))
        .pivot("source", index="table_name", values="status", aggregate_function="first")
        .join(
            frame.with_columns(shown_note=pl.col(note_column).replace("", None))
            .group_by("table_name", maintain_order=True)
            .agg(
                notes=notes.drop_nulls().str.join("; ").replace("", None),
                columns_absent=pl.col("columns_absent").sum(),
            ),
            on="table_name",
        )
    )
    columns = (
        Column("table_name", text("column.table_name")),
        *(Column(source, source) for source in sources),
        Column("columns_absent", text("column.columns_absent"), "integer"),
        Column("notes", text("column.notes")),
    )
    show_table(view, "coverage", text("health.section_coverage"), matrix, columns, note=text("health.coverage_note"))
    tables = frame["table_name"].unique(maintain_order=True).to_list()
    table = url.select(
        text("health.coverage_table"),
        "table",
        tables,
        str,
        default=None,
        placeholder=text("health.choose_table"),
        width=320,
    )
    if table:
        detail = ask(view.warehouse, build_health.coverage_columns, table)
        show_table(
            view,
            f"coverage_{table}",
            table,
            detail.with_columns(pl.col("status").replace(marks), notes=pl.col(note_column)),
            _columns(view, column_name="text", source="text", status="text", notes="text"),
            empty=text("health.coverage_table_absent"),
        )


def _cross_references(view: View) -> None:
    text = view.text
    if not view.scope.is_everything:
        states.forbidden(text, text("state.forbidden_scope"))
        return
    frame = ask(view.warehouse, reconciliation.cross_reference_findings)
    words = {finding: text.term("finding", finding) for finding in frame["finding"].unique().to_list()}
    show_table(
        view,
        "cross_references",
        text("health.section_cross_references"),
        frame.with_columns(pl.col("finding").replace(words)),
        _columns(
            view, finding="text", entity="text", source="text", source_id="text", canonical_id="text",
            column_name="text", kept_value="text", other_value="text",
        ),
        empty=text("health.cross_references_none"),
    )  # fmt: skip


def _steps(view: View) -> None:
    frame = ask(view.warehouse, build_health.build_steps)
    shown = frame.with_columns(
        step=pl.col("step").replace({name: view.text.term("step", name) for name in frame["step"].to_list()}),
        peak_memory=pl.col("peak_memory_bytes") / 2**20,
    )
    note = view.text("health.steps_note", seconds=view.numbers.duration(float(frame["seconds"].sum())))
    columns = _columns(view, step="text", seconds="number", peak_memory="integer")
    show_table(view, "steps", view.text("health.section_steps"), shown, columns, note=note)


SECTIONS: Mapping[str, Callable[[View], None]] = {
    "loads": _loads,
    "rejected": _rejected,
    "tests": _tests,
    "reconciliation": _reconciliation,
    "coverage": _coverage,
    "cross_references": _cross_references,
    "steps": _steps,
}
