"""From the URL to a view: who reads, which build, whose rows, what is filtered."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tower.access import EVERYTHING, ROLES, row_scope_for
from tower.builds import Home, current_build, read_summary
from tower.errors import StoreError, TowerError
from tower.i18n import Numbers, Text, language_of
from tower.metrics import availability
from tower.queries import build_health
from tower.queries.filters import history_days
from tower.settings import Settings, load_settings
from tower.store import User
from tower.ui import cached, url
from tower.ui.filters import filter_options, selection_of
from tower.ui.view import Arrival, View

PROJECT_FOLDER = Path(__file__).resolve().parents[2]
# The parameters that every page shares.
FRAME_PARAMETERS = ("user", "build", "period", "from", "to", "plant", "family", "segment", "channel")


def arrive(now: datetime) -> Arrival:
    """Read the URL and open what it names. A problem is returned, not raised: the frame shows it in its place."""
    url.carry("lang")
    text = Text(language_of(url.value("lang")))
    try:
        settings = load_settings(PROJECT_FOLDER)
        user = known_user(settings, now)
    except TowerError as problem:
        return Arrival(text, None, None, problem)
    if user is None:
        return Arrival(text, None, None, None)
    if not url.value("lang"):
        text = Text(language_of(user.language))
    url.carry(*FRAME_PARAMETERS)
    try:
        return Arrival(text, user, _view(settings, user, text, now), None)
    except TowerError as problem:
        return Arrival(text, user, None, problem)


def users(now: datetime) -> list[User]:
    """The people who may be chosen at the start, by role."""
    store = cached.store(load_settings(PROJECT_FOLDER).effective_store_url)
    return sorted(store.ensure_local_users(now), key=lambda user: (ROLES.index(user.role), user.user_id))


def known_user(settings: Settings, now: datetime) -> User | None:
    """The user whom the URL (or the settings) names; None where it names nobody who is known."""
    named = url.value("user") or settings.local_user
    if not named:
        return None
    store = cached.store(settings.effective_store_url)
    store.ensure_local_users(now)
    try:
        return store.user(named)
    except StoreError:
        return None


def _view(settings: Settings, user: User, text: Text, now: datetime) -> View:
    # Any page can be read on any build that is kept; without a name it is the one that is served.
    named = url.value("build")
    current = current_build(settings.home)
    build = read_summary(Home(settings.home), named) if named and named != current.build_id else current
    everything = cached.warehouse(build.file, EVERYTHING.key, EVERYTHING)
    scope = row_scope_for(user.scope, everything)
    warehouse = cached.warehouse(build.file, scope.key, scope)
    catalogue = cached.catalogue(build.file, everything)
    days = cached.ask(warehouse, history_days).row(0, named=True)
    return View(
        now=now,
        text=text,
        numbers=Numbers(text.language, warehouse.company_currency),
        user=user,
        scope=scope,
        build=build,
        is_served=build.build_id == current.build_id,
        company_name=cached.ask(warehouse, build_health.build_info)["company_name"].item(),
        warehouse=warehouse,
        catalogue=catalogue,
        missing=availability(catalogue, cached.ask(warehouse, build_health.coverage)),
        selection=selection_of(text, build.as_of, days["first_day"] or build.as_of, filter_options(text, warehouse)),
    )
