"""Attacks on the Newsroom by users who can log in, and by users who cannot."""

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.plugins.conftest import Month, token

if TYPE_CHECKING:
    from starlette.testclient import TestClient

SQL = ["'; DROP TABLE news.articles CASCADE; --", "1 OR 1=1", "' UNION SELECT rolpassword FROM pg_authid --"]
PATHS = ["../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "..\\..\\etc"]
SITES = ["//evil.example", "https://evil.example/", "\r\nSet-Cookie: a=b"]
TEXTS = ["a\x00b", "\x1b[2J", "\udcff", "x" * 10_240, "{{ 7 * 7 }}", "<script>alert(1)</script>", "%s", "%(x)s", ""]
NUMBERS = ["-1", "9" * 400, "1e9", "NaN", "2026-02-30", "\U0001f5de"]
HOSTILE = [*SQL, *PATHS, *SITES, *TEXTS, *NUMBERS]
PLACES = [
    *("{}", "dag/{}", "dawn/editions/{}", "dawn/runs/{}", "dawn/stories/{}", "dawn/rejects/{}", "static/{}"),
    *("api/{}/days", "api/dawn/stories/{}", "api/dawn/editions/{}/sections"),
]
QUERIES = [
    *("dawn/editions?day={}", "dawn/editions?missing={}", "dawn/runs?dag_run_id={}", "dawn/runs?edition={}"),
    *("dawn/runs?mode={}", "dawn/stories?run={}", "dawn/stories?edition={}", "dawn/stories?section={}"),
    *("dawn/rejects?reason={}", "dawn/rejects?run={}", "dawn/changes?since={}", "dawn/changes?story_id={}"),
    *(
        "dawn/story?id={}",
        "api/dawn/story?id={}",
        "dawn/pages?status={}",
        "dawn/pages?outcome={}",
        "dawn/pages?story_id={}",
        "dawn/stories?page={}",
    ),
    *("api/dawn/days?back={}", "api/dawn/rejects?reason={}", "api/dawn/pages?outcome={}", "api/dawn/changes?since={}"),
]


def rows(month: Month) -> list[tuple[int, ...]]:
    """The number of stories, runs and rejects."""
    return month.news.rows(
        "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM runs), (SELECT count(*) FROM rejects)"
    )


@pytest.mark.parametrize("place", PLACES + QUERIES)
def test_no_address_or_parameter_exposes_other_rows_files_or_sites(
    viewer: "TestClient", connected: Month, place: str
) -> None:
    before = rows(connected)
    for hostile in HOSTILE:
        answer = viewer.get(f"/newsroom/{place.format(quote(hostile, safe='', errors='surrogateescape'))}")
        assert answer.status_code in (200, 307, 400, 404, 422), (hostile, answer.status_code)
        leads_to = answer.headers.get("location", "/newsroom/").removeprefix("http://testserver")
        assert leads_to.startswith("/newsroom/"), hostile
        assert "set-cookie" not in answer.headers
        kept = answer.headers.get("cache-control") == "no-store"
        assert kept or answer.json() == {"detail": "Not Found"}, "unless the request never reached the Newsroom"
        page = answer.text if "html" in answer.headers.get("content-type", "") else ""
        assert "<script>alert" not in page, hostile
        for leak in ("root:x:", "SCRAM-SHA", "Traceback", ">49<", "psycopg"):
            assert leak not in answer.text, (hostile, leak)
    assert rows(connected) == before


@pytest.mark.parametrize("place", ["", "dawn", "dawn/editions/2026-06-19", "dag/dawn_edition", "api/newspapers"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_newsroom_accepts_no_writes_so_no_other_site_can_forge_one(
    viewer: "TestClient", connected: Month, method: str, place: str
) -> None:
    answer = viewer.request(method, f"/newsroom/{place}", json={"edition": "2026-06-19"})
    assert answer.status_code == 405


def test_a_form_of_another_site_cannot_trigger_a_dag(visitor: "TestClient", connected: Month) -> None:
    """Browsers send these types across sites without a preflight request. JSON needs one, and Airflow refuses it."""
    visitor.cookies.set("_token", token("admin"))
    address = "/api/v2/dags/dawn_edition/dagRuns"
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        headers = {"Origin": "https://evil.example", "Content-Type": kind}
        answer = visitor.post(address, content='{"logical_date": null, "conf": {}}', headers=headers)
        assert answer.status_code in (401, 403, 415, 422), kind
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = visitor.options(address, headers=asked | {"Access-Control-Request-Headers": "content-type"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "path", ["dawn", "dawn/runs/1", "dawn/stories/29001", "nothing", "api/newspapers", "api/dawn/days"]
)
def test_no_response_is_cached_by_a_browser_or_proxy(viewer: "TestClient", connected: Month, path: str) -> None:
    assert viewer.get(f"/newsroom/{path}").headers["cache-control"] == "no-store"
    del viewer.headers["Authorization"]
    assert viewer.get(f"/newsroom/{path}").headers["cache-control"] == "no-store"
