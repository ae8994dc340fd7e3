"""Serve the app: hand the process over to Streamlit."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pipelines.sources import ADAPTERS
from tower.builds import current_build
from tower.errors import BuildNotFound
from tower.settings import Settings

APP_FILE = Path(__file__).resolve().parents[2] / "app.py"


def is_build_wanted(settings: Settings) -> bool:
    """Whether nothing is served yet, or the served build is of other sources, or of what changed since."""
    try:
        served = current_build(settings.home)
    except BuildNotFound:
        return True
    built_from = [
        (source["name"], source["adapter"], source["path"], source["fingerprint"]) for source in served.sources
    ]
    named = [
        (source.name, source.adapter, str(source.path or ""), ADAPTERS[source.adapter].fingerprint(source))
        for source in settings.sources
    ]
    return bool(named) and built_from != named


def serve(settings: Settings) -> None:
    """Replace this process by the app server. Streamlit's own settings are in .streamlit/config.toml."""
    command = [
        sys.executable, "-m", "tower.ui.serve",
        "--server.address", settings.host, "--server.port", str(settings.port), "--server.headless", "true",
    ]  # fmt: skip
    environment = {**os.environ, "TOWER_HOME": str(settings.home)}
    sys.stderr.write(f"\n  Control Tower is served at http://{settings.host}:{settings.port}\n\n")
    sys.stderr.flush()
    os.chdir(APP_FILE.parent)
    os.execve(sys.executable, command, environment)  # noqa: S606
