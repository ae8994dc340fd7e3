"""The landing step of a build: every source of the settings, one load each."""

from __future__ import annotations

from pipelines.build.context import BuildContext, Request
from pipelines.land.loads import land_source, load_folder
from pipelines.sources import ADAPTERS
from tower.errors import SourceError
from tower.settings import SourceSettings


def land_sources(context: BuildContext) -> None:
    """Land all sources. Raises SourceError when there is none, or when one cannot be read as a whole."""
    request = context.request
    if not request.settings.sources:
        raise SourceError(
            "No source is named. Add a [[sources]] section to tower.toml, or build one with "
            "`tower build --source files --path <folder>`."
        )
    context.fingerprints = tuple(ADAPTERS[source.adapter].fingerprint(source) for source in request.settings.sources)
    loads = []
    for source in request.settings.sources:
        manifest = land_source(
            source=_dated(source, request),
            adapter=ADAPTERS[source.adapter],
            home=context.home.folder,
            load_id=request.build_id,
            loaded_at=request.now.isoformat(),
            progress=context.progress,
        )
        loads.append((manifest, load_folder(context.home.folder, source.name, manifest.load_id)))
    context.loads = loads


def _dated(source: SourceSettings, request: Request) -> SourceSettings:
    """A simulated source with the day on which its simulation ends: the day of the build unless another is named."""
    if source.adapter != "demo":
        return source
    asked = (request.as_of, request.settings.as_of, source.as_of, request.now.date())
    return source.model_copy(update={"as_of": next(day for day in asked if day is not None)})
