"""Typed configuration: tower.toml in the project folder, overruled by TOWER_* environment variables."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Set
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from planning.model.settings import PlanningSettings
from tower.errors import SettingsError

SETTINGS_FILE = "tower.toml"
AdapterName = Literal["files", "adventureworks", "demo", "odoo"]
DemoScale = Literal["tiny", "small", "medium", "large"]
# What only the simulated company is asked for.
DEMO_FIELDS = frozenset({"seed", "scale", "start", "incidents", "truth"})
# What only a live database is asked for.
DATABASE_FIELDS = frozenset({"url", "company", "password_file", "reload"})


class SourceSettings(BaseModel):
    """One source of a build. The order in tower.toml is the order of precedence.

    `files` and `adventureworks` read the folder `path`. `demo` reads nothing: it simulates a company from `seed`, at
    `scale`, from the day `start` (three years before the as-of day unless named) to `as_of`, with the `incidents`
    "planted", "none" or kinds separated by commas. Its `truth` beside the load says which orders an incident made late:
    "traced" from document to document, or also "paired", by living the last 120 days again without it.
    `odoo` reads the PostgreSQL database `url`, of it the `company` (name or number; otherwise the first). The password
    stands in the URL, in TOWER_<NAME>_PASSWORD, or in `password_file`. `reload` reads the "changes" since the last
    load, or the "whole" database.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")
    adapter: AdapterName
    path: Path | None = None
    as_of: date | None = None
    seed: int = Field(default=7, ge=0, le=2**31 - 1)
    scale: DemoScale = "small"
    start: date | None = None
    incidents: str = Field(default="planted", pattern=r"^[a-z_]+( *, *[a-z_]+)*$")
    truth: Literal["traced", "paired"] = "traced"
    url: SecretStr | None = None
    company: str | None = Field(default=None, min_length=1)
    password_file: Path | None = None
    reload: Literal["changes", "whole"] = "changes"

    @model_validator(mode="after")
    def fits_its_adapter(self) -> SourceSettings:
        if self.adapter == "odoo":
            self._refuse(DEMO_FIELDS | {"path"}, "a database is read by its url")
            return self
        self._refuse(DATABASE_FIELDS, "they mean something to the adapter odoo alone")
        if self.adapter == "demo":
            if self.path is not None:
                raise ValueError("the demo company is simulated and has no path; remove it")
            return self
        if self.path is None:
            raise ValueError("name the folder of the source with path")
        foreign = sorted(DEMO_FIELDS & self.model_fields_set)
        if foreign:
            raise ValueError(f"{' and '.join(foreign)} mean something to the adapter demo alone; remove them")
        return self

    def _refuse(self, fields: Set[str], reason: str) -> None:
        foreign = sorted(name for name in fields & self.model_fields_set if getattr(self, name) is not None)
        if foreign:
            raise ValueError(f"remove {' and '.join(foreign)}: {reason}")

    @property
    def folder(self) -> Path:
        """The folder of a source that is read. Raises SettingsError for the one that is simulated."""
        if self.path is None:
            raise SettingsError(f"The source {self.name!r} is simulated: it has no folder.")
        return self.path


class PlanSettings(BaseModel):
    """The section [planning]: what a company decides about its plan for all items. `PlanningSettings` explains each.

    `demand`: what make-to-stock items are planned for: the build's own "forecast", that of the source ("company"), or
    "orders" alone. `safety_stock`: as "stated" in the policies; the "target" of the policy where it states no stock;
    or what was "proposed" from the forecast wherever there is a proposal. `pipeline`: "add" plans for the open
    opportunities too, each by the chance that it is won; their orders should then be no history (`projects`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    demand: Literal["forecast", "company", "orders"] = "forecast"
    safety_stock: Literal["stated", "target", "proposed"] = "target"
    pipeline: Literal["ignore", "add"] = "ignore"
    usable_stock: tuple[Literal["unrestricted", "reserved", "inspection", "blocked", "consigned"], ...] = (
        "unrestricted", "reserved",
    )  # fmt: skip
    scrap_formula: Literal["divide", "multiply"] = "divide"
    forecast_window_days: int = Field(default=0, ge=0, le=366)
    expedite_days: int = Field(default=2, ge=0, le=366)
    defer_days: int = Field(default=6, ge=0, le=366)
    least_value: float = Field(default=0.0, ge=0)
    least_quantity: float = Field(default=0.0, ge=0)
    release_days: int = Field(default=7, ge=0, le=366)
    excess_days: int = Field(default=180, ge=1, le=3660)
    increase_days: int = Field(default=0, ge=-1, le=366)

    @property
    def decided(self) -> PlanningSettings:
        """The same for the engines."""
        return PlanningSettings(**self.model_dump(exclude={"demand", "safety_stock", "pipeline"}))


class ForecastSettings(BaseModel):
    """The section [forecasting]: what counts as demand, and how it is forecast.

    `effort`: "full" weighs the methods by a gate at twice the time; "none" prepares demand and forecasts nothing.
    `backtest_cutoffs`: from so many earlier days the forecast is made again and judged. `target_fill_rate`: for items
    whose policy states no service target.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bucket: Literal["week", "month"] = "month"
    horizon: int | None = Field(default=None, ge=1, le=104)
    effort: Literal["none", "default", "full"] = "default"
    backtest_cutoffs: int = Field(default=2, ge=0, le=24)
    returns: Literal["ignore", "original_period", "own_period"] = "ignore"
    cancellations: Literal["keep_late", "remove"] = "keep_late"
    projects: Literal["keep", "remove"] = "keep"
    internal_customers: tuple[str, ...] = ()
    target_fill_rate: float = Field(default=0.95, gt=0, lt=1)
    seed: int = Field(default=7, ge=0, le=2**31 - 1)


class Settings(BaseSettings):
    """All settings; field names are the keys of tower.toml, and TOWER_<FIELD> in the environment."""

    model_config = SettingsConfigDict(env_prefix="TOWER_", extra="forbid", frozen=True, env_nested_delimiter="__")

    home: Path = Path("var")
    as_of: date | None = None
    sources: tuple[SourceSettings, ...] = ()
    planning: PlanSettings = PlanSettings()
    forecasting: ForecastSettings = ForecastSettings()
    company_name: str | None = Field(default=None, min_length=1, max_length=80)
    company_currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    keep_builds: int = Field(default=5, ge=1, le=1000)
    keep_bytes: int = Field(default=20_000_000_000, ge=1)
    memory_limit: str = Field(default="4GB", pattern=r"^\d+(\.\d+)?(MB|GB|MiB|GiB)$")
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=256)
    store_url: str | None = None
    local_user: str | None = None
    accelerator: Literal["auto", "numpy", "numba"] = "auto"
    host: str = "127.0.0.1"
    port: int = Field(default=8501, ge=1, le=65535)

    @field_validator("sources")
    @classmethod
    def names_are_unique(cls, sources: tuple[SourceSettings, ...]) -> tuple[SourceSettings, ...]:
        names = [source.name for source in sources]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"the source name {repeated[0]!r} is used twice; give each source its own name")
        return sources

    @property
    def effective_store_url(self) -> str:
        """URL of the app store; SQLite in the home folder unless another is named."""
        return self.store_url or f"sqlite:///{(self.home / 'store.sqlite').absolute()}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings, env_settings)


def load_settings(project_folder: Path | None = None, **overrides: Any) -> Settings:
    """Read tower.toml of `project_folder` (default: the working folder) and the environment.

    Raises SettingsError with one sentence per wrong value.
    """
    folder = project_folder or Path.cwd()
    file = folder / SETTINGS_FILE
    try:
        written = TomlConfigSettingsSource(Settings, toml_file=file)() if file.exists() else {}
        environment = {key for key in Settings.model_fields if f"TOWER_{key.upper()}" in os.environ}
        kept = {key: value for key, value in written.items() if key not in environment}
        settings = Settings(**{**kept, **{key: value for key, value in overrides.items() if value is not None}})
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file.name} is not valid TOML: {error}. Mend the file and start again.") from error
    except ValidationError as error:
        raise SettingsError(_sentences(error)) from error
    return settings.model_copy(
        update={
            "home": _absolute(settings.home, folder),
            "sources": tuple(_with_absolute_paths(source, folder) for source in settings.sources),
        }
    )


def _with_absolute_paths(source: SourceSettings, folder: Path) -> SourceSettings:
    named = {"path": source.path, "password_file": source.password_file}
    return source.model_copy(update={name: _absolute(path, folder) for name, path in named.items() if path is not None})


def _absolute(path: Path, folder: Path) -> Path:
    return path if path.is_absolute() else (folder / path).absolute()


def _sentences(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            sections: dict[str, type[BaseModel]] = {"planning": PlanSettings, "forecasting": ForecastSettings}
            section = sections.get(where.partition(".")[0], Settings) if "." in where else Settings
            known = ", ".join(sorted(section.model_fields))
            lines.append(f"The setting {where!r} is not known. Known settings: {known}.")
        else:
            lines.append(f"The setting {where!r} cannot be {problem['input']!r}: {problem['msg']}.")
    # What was written wrong is shown, the user and password of an address never.
    return re.sub(r"://[^\s/'\"]*@", "://…@", "\n".join(lines))
