"""The company of a seed, a scale and a start date, drawn up from its catalogue to its customers."""

from __future__ import annotations

from datetime import date

import numpy as np

from pipelines.demo.company.assortment import draw_assortment, independent_demand, kept_at
from pipelines.demo.company.calendars import CALENDARS, exchange_rates, working_days
from pipelines.demo.company.capacity import draw_operations, draw_work_centres, peak_hours, weekly_hours
from pipelines.demo.company.catalogue import draw_catalogue
from pipelines.demo.company.company import TO_STOCK, Company, Floats, Items
from pipelines.demo.company.costs import with_costs
from pipelines.demo.company.customers import draw_customers, draw_sales_reps
from pipelines.demo.company.draft import Draft
from pipelines.demo.company.events import draw_campaigns, draw_promotions
from pipelines.demo.company.item_table import demand_level, item_table
from pipelines.demo.company.models import FAMILIES, FAMILIES_ZH
from pipelines.demo.company.network import PLACE_IDS, draw_lanes, draw_places
from pipelines.demo.company.policies import Plans, draw_nodes, draw_strategies
from pipelines.demo.company.purchasing import draw_sources
from pipelines.demo.company.structure import Network, draw_bills, draw_network, explode, use_of_revisions
from pipelines.demo.company.supply import draw_suppliers
from pipelines.demo.company.words import made_unique, person
from pipelines.demo.luck import Luck
from pipelines.demo.scale import Scale

PLANNERS = BUYERS = 6


def build_company(seed: int, scale: Scale, start_date: date) -> Company:
    """Lanhe Mobility on the morning of `start_date`; the same for the same three values."""
    luck = Luck(seed)
    market = scale.market
    draft, models = draw_catalogue(luck, scale.catalogue)
    items = item_table(luck, draft, models, start_date)
    kept = kept_at(luck, items)
    reps = draw_sales_reps(luck, scale.catalogue)
    customers = draw_customers(luck, market, reps)
    base = np.full(items.count, -1)
    strategy = np.full(items.count, TO_STOCK)
    for model in models:
        base[model.item], strategy[model.item] = model.base, model.strategy
    assortment = draw_assortment(luck, items, kept, customers, market, base)
    network = draw_network(luck, draft, kept)
    demand = _node_demand(draft, network, independent_demand(items, kept, customers, assortment, market))
    use = _weekly_use(items, network, demand)
    operations, centre_names = draw_operations(luck, draft, network)
    hours = weekly_hours(items, network, operations, demand, start_date, market, len(centre_names))
    centres = draw_work_centres(luck, centre_names, peak_hours(hours), market)
    items = with_costs(luck, draft, models, items, network, operations, centres)
    suppliers, trades = draw_suppliers(luck, scale.catalogue)
    sources = draw_sources(luck, draft, items, network, suppliers, trades, use, market)
    lanes = draw_lanes()
    plans = Plans(
        strategy=draw_strategies(items, network, strategy),
        use=use,
        customer_share=np.where(use > 0, demand / np.maximum(use, 1e-9), 0.0),
    )
    return Company(
        seed=seed,
        scale=scale,
        start_date=start_date,
        families=FAMILIES,
        families_zh=FAMILIES_ZH,
        items=items,
        places=draw_places(),
        nodes=draw_nodes(luck, items, network, operations, sources, lanes, plans, market),
        bill_lines=network.bill_lines,
        bills=draw_bills(draft),
        by_products=network.by_products,
        operations=operations,
        work_centres=centres,
        suppliers=suppliers,
        sources=sources,
        lanes=lanes,
        customers=customers,
        assortment=assortment,
        sales_reps=reps,
        campaigns=draw_campaigns(luck, start_date, market),
        promotions=draw_promotions(luck, start_date),
        calendars=CALENDARS,
        is_working=working_days(start_date),
        exchange_rate=exchange_rates(luck),
        planners=_people(luck, "planner", PLANNERS),
        buyers=_people(luck, "buyer", BUYERS),
    )


def _node_demand(draft: Draft, network: Network, demand: Floats) -> Floats:
    """(node): units a week that customers take there; what no centre serves is taken at the plant."""
    own = np.zeros(network.item.size)
    for (item, place), node in network.node_of.items():
        own[node] = demand[item, place]
        if draft.items[item].made_at and place == PLACE_IDS.index(draft.items[item].made_at):
            own[node] += demand[item, -1]
    return own


def _weekly_use(items: Items, network: Network, demand: Floats) -> Floats:
    """(node): units a week, the mean of the first three years; of what comes later, half of what it will be."""
    level = demand_level(items, np.arange(0, 1096, 28)).mean(axis=0)[network.item]
    use = explode(network, demand * level)
    later = explode(network, demand) * 0.5
    use = np.where(use > 0, use, later)
    return np.maximum(use, use_of_revisions(network, use))


def _people(luck: Luck, role: str, count: int) -> tuple[str, ...]:
    draw = luck.integers(1000, f"{role} name", np.arange(count)).tolist()
    return made_unique([person(number + 5 * each, number // 20 + each) for each, number in enumerate(draw)])
