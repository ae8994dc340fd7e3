"""Loads: one folder each, which exists from the moment its manifest is written, and is never changed after.

A load that was killed leaves a folder without a manifest. It does not count, and the next load of that source sweeps
it away. Only one process may load into a home folder at a time; the build's lock sees to that.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Set
from pathlib import Path

from pipelines.land.manifest import MANIFEST_FILE, LoadManifest, read_manifest, write_manifest
from pipelines.sources.adapter import Adapter, Progress
from tower.builds import Home
from tower.settings import SourceSettings


def load_folder(home: Path, source: str, load_id: str) -> Path:
    """Where a load of a source stands, whether it is there or not."""
    return Home(home).raw / source / load_id


def land_source(
    source: SourceSettings, adapter: Adapter, home: Path, load_id: str, loaded_at: str, progress: Progress
) -> LoadManifest:
    """Land a source in a new folder and write its manifest last. A load of that id that is whole is given as it is.

    Raises SourceError where the source cannot be read as a whole, or where rows are neither accepted nor rejected;
    the folder then stays without a manifest.
    """
    folder = load_folder(home, source.name, load_id)
    if (folder / MANIFEST_FILE).exists():
        return read_manifest(folder)
    sweep_unfinished(home, source.name)
    folder.mkdir(parents=True)
    landing = adapter.land(source, folder, progress)
    manifest = LoadManifest(
        source=source.name,
        adapter=adapter.name,
        load_id=load_id,
        loaded_at=loaded_at,
        tables=tuple(landing.tables),
        notes=tuple(landing.notes),
        coverage=tuple(landing.coverage),
    )
    write_manifest(manifest, folder)
    return manifest


def sweep_unfinished(home: Path, source: str) -> list[str]:
    """Remove what killed loads of a source left behind; give their ids."""
    return _remove(home, lambda folder: folder.parent.name == source and not (folder / MANIFEST_FILE).exists())


def list_loads(home: Path, source: str) -> list[LoadManifest]:
    """The loads of a source that are whole, oldest first."""
    folder = Home(home).raw / source
    manifests = [read_manifest(file.parent) for file in folder.glob(f"*/{MANIFEST_FILE}")]
    return sorted(manifests, key=lambda manifest: (manifest.loaded_at, manifest.load_id))


def latest_load(home: Path, source: str) -> LoadManifest | None:
    """The newest load of a source that is whole."""
    loads = list_loads(home, source)
    return loads[-1] if loads else None


def prune_loads(home: Path, keep: Set[str]) -> list[str]:
    """Remove every load whose id is not in `keep`, of any source, unfinished ones included; give what was removed."""
    return _remove(home, lambda folder: folder.name not in keep)


def _remove(home: Path, is_unwanted: Callable[[Path], bool]) -> list[str]:
    """Remove load folders, manifest first: what is half removed is a load that does not exist."""
    removed = []
    for folder in sorted(Home(home).raw.glob("*/*")):
        if folder.is_dir() and is_unwanted(folder):
            (folder / MANIFEST_FILE).unlink(missing_ok=True)
            shutil.rmtree(folder)
            removed.append(folder.name)
    return removed
