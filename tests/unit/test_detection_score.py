"""The rules by which detection is measured: what counts as found, as a consequence, as a false alarm, and how it adds up."""

from __future__ import annotations

import ast
from dataclasses import asdict, replace
from datetime import date, timedelta

import orjson
import pytest

from pipelines.demo.incidents.contents import KINDS as PLANTED_KINDS
from planning.detection.kinds import KINDS as ALERT_KINDS
from tests.benchmarks.detection.document import document, with_score
from tests.benchmarks.detection.matching import (
    CONSEQUENCE,
    EARLY_DAYS,
    EXPECTED,
    FALSE,
    HIT,
    LATE_DAYS,
    NEIGHBOUR,
    OF_EVERY_KIND,
    Alert,
    Incident,
    Judged,
    judged,
    with_later_documents,
)
from tests.benchmarks.detection.scoring import (
    TOP,
    Look,
    SeedScore,
    false_alarms_a_look,
    figures,
    precision,
    scored,
)
from tests.benchmarks.detection_score import score_from
from tests.benchmarks.measure import REPOSITORY

START, AS_OF = date(2026, 4, 1), date(2026, 5, 1)
OUTAGE = Incident(
    number=3,
    kind="supplier_outage",
    start=START,
    subjects=frozenset({("supplier", "V1")}),
    documents=frozenset({("purchase_order_line", "PO1-1"), ("sales_order_line", "SO1-1")}),
)
COLLAPSE = Incident(5, "demand_collapse", START, subjects=frozenset({("family", "City"), ("item", "C100")}))
SCREW = Incident(7, "golden_screw", START, subjects=frozenset({("item", "NUT"), ("place", "P1")}))
PORT = Incident(
    9, "lane_delay", START, subjects=frozenset({("supplier", "V5"), ("supplier", "V6"), ("port", "Taichung")})
)
CARRIER = Incident(
    11,
    "customers_leaving",
    START,
    subjects=frozenset({("place", "D2"), ("customer", "K1"), ("customer", "K2")}),
    documents=frozenset({("delivery", "DN1"), ("delivery", "DN2")}),
)


def alert(kind: str, subject_type: str, subject_id: str, since: date = START, **more: object) -> Alert:
    return Alert(1, kind, subject_type, subject_id, since, **more)  # type: ignore[arg-type]


def outcome(one: Alert, *incidents: Incident, as_of: date = AS_OF) -> tuple[str, int | None]:
    found = judged([one], incidents, as_of)[0]
    return found.outcome, found.number


def test_every_planted_kind_is_expected_as_an_alert_that_exists() -> None:
    assert set(EXPECTED) == set(PLANTED_KINDS)
    for expected in EXPECTED.values():
        assert {expected.kind, *expected.neighbours, *expected.consequences, *OF_EVERY_KIND} <= set(ALERT_KINDS)
        assert expected.kind not in (*expected.neighbours, *expected.consequences)


def test_the_right_kind_subject_and_onset_is_a_hit() -> None:
    assert outcome(alert("supplier_not_delivering", "supplier", "V1"), OUTAGE) == (HIT, 3)
    assert outcome(alert("demand_collapse", "family", "City"), COLLAPSE) == (HIT, 5)
    assert outcome(alert("demand_collapse", "item", "C100"), COLLAPSE) == (HIT, 5)


@pytest.mark.parametrize("subject_id", ["V2", "C100", ""])
def test_another_subject_is_a_false_alarm(subject_id: str) -> None:
    assert outcome(alert("supplier_not_delivering", "supplier", subject_id), OUTAGE, COLLAPSE) == (FALSE, None)


@pytest.mark.parametrize(
    ("days", "expected"), [(-EARLY_DAYS - 1, FALSE), (-EARLY_DAYS, HIT), (LATE_DAYS, HIT), (LATE_DAYS + 1, FALSE)]
)
def test_the_onset_must_lie_near_the_true_start(days: int, expected: str) -> None:
    one = alert("supplier_not_delivering", "supplier", "V1", START + timedelta(days))
    assert outcome(one, OUTAGE)[0] == expected


def test_a_false_alarm_says_what_was_right_about_it() -> None:
    late = alert("supplier_not_delivering", "supplier", "V1", START + timedelta(LATE_DAYS + 1))
    assert judged([late], [OUTAGE], AS_OF)[0].near == f"incident 3, but since +{LATE_DAYS + 1} days"
    other = alert("purchase_price_rise", "supplier", "V1")
    assert judged([other], [OUTAGE], AS_OF)[0].near == "subject of incident 3 (supplier_outage)"


def test_a_neighbouring_kind_finds_it_too_and_is_told_apart() -> None:
    assert outcome(alert("supplier_slipping", "supplier", "V1"), OUTAGE) == (NEIGHBOUR, 3)
    assert outcome(alert("part_short", "item_location", "NUT@P1"), SCREW) == (NEIGHBOUR, 7)


def test_of_two_incidents_of_one_subject_the_kind_decides() -> None:
    slip = replace(OUTAGE, number=4, kind="supplier_slip")
    assert outcome(alert("supplier_slipping", "supplier", "V1"), OUTAGE, slip) == (HIT, 4)


def test_the_place_of_a_part_counts_where_the_trouble_is_of_one_place() -> None:
    assert outcome(alert("part_shortage_blocking", "item_location", "NUT@P1"), SCREW) == (HIT, 7)
    assert outcome(alert("part_shortage_blocking", "item_location", "NUT@P2"), SCREW) == (FALSE, None)
    old_part = Incident(8, "engineering_change", START, subjects=frozenset({("item", "SAD"), ("place", "P1")}))
    assert outcome(alert("stock_ageing", "item_location", "SAD@D1"), old_part) == (HIT, 8)


def test_a_lane_is_known_by_its_port_or_by_whom_it_keeps_waiting() -> None:
    assert outcome(alert("lane_delayed", "lane", "Taichung sea"), PORT) == (HIT, 9)
    assert outcome(alert("lane_delayed", "lane", "Kobe sea"), PORT) == (FALSE, None)
    waiting = frozenset({("delivery", "DN1"), ("delivery", "DN2"), ("delivery", "DN9"), ("item_location", "X@P1")})
    assert outcome(alert("customers_leaving", "lane", "D2 south", documents=waiting), CARRIER) == (HIT, 11)
    others = frozenset({("delivery", "DN1"), ("delivery", "DN8"), ("delivery", "DN9")})
    assert outcome(alert("customers_leaving", "lane", "D3", documents=others), CARRIER) == (FALSE, None)


def test_a_listed_consequence_is_no_false_alarm_and_finds_nothing() -> None:
    assert outcome(alert("order_late", "document", "SO1-1"), OUTAGE) == (CONSEQUENCE, 3)
    assert outcome(alert("order_late", "document", "SO2-1"), OUTAGE) == (FALSE, None)
    assert outcome(alert("supplier_slipping", "supplier", "V6"), PORT) == (CONSEQUENCE, 9)
    waits = alert("part_short", "item_location", "X@P1", documents=frozenset({("purchase_order_line", "PO1-1")}))
    assert outcome(waits, OUTAGE) == (CONSEQUENCE, 3)
    assert outcome(alert("customer_not_paying", "supplier", "V1"), OUTAGE) == (FALSE, None)


def test_what_comes_true_at_a_later_look_was_no_false_alarm() -> None:
    before = replace(OUTAGE, documents=frozenset())
    first, second = with_later_documents([[before], [OUTAGE, COLLAPSE]])
    assert [each.number for each in first] == [3]
    assert outcome(alert("order_at_risk", "document", "SO1-1"), before)[0] == FALSE
    assert outcome(alert("order_at_risk", "document", "SO1-1"), first[0])[0] == CONSEQUENCE
    assert second == [OUTAGE, COLLAPSE]


def test_what_is_long_over_is_no_news_unless_it_stays() -> None:
    over = replace(OUTAGE, end=date(2026, 4, 20))
    one = alert("supplier_not_delivering", "supplier", "V1")
    assert outcome(one, over, as_of=date(2026, 6, 19))[0] == HIT
    assert outcome(one, over, as_of=date(2026, 6, 20))[0] == FALSE
    assert judged([one], [over], date(2026, 6, 20))[0].near == "incident 3, but over for 61 days"
    gone = replace(COLLAPSE, end=date(2026, 4, 20))
    assert outcome(alert("demand_collapse", "family", "City"), gone, as_of=date(2026, 9, 1))[0] == HIT


def test_an_old_debt_is_right_by_its_invoices_and_found_by_its_onset() -> None:
    debt = Incident(
        2, "debtor_stop", START, subjects=frozenset({("customer", "K1")}), documents=frozenset({("invoice", "IV1")})
    )
    early = START - timedelta(EARLY_DAYS + 1)
    own = frozenset({("invoice", "IV1"), ("customer", "K1")})
    others = frozenset({("invoice", "IV8"), ("invoice", "IV9"), ("customer", "K1")})
    assert outcome(alert("customer_not_paying", "customer", "K1", documents=own), debt) == (HIT, 2)
    assert outcome(alert("customer_not_paying", "customer", "K1", early, documents=own), debt) == (CONSEQUENCE, 2)
    assert outcome(alert("customer_not_paying", "customer", "K1", early, documents=others), debt) == (FALSE, None)


def test_subjects_suffer_for_some_weeks_after_the_end_and_documents_for_good() -> None:
    over = replace(PORT, end=date(2026, 4, 20), documents=frozenset({("sales_order_line", "SO1-1")}))
    slip, late = alert("supplier_slipping", "supplier", "V6"), alert("order_late", "document", "SO1-1")
    assert outcome(slip, over, as_of=date(2026, 6, 1))[0] == CONSEQUENCE
    assert outcome(slip, over, as_of=date(2026, 9, 1))[0] == FALSE
    assert outcome(late, over, as_of=date(2026, 9, 1))[0] == CONSEQUENCE


# -- adding up --------------------------------------------------------------------------------------------------------

DAYS = (date(2026, 4, 10), date(2026, 5, 1), date(2026, 5, 22))


def look(as_of: date, *found: tuple[int, str, int | None], incidents: tuple[Incident, ...]) -> Look:
    tops = [Judged(Alert(rank, "k", "item", "i", START, frozenset()), kind, number) for rank, kind, number in found]  # type: ignore[arg-type]
    return Look(as_of, tops, incidents)


def seed() -> SeedScore:
    """Incident 3 is found at the second look, 5 never, 6 began too late to have had an effect, 1 before the cycle."""
    early = replace(OUTAGE, number=1, start=date(2026, 1, 1))
    young = replace(OUTAGE, number=6, start=date(2026, 5, 20), has_effect=False)
    known = (early, OUTAGE, COLLAPSE)
    return scored(
        101,
        [
            look(DAYS[0], (1, FALSE, None), (2, HIT, 1), incidents=known),
            look(DAYS[1], (1, NEIGHBOUR, 3), (2, HIT, 3), (3, CONSEQUENCE, 5), incidents=known),
            look(DAYS[2], (1, HIT, 3), incidents=(*known, young)),
        ],
        date(2026, 3, 1),
    )


def test_a_kept_score_comes_back_as_it_was() -> None:
    assert score_from(orjson.loads(orjson.dumps(asdict(seed())))) == seed()


def test_an_incident_is_found_on_the_first_look_that_has_it() -> None:
    by_number = {each.number: each for each in seed().planted}
    assert set(by_number) == {3, 5, 6}
    assert (by_number[3].found, by_number[3].delay_days, by_number[3].best_rank) == (DAYS[1], 30, 1)
    assert not by_number[3].by_neighbour
    assert by_number[5].found is None
    assert (by_number[3].chances, by_number[6].chances) == (3, 1)


def test_what_has_had_no_effect_yet_is_not_asked_for() -> None:
    found = figures(seed().planted)
    assert (found.planted, found.with_effect, found.found, found.rate) == (3, 2, 1, 0.5)
    assert (found.median_delay, found.median_wait) == (30, 9)


def test_precision_counts_every_alert_among_the_first_of_every_look() -> None:
    assert precision([seed()]) == pytest.approx(5 / 6)
    many = [(rank, HIT if rank <= TOP else FALSE, 3) for rank in range(1, TOP + 6)]
    assert precision([scored(1, [look(DAYS[0], *many, incidents=(OUTAGE,))], START)]) == 1.0


def test_symptoms_can_be_left_out() -> None:
    found = seed()
    found = replace(found, outcomes={**found.outcomes, "order_late": {FALSE: 4, CONSEQUENCE: 2}})
    assert precision([found]) == pytest.approx(7 / 12)
    assert precision([found], symptoms=False) == pytest.approx(5 / 6)
    assert false_alarms_a_look([found]) == pytest.approx(5 / 3)
    assert false_alarms_a_look([found], symptoms=False) == pytest.approx(1 / 3)


def test_false_alarms_are_counted_a_look() -> None:
    assert false_alarms_a_look([seed()]) == pytest.approx(1 / 3)
    assert false_alarms_a_look([]) is None


def test_nothing_to_find_is_no_rate() -> None:
    quiet = scored(201, [look(day, incidents=()) for day in DAYS], START, with_incidents=False)
    assert figures(quiet.planted).rate is None
    assert precision([quiet]) is None


def test_the_page_tells_the_misses_and_keeps_what_others_wrote() -> None:
    score = document([("these seeds", [seed()])])
    assert "| **found among the first 25** | **50%** |" in score
    assert "| `demand_collapse` | 101: 3 |" in score
    page = with_score("# Detection\n\nThe method.\n", score)
    again = with_score(page + "\n## Later\n", document([]))
    assert page.startswith("# Detection\n\nThe method.\n")
    assert "50%" not in again
    assert again.endswith("## Later\n")
    assert again.count("section: detection-score -->") == 2


# -- honesty ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("package", ["planning/detection", "pipelines/detect"])
def test_no_detector_knows_of_the_simulator_or_its_truth(package: str) -> None:
    files = sorted((REPOSITORY / package).rglob("*.py"))
    assert files
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.startswith(("pipelines.demo", "pipelines.sources", "tests"))]
        assert "incident_" not in file.read_text(encoding="utf-8"), file
