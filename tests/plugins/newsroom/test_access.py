"""Who may see the Newsroom, and what its pages forbid a browser to do."""

from typing import TYPE_CHECKING

import pytest

from tests.plugins.conftest import Month, token

if TYPE_CHECKING:
    from starlette.testclient import TestClient

PAGES = ["", "dawn", "dawn/runs", "dawn/stories/1", "dag/dawn_edition", "api/newspapers", "api/openapi.json"]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_shown_without_a_login(visitor: "TestClient", connected: Month, path: str) -> None:
    assert visitor.get(f"/newsroom/{path}").status_code == 401


@pytest.mark.parametrize("path", PAGES)
def test_a_user_without_permission_to_read_dags_sees_nothing(
    visitor: "TestClient", connected: Month, path: str
) -> None:
    answer = visitor.get(f"/newsroom/{path}", headers={"Authorization": f"Bearer {token(None)}"})
    assert answer.status_code == 403


def test_a_user_who_may_read_dags_sees_the_newspaper(viewer: "TestClient", connected: Month) -> None:
    answer = viewer.get("/newsroom/", follow_redirects=True)
    assert answer.status_code == 200
    assert answer.url.path == "/newsroom/dawn"
    assert "<h1" in answer.text


def test_the_page_of_a_dag_redirects_to_its_newspaper(viewer: "TestClient", connected: Month) -> None:
    assert viewer.get("/newsroom/dag/dawn_latest").headers["location"] == "/newsroom/dawn"
    assert viewer.get("/newsroom/dag/replay").status_code == 404


def test_pages_allow_no_inline_scripts_or_styles(viewer: "TestClient", connected: Month) -> None:
    answer = viewer.get("/newsroom/dawn")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'self'" in policy
    assert " style=" not in answer.text
    assert "<style" not in answer.text
