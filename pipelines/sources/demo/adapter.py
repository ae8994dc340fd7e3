"""The adapter of the demo company: it simulates the company, writes its tables, and lands them as files are landed.

The truth behind the tables (incidents, true rates, planted dirty rows) stays beside the load in `truth/`. Nothing that
builds or shows the product reads it.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pipelines.demo
from pipelines.demo.company.company import HORIZON_DAYS
from pipelines.land.manifest import Landing, LoadManifest
from pipelines.sources.adapter import Coverage, Progress
from pipelines.sources.files import ADAPTER as FILES
from tower.errors import SourceError
from tower.settings import SourceSettings

WRITTEN_FOLDER = ".written"
TRUTH_FOLDER = "truth"
YEARS_BEFORE = 3
# The last days, in which the incidents lie whose exact consequences may be asked for.
PAIRED_DAYS = 120
COMPANY_NAME = "Lanhe Mobility 蓝禾出行"
COMPANY_CURRENCY = "CNY"
# Planning looks ahead: what has a date in it must be there for so many days more.
_LOOK_AHEAD_DAYS = 400


class DemoAdapter:
    """Lanhe Mobility, as it was known on the evening of the source's as-of day."""

    name = "demo"
    raw_name = FILES.raw_name

    def land(self, source: SourceSettings, folder: Path, progress: Progress) -> Landing:
        """Simulate to `source.as_of` and land all tables.

        Raises SourceError for days that cannot be, UnknownIncidentKind for incidents that do not exist.
        """
        # Imported here: the simulation is wanted by no other command.
        from pipelines.demo.company.build import build_company  # noqa: PLC0415
        from pipelines.demo.incidents.paired import kept_aside, late_because_of_incidents  # noqa: PLC0415
        from pipelines.demo.scale import SCALES  # noqa: PLC0415
        from pipelines.demo.simulation import Simulation  # noqa: PLC0415
        from pipelines.demo.writing.chronicle import Chronicle  # noqa: PLC0415
        from pipelines.demo.writing.truth import write_truth  # noqa: PLC0415

        first_day, last_day = simulated_days(source)
        incidents = asked_incidents(source.incidents)
        progress(f"founding the company of seed {source.seed} at scale {source.scale}")
        simulation = Simulation(build_company(source.seed, SCALES[source.scale], first_day), incidents)
        written = folder / WRITTEN_FOLDER
        chronicle = Chronicle(written, simulation.world)
        days = (last_day - first_day).days
        tell = _told(progress, first_day, days)
        before = None
        if source.truth == "paired":
            simulation.run(max(days - PAIRED_DAYS, 0), tell)
            before = kept_aside(simulation)
        simulation.run(days, tell)
        dirty_rows = chronicle.finish(progress)
        write_truth(folder / TRUTH_FOLDER, simulation, dirty_rows)
        if before is not None:
            progress("living the last months again without each incident")
            late = late_because_of_incidents(before, simulation)
            late.write_parquet(folder / TRUTH_FOLDER / "incident_late_lines.parquet")
        landing = FILES.land(SourceSettings(name=source.name, adapter="files", path=written), folder, progress)
        shutil.rmtree(written)
        note = (
            f"Simulated with seed {source.seed} at scale {source.scale} from {first_day} to {last_day}, "
            f"incidents: {source.incidents}."
        )
        return replace(landing, notes=(note, *landing.notes))

    def raw_tables(self) -> Mapping[str, Mapping[str, str]]:
        """Those of files: the tables land in the contract's shape."""
        return FILES.raw_tables()

    def fingerprint(self, source: SourceSettings) -> str:
        """What the company is simulated from, its code included. An as-of day that is not fixed does not count."""
        code = hashlib.sha256()
        package = Path(pipelines.demo.__file__).parent
        for file in sorted(package.rglob("*.py")):
            code.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
        asked = (source.seed, source.scale, source.start, source.as_of, source.incidents, source.truth)
        code.update(repr(asked).encode())
        return code.hexdigest()[:16]

    def coverage(self, manifest: LoadManifest) -> Sequence[Coverage]:
        """Every table that was written, with its columns."""
        return FILES.coverage(manifest)

    def default_as_of(self, source: SourceSettings, folder: Path) -> date | None:
        """None: the simulation ends on the day that the build asks for."""
        return None

    def company_name(self, source: SourceSettings) -> str | None:
        """Lanhe Mobility, in both languages."""
        return COMPANY_NAME

    def company_currency(self, source: SourceSettings) -> str | None:
        """Lanhe Mobility keeps its books in yuan."""
        return COMPANY_CURRENCY


def simulated_days(source: SourceSettings) -> tuple[date, date]:
    """First and last day of a source's simulation. Raises SourceError where no year lies between them, or too many."""
    if source.as_of is None:
        raise SourceError(f"The demo company {source.name!r} needs the day on which its simulation ends (as_of).")
    start = source.start or years_before(source.as_of, YEARS_BEFORE)
    days = (source.as_of - start).days
    if not 0 < days <= HORIZON_DAYS - _LOOK_AHEAD_DAYS:
        latest = start + timedelta(HORIZON_DAYS - _LOOK_AHEAD_DAYS)
        raise SourceError(
            f"The demo company that starts on {start} can be seen from {start + timedelta(1)} to {latest}, "
            f"not on {source.as_of}. Name another as-of day or start."
        )
    return start, source.as_of


def years_before(day: date, years: int) -> date:
    """The same day of an earlier year; 28 February for the 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def asked_incidents(text: str) -> tuple[str, ...] | None:
    """What a simulation is asked for: None = as the seed plants them, () = none, else kinds of incidents."""
    if text == "planted":
        return None
    return () if text == "none" else tuple(word.strip() for word in text.split(","))


def _told(progress: Progress, first_day: date, days: int) -> Callable[[int], None]:
    def tell(day: int) -> None:
        progress(f"simulating {first_day + timedelta(day):%Y-%m}, {100 * day // max(days, 1)}%")

    return tell
