"""The engines' compiled loops for the server's process: chosen by the settings, loaded beside the first page."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Thread

from planning import accelerator
from planning.errors import PlanningError
from tower.errors import SettingsError
from tower.settings import load_settings

# Compiled loops are kept here, in the home folder, for the next process.
FOLDER = "compiled"


def load_in_background(project_folder: Path) -> Thread | None:
    """Begin to load the loops that the settings ask for; None where they cannot be used, which is logged.

    Until they are there, and without them, plans are the same to the last digit and only slower.
    """
    try:
        settings = load_settings(project_folder)
        accelerator.use(settings.accelerator, settings.home / FOLDER)
    except (SettingsError, PlanningError) as error:
        logging.getLogger(__name__).warning("Plans are made without compiled loops. %s", error)
        return None
    accelerator.keep_memory()
    thread = Thread(target=accelerator.warm, name="compiled loops", daemon=True)
    thread.start()
    return thread
