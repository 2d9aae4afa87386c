"""What a peer is told: which feeds there are, where it may store, and how to throw the switch."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx


@dataclass(frozen=True, slots=True)
class Job:
    """One turn of one peer. `database_url` is a fresh, migrated database, `folder` an empty folder."""

    site: str
    feeds: int
    entries: int
    database_url: str
    redis_url: str
    folder: Path
    topics: int = 100

    @property
    def urls(self) -> list[str]:
        return [f"{self.site}/feeds/{feed}" for feed in range(self.feeds)]

    def publish(self) -> None:
        """Put one new release at the top of every feed."""
        httpx.post(f"{self.site}/publish", timeout=120).raise_for_status()

    def reset(self) -> None:
        """Let every feed begin again."""
        httpx.post(f"{self.site}/reset", timeout=120).raise_for_status()

    def to_json(self) -> str:
        """Write for a process that takes this turn."""
        return json.dumps(asdict(self) | {"folder": str(self.folder)})

    @classmethod
    def from_json(cls, line: str) -> "Job":
        """Read what `to_json` wrote."""
        value = json.loads(line)
        return cls(**value | {"folder": Path(value["folder"])})
