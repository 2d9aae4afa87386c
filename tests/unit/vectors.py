"""The test vectors of docs/vectors.json; `python -m tests.unit.vectors > docs/vectors.json` writes them anew."""

import json
import sys
from datetime import UTC, datetime
from typing import Any

from shared.domain.alerts.samples import sample_event
from shared.domain.alerts.signing import new_private_key, new_secret, public_key, signed_headers

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET, OTHER = new_secret(bytes(range(32))), new_secret(bytes(range(32, 64)))
PRIVATE = new_private_key(bytes(range(32)))
ID = "msg_0198f2c400007000800000000000000a"


def make_vectors(at: datetime = AT) -> list[dict[str, Any]]:
    """Make every vector: a request signed at an instant, the key and the clock of its receiver, and what is wrong.

    `wrong` is null for what is genuine.
    """
    body = (sample_event("release.published", AT) or b"").decode()

    def signed(*secrets: str) -> dict[str, str]:
        return dict(signed_headers(secrets, ID, int(at.timestamp()), body.encode()))

    def vector(
        name: str, key: str, headers: dict[str, str], came: str, wrong: str | None, **clock: int
    ) -> dict[str, Any]:
        now = int(at.timestamp()) + clock.get("after", 5)
        return {"name": name, "key": key, "now": now, "headers": headers, "body": came, "wrong": wrong}

    genuine, by_public = signed(SECRET), signed(PRIVATE)
    unsigned = {name: value for name, value in genuine.items() if name != "webhook-signature"}
    key, altered = public_key(PRIVATE) or "", body.replace("Marée", "Maree", 1)
    loose = json.dumps(json.loads(body), ensure_ascii=False)
    return [
        vector("genuine, v1", SECRET, genuine, body, None),
        vector("genuine, v1, while another secret rotates in", SECRET, signed(OTHER, SECRET), body, None),
        vector("genuine, v1a", key, by_public, body, None),
        vector("genuine, v1 and v1a", key, signed(SECRET, PRIVATE), body, None),
        vector("another secret", OTHER, genuine, body, "secret"),
        vector("another letter in the body", SECRET, genuine, altered, "body"),
        vector("the body parsed and written again", SECRET, genuine, loose, "body"),
        vector("a line break after the body", SECRET, genuine, body + "\n", "body"),
        vector("another letter in the body, v1a", key, by_public, altered, "body"),
        vector("another id", SECRET, genuine | {"webhook-id": "msg_1"}, body, "header"),
        vector("no signature", SECRET, unsigned, body, "header"),
        vector("signed an hour ago", SECRET, genuine, body, "time", after=3_600),
        vector("signed in an hour", SECRET, genuine, body, "time", after=-3_600),
    ]


if __name__ == "__main__":
    json.dump(make_vectors(), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
