"""Schemathesis asks the public pages whatever their description allows, and forbids: they answer as it says."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    status_code_conformance,
)

from pipeline.database import open_database
from pipeline.database.public import CHANGES
from pipeline.sending.tokens import Purpose
from pipeline.subscribers.addresses import parse_address
from tests.serve.counter import START, Shop, open_shop
from tests.serve.described import ANSWERS, document, operations
from tests.subscribers.people import put

HOME = "https://weekly.example.org/"
CHECKS = [
    *(not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance),
]
# The same requests each time, and no more than some seconds of them.
BOUNDED = settings(
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    root = tmp_path_factory.mktemp("described")
    database = open_database("", root)
    with open_shop(root, database, more='\n[roundup]\nevery = "month"\n') as opened:
        with database.writing() as connection:
            for k in range(12):
                put(connection, f"a{k}@example.org", "pending" if k > 9 else "active")
            until = START + timedelta(days=1)
            for key in (1, 2, 3):
                change = {"subscriber_id": key, "address": f"new{key}@example.org", "until": until}
                connection.execute(CHANGES.insert().values(change))
        yield opened
    database.close()


def good_tokens(shop: Shop) -> dict[str, list[str]]:
    """Tokens that open something, by the kind of page."""
    later = START + timedelta(days=1)
    marks = {key: parse_address(address).mark for key, address, _ in shop.people()}

    def expiring(purpose: Purpose, said: str) -> str:
        return shop.tokens.expiring(purpose, said, later)

    return {
        "/u/": [shop.token(key) for key in marks],
        "/c/": [expiring(Purpose.CONFIRM, f"{key} {mark} 0 all") for key, mark in marks.items()],
        "/a/": [expiring(Purpose.CHANGE, f"{key} {end}") for key in (1, 2, 3) for end in ("old", "new")],
        "/d/": [expiring(Purpose.DATA, f"{key} {mark}") for key, mark in marks.items()],
        "/assets/": list(shop.counter.desk.look.assets),
    }


def test_every_address_is_described(shop: Shop) -> None:
    assert operations(shop.counter.gate) == set(ANSWERS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_sent_is_answered_as_described_and_nothing_is_a_fault(
    shop: Shop, mode: GenerationMode
) -> None:
    tokens = good_tokens(shop)
    described = schemathesis.openapi.from_dict(document(shop.counter.gate, tokens))
    seen: Counter[tuple[str, str, int]] = Counter()
    with requests.Session() as session:

        @settings(BOUNDED, max_examples=160 if mode is GenerationMode.POSITIVE else 40)
        @given(described.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            shop.clock.forward(timedelta(minutes=1))
            answer = case.call(base_url=shop.url.rstrip("/"), session=session, allow_redirects=False)
            case.validate_response(answer, checks=CHECKS)
            assert answer.headers.get("location", [HOME]) == [HOME]  # no token, no address, no host that was sent
            seen[case.method, case.path, answer.status_code] += 1

        ask()

    assert not [line for line in shop.told if "fault" in line or "database" in line]
    if mode is GenerationMode.POSITIVE:  # and it has been behind the doors, not only knocking
        assert {path for _, path, status in seen if status == 200} >= {path for _, path in ANSWERS if "{" in path}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "LINK"])
def test_no_address_answers_a_method_that_is_not_described(shop: Shop, method: str) -> None:
    tokens = good_tokens(shop)
    for path in {path for _, path in ANSWERS}:
        beginning, _, rest = path.partition("{")
        named = quote(tokens[beginning][0]) + rest.partition("}")[2] if rest else ""
        answer = shop.client.request(method, beginning + named)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")
        assert answer.headers["x-content-type-options"] == "nosniff"
