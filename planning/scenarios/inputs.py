"""All that a plan is made from as one file, so that a scenario replays to the last digit when its build is gone.

A zip of Parquet frames, one for each table of `PlanningRows`, and a manifest with the day and the company's settings.
The same rows and settings give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import asdict, dataclass, field, fields
from datetime import date

import polars as pl

from planning.errors import PlanningError
from planning.model.inputs import planning_model
from planning.model.rows import PlanningRows
from planning.model.settings import PlanningSettings
from planning.tables.results import Planned, planned

VERSION = 2
_MANIFEST = "manifest.json"
# A zip names no date before 1980; one that never changes keeps the bytes the same.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class ScenarioInputs:
    """The rows of a plan, its day, and what the company decides for all items."""

    rows: PlanningRows
    as_of: date
    settings: PlanningSettings = field(default_factory=PlanningSettings)

    def planned(self) -> Planned:
        """The plan of them. Raises PlanningError for calendars that contradict themselves."""
        return planned(planning_model(self.rows, self.as_of, self.settings))

    def to_bytes(self) -> bytes:
        """The file."""
        names = sorted(column.name for column in fields(PlanningRows))
        manifest = {
            "version": VERSION, "as_of": self.as_of.isoformat(), "settings": asdict(self.settings), "tables": names
        }  # fmt: skip
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(_entry(_MANIFEST), json.dumps(manifest, indent=1))
            for name in names:
                frame = io.BytesIO()
                table: pl.DataFrame = getattr(self.rows, name)
                table.write_parquet(frame, compression="zstd", statistics=False)
                archive.writestr(_entry(f"{name}.parquet"), frame.getvalue())
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> ScenarioInputs:
        """Raises PlanningError for a file that is none of these, is damaged, or was written for another version."""
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                manifest = json.loads(archive.read(_MANIFEST))
                if manifest["version"] != VERSION:
                    raise PlanningError(
                        f"These planning inputs are of version {manifest['version']}; this program reads {VERSION}. "
                        "Keep the inputs of a build again."
                    )
                known = {column.name for column in fields(PlanningRows)}
                tables = {
                    name: pl.read_parquet(io.BytesIO(archive.read(f"{name}.parquet")))
                    for name in manifest["tables"]
                    if name in known
                }
                decided = manifest["settings"] | {"usable_stock": tuple(manifest["settings"]["usable_stock"])}
                day = date.fromisoformat(manifest["as_of"])
                return cls(PlanningRows(**tables), day, PlanningSettings(**decided))
        except (zipfile.BadZipFile, KeyError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
            if isinstance(error, PlanningError):
                raise
            raise PlanningError(f"This is no file of planning inputs, or it is damaged: {error}.") from error

    def fingerprint(self) -> str:
        """What tells these inputs from others."""
        return hashlib.sha256(self.to_bytes()).hexdigest()[:16]


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, date_time=_NO_DATE)
