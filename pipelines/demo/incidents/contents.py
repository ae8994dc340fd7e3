"""The table of contents: every kind of incident that can be planted."""

from __future__ import annotations

from pipelines.demo.incidents.bills import BillError, EngineeringChange
from pipelines.demo.incidents.centres import BreakdownCluster, WorkCentreOverload
from pipelines.demo.incidents.customers import CampaignFlop, CustomersLeaving, DebtorStop
from pipelines.demo.incidents.demand import DemandCollapse, DemandSurge, ForecastBias
from pipelines.demo.incidents.kind import Kind
from pipelines.demo.incidents.parameters import WrongParameter
from pipelines.demo.incidents.parts import GoldenScrew, PhantomStock, QualityExcursion
from pipelines.demo.incidents.suppliers import LaneDelay, PriceRise, SupplierOutage, SupplierSlip

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        SupplierSlip(),
        SupplierOutage(),
        QualityExcursion(),
        GoldenScrew(),
        WorkCentreOverload(),
        BreakdownCluster(),
        DemandSurge(),
        DemandCollapse(),
        LaneDelay(),
        PriceRise(),
        WrongParameter(),
        BillError(),
        PhantomStock(),
        CustomersLeaving(),
        DebtorStop(),
        ForecastBias(),
        EngineeringChange(),
        CampaignFlop(),
    )
}
