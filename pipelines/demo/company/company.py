"""The static company as arrays: what the simulation reads on every day.

Codes are positions: item 17 is row 17 of every array in `Items`. Days are whole numbers from the start of the
simulation (day 0 = `start_date`; earlier days are negative). Money is CNY unless a currency is named. Every array is
built from the seed, the scale and the start date alone, never from the day the simulation ends (so that a shorter run
is the beginning of a longer one): what has a date in it (calendars, promotions, exchange rates, campaigns, engineering
changes) is built for HORIZON_DAYS.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from pipelines.demo.scale import Scale

Floats: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[np.int32]
Integers: TypeAlias = npt.NDArray[np.integer[Any]]
Flags: TypeAlias = npt.NDArray[np.bool_]
Texts: TypeAlias = tuple[str, ...]

HORIZON_DAYS = 4400
KNOWN_AHEAD_DAYS = 240
"""A new item, and everything that refers to it, is in the books so many days before its sold_from_day."""
NEVER = 10**6

ITEM_TYPES = ("finished", "semi_finished", "component", "raw_material", "packaging", "spare_part", "service")
MAKE, BUY, TRANSFER, SUBCONTRACT = range(4)
SUPPLY_TYPES = ("make", "buy", "transfer", "subcontract")
TO_STOCK, TO_ORDER, ASSEMBLE_TO_ORDER = range(3)
STRATEGIES = ("make_to_stock", "make_to_order", "assemble_to_order")
LOT_RULES = (
    "lot_for_lot",
    "fixed_quantity",
    "economic_quantity",
    "period_of_supply",
    "reorder_point",
    "min_max",
    "silver_meal",
    "part_period",
    "least_unit_cost",
    "wagner_whitin",
)
LOT_FOR_LOT, FIXED_QUANTITY, _, PERIOD_OF_SUPPLY, REORDER_POINT, MIN_MAX = range(6)
# Who buys: the ways in which demand reaches an item, columns of Items.channel_share.
DISTRIBUTION, ONLINE, FLEET = range(3)
CUSTOMER_TYPES = ("distributor", "retailer", "online_channel", "end_customer")
CURRENCIES = ("CNY", "USD", "EUR")
TRANSPORT_MODES = ("road", "sea", "air", "rail", "courier")


@dataclass(frozen=True, slots=True)
class Items:
    """Everything with an item number. `weekly_demand` is of the first year, of all channels, at market 1.0.

    `standard_cost[period]` holds from `cost_from_day[period]` on, for all items. What is not sold has a list price and
    a weekly demand of 0. Expected demand on a day d of an item that is sold:
    weekly_demand/7 × (1 + yearly_growth)^(d/365) × (1 + season_strength × cos(2π(day of year − season_peak)/365))
    × ramp × promotions, where ramp rises from 0 to 1 in the 120 days from sold_from_day and falls to 0 in the 120 days
    before sold_until_day.
    """

    ids: Texts
    names: Texts
    names_zh: Texts
    item_type: Codes
    family: Codes
    """Of what is sold: index into Company.families; -1 for what is only built in."""
    category_id: Texts
    base_uom: Texts
    decimals: Codes
    """Decimals of a quantity: 0 for pieces, 3 for what is weighed or measured."""
    standard_cost: Floats
    cost_from_day: Codes
    list_price: Floats
    is_lot_tracked: Flags
    shelf_life_days: Codes
    is_phantom: Flags
    sold_from_day: Codes
    sold_until_day: Codes
    replaced_by: Codes
    weekly_demand: Floats
    yearly_growth: Floats
    season_strength: Floats
    season_peak: Codes
    is_intermittent: Flags
    channel_share: Floats

    @property
    def count(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Places:
    """Every location, own or not; `kind` as in the contract. Transfers travel through the one transit place."""

    ids: Texts
    names: Texts
    kind: Texts
    is_own: Flags
    parent: Codes
    calendar: Codes
    country: Texts
    latitude: Floats
    longitude: Floats

    def code(self, place_id: str) -> int:
        return self.ids.index(place_id)


@dataclass(frozen=True, slots=True)
class Nodes:
    """Planned (item, place) pairs, sorted by `level`: a node's supply comes from nodes of a higher level only.

    level = low-level code over bill lines and transfer sources together. Lead times as the planner books them: working
    days for MAKE and SUBCONTRACT, calendar days for BUY and TRANSFER. 0 = no limit in the lot columns.
    """

    item: Codes
    place: Codes
    supply: Codes
    source: Codes
    """The node that a TRANSFER draws on, else -1."""
    strategy: Codes
    level: Codes
    lot_rule: Codes
    fixed_lot: Floats
    min_lot: Floats
    max_lot: Floats
    lot_multiple: Floats
    cover_weeks: Codes
    ordering_cost: Floats
    holding_rate: Floats
    safety_stock: Floats
    safety_days: Floats
    service_rate: Floats
    lead_days: Floats
    reorder_point: Floats
    max_stock: Floats
    yield_rate: Floats
    planner: Codes
    opening_weeks: Floats
    """Weeks of expected use in stock on day 0, beyond lead time and safety stock."""

    @property
    def count(self) -> int:
        return int(self.item.size)


@dataclass(frozen=True, slots=True)
class BillLines:
    """What a MAKE or SUBCONTRACT node takes, as the shop floor issues it: phantoms are blown through.

    `component` is a node at the same place as `parent`. A line with `substitute_of` >= 0 is issued only where the line
    it stands for has not enough. `true_usage` is what is really used per booked unit (1.0 where the bill is right).
    Sorted by parent. Lines of an engineering change follow each other by valid_from_day / valid_until_day (exclusive).
    """

    parent: Codes
    component: Codes
    quantity: Floats
    is_fixed: Flags
    scrap_rate: Floats
    true_usage: Floats
    valid_from_day: Codes
    valid_until_day: Codes
    substitute_of: Codes
    component_id: Texts
    """bom_component_id of the canonical row that the line comes from."""


@dataclass(frozen=True, slots=True)
class Bills:
    """The bills as the ERP keeps them, phantoms as bills of their own: heads (one for each made item) and their rows.

    Days are -NEVER and NEVER where a row has no beginning or no end.
    """

    ids: Texts
    item: Codes
    bom_type: Texts
    place: Codes
    """-1: holds everywhere (phantoms)."""
    row_ids: Texts
    row_bill: Codes
    row_item: Codes
    row_quantity: Floats
    row_is_fixed: Flags
    row_scrap_rate: Floats
    row_operation_id: Texts
    """Empty where no operation takes it."""
    row_from_day: Codes
    row_until_day: Codes
    row_substitute_group: Texts
    row_substitute_priority: Codes
    """0 where the row belongs to no group."""
    row_is_by_product: Flags

    def of_items(self, item_count: int) -> Texts:
        """The bom_id of each item, empty where nothing is made."""
        names = [""] * item_count
        for name, item in zip(self.ids, self.item.tolist(), strict=True):
            names[item] = name
        return tuple(names)


@dataclass(frozen=True, slots=True)
class ByProducts:
    """What falls out when a node is made: quantity per unit, into the same place. Never a bill line."""

    parent: Codes
    item: Codes
    quantity: Floats


@dataclass(frozen=True, slots=True)
class Operations:
    """Routing of MAKE nodes, sorted by node and sequence. Defects and rework are true rates per unit."""

    node: Codes
    sequence: Codes
    work_centre: Codes
    setup_hours: Floats
    run_hours: Floats
    true_hours: Floats
    """Factor on the booked hours that the operation really takes (mean)."""
    queue_days: Floats
    defect_rate: Floats
    rework_rate: Floats
    is_inspection: Flags
    names: Texts
    operation_id: Texts


@dataclass(frozen=True, slots=True)
class WorkCentres:
    """Capacity is `units` × `hours_per_unit` on each working day of the calendar; market > 1 has more units."""

    ids: Texts
    names: Texts
    place: Codes
    calendar: Codes
    units: Codes
    hours_per_unit: Floats
    efficiency: Floats
    cost_per_hour: Floats
    breakdowns_per_week: Floats
    repair_hours: Floats
    is_bottleneck: Flags

    @property
    def count(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Suppliers:
    """Who delivers, and how they really behave. Slips are working days beyond the confirmed date."""

    ids: Texts
    names: Texts
    country: Texts
    latitude: Floats
    longitude: Floats
    calendar: Codes
    currency: Codes
    terms_days: Codes
    is_subcontractor: Flags
    status: Texts
    transport_mode: Codes
    port: Texts
    transit_days: Floats
    transit_spread: Floats
    """Sigma of the logarithm of the transit time."""
    customs_days: Floats
    confirm_days: Floats
    optimism_days: Floats
    """How many days earlier than the truth the supplier confirms (negative: later)."""
    slip_spread: Floats
    partial_rate: Floats
    defect_rate: Floats
    move_rate: Floats

    @property
    def count(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Sources:
    """item_suppliers: who may deliver a BUY node (or paint for a SUBCONTRACT node); by node and priority (1 first).

    Prices are of the first cost period; they move with the item's standard cost.
    """

    node: Codes
    supplier: Codes
    priority: Codes
    allocation: Floats
    book_lead_days: Floats
    production_days: Floats
    """True mean working days at the supplier before it leaves; transit comes on top."""
    price: Floats
    """In the supplier's currency, per base unit."""
    min_quantity: Floats
    multiple: Floats
    weekly_capacity: Floats


@dataclass(frozen=True, slots=True)
class Lanes:
    """Own transport between own places (transit place excluded)."""

    from_place: Codes
    to_place: Codes
    transport_mode: Codes
    carrier: Texts
    book_days: Floats
    true_days: Floats
    spread: Floats
    cost_per_unit: Floats


@dataclass(frozen=True, slots=True)
class Customers:
    """Business customers: those of day 0 (`joined_day` < 0) and those whom the market may still bring (NEVER).

    Consumers are not here: they are born in the simulation. `kind` is DISTRIBUTION or FLEET (columns of channel_share).
    """

    ids: Texts
    names: Texts
    kind: Codes
    customer_type: Codes
    segment: Texts
    country: Texts
    region: Texts
    currency: Codes
    ship_from: Codes
    transit_days: Floats
    transit_spread: Floats
    carrier: Texts
    terms_days: Codes
    pay_late_days: Floats
    pay_late_spread: Floats
    credit_limit: Floats
    sales_rep: Codes
    order_weekday: Codes
    discount_rate: Floats
    reports_stock: Flags
    projects_per_year: Floats
    """FLEET: how often the customer asks for a fleet; 0 for DISTRIBUTION."""
    joined_day: Codes

    @property
    def count(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Assortment:
    """What a DISTRIBUTION customer carries: expected units sold on by week in the first year. Sorted by customer.

    Summed over the customers of day 0 it is Items.weekly_demand × channel_share[DISTRIBUTION] × market.
    """

    customer: Codes
    item: Codes
    weekly_rate: Floats
    cover_weeks: Floats
    """How many weeks the customer orders up to."""


@dataclass(frozen=True, slots=True)
class SalesReps:
    """Who sells; `manager` is one of them or -1."""

    ids: Texts
    names: Texts
    team: Texts
    email: Texts
    manager: Codes


@dataclass(frozen=True, slots=True)
class Campaigns:
    """Expected leads a day while it runs, at market 1.0; `quality` multiplies the chance that a lead buys."""

    ids: Texts
    names: Texts
    channel: Texts
    start_day: Codes
    end_day: Codes
    budget: Floats
    business_leads: Floats
    consumer_leads: Floats
    quality: Floats


@dataclass(frozen=True, slots=True)
class Promotions:
    """Demand events. `uplift` multiplies the demand of a family (-1: all) in a channel (-1: all).

    They last from start_day to end_day (inclusive).
    """

    ids: Texts
    names: Texts
    event_type: Texts
    start_day: Codes
    end_day: Codes
    family: Codes
    channel: Codes
    uplift: Floats


@dataclass(frozen=True, slots=True)
class Company:
    """Lanhe Mobility on the morning of day 0."""

    seed: int
    scale: Scale
    start_date: date
    families: Texts
    families_zh: Texts
    items: Items
    places: Places
    nodes: Nodes
    bill_lines: BillLines
    bills: Bills
    by_products: ByProducts
    operations: Operations
    work_centres: WorkCentres
    suppliers: Suppliers
    sources: Sources
    lanes: Lanes
    customers: Customers
    assortment: Assortment
    sales_reps: SalesReps
    campaigns: Campaigns
    promotions: Promotions
    calendars: Texts
    is_working: Flags
    """(calendar, day 0 … HORIZON_DAYS - 1)."""
    exchange_rate: Floats
    """CNY per unit, (currency, day 0 … HORIZON_DAYS - 1); row 0 is 1."""
    planners: Texts
    buyers: Texts
