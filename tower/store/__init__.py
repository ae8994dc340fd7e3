"""The app store: what people enter. A transactional database beside the builds, which a rebuild never touches."""

from tower.store.store import Store, open_store
from tower.store.values import AuditEntry, SavedView, User

__all__ = ["AuditEntry", "SavedView", "Store", "User", "open_store"]
