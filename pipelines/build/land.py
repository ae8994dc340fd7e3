"""The landing step of a build: every source of the settings, one load each."""

from __future__ import annotations

from pipelines.build.context import BuildContext
from pipelines.land.fingerprint import fingerprint
from pipelines.land.loads import land_source, load_folder
from pipelines.sources import ADAPTERS
from tower.errors import SourceError


def land_sources(context: BuildContext) -> None:
    """Land all sources. Raises SourceError when there is none, or when one cannot be read as a whole."""
    request = context.request
    if not request.settings.sources:
        raise SourceError(
            "No source is named. Add a [[sources]] section to tower.toml, or build one with "
            "`tower build --source files --path <folder>`."
        )
    context.fingerprints = tuple(fingerprint(source.path) for source in request.settings.sources)
    loads = []
    for source in request.settings.sources:
        manifest = land_source(
            source=source,
            adapter=ADAPTERS[source.adapter],
            home=context.home.folder,
            load_id=request.build_id,
            loaded_at=request.now.isoformat(),
            progress=context.progress,
        )
        loads.append((manifest, load_folder(context.home.folder, source.name, manifest.load_id)))
    context.loads = loads
