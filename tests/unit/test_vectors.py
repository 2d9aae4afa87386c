"""The test vectors in docs/: they are current, and both our check and the reference library read them so."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from shared.domain.alerts.saved_request import SavedRequest
from shared.domain.alerts.verification import Sent, examine
from tests.unit.vectors import PRIVATE, SECRET, make_vectors

VECTORS = make_vectors()
BODY = VECTORS[0]["body"].encode()


def test_the_page_holds_the_vectors_that_the_code_makes() -> None:
    page = Path(__file__).parents[2] / "docs" / "vectors.json"
    assert json.loads(page.read_text(encoding="utf-8")) == VECTORS, "run `python -m tests.unit.vectors`"


@pytest.mark.parametrize("vector", VECTORS, ids=[one["name"] for one in VECTORS])
def test_the_wrong_part_of_each_vector_is_named(vector: dict[str, Any]) -> None:
    request = SavedRequest(vector["headers"], vector["body"].encode())
    sent = Sent(BODY, (SECRET, PRIVATE))
    assert (
        examine(request, [vector["key"]], datetime.fromtimestamp(vector["now"], UTC), sent).part
        == vector["wrong"]
    )


def is_taken(vector: dict[str, Any]) -> bool:
    try:
        Webhook(vector["key"]).verify(vector["body"], vector["headers"])
    except WebhookVerificationError:
        return False
    return True


def test_the_reference_library_takes_what_is_genuine_and_nothing_else() -> None:
    now = datetime.now(UTC)  # It compares the time with the machine's clock.
    shared = [one for one in make_vectors(now) if one["key"].startswith("whsec_") and one["wrong"] != "time"]
    assert [is_taken(one) for one in shared] == [one["wrong"] is None for one in shared]
    assert len(shared) == 8
    assert not any(is_taken(one) for one in make_vectors(now - timedelta(hours=1)) if one["key"] == SECRET)
