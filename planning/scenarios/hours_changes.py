"""Changes of what work centres can do and of what things cost; no order of the plan depends on either."""

# ruff: noqa: RUF009 -- what stands for a default declares a field with the way to read it.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from planning.mrp import Journal
from planning.mrp.codes import FAR
from planning.scenarios.change import Change, Language, exactly_one, shown, span_faults
from planning.scenarios.demand_changes import OfDemand
from planning.scenarios.draft import Draft, HoursStep, day_code
from planning.scenarios.fields import day, names, number, suggestion
from planning.scenarios.mistakes import said
from planning.scenarios.parameter_changes import OfSources
from planning.scenarios.prices import Prices, paid_for_sources
from planning.scenarios.problems import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours(Change):
    """Hours of work centres on their working days: times a factor, or hours more or less a day.

    Material is planned with no regard to capacity, so orders stay as they are: what changes is the load against it.
    """

    KIND: ClassVar[str] = "working_hours"
    SAYS: ClassVar[tuple[str, str]] = ("capacity and overtime of work centres", "工作中心产能与加班")
    EXAMPLE: ClassVar[str] = "{kind: working_hours, work_centre: WC-ASMB, add: 2, from: 2026-09-01, to: 2026-09-30}"

    work_centre: tuple[str, ...] = names()
    location: tuple[str, ...] = names()
    start: date | None = day("from")
    end: date | None = day("to")
    factor: float | None = number(least=0.0, most=100.0)
    add: float | None = number(least=-10_000.0, most=10_000.0)

    def faults(self) -> Sequence[str]:
        return (*exactly_one(self, "factor", "add"), *span_faults(self.start, self.end))

    def apply(self, draft: Draft) -> Draft:
        model = draft.model
        places = model.rows.work_centres.sort("work_centre_id")["location_id"].to_list()
        for key, asked, known in (
            ("work_centre", self.work_centre, sorted(model.work_centres)),
            ("location", self.location, sorted({one for one in places if one})),
        ):
            for one in asked:
                if one not in known:
                    what = "unknown_work_centre" if key == "work_centre" else "unknown_place_of_work"
                    raise Refused(key, said(what, name=one, hint=suggestion(one, known)))
        chosen = tuple(
            code
            for code, centre in enumerate(model.work_centres)
            if (not self.work_centre or centre in self.work_centre)
            and (not self.location or places[code] in self.location)
        )
        if not chosen:
            raise Refused("work_centre", said("no_work_centre"))
        step = HoursStep(
            chosen, day_code(self.start, -FAR), day_code(self.end, FAR),
            1.0 if self.factor is None else self.factor, self.add or 0.0,
        )  # fmt: skip
        return replace(draft, hours=(*draft.hours, step))

    def phrase(self, language: Language) -> str:
        is_zh = language == "zh"
        if self.factor is not None:
            return f"{'每日工时' if is_zh else 'Hours a day'} × {shown(self.factor)}"
        add = self.add or 0.0
        sign = "+" if add >= 0 else "−"
        return f"{'每日工时' if is_zh else 'Hours a day'} {sign} {shown(abs(add))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasePrice(OfSources):
    """What suppliers are paid for new orders; open lines keep their price."""

    KIND: ClassVar[str] = "purchase_price"
    SAYS: ClassVar[tuple[str, str]] = ("price of new purchases", "新采购价格")
    EXAMPLE: ClassVar[str] = "{kind: purchase_price, supplier: V013, factor: 1.08}"

    set: float | None = number(least=0.0)
    factor: float | None = number(least=0.0, most=1000.0)

    def faults(self) -> Sequence[str]:
        return exactly_one(self, "set", "factor")

    def apply(self, draft: Draft) -> Draft:
        rows = self.sources(draft)
        paid = paid_for_sources(draft.model, draft.prices)[rows]
        prices = draft.prices.of_source.copy()
        prices[rows] = self.set if self.set is not None else paid * (self.factor or 0.0)
        return replace(draft, prices=Prices(prices, draft.prices.of_supply))

    def phrase(self, language: Language) -> str:
        much = f"= {shown(self.set)}" if self.set is not None else f"× {shown(self.factor)}"
        return f"{'采购价格' if language == 'zh' else 'Purchase price'} {much}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesPrice(OfDemand):
    """Money of sales orders and of forecast, with their quantities as they are."""

    KIND: ClassVar[str] = "sales_price"
    SAYS: ClassVar[tuple[str, str]] = ("money of orders and forecast", "销售价格")
    EXAMPLE: ClassVar[str] = "{kind: sales_price, family: City e-bikes, factor: 0.95}"

    factor: float = number(required=True, least=0.0, most=1000.0)

    def apply(self, draft: Draft) -> Draft:
        orders, forecasts = self.both(draft)
        problem = draft.model.problem
        step = Journal().replaced("demands", orders, value=problem.demands.value[orders] * self.factor)
        return draft.changed(
            step.replaced("forecasts", forecasts, value=problem.forecasts.value[forecasts] * self.factor)
        )

    def phrase(self, language: Language) -> str:
        return f"{'销售价格' if language == 'zh' else 'Sales price'} × {shown(self.factor)}"
