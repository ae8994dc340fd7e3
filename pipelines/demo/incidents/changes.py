"""Changes of master data as a person makes them: what an incident types wrong is written down like anything else."""

from __future__ import annotations

from pipelines.demo.documents import CHANGED_DOCUMENTS, CHANGED_FIELDS
from pipelines.demo.incidents.kind import Flags, Scene
from pipelines.demo.world import World

_TYPED_AT = 0.12


def note_change(world: World, document: str, row: int, field: str, old: float, new: float) -> None:
    """Write down a change of master data, made this morning."""
    world.documents.changes.append(
        1,
        document=CHANGED_DOCUMENTS.index(document),
        row=row,
        field=CHANGED_FIELDS.index(field),
        old=old,
        new=new,
        at=world.day + _TYPED_AT,
    )


def free_nodes(scene: Scene) -> Flags:
    """(nodes) whose master data no incident has touched lately."""
    world = scene.world
    return scene.free("node", world.policy.item.size) & scene.free("item", world.company.items.count)[world.policy.item]
