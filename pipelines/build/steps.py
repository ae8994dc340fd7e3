"""The table of contents of a build: what happens, in which order, from what to what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.build.context import BuildContext, StepAction
from pipelines.build.describe import write_definitions, write_rejected_rows, write_test_results
from pipelines.build.land import land_sources
from pipelines.build.open_file import open_build_file
from pipelines.build.project import failed
from pipelines.detect.onsets import read_onsets
from pipelines.detect.run import run_detection
from pipelines.engines import run_bom_explosion, run_stock_layers
from pipelines.forecast.run import run_forecast
from pipelines.history import write_kpi_snapshot
from pipelines.journey import run_order_journey
from pipelines.plan.run import run_plan
from pipelines.predict.run import run_predictions
from pipelines.predict.win_chances import run_win_chances
from pipelines.stock_value import run_stock_value
from tower.errors import BuildError


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name as it is shown, the schemas it reads and writes, and the function that does it."""

    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    action: StepAction


def models(*select: str, without: tuple[str, ...] = ()) -> StepAction:
    """A dbt selection as a step; every model must come through."""
    return _dbt("run", select, without)


def seeds() -> StepAction:
    """The reference data that a business owns."""
    return _dbt("seed", ("*",))


def engine(run: Callable[..., None]) -> StepAction:
    """A pure engine between two layers: reads those below it, writes the schema `engine`."""

    def action(context: BuildContext) -> None:
        with context.connection() as connection:
            run(connection, context.as_of)

    return action


def plan_step(context: BuildContext) -> None:
    """The plan, by what the company decided in its settings, with the orders that planners firmed."""
    assert context.as_of is not None, "the step 'open' decides the day"
    settings = context.request.settings
    with context.connection() as connection:
        run_plan(connection, context.as_of, settings.planning.decided, settings.effective_store_url)


def alerts_step(context: BuildContext) -> None:
    """What is going wrong, with what earlier builds found first."""
    assert context.as_of is not None, "the step 'open' decides the day"
    settings = context.request.settings
    onsets = read_onsets(context.home, context.as_of)
    with context.connection() as connection:
        run_detection(connection, context.as_of, settings.planning.decided, onsets)


def _dbt(command: str, select: tuple[str, ...], exclude: tuple[str, ...] = ()) -> StepAction:
    def action(context: BuildContext) -> None:
        label = " ".join(select)
        results = context.dbt.invoke(
            command, select, exclude, progress=lambda done: context.progress(f"{label}: {done} done")
        )
        broken = failed(results)
        if broken:
            raise BuildError(
                f"{len(broken)} of {len(results)} models could not be built. The first is "
                f"{broken[0].unique_id.rsplit('.', 1)[-1]}: {broken[0].message.strip()}"
            )

    return action


def run_tests(context: BuildContext) -> None:
    """Every test on the data of this build; what they found goes into the build, the gate decides on it."""
    context.test_results = context.dbt.invoke(
        "test",
        ("*",),
        exclude=("test_type:unit",),
        progress=lambda done: context.progress(f"tests: {done} done"),
    )
    write_test_results(context)


# Core models that stand on an engine which itself reads core. Starting dbt costs more than a few models do, so that
# they are built together as late as the next engine allows.
OF_PLAN = ("core.journey", "core.demand", "core.planning")
OF_PREDICTIONS = ("core.stock_value", "core.predictions")
OF_ALERTS = ("core.alerts",)

STEPS = (
    Step("land", ("sources",), ("raw",), land_sources),
    Step("open", ("raw",), ("build",), open_build_file),
    Step("reference", ("seeds",), ("reference",), seeds()),
    Step("canonical", ("raw", "build", "reference"), ("staging", "canonical"), models("staging", "canonical")),
    Step("rejected rows", ("raw", "canonical"), ("build",), write_rejected_rows),
    Step("stock layers", ("canonical",), ("engine",), engine(run_stock_layers)),
    Step("bill of material", ("canonical",), ("engine",), engine(run_bom_explosion)),
    Step(
        "core",
        ("canonical", "engine", "reference", "build"),
        ("core",),
        models("core", without=(*OF_PLAN, *OF_PREDICTIONS, *OF_ALERTS)),
    ),
    Step("order journey", ("canonical", "core"), ("engine",), engine(run_order_journey)),
    Step("win chances", ("canonical", "core"), ("engine",), engine(run_win_chances)),
    Step("forecast", ("canonical", "core", "store"), ("engine",), run_forecast),
    Step("plan", ("canonical", "core", "build", "store"), ("engine",), plan_step),
    Step("core of journey, forecast and plan", ("engine", "reference"), ("core",), models(*OF_PLAN)),
    Step("stock value", ("canonical", "core", "reference"), ("engine",), engine(run_stock_value)),
    Step("predictions", ("canonical", "core"), ("engine",), engine(run_predictions)),
    Step("core of stock value and predictions", ("engine", "core"), ("core",), models(*OF_PREDICTIONS)),
    Step("alerts", ("canonical", "core", "engine", "reference", "store"), ("engine",), alerts_step),
    Step("core of alerts, marts", ("engine", "core", "reference"), ("core", "marts"), models(*OF_ALERTS, "marts")),
    Step("definitions", ("models",), ("build",), write_definitions),
    Step("tests", ("canonical", "core", "marts"), ("build",), run_tests),
    Step("snapshot", ("core", "build"), ("build",), write_kpi_snapshot),
)
