"""The JSON API: its data, and that its responses match its OpenAPI description, whatever the request."""

from typing import TYPE_CHECKING, Any

import schemathesis
from hypothesis import given, settings
from schemathesis.core.result import Ok

from tests.plugins.conftest import REFUSED, Month, token

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.testclient import TestClient


def test_it_says_which_edition_is_missing_and_why(viewer: "TestClient", connected: Month) -> None:
    (paper,) = viewer.get("/newsroom/api/newspapers").json()
    missing = [problem for problem in paper["problems"] if problem["kind"] == "missing"]
    assert len(missing) == 1
    assert REFUSED in missing[0]["detail"]
    assert missing[0]["href"] == f"dawn/editions/{connected.missing}"


def test_the_counts_match_what_is_stored(viewer: "TestClient", connected: Month) -> None:
    days = viewer.get("/newsroom/api/dawn/days").json()
    assert [day["day"] for day in days] == [day.isoformat() for day in connected.days]
    assert [day["articles"] for day in days if day["day"] == connected.missing.isoformat()] == [0]
    editions = viewer.get("/newsroom/api/dawn/editions").json()
    stored = {edition["edition_date"]: edition["articles"] + edition["editorials"] for edition in editions}
    rows = connected.news.rows("SELECT edition_date::text, count(*) FROM stories WHERE source = 'dawn' GROUP BY 1")
    assert {day: count for day, count in stored.items() if count} == dict(rows)
    reasons = viewer.get("/newsroom/api/dawn/reasons").json()
    ((rejects,),) = connected.news.rows(
        "SELECT count(*) FROM rejects JOIN runs ON runs.id = rejects.run_id WHERE runs.source = 'dawn'"
    )
    assert sum(reason["rejects"] for reason in reasons) == rejects


def test_pages_of_rows_neither_overlap_nor_leave_gaps(viewer: "TestClient", connected: Month) -> None:
    found, page, more = [], 1, True
    while more:
        answer = viewer.get(f"/newsroom/api/dawn/stories?page={page}").json()
        found += [story["story_id"] for story in answer["rows"]]
        page, more = page + 1, answer["more"]
    [(stored,)] = connected.news.rows("SELECT count(*) FROM stories WHERE source = 'dawn'")
    assert len(found) == len(set(found)) == stored


def test_every_response_matches_the_description(api_server: "FastAPI", connected: Month) -> None:
    headers = {"Authorization": f"Bearer {token('viewer')}"}
    described = schemathesis.openapi.from_asgi("/newsroom/api/openapi.json", api_server, headers=headers)
    asked = set()
    for found in described.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(max_examples=10, deadline=None, derandomize=True, database=None)
        def ask(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(headers=headers)

        ask()
        asked.add(operation.path)
    assert {"/api/newspapers", "/api/{source}/story", "/api/{source}/stories/{story_id}"} <= asked
