"""Adds the starter topics: those that are watched already, changed or not, are left as they are."""

from dataclasses import dataclass
from typing import Any

from services.cli.asking import confirm
from services.cli.stack import Stack
from shared.domain.topics.starters import StarterTopic, load_starters
from shared.store.catalog import list_view
from shared.store.topics import add_topic


@dataclass(frozen=True, slots=True)
class AddedStarters:
    """Which of the starter topics this call added, and which were there."""

    added: tuple[StarterTopic, ...]
    kept: tuple[StarterTopic, ...]

    def as_row(self) -> dict[str, Any]:
        """Return the names for a script."""
        return {"added": [each.name for each in self.added], "kept": [each.name for each in self.kept]}

    def as_text(self) -> str:
        """Return a line for each topic, and the next step."""
        lines = [f"Watching {each.name}: {each.about}." for each in self.added]
        lines += [f"Watched already, left as it is: {each.name}." for each in self.kept]
        return "\n".join([*lines, "`tocsin topic list` shows the queries; `tocsin topic edit` changes one."])


def add_starters(stack: Stack, *, yes: bool) -> AddedStarters:
    """Add the starter topics whose names are free, asking a person first unless `yes`."""
    with stack.database.begin() as transaction:
        names = {row["name"] for row in list_view(transaction, "topics", order="name")}
    missing = tuple(each for each in load_starters() if each.name not in names)
    if missing and not yes:
        named = ", ".join(each.name for each in missing)
        confirm(f"this adds {len(missing)} topics: {named}", "Watch for them?", flag="--yes adds them")
    with stack.database.begin() as transaction:
        for each in missing:
            add_topic(transaction, each.name, each.query)
    return AddedStarters(missing, tuple(each for each in load_starters() if each.name in names))
