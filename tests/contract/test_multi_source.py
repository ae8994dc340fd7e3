"""An ERP and a CRM with customer numbers of their own make one build: one record per customer, and what does not match is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import build_of
from tower.builds import BuildSummary
from tower.settings import SourceSettings
from tower.warehouse import Warehouse, open_warehouse

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


@pytest.fixture(scope="module")
def joined_build(tmp_path_factory: pytest.TempPathFactory) -> BuildSummary:
    """The ERP comes first: what both systems say, the ERP says."""
    return build_of(
        tmp_path_factory.mktemp("joined"),
        SourceSettings(name="erp", adapter="files", path=FIXTURES / "erp_folder"),
        SourceSettings(name="crm", adapter="files", path=FIXTURES / "crm_folder"),
    )


@pytest.fixture(scope="module")
def joined(joined_build: BuildSummary) -> Warehouse:
    return open_warehouse(joined_build.file)


def test_two_systems_that_disagree_still_make_a_build_that_is_served(joined_build: BuildSummary) -> None:
    assert joined_build.status == "published", joined_build.problems
    assert [source["name"] for source in joined_build.sources] == ["erp", "crm"]


def test_a_customer_of_both_systems_is_one_row_with_the_erp_name_and_the_crm_segment(joined: Warehouse) -> None:
    customers = joined.frame(
        "select customer_id, customer_name, segment, region, payment_terms_days from core.dim_customers order by customer_id"
    )
    assert customers.rows() == [
        ("K100", "Hofmann Maschinenbau GmbH", "machinery", "South", 30),
        ("K101", "Delta Fördertechnik AG", "logistics", "South", 45),
        ("K102", "Brugg Antriebe AG", "drives", "South", 30),
        ("K103", "Nordsee Werften GmbH", None, "North", 60),
        ("crm:C-4", "Alpen Seilbahn AG", "transport", "Alps", None),
    ]


def test_opportunities_and_reps_carry_the_numbers_of_the_erp(joined: Warehouse) -> None:
    opportunities = joined.frame(
        "select opportunity_id, customer_id, sales_rep_id from core.fct_opportunities order by opportunity_id"
    )
    assert opportunities.rows() == [("O-1", "K100", "S1"), ("O-2", "crm:C-4", "S1"), ("O-3", "K102", "S1")]


def test_leads_and_activities_follow_their_customer(joined: Warehouse) -> None:
    leads = joined.frame("select lead_id, customer_id from canonical.cnl_leads order by lead_id")
    assert leads.rows() == [("L1", "K100"), ("L2", "crm:C-4"), ("L3", None)]
    activities = joined.frame("select activity_id, customer_id from canonical.cnl_activities order by activity_id")
    assert activities.rows() == [("V1", "K100"), ("V2", "crm:C-4"), ("V3", "K101")]


def test_orders_of_the_erp_stay_as_they_are(joined: Warehouse) -> None:
    lines = joined.frame(
        "select sales_order_line_id, customer_id, net_value from core.fct_sales_order_lines order by sales_order_line_id"
    )
    assert lines.rows() == [("A1-1", "K100", 5400.0), ("A2-1", "K101", 4200.0), ("A3-1", "K103", 1400.0)]


def test_what_does_not_match_is_listed(joined: Warehouse) -> None:
    findings = joined.frame(
        """
        select entity, source, source_id, finding, column_name, kept_value, other_value
        from canonical.cross_reference_findings
        order by finding, source_id
        """
    )
    assert findings.rows() == [
        ("customers", "crm", "C-3", "conflicting_reference", None, "K102", "K103"),
        ("customers", "crm", "C-1", "conflicting_value", "region", "South", "Bavaria"),
        ("customers", "crm", "C-9", "dangling", None, None, None),
        ("customers", "crm", "C-4", "unmatched", None, None, None),
    ]


def test_the_second_reference_of_one_number_is_refused_with_its_row(joined: Warehouse) -> None:
    refused = joined.frame("select source, table_name, row_number, rule from build.rejected_rows")
    assert refused.rows() == [("crm", "id_cross_references", 4, "duplicate_key")]
