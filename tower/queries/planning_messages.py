"""The action messages of a plan with whom they concern, and what a damper would hide of them.

`risk_value` of a message is customers' money that waits: the share of open sales order lines behind the order, or the
late line itself. `bound_value` is money that lies in what comes too early or is too much. Most order lines hang on many
messages, so the risk of several messages together is not their sum: it is the open value of the order lines that hang
on any of them, each counted once (`risk_of`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from tower.queries.record_documents import has_table

if TYPE_CHECKING:
    from tower.warehouse import Warehouse

# Too early or too much: nobody waits for it, money lies in it.
BOUND_CODES = ("DEF", "CAN", "DEC", "EXC")
# Messages whose `days` say how far something is from where it should be.
DAYS_CODES = ("EXP", "DEF", "LTE", "SHT", "STP", "FNP", "DNS", "PDS", "FRZ")
# About orders that are to be released, by what kind of order: an order that was firmed too late should have begun.
RELEASE_CODES = {"planned_order": ("REL", "LTE"), "firm_planned_order": ("REL", "STP")}
# Messages about hours or records, which no quantity damps.
_WITHOUT_QUANTITY = ("CAP", "MDE")
FILTERS = ("code", "planner", "supplier_id", "plant_id", "product_family")
RECURS_FROM = 3
# What to mend when messages of a code recur, and of whom.
PARAMETERS: Mapping[str, tuple[str, str]] = {
    "LTE": ("lead_time", "source"), "SHT": ("lead_time", "source"), "EXP": ("delivery_dates", "source"),
    "FNP": ("delivery_dates", "source"), "STP": ("start_dates", "plant_id"), "DEF": ("order_dates", "source"),
    "CAN": ("lot_size", "node"), "DEC": ("lot_size", "node"), "EXC": ("stock_policy", "node"),
    "SSV": ("safety_stock", "plant_id"), "CAP": ("capacity", "work_centre_id"), "MDE": ("master_data", "finding_kind"),
    "FCO": ("forecast", "product_family"), "FRZ": ("fence", "plant_id"), "FNC": ("fence", "plant_id"),
    "DNS": ("lead_time", "source"), "INC": ("lot_size", "node"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Damper:
    """What is too small to say: fewer days, a smaller quantity, less money of its own. 0 hides nothing."""

    days: int = 0
    quantity: float = 0.0
    value: float = 0.0


def messages(warehouse: Warehouse) -> pl.DataFrame:
    """All messages that the reader sees, the most money at risk first.

    Beside the columns of the mart: product_family, supplier_id and supplier_name of the order or of what limits the
    demand, customer_name of a late line, order_way, source.
    """
    has_firmed = has_table(warehouse, "core", "fct_plan_firmed_orders")
    firmed = "core.fct_plan_firmed_orders" if has_firmed else _NONE_FIRMED
    return warehouse.frame(_MESSAGES.replace("{firmed}", firmed), {"bound": list(BOUND_CODES)})


def keyed(warehouse: Warehouse) -> pl.DataFrame:
    """The messages of a build with what decisions know them by, a planned order's supplier among it."""
    return warehouse.frame(
        """
        select
            messages.code, messages.item_id, messages.location_id, messages.work_centre_id, messages.order_type,
            messages.order_id, messages.demand_type, messages.demand_id, messages.finding_kind, messages.message_date,
            coalesce(messages.supplier_id, planned.supplier_id) as supplier_id
        from core.fct_plan_messages as messages
        left join core.fct_plan_orders as planned
            on messages.order_type = 'planned_order' and messages.order_id = planned.plan_order_id
        """
    )


# Builds of an earlier version have no firmed orders.
_NONE_FIRMED = """(
    select cast(null as varchar) as document_id, cast(null as varchar) as order_type,
        cast(null as varchar) as supplier_id
)"""
_MESSAGES = """
    with demands as (
        select demand_type, demand_id, item_id, location_id, max(customer_id) as customer_id,
            max(limiting_supplier_id) as limiting_supplier_id, max(limiting_item_id) as limiting_item_id,
            max(limiting_location_id) as limiting_location_id
        from core.fct_plan_demands group by demand_type, demand_id, item_id, location_id
    ),
    joined as (
        select
            messages.* exclude (supplier_id), items.product_family, items.product_family_zh,
            coalesce(planned.order_type, firmed.order_type) as order_way,
            coalesce(
                messages.supplier_id, planned.supplier_id, firmed.supplier_id, bought.supplier_id,
                demands.limiting_supplier_id
            ) as supplier_id,
            customers.customer_id, customers.customer_name, locations.location_name,
            coalesce(demands.limiting_item_id, messages.item_id) || ' @ '
                || coalesce(demands.limiting_location_id, messages.location_id) as made_source,
            messages.item_id || ' @ ' || messages.location_id as node
        from marts.mart_planning_messages as messages
        left join core.dim_items as items on messages.item_id = items.item_id
        left join core.dim_locations as locations on messages.location_id = locations.location_id
        left join core.fct_plan_orders as planned
            on messages.order_type = 'planned_order' and messages.order_id = planned.plan_order_id
        left join {firmed} as firmed
            on messages.order_type = 'firm_planned_order' and messages.order_id = firmed.document_id
        left join core.fct_purchase_order_lines as bought
            on messages.order_type = 'purchase_order_line' and messages.order_id = bought.purchase_order_line_id
        left join demands
            on messages.order_id is null and messages.demand_type = demands.demand_type
            and messages.demand_id = demands.demand_id and messages.item_id = demands.item_id
            and messages.location_id = demands.location_id
        left join core.dim_customers as customers on demands.customer_id = customers.customer_id
    )
    select
        joined.*, suppliers.supplier_name, coalesce(joined.supplier_id, joined.made_source) as source,
        case
            when joined.code in (select unnest($bound)) then 0
            when joined.order_id is not null then joined.served_value
            when joined.code in ('DNS', 'PDS') and joined.demand_type = 'sales_order_line' then joined.value
            else 0
        end as risk_value,
        case when joined.code in (select unnest($bound)) then joined.value else 0 end as bound_value
    from joined
    left join core.dim_suppliers as suppliers on joined.supplier_id = suppliers.supplier_id
    order by risk_value desc, joined.urgency, bound_value desc, joined.value desc, joined.message_number
"""


def customers(warehouse: Warehouse) -> pl.DataFrame:
    """Customers with open order lines in the plan: customer_id, customer_name."""
    return warehouse.frame(
        """
        select distinct customers.customer_id, customers.customer_name
        from core.fct_plan_demands as demands
        inner join core.dim_customers as customers on demands.customer_id = customers.customer_id
        order by customers.customer_name, customers.customer_id
        """
    )


def exposure(warehouse: Warehouse) -> pl.DataFrame:
    """Which open order lines hang on which message: message_number, line_id, customer_id, line_value.

    Messages about too much or too early are left out: nobody waits for them.
    """
    return warehouse.frame(
        """
        with recursive taken as (
            select demand_id as line_id, supply_type, supply_id
            from core.fct_plan_pegging where demand_type = 'sales_order_line' and supply_type <> 'stock'
            union
            select taken.line_id, links.supply_type, links.supply_id
            from core.fct_plan_pegging as links
            inner join taken on links.demand_type = taken.supply_type and links.demand_id = taken.supply_id
            where links.supply_type <> 'stock'
        ),
        lines as (
            select demand_id as line_id, max(customer_id) as customer_id, sum(value) as line_value
            from core.fct_plan_demands where demand_type = 'sales_order_line' group by demand_id
        ),
        concerned as (
            select messages.message_number, taken.line_id
            from core.fct_plan_messages as messages
            inner join taken
                on messages.order_type = taken.supply_type and messages.order_id = taken.supply_id
            where messages.code not in (select unnest($bound))
            union
            select message_number, demand_id
            from core.fct_plan_messages
            where order_id is null and demand_type = 'sales_order_line' and code in ('DNS', 'PDS')
        )
        select concerned.message_number, lines.*
        from concerned inner join lines on concerned.line_id = lines.line_id
        order by concerned.message_number, lines.line_id
        """,
        {"bound": list(BOUND_CODES)},
    )


def is_to_release() -> pl.Expr:
    """Whether a message is about an order that is to be released."""
    return pl.any_horizontal(
        (pl.col("order_type") == kind) & pl.col("code").is_in(codes) for kind, codes in RELEASE_CODES.items()
    ).fill_null(value=False)


def risk_of(frame: pl.DataFrame, exposed: pl.DataFrame) -> float:
    """The open value of the order lines that hang on any of these messages, each line once."""
    lines = exposed.join(frame.select("message_number"), on="message_number", how="semi").unique("line_id")
    return float(lines["line_value"].sum())


def narrowed(
    frame: pl.DataFrame, chosen: Mapping[str, Sequence[str]], exposed: pl.DataFrame, customer_id: str | None
) -> pl.DataFrame:
    """The messages of chosen values by column, and those on which lines of a customer hang."""
    for column, values in chosen.items():
        if values:
            frame = frame.filter(pl.col(column).is_in(list(values)))
    if customer_id is None:
        return frame
    own = exposed.filter(pl.col("customer_id") == customer_id)
    return frame.join(own.select("message_number").unique(), on="message_number", how="semi", maintain_order="left")


def hidden(damper: Damper) -> pl.Expr:
    """Whether a damper hides a message: it is under any of the three that apply to it."""
    few_days = pl.col("code").is_in(DAYS_CODES) & (pl.col("days") < damper.days)
    small = ~pl.col("code").is_in(_WITHOUT_QUANTITY) & (pl.col("quantity") < damper.quantity)
    cheap = ~pl.col("code").is_in(_WITHOUT_QUANTITY) & (pl.col("value") < damper.value)
    return (few_days | small | cheap).fill_null(False)


def damper_course(frame: pl.DataFrame, exposed: pl.DataFrame, damper: Damper, longest: int) -> pl.DataFrame:
    """What each number of days would hide beside the damper's quantity and money: days, messages, risk_value.

    An order line is accepted from the first number of days that hides one of its messages.
    """
    hidden_from = (
        pl.when(hidden(Damper(0, damper.quantity, damper.value))).then(0)
        .when(pl.col("code").is_in(DAYS_CODES)).then(pl.col("days") + 1)
    )  # fmt: skip
    begins = frame.select("message_number", days=hidden_from.cast(pl.Int64)).drop_nulls("days")
    lines = (
        exposed.join(begins, on="message_number")
        .group_by("line_id")
        .agg(pl.col("days").min(), value=pl.col("line_value").first())
    )
    axis = pl.DataFrame({"days": range(longest + 1)}, schema={"days": pl.Int64})
    counted = begins.group_by("days").agg(messages=pl.len().cast(pl.Int64))
    accepted = lines.group_by("days").agg(risk_value=pl.col("value").sum())
    return (
        axis.join(counted, on="days", how="left")
        .join(accepted, on="days", how="left")
        .sort("days")
        .select("days", pl.col("messages").fill_null(0).cum_sum(), pl.col("risk_value").fill_null(0.0).cum_sum())
    )


def _sums(frame: pl.DataFrame, exposed: pl.DataFrame, by: Sequence[str], *further: pl.Expr) -> pl.DataFrame:
    """Messages by some columns, with risk_value over distinct order lines."""
    lines = (
        exposed.join(frame.select("message_number", *by), on="message_number")
        .unique([*by, "line_id"])
        .group_by(by)
        .agg(pl.col("line_value").sum().alias("risk_value"))
    )
    days = pl.col("days").filter(pl.col("code").is_in(DAYS_CODES)).median()
    counted = frame.group_by(by).agg(
        *further, messages=pl.len(), items=pl.col("item_id").n_unique(), median_days=days,
        bound_value=pl.col("bound_value").sum(),
    )  # fmt: skip
    return counted.join(lines, on=by, how="left", nulls_equal=True).with_columns(pl.col("risk_value").fill_null(0.0))


def by_cause(frame: pl.DataFrame, exposed: pl.DataFrame) -> pl.DataFrame:
    """Messages by code: code, title, title_zh, urgency, messages, items, median_days, risk_value, bound_value."""
    words = (pl.col("title", "title_zh", "urgency").first(),)
    return _sums(frame, exposed, ["code"], *words).sort(
        ["risk_value", "bound_value", "messages", "code"], descending=[True, True, True, False]
    )


def by_planner(frame: pl.DataFrame, exposed: pl.DataFrame) -> pl.DataFrame:
    """Messages by planner: planner, urgent (of the first urgency), and the sums of by_cause."""
    urgent = (pl.col("urgency") == 1).sum().alias("urgent")
    return _sums(frame, exposed, ["planner"], urgent).sort(
        ["risk_value", "bound_value", "planner"], descending=[True, True, False], nulls_last=True
    )


def with_parameters(frame: pl.DataFrame) -> pl.DataFrame:
    """Messages with the `parameter` that makes each and the id of its `subject`; those without either are left out."""
    parameter = {code: one for code, (one, _) in PARAMETERS.items()}
    subject = pl.coalesce(
        *(pl.when(pl.col("code") == code).then(pl.col(column).cast(pl.String))
          for code, (_, column) in PARAMETERS.items()),
        # An overload is of a work centre or of a supplier.
        pl.when(pl.col("code") == "CAP").then("supplier_id"),
    )  # fmt: skip
    return frame.with_columns(
        parameter=pl.col("code").replace_strict(parameter, default=None), subject=subject
    ).drop_nulls(["parameter", "subject"])


def recurring(frame: pl.DataFrame, exposed: pl.DataFrame) -> pl.DataFrame:
    """Messages gathered into the parameter that makes them, from RECURS_FROM messages on.

    parameter, subject (its id), subject_name, codes, messages, items, median_days, risk_value, bound_value.
    """
    name = pl.when(pl.col("subject") == pl.col("supplier_id")).then("supplier_name").when(
        pl.col("subject") == pl.col("plant_id")
    ).then("plant_name")  # fmt: skip
    return (
        _sums(
            with_parameters(frame).with_columns(subject_name=name), exposed, ["parameter", "subject"],
            pl.col("subject_name").drop_nulls().first(), pl.col("code").unique().sort().str.join(", ").alias("codes"),
        )
        .filter(pl.col("messages") >= RECURS_FROM)
        .sort(
            ["risk_value", "bound_value", "messages", "parameter", "subject"],
            descending=[True, True, True, False, False],
        )
    )  # fmt: skip
