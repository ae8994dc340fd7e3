"""Plan a folder of canonical files alone: land it, bring it into canonical shape, read what is open, plan.

It uses the steps of a build as far as the plan needs them, in a home folder of its own, so that files are read, refused
and converted by exactly the same rules. Nothing is published and no other build is touched.
"""

from __future__ import annotations

import tempfile
from datetime import date, datetime
from pathlib import Path

from pipelines.build.context import BuildContext, Request
from pipelines.build.describe import write_rejected_rows
from pipelines.build.land import land_sources
from pipelines.build.open_file import open_build_file
from pipelines.build.steps import Step, models, seeds
from pipelines.forecast.plan_demand import write_plan_forecasts, write_plan_safety_stocks
from pipelines.plan.run import planned_build
from pipelines.sources.adapter import Progress
from planning.tables.results import Planned
from tower.builds import Home
from tower.settings import Settings, SourceSettings

# The models that the plan reads, and all that they are made of.
CORE_OF_THE_PLAN = (
    "+fct_sales_order_lines", "+fct_purchase_order_lines", "+fct_production_orders", "+int_standard_costs",
)  # fmt: skip


def write_demand(context: BuildContext) -> None:
    """A folder alone is planned for the forecast that it brings along: there is no history of sales to learn from."""
    assert context.as_of is not None, "the step 'open' decides the day"
    choice = context.request.settings.planning.demand
    with context.connection() as connection:
        write_plan_forecasts(connection, context.as_of, "orders" if choice == "orders" else "company")
        write_plan_safety_stocks(connection, None)


STEPS = (
    Step("land", ("sources",), ("raw",), land_sources),
    Step("open", ("raw",), ("build",), open_build_file),
    Step("reference", ("seeds",), ("reference",), seeds()),
    Step("canonical", ("raw", "build", "reference"), ("staging", "canonical"), models("staging", "canonical")),
    Step("rejected rows", ("raw", "canonical"), ("build",), write_rejected_rows),
    Step("open documents", ("canonical", "build"), ("core",), models(*CORE_OF_THE_PLAN)),
    Step("demand of the plan", ("canonical",), ("engine",), write_demand),
)


def planned_files(folder: Path, settings: Settings, now: datetime, as_of: date | None, progress: Progress) -> Planned:
    """Plan the canonical files of a folder. Raises SourceError where they cannot be read as a whole."""
    with tempfile.TemporaryDirectory(prefix="tower-plan-") as home:
        source = SourceSettings(name="files", adapter="files", path=folder)
        alone = settings.model_copy(update={"home": Path(home), "sources": (source,)})
        context = BuildContext(Request(alone, now, "plan", as_of), Home(Path(home)), progress)
        for place in (context.home.temporary, context.home.temporary / "spill"):
            place.mkdir(parents=True, exist_ok=True)
        try:
            for number, step in enumerate(STEPS, start=1):
                progress(f"[{number}/{len(STEPS) + 1}] {step.name}")
                step.action(context)
            progress(f"[{len(STEPS) + 1}/{len(STEPS) + 1}] plan")
            assert context.as_of is not None, "the step 'open' decides the day"
            with context.connection() as connection:
                return planned_build(lambda sql: connection.sql(sql).pl(), context.as_of, settings.planning.decided)
        finally:
            if context.project is not None:
                context.project.release()
