"""Every error that a person may see. The message says what is wrong and what to do."""

from __future__ import annotations


class TowerError(Exception):
    """Root of the product's errors; its text is shown to the person at the screen as it is."""


class SettingsError(TowerError):
    """A value of tower.toml or of the environment that cannot be used."""


class SourceError(TowerError):
    """A source that cannot be read as a whole: a missing folder, file, table or column."""


class BuildError(TowerError):
    """A build that could not be finished or published."""


class BuildNotFound(TowerError):
    """No build to serve, or not the one asked for."""


class SchemaMismatch(TowerError):
    """A build written by another version, whose tables this version cannot read."""


class MetricError(TowerError):
    """A metric, grain or filter that cannot be answered."""


class QueryError(TowerError):
    """SQL that the warehouse refused."""


class StoreError(TowerError):
    """The app store cannot be opened or written, or was asked for what it does not hold."""
