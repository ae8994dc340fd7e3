"""Two builds in one home: looking back, and what changed between them; the trust badge on wrong rows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb
from streamlit.testing.v1 import AppTest

from tests.screens.conftest import OpenApp, value_of, words
from tower.builds import CATALOGUE, BuildSummary
from tower.i18n import Language, Text

EARLIER = "20260601T060000-00000e"


def with_earlier_build(build: BuildSummary, folder: Path, changes: Sequence[str]) -> Path:
    """A home with the build, and beside it the same build under an earlier name with some rows changed."""
    home = folder / "home"
    shutil.copytree(build.file.parents[1], home, ignore=shutil.ignore_patterns("store.sqlite*", "tmp"))
    file = home / "builds" / f"{EARLIER}.duckdb"
    shutil.copy2(build.file, file)
    summary = json.loads((home / "builds" / f"{build.build_id}.json").read_text(encoding="utf-8"))
    summary |= {"build_id": EARLIER, "built_at": "2026-06-01T06:00:00+00:00"}
    (home / "builds" / f"{EARLIER}.json").write_text(json.dumps(summary), encoding="utf-8")
    file.chmod(0o644)
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{file}' as {CATALOGUE}; use {CATALOGUE}")
        connection.execute(f"update build.build_info set build_id = '{EARLIER}'")
        for change in changes:
            connection.execute(change)
    return home


FIRST_SHIPPED = "select min(delivery_line_id) from core.fct_delivery_lines where shipped_date is not null"


def test_a_page_can_be_read_on_an_earlier_build_and_back(
    open_app: OpenApp, example_build: BuildSummary, tmp_path: Path, language: Language
) -> None:
    text = Text(language)
    home = with_earlier_build(example_build, tmp_path, ["update core.fct_delivery_lines set net_value = net_value * 2"])
    now = open_app("overview/scorecard", home=home, user="executive", lang=language)
    revenue = "Revenue" if language == "en" else "销售收入（发货）"
    current = value_of(now, revenue)
    then = open_app("overview/scorecard", home=home, user="executive", lang=language, build=EARLIER)
    assert value_of(then, revenue) != current
    assert text("header.back_to_today") in [one.label for one in then.button]
    then.button(key="back_to_today").click().run()
    assert value_of(then, revenue) == current


def test_a_build_that_is_gone_is_said_with_the_way_back(open_app: OpenApp, example_home: Path) -> None:
    app = open_app("overview/scorecard", user="executive", build="20200101T000000-aaaaaa")
    assert "20200101T000000-aaaaaa" in words(app)
    app.button(key="back_to_today").click().run()
    assert value_of(app, "Revenue")


def test_what_changed_is_explained_by_the_documents_that_the_earlier_build_did_not_have(
    open_app: OpenApp, example_build: BuildSummary, tmp_path: Path, language: Language
) -> None:
    home = with_earlier_build(
        example_build, tmp_path, [f"delete from core.fct_delivery_lines where delivery_line_id = ({FIRST_SHIPPED})"]
    )
    with duckdb.connect(str(example_build.file), read_only=True) as connection:
        line, value = connection.execute(
            "select delivery_line_id, cast(net_value as double) from core.fct_delivery_lines "
            f"where delivery_line_id = ({FIRST_SHIPPED})"
        ).fetchall()[0]
    app = open_app("overview/what_changed", home=home, user="executive", lang=language, metric="revenue")
    explained = frame_with(app, "share")
    assert explained[["delivery_line", "share"]].to_numpy().tolist() == [[line, value]]


def test_documents_that_are_new_and_changed_are_counted_with_their_fields(
    open_app: OpenApp, example_build: BuildSummary, tmp_path: Path
) -> None:
    changed = (
        "create table canonical.kept as select * from canonical.cnl_items;"
        "drop view canonical.cnl_items;"
        "create view canonical.cnl_items as select * replace (standard_cost + 1 as standard_cost) from canonical.kept "
        "where item_id <> (select min(item_id) from canonical.kept)"
    )
    home = with_earlier_build(example_build, tmp_path, [changed])
    app = open_app("overview/what_changed", home=home, user="executive", section="documents", table="items")
    with duckdb.connect(str(example_build.file), read_only=True) as connection:
        total, costed = connection.execute(
            "select count(*), count(standard_cost) filter (item_id <> (select min(item_id) from core.dim_items)) "
            "from core.dim_items"
        ).fetchall()[0]
    rows = frame_with(app, "rows_after").set_index("kind").loc["Items"]
    assert (rows["rows_before"], rows["rows_after"]) == (total - 1, total)
    assert (rows["new"], rows["gone"], rows["changed"], rows["often"]) == (1, 0, costed, "standard_cost")
    fields = frame_with(app, "field")
    assert set(fields["change"]) == {"new", "changed"}


def test_a_figure_on_rows_that_break_a_law_is_struck_through_and_the_page_says_why(
    open_app: OpenApp, example_build: BuildSummary, tmp_path: Path, language: Language
) -> None:
    broken = (
        "update core.reconciliation_summary set status = 'differs', differing_rows = 3, checked_rows = 9 "
        "where check_name = 'shipped_within_ordered'"
    )
    home = with_earlier_build(example_build, tmp_path, [broken])
    app = open_app("overview/scorecard", home=home, user="executive", lang=language, build=EARLIER)
    struck = [one for one in app.caption if one.value.startswith(":red[:material/error:]")]
    text = Text(language)
    assert struck
    assert all("data_health?section=reconciliation" in one.value for one in struck)
    assert text("trust.doubtful_title") in words(app)
    # Stock stands on no order line, so it is not struck through.
    assert len(struck) < len(app.metric)


def frame_with(app: AppTest, column: str):  # type: ignore[no-untyped-def]  # a pandas frame, as AppTest gives it
    return next(one.value for one in app.dataframe if column in one.value.columns)
