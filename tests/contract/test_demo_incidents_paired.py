"""What an incident does is in the data: the same company with the same luck, with it and without it.

A few kinds of each sort here; all kinds on several seeds in tests/benchmarks/demo_incidents.py.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipelines.demo.incidents import Incidents
from pipelines.demo.incidents.kind import PlannedIncident
from pipelines.demo.incidents.paired import kept_aside, late_because_of_incidents
from pipelines.demo.incidents.schedule import first_day_of
from pipelines.demo.incidents.truth import truth_tables
from pipelines.demo.simulation import Simulation
from tests.benchmarks.demo_incidents import NUMBER, Pair, company_at, effect_of, paired

KINDS = ("supplier_outage", "golden_screw", "wrong_parameter", "demand_collapse", "debtor_stop", "customers_leaving")
# Of these the cost does not depend on how much stock happens to bridge.
CERTAIN_COST = {"wrong_parameter", "demand_collapse", "debtor_stop", "customers_leaving"}


@pytest.fixture(scope="module")
def eve() -> Simulation:
    return company_at(seed=7, eve=first_day_of(3) + 8)


@pytest.fixture(scope="module", params=KINDS)
def pair(request: pytest.FixtureRequest, eve: Simulation) -> Pair:
    found = paired(eve, request.param)
    assert found is not None, "no subject"
    return found


def test_an_incident_shows_in_the_data_in_its_direction_and_size(pair: Pair) -> None:
    effect = effect_of(pair)
    assert effect.holds, effect


def test_nothing_differs_before_the_incident_begins(pair: Pair) -> None:
    start = pair.incident.start_day
    for name, moment in (("sales_lines", "ordered_day"), ("purchase_orders", "ordered_at"), ("movements", "at")):
        one, other = (getattr(world.documents, name) for world in (pair.with_it, pair.without_it))
        before = int((one[moment] < start).sum())
        assert before == int((other[moment] < start).sum()) > 100
        for column in ("customer", "item", "quantity", "supplier", "place"):
            if column in one.schema:
                np.testing.assert_array_equal(one[column][:before], other[column][:before])


def test_the_truth_tells_what_the_incident_cost_and_the_documents_behind_it(pair: Pair) -> None:
    tables = truth_tables(pair.with_it, pair.incidents)
    row = tables["incidents"].row(0, named=True)
    assert row["number"] == NUMBER
    if pair.incident.kind in CERTAIN_COST:
        assert row["consequence_value"] > 0.5 * row["floor_value"]
    documents = tables["incident_documents"]
    roles = {
        "supplier_outage": ("purchase_order_line", "late"),
        "golden_screw": ("production_order", "late"),
        "wrong_parameter": ("item", "left_over"),
        "demand_collapse": ("item", "left_over"),
        "debtor_stop": ("invoice", "unpaid"),
        "customers_leaving": ("delivery", "late"),
    }
    kind, role = roles[pair.incident.kind]
    assert documents.filter((pl.col("document_type") == kind) & (pl.col("role") == role)).height > 0
    assert documents.select(pl.struct("document_type", "document_id").is_duplicated().any()).item() is False


def test_a_world_without_incidents_blames_nobody(pair: Pair) -> None:
    documents = pair.without_it.documents
    for table in ("sales_lines", "purchase_lines", "production_orders", "transfers", "deliveries", "work_centre_days"):
        assert (getattr(documents, table)["cause"] == -1).all()
    assert (pair.without_it.customer_left_cause == -1).all()


def test_living_again_without_it_tells_which_lines_an_incident_made_late(eve: Simulation) -> None:
    before, after = kept_aside(eve), kept_aside(eve)
    after.incidents = Incidents(after.world, planned=[PlannedIncident(NUMBER, "golden_screw", eve.world.day + 1, 30)])
    after.run(eve.world.day + 70)
    assert after.incidents.begun
    late = late_because_of_incidents(before, after)
    assert late.height > 0
    assert (late["days_late"] > late["days_late_without"]).all()
    assert late["number"].unique().to_list() == [NUMBER]
    assert late["sales_order_line_id"].is_unique().all()
    untouched = kept_aside(eve)
    untouched.run(eve.world.day + 70)
    assert late_because_of_incidents(before, untouched).is_empty()
