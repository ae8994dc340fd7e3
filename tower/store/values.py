"""What the app store holds, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from tower.access import ROLES, Role, ScopeAxis, ScopeRule
from tower.errors import StoreError

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
# Who is named in the audit log where no person acted.
SYSTEM = "system"
ALL_ROWS = ScopeRule()


@dataclass(frozen=True, slots=True)
class User:
    """A person with a role. `scope` says whose rows they see; `row_scope_for` turns it into the ids of one build."""

    user_id: str
    name: str
    role: Role
    name_zh: str | None = None
    scope: ScopeRule = ALL_ROWS
    language: Language = "en"

    def check(self) -> None:
        """Raise StoreError for a value that cannot be kept."""
        problem = None
        if not self.user_id or self.user_id != self.user_id.strip():
            problem = "has an empty id, or one that begins or ends with a space"
        elif not self.name.strip():
            problem = "has no name"
        elif self.role not in ROLES:
            problem = f"cannot have the role {self.role!r}; known roles: {', '.join(ROLES)}"
        elif self.language not in LANGUAGES:
            problem = f"cannot have the language {self.language!r}; known languages: {', '.join(LANGUAGES)}"
        elif self.scope.axis not in get_args(ScopeAxis):
            problem = f"cannot have the scope {self.scope.axis!r}; known: {', '.join(get_args(ScopeAxis))}"
        elif (self.scope.axis == "everything") is bool(self.scope.values):
            problem = (
                f"has the scope {self.scope.axis!r} with {len(self.scope.values)} values; name the values of an axis, "
                "or none for everything"
            )
        if problem:
            raise StoreError(f"The user {self.user_id!r} {problem}.")

    def as_row(self) -> dict[str, object]:
        """The columns of the table `users`."""
        return {
            "user_id": self.user_id,
            "name": self.name,
            "name_zh": self.name_zh,
            "role": self.role,
            "scope_axis": self.scope.axis,
            "scope_values": list(self.scope.values),
            "language": self.language,
        }


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who changed what, from what to what. `subject` names the thing (`user/planner`), values are JSON or None."""

    at: datetime
    user_id: str
    action: str
    subject: str
    old_value: Mapping[str, object] | None
    new_value: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class SavedView:
    """A page with its filters under a name of the user's own. `url` begins with the page's path, without host."""

    user_id: str
    name: str
    url: str


# One user a role for a machine without login, so that every role's screens can be seen.
LOCAL_USERS: tuple[User, ...] = (
    User("executive", "Executive", "executive", "高管"),
    User("planner", "Planner", "planner", "计划员"),
    User("sales", "Sales", "sales", "销售"),
    User("buyer", "Buyer", "buyer", "采购"),
    User("production", "Production", "production", "生产"),
    User("finance", "Finance", "finance", "财务"),
    User("admin", "Administrator", "admin", "管理员"),
)
