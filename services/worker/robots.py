"""Asks for a site's robots.txt before its pages, once for all who wait for it."""

import asyncio
from dataclasses import dataclass, field

from shared.clock import now
from shared.domain.web.robots import MOST_BYTES, Robots, origin_of, read_robots, why_not
from shared.http import FetchRequest, GuardedClient, fetch
from shared.store.database import Database
from shared.store.robots import find_robots, record_robots

_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What is known of an origin's robots.txt; `asked` that it had to be fetched, and from whose network."""

    robots: Robots
    asked: bool = False
    own_network: bool = False


@dataclass(slots=True)
class RobotsDesk:
    """The rules by which one round of pages is fetched; each origin is asked at most once in it."""

    database: Database
    client: GuardedClient
    asking: dict[str, asyncio.Task[Rules]] = field(default_factory=dict)

    async def rules_for(self, url: str) -> Rules:
        """Give the rules for an address: as kept, else as its site answers now."""
        origin = origin_of(url)
        if origin not in self.asking:
            self.asking[origin] = asyncio.create_task(self._find_or_fetch(origin))
        return await self.asking[origin]

    async def why_not(self, url: str) -> str | None:
        """Say why an address that a page redirects to may not be fetched, or None where it may."""
        return why_not((await self.rules_for(url)).robots, url)

    async def _find_or_fetch(self, origin: str) -> Rules:
        known = await asyncio.to_thread(self._find, origin)
        if known and known.good_until > now():
            return Rules(known)
        request = FetchRequest(
            f"{origin}/robots.txt",
            accept="text/plain, */*;q=0.1",
            max_bytes=4 * MOST_BYTES,
            timeout_seconds=_SECONDS,
        )
        answer = await fetch(self.client, request)
        robots = read_robots(answer, known, now())
        await asyncio.to_thread(self._record, origin, robots)
        return Rules(robots, asked=True, own_network=getattr(answer, "own_network", False))

    def _find(self, origin: str) -> Robots | None:
        with self.database.begin() as transaction:
            return find_robots(transaction, origin)

    def _record(self, origin: str, robots: Robots) -> None:
        with self.database.begin() as transaction:
            record_robots(transaction, origin, robots)
