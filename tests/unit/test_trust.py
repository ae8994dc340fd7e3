"""What a page stands on, and what is wrong with just that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tower.trust import Cause, TrustFacts, assess

NOW = datetime(2026, 7, 1, tzinfo=UTC)
PARENTS = {
    "mart_orders": frozenset({"fct_orders"}),
    "fct_orders": frozenset({"cnl_orders", "cnl_items", "plan"}),
    "plan": frozenset({"fct_stock"}),
    "fct_stock": frozenset({"cnl_movements", "cnl_items"}),
    "fct_leads": frozenset({"cnl_leads"}),
    "cnl_items": frozenset[str](),
    "cnl_orders": frozenset[str](),
    "cnl_movements": frozenset[str](),
    "cnl_leads": frozenset[str](),
}


def facts(**changed: object) -> TrustFacts:
    sound: dict[str, object] = {
        "parents": PARENTS,
        "tests": {},
        "laws": [],
        "rejected": {},
        "coverage": {table: {"erp": "full"} for table in ("orders", "items", "movements", "leads")},
        "loaded_at": {"erp": NOW - timedelta(hours=3)},
        "limits": {"refused_share": 0.01, "stale_days": 2},
    }
    return TrustFacts(**{**sound, **changed})  # type: ignore[arg-type]


def test_a_page_without_trouble_below_it_is_sound_and_says_how_much_it_stands_on() -> None:
    trust = assess(facts(), ["mart_orders"], NOW)
    assert (trust.state, trust.causes, trust.models, trust.tables) == ("sound", (), 7, 3)


@pytest.mark.parametrize(
    ("model", "status", "state"), [("fct_stock", "test_failed", "broken"), ("cnl_movements", "test_warned", "doubtful")]
)
def test_a_failing_test_reaches_a_page_through_the_engine_and_no_other_page(
    model: str, status: str, state: str
) -> None:
    cause = Cause(status, "unique_key", model, 4)  # type: ignore[arg-type]
    known = facts(tests={model: [cause]})
    assert assess(known, ["mart_orders"], NOW).state == state
    assert assess(known, ["mart_orders"], NOW).causes == (cause,)
    assert assess(known, ["fct_leads"], NOW).state == "sound"


def test_a_difference_strikes_figures_out_only_where_the_law_is_about_them() -> None:
    law = Cause("law_differs", "movements_equal_balances", "law_movements_equal_balances", 3)
    known = facts(laws=[(frozenset({"fct_stock", "cnl_items", "int_source_coverage"}), law)])
    assert assess(known, ["fct_stock"], NOW).is_disqualified
    # Leads read no stock, and items are read by every law.
    assert not assess(known, ["fct_leads"], NOW).is_disqualified
    assert assess(known, ["cnl_items"], NOW).state == "sound"


@pytest.mark.parametrize(("refused", "state", "kind"), [(10, "sound", "few_rejected"), (11, "doubtful", "rejected")])
def test_refused_rows_cast_doubt_beyond_the_limit_and_are_said_below_it(refused: int, state: str, kind: str) -> None:
    trust = assess(facts(rejected={"orders": (refused, 1000), "leads": (500, 1000)}), ["mart_orders"], NOW)
    assert trust.state == state
    assert [(one.kind, one.subject, one.rows) for one in trust.causes] == [(kind, "orders", refused)]
    assert not trust.is_disqualified


def test_a_source_that_was_read_too_long_ago_concerns_the_pages_of_its_tables() -> None:
    known = facts(
        coverage={"orders": {"erp": "full"}, "leads": {"crm": "full"}, "items": {"erp": "full", "crm": "absent"}},
        loaded_at={"erp": NOW, "crm": NOW - timedelta(days=5)},
    )
    assert [(one.kind, one.subject, one.rows) for one in assess(known, ["fct_leads"], NOW).causes] == [
        ("stale", "crm", 5)
    ]
    assert assess(known, ["mart_orders"], NOW).state == "sound"


def test_what_no_source_hands_over_makes_a_page_incomplete_not_doubtful() -> None:
    known = facts(coverage={"orders": {"erp": "partial"}, "movements": {"erp": "absent"}, "items": {"erp": "full"}})
    trust = assess(known, ["mart_orders"], NOW)
    assert trust.state == "incomplete"
    assert [(one.kind, one.subject) for one in trust.causes] == [("absent", "movements"), ("partial", "orders")]


def test_the_worst_cause_comes_first() -> None:
    known = facts(
        tests={"fct_stock": [Cause("test_failed", "unique_key", "fct_stock", 1)]},
        rejected={"orders": (900, 1000)},
        coverage={"orders": {"erp": "partial"}},
    )
    trust = assess(known, ["mart_orders"], NOW)
    assert trust.state == "broken"
    assert [one.kind for one in trust.causes] == ["test_failed", "rejected", "partial"]
