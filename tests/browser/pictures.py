"""`make pictures`: build the demo company of a fixed day, open the pages in Chromium, write docs/images anew.

Screens are taken as a person sees them. The two drawings (the network, the three years) are made from the build and, for
the incidents, from the truth beside the load, which nothing in the product reads.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import plotly.graph_objects as go
import polars as pl
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from plotly.subplots import make_subplots

from tests.browser.conftest import CHROMIUM, Visit, served
from tests.conftest import REPOSITORY, build_of
from tower.builds import BuildSummary
from tower.scenarios.base import base_of_build
from tower.settings import SourceSettings, load_settings
from tower.store import open_store
from tower.store.scenarios import KeptScenario, add_scenario
from tower.warehouse import Warehouse, open_warehouse

IMAGES = REPOSITORY / "docs" / "images"
AS_OF = date(2026, 6, 30)
# File, address, and how high the picture may be; it is no higher than the page.
SCREENS: Sequence[tuple[str, str, int]] = (
    ("scorecard", "/?user=executive", 1700),
    ("scorecard-zh", "/?user=executive&lang=zh", 1700),
    ("drill", "/?user=executive&metric=on_time_in_full_rate", 1060),
    ("data-health", "/data_health?user=admin", 1000),
    ("demand-forecast", "/demand_forecast?user=planner&section=forecast&level=series", 1700),
    ("requirements", "/requirements?user=planner", 1700),
    ("account", "/account?user=sales&customer=K00085", 1600),
    (
        "account-promise",
        "/account?user=sales&customer=K00085&section=promise&ask_item=LH-S140-FL2&ask_quantity=60&ask_by=2026-07-10",
        1600,
    ),
    ("messages", "/messages?user=planner", 1500),
    ("clear-to-build", "/clear_to_build?user=planner", 1500),
    ("capacity-zh", "/capacity?user=planner&lang=zh", 1500),
    ("scenarios", "/scenarios?user=planner", 1300),
    ("suppliers", "/suppliers?user=buyer&section=lead_times", 1700),
    ("inbound-outbound", "/inbound_outbound?user=buyer", 1800),
    ("progress", "/progress?user=production", 1700),
    ("network-zh", "/network?user=planner&lang=zh", 1500),
    ("inventory-health", "/inventory_health?user=planner", 1700),
    ("planner-scenario", "/scenarios?user=planner&scenario=1", 1900),
    ("oee", "/oee?user=planner", 1700),
    ("quality", "/quality?user=planner&section=control", 2300),
    ("lot-trace", "/lot_trace?user=planner&find=LT00015&start=lot:LT0001500", 1400),
    ("aged-stock", "/aged_stock?user=finance", 1900),
    ("aged-stock-zh", "/aged_stock?user=finance&lang=zh&list=contradiction", 1900),
    ("data-health-zh", "/data_health?user=admin&lang=zh&section=rejected", 1000),
)
SCENARIO = """scenario: 1
name: stronger-autumn
title: A tenth more demand, and suppliers a week slower
title_zh: 需求增加一成，供应商慢一周
changes:
  - {kind: demand_factor, factor: 1.1}
  - {kind: lead_time, supply: buy, add: 7}
"""
WIDTH = 1440
FONT = "Noto Sans, Noto Sans CJK SC, Arial, sans-serif"
PLANT, CENTRE, SUPPLIER, CUSTOMER = "#1f5fae", "#2a9d8f", "#8d99ae", "#e9a03b"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        if CHROMIUM is None:
            raise SystemExit("Chromium is not installed; `make browser` installs it where that is permitted.")
        home = Path(folder)
        print("building the demo company …", flush=True)
        build = build_of(home, SourceSettings(name="lanhe", adapter="demo", as_of=AS_OF))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        keep_scenario(home, build)
        take_screens(browser, home)
        warehouse = open_warehouse(build.file)
        draw(browser, network(warehouse), "demo-network")
        draw(browser, three_years(warehouse, incidents(home, build)), "demo-three-years")
        browser.close()


def keep_scenario(home: Path, build: BuildSummary) -> None:
    """A scenario for its pictures: the first in the store, so that its number is 1."""
    store = open_store(f"sqlite:///{home / 'store.sqlite'}")
    inputs = base_of_build(open_warehouse(build.file), load_settings().planning.decided).inputs.to_bytes()
    new = KeptScenario("stronger-autumn", SCENARIO, build.build_id)
    add_scenario(store, new, inputs, "planner", build.built_at)
    store.close()


def take_screens(browser: Browser, home: Path) -> None:
    with served(home) as address:
        for name, path, tallest in SCREENS:
            context = browser.new_context(viewport={"width": WIDTH, "height": 900}, locale="en-GB")
            visit = Visit(context.new_page(), address)
            page = visit.open(path)
            height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
            page.set_viewport_size({"width": WIDTH, "height": min(int(height) + 20, tallest)})
            page.wait_for_timeout(1500)
            keep(page.screenshot(), name)
            context.close()


def keep(picture: bytes, name: str) -> None:
    """Write a picture in 256 colours: a screen looks the same, and the repository stays small."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
        IMAGES / f"{name}.png", optimize=True
    )
    print(f"{name}.png", flush=True)


def draw(browser: Browser, figure: go.Figure, name: str) -> None:
    """Render a figure in the browser, without any other host."""
    page = browser.new_page(viewport={"width": int(figure.layout.width), "height": int(figure.layout.height)})
    page.set_content(figure.to_html(include_plotlyjs=True, config={"staticPlot": True}))
    page.wait_for_timeout(1500)
    keep(page.screenshot(), name)
    page.close()


def incidents(home: Path, build: BuildSummary) -> pl.DataFrame:
    """The planted incidents, from the truth beside the load."""
    files = sorted((home / "raw").glob("*/*/truth/incidents.parquet"))
    return pl.read_parquet(files[-1]).filter(pl.col("start_date") <= build.as_of)


def network(warehouse: Warehouse) -> go.Figure:
    """Suppliers, plants, painter and distribution centres where they are, and what flows between them in a year."""
    places = warehouse.frame(
        """
        select location_id, location_name, location_type, latitude, longitude from core.dim_locations
        where is_own_stock = 1 and latitude is not null and location_type <> 'warehouse'
        """
    )
    bought = warehouse.frame(
        """
        select suppliers.supplier_name, suppliers.latitude, suppliers.longitude,
            lines.location_id, sum(lines.net_value) as value
        from core.fct_purchase_order_lines as lines
        inner join canonical.cnl_suppliers as suppliers on lines.supplier_id = suppliers.supplier_id
        where lines.ordered_date > date '2025-06-30' and lines.location_id is not null
        group by all order by value desc, supplier_name
        """
    )
    moved = warehouse.frame(
        """
        select from_location_id, to_location_id, count(*) as transfers from canonical.cnl_transfer_orders
        where due_date > date '2025-06-30' group by all order by all
        """
    )
    figure = make_subplots(
        rows=1, cols=2, column_widths=[0.55, 0.45], horizontal_spacing=0.03,
        subplot_titles=("The world 全球", "Eastern China and its neighbours 中国东部及周边"),
    )  # fmt: skip
    for column in (1, 2):
        _flows(figure, column, places, bought, moved)
        _dots(figure, column, places, bought)
    figure.update_xaxes(range=[103, 142], row=1, col=2)
    figure.update_yaxes(range=[19, 41], row=1, col=2)
    figure.update_xaxes(showticklabels=False, zeroline=False)
    figure.update_yaxes(showticklabels=False, zeroline=False)
    figure.update_layout(
        width=1400, height=700, template="plotly_white", font={"family": FONT, "size": 13},
        margin={"l": 20, "r": 20, "t": 70, "b": 20}, legend={"orientation": "h", "y": 1.12},
    )  # fmt: skip
    return figure


def _flows(figure: go.Figure, column: int, places: pl.DataFrame, bought: pl.DataFrame, moved: pl.DataFrame) -> None:
    """Purchases by value, and own transfers, as lines."""
    at = {row["location_id"]: row for row in places.iter_rows(named=True)}
    largest = bought["value"].max()
    lines = [
        (row, at[row["location_id"]], SUPPLIER, 0.4 + 3.0 * (row["value"] / largest) ** 0.5, 0.35)
        for row in bought.iter_rows(named=True)
        if row["location_id"] in at
    ]
    lines += [
        (at[row["from_location_id"]], at[row["to_location_id"]], CENTRE, 2.2, 1.0)
        for row in moved.iter_rows(named=True)
        if row["from_location_id"] in at and row["to_location_id"] in at
    ]
    for start, end, colour, width, opacity in lines:
        figure.add_scatter(
            x=[start["longitude"], end["longitude"]], y=[start["latitude"], end["latitude"]], mode="lines",
            line={"color": colour, "width": width}, opacity=opacity, showlegend=False, row=1, col=column,
        )  # fmt: skip


def _dots(figure: go.Figure, column: int, places: pl.DataFrame, bought: pl.DataFrame) -> None:
    """Suppliers by what they sell, and own places with their names where there is room for them."""
    dots = bought.group_by("supplier_name", "latitude", "longitude", maintain_order=True).agg(pl.col("value").sum())
    figure.add_scatter(
        x=dots["longitude"], y=dots["latitude"], mode="markers", name="Suppliers 供应商 (size: purchases of a year)",
        marker={"color": SUPPLIER, "size": 6 + 18 * (dots["value"] / dots["value"].max()) ** 0.5, "line": {"width": 0}},
        showlegend=column == 1, row=1, col=column,
    )  # fmt: skip
    beside = {"P1": "top left", "P2": "bottom right", "D1": "top right", "SUB1": "bottom right"}
    for kind, colour, label in (
        ("plant", PLANT, "Plants 工厂"),
        ("subcontractor", "#9b5de5", "Subcontractor 外协"),
        ("distribution_centre", CENTRE, "Distribution centres 配送中心"),
    ):
        some = places.filter(pl.col("location_type") == kind)
        ids = some["location_id"].to_list()
        named = [place if column == 2 or place == "D3" else "" for place in ids]
        names = [f"<b>{row}</b> {name}" if row else "" for row, name in zip(named, some["location_name"], strict=True)]
        figure.add_scatter(
            x=some["longitude"], y=some["latitude"], mode="markers+text", name=label, showlegend=column == 1,
            text=names, textposition=[beside.get(place, "bottom center") for place in ids], textfont={"size": 12},
            marker={"color": colour, "size": 17, "symbol": "square" if kind == "plant" else "diamond"},
            row=1, col=column,
        )  # fmt: skip


def three_years(warehouse: Warehouse, planted: pl.DataFrame) -> go.Figure:
    """Revenue, service and stock by month over three years, and the planted incidents beneath."""
    months = warehouse.frame(
        """
        with lines as (
            select date_trunc('month', requested_date) as month,
                avg(is_on_time_in_full_shipped_requested) as service
            from core.fct_sales_order_lines group by all
        ),
        revenue as (
            select date_trunc('month', shipped_date) as month, sum(net_value) / 1e6 as revenue
            from core.fct_delivery_lines where shipped_date is not null group by all
        ),
        stock as (
            select dates.month_start_date as month, sum(stock.value) / 1e6 as stock
            from core.dim_dates as dates
            inner join core.fct_stock_intervals as stock
                on dates.date_day >= stock.valid_from_date and dates.date_day < stock.valid_to_date
            where dates.date_day = dates.month_start_date
            group by all
        )
        select cast(month as date) as month, revenue, service, stock
        from revenue inner join lines using (month) left join stock using (month)
        where month between date '2023-08-01' and date '2026-06-01' order by month
        """
    )
    figure = make_subplots(
        rows=4, cols=1, shared_xaxes=True, row_heights=[0.2, 0.2, 0.2, 0.4], vertical_spacing=0.05,
        subplot_titles=(
            "Revenue by month, CNY million 月收入（百万元）",
            "Order lines shipped in full by the requested date 按需求日足量发货率",
            "Stock value, CNY million 库存金额（百万元）",
            "Planted incidents 预置事件",
        ),
    )  # fmt: skip
    figure.add_bar(x=months["month"], y=months["revenue"], marker_color=PLANT, row=1, col=1)
    figure.add_scatter(x=months["month"], y=months["service"], line={"color": "#c0392b"}, row=2, col=1)
    figure.add_scatter(x=months["month"], y=months["stock"], line={"color": CENTRE}, row=3, col=1)
    ordered = planted.sort("kind", "start_date")
    kinds = ordered["kind"].unique(maintain_order=True).to_list()
    for row in ordered.iter_rows(named=True):
        figure.add_scatter(
            x=[row["start_date"], min(row["end_date"] or AS_OF, AS_OF)], y=[kinds.index(row["kind"])] * 2,
            mode="lines", line={"color": CUSTOMER, "width": 7}, row=4, col=1,
        )  # fmt: skip
    figure.update_yaxes(tickformat=".0%", row=2, col=1)
    figure.update_yaxes(
        tickvals=list(range(len(kinds))), ticktext=[kind.replace("_", " ") for kind in kinds], row=4, col=1
    )
    figure.update_layout(
        width=1400, height=1000, template="plotly_white", showlegend=False, font={"family": FONT, "size": 12},
        margin={"l": 150, "r": 20, "t": 40, "b": 30},
    )  # fmt: skip
    return figure


if __name__ == "__main__":
    main()
