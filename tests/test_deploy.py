"""The deployment files follow the house rules, as far as that can be checked without a Docker engine."""

import json
import re
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from akhbar.settings import ROOT
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, story
from tests.conftest import News

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
LASTING = [name for name in SERVICES if name != "migrate"]
EXAMPLE = (ROOT / ".env.example").read_text()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_bounded_and_restarts(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] in ("unless-stopped", "on-failure")
    assert service["mem_limit"]
    assert service["logging"]["options"]["max-size"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.get("privileged")
    assert service.get("user") != "root"


@pytest.mark.parametrize("name", LASTING)
def test_a_service_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "postgres"])
def test_only_postgres_writes_to_its_root(name: str) -> None:
    assert SERVICES[name]["read_only"] is True


def test_every_port_is_on_the_loopback_address() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in re.findall(r"^(\w+)=(?:RANDOM|FERNET)$", EXAMPLE, re.MULTILINE):
        assert f"${{{name}:?run make env}}" in text, f"{name} can be missing without an error"
        assert f"${{{name}:-" not in text


@pytest.mark.parametrize("name", SERVICES)
def test_no_command_of_a_service_contains_a_secret(name: str) -> None:
    secrets = re.findall(r"^(\w+)=(?:RANDOM|FERNET)$", EXAMPLE, re.MULTILINE)
    commands = json.dumps([SERVICES[name].get(part) for part in ("command", "entrypoint", "healthcheck")])
    # $$NAME is expanded by a shell in the container; ${NAME} by compose, so that every process list shows it
    assert not [secret for secret in secrets if re.search(rf"(?<!\$)\$\{{?{secret}\b", commands)]
    # the image would turn it into an argument
    assert "_AIRFLOW_WWW_USER_PASSWORD" not in SERVICES[name].get("environment", {})


def test_the_example_has_exactly_the_variables_in_use() -> None:
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    documented = set(re.findall(r"^(\w+)=", EXAMPLE, re.MULTILINE))
    assert used - documented == set()
    assert documented - used == set()


def test_make_env_writes_fresh_secrets_and_never_overwrites(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "deploy/make-env")]
    for name in ("one", "two"):
        subprocess.run([*command, str(tmp_path / name)], check=True, capture_output=True)
    one, two = ((tmp_path / name).read_text() for name in ("one", "two"))
    assert "RANDOM" not in one
    secrets = dict(
        line.split("=", 1)
        for line in one.splitlines()
        if not line.startswith("#") and ("PASSWORD=" in line or "SECRET" in line.split("=")[0])
    )
    assert len(secrets) >= 9
    assert all(len(secret) >= 32 and secret not in two for secret in secrets.values())
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o600
    subprocess.run([*command, str(tmp_path / "one")], check=True, capture_output=True)
    assert (tmp_path / "one").read_text() == one


def test_the_image_is_pinned_built_from_the_lock_and_runs_as_airflow() -> None:
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "FROM apache/airflow:3.3.2"
    users = [line.split()[1] for line in lines if line.startswith("USER")]
    assert users
    assert users[-1] == "50000"
    assert "--require-hashes" in "\n".join(lines)
    assert not [line for line in lines if line.startswith(("ADD", "MAINTAINER"))]
    assert not [line for line in lines if "apt-get" in line or "sudo" in line or "| sh" in line]


def test_dockerignore_admits_what_the_image_copies() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY"):
            for source in line.split()[2:-1]:
                assert (ROOT / source).exists()
                assert f"!{source}" in ignored


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("shellcheck", ["deploy/start", "deploy/migrate", "deploy/akhbar", "deploy/postgres/init.sh", ".ci/run"]),
        ("hadolint", ["--no-color", "Dockerfile"]),
        ("check-jsonschema", ["--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]),
    ],
)
def test_the_linters_find_no_problems(tool: str, arguments: list[str]) -> None:
    command = [str(Path(sys.executable).with_name(tool)), *arguments]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


CHART = {
    "airflowVersion", "apiSecretKeySecretName", "apiServer", "createUserJob", "dagProcessor", "dags", "data",
    "defaultAirflowRepository", "defaultAirflowTag", "env", "executor", "fernetKeySecretName", "images",
    "jwtSecretName", "postgresql", "redis", "scheduler", "secret", "triggerer", "volumeMounts", "volumes", "workers",
}  # fmt: skip
"""The value names of the official Airflow chart that are used here; the chart rejects unknown names."""


def test_the_kubernetes_values_are_for_this_image_and_hold_no_secret() -> None:
    text = (ROOT / "deploy/kubernetes/values.yaml").read_text()
    values = yaml.safe_load(text)
    assert set(values) <= CHART
    assert f"FROM apache/airflow:{values['airflowVersion']}" in (ROOT / "Dockerfile").read_text()
    assert values["executor"] == "CeleryExecutor"
    assert values["postgresql"]["enabled"] is False
    assert values["dagProcessor"]["enabled"] is True
    assert values["createUserJob"]["defaultUser"]["enabled"] is False, "it would have a known password"
    for name in ("scheduler", "apiServer", "dagProcessor", "triggerer"):
        assert values[name]["resources"]["limits"]["memory"]
    assert values["workers"]["celery"]["resources"]["limits"]["memory"]
    assert all(set(one) == {"name", "value"} and isinstance(one["value"], str) for one in values["env"])
    named = {values[name] for name in ("fernetKeySecretName", "jwtSecretName", "apiSecretKeySecretName")}
    named |= {values["data"]["metadataSecretName"]} | {one["secretName"] for one in values["secret"]}
    assert named == set(re.findall(r"create secret generic (\S+)", text)), "the header shows how to create each secret"
    for one in values["secret"]:
        assert set(one) == {"envName", "secretName", "secretKey"}
        assert f"--from-literal={one['secretKey']}=" in text


DASHBOARDS = sorted((ROOT / "deploy" / "grafana" / "dashboards").glob("*.json"))


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_a_dashboard_shows_scraped_content_as_text_without_links(file: Path) -> None:
    text = file.read_text()
    dashboard = json.loads(text)
    assert {panel["type"] for panel in dashboard["panels"]} <= {"stat", "table", "barchart", "timeseries"}
    for renders in (
        '"links"',
        '"url"',
        '"html"',
        '"markdown"',
        "custom.cellOptions",
        '"image"',
        "${__value",
        "${__data",
    ):
        assert renders not in text


def test_grafana_escapes_html_and_requires_a_login() -> None:
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["grafana"]
    assert "GF_PANELS_DISABLE_SANITIZE_HTML" not in service["environment"]
    assert "disable_sanitize_html" not in "".join(
        file.read_text().lower() for file in (ROOT / "deploy" / "grafana").rglob("*") if file.is_file()
    )
    assert "GF_AUTH_ANONYMOUS_ENABLED" not in service["environment"]


def filled_in(query: str, first: str, last: str) -> str:
    """A query with what Grafana substitutes for its macros and variables: text literals without a type, and several
    of them, separated by commas, where several values are chosen.

    See https://grafana.com/docs/grafana/latest/datasources/postgres/.
    """
    query = query.replace("$__timeFrom()", f"'{first}'").replace("$__timeTo()", f"'{last}'")
    for name, values in VALUES.items():
        query = query.replace(f"${{{name}:sqlstring}}", values)
    return query


VALUES = {
    "search": "'flood*; it''s;'",
    "language": "'en','ur'",
    "newspaper": "'dawn','guardian'",
    "step": "'week'",
}
"""What Grafana substitutes for the variables of the analyst's dashboard."""


def panel_query(dashboard: str, title: str) -> str:
    panels = json.loads((ROOT / f"deploy/grafana/dashboards/{dashboard}.json").read_text())["panels"]
    [query] = [panel["targets"][0]["rawSql"] for panel in panels if panel["title"] == title]
    return str(query)


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_a_dashboards_queries_run_as_the_reader(news: News, file: Path) -> None:
    [source] = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/news.yaml").read_text())["datasources"]
    assert source["user"] == "akhbar_reader"
    assert source["secureJsonData"] == {"password": "$NEWS_READER_PASSWORD"}
    dashboard = json.loads(file.read_text())
    for panel in dashboard["panels"]:
        [target] = panel["targets"]
        assert target["datasource"]["uid"] == source["uid"]
        query = filled_in(target["rawSql"], "2026-10-01T00:00:00Z", "2026-11-30T00:00:00Z")
        assert "$" not in query, "a variable that is pasted without quotes, or that the dashboard does not have"
        news.rows(query, url=news.reader)
    for variable in dashboard.get("templating", {}).get("list", []):
        if variable["type"] == "query":
            query = filled_in(variable["query"], "", "")
            assert "$" not in query
            news.rows(query, url=news.reader)
    assert len(dashboard["panels"]) >= 4


def test_the_days_of_a_dashboard_are_those_of_the_newspaper(news: News, tmp_path: Path) -> None:
    days = ("2026-11-20", "2026-11-21", "2026-11-22")
    load_batch(batch(tmp_path, "one", [story(day, edition_date=day) for day in days]), news.writer)
    query = panel_query("akhbar", "Stories per day")
    # the 21st in Karachi
    assert news.rows(filled_in(query, "2026-11-20T19:00:00Z", "2026-11-21T18:59:59Z")) == [("2026-11-21", 1, None)]


def test_a_day_that_was_not_read_is_a_gap_of_the_operators_chart_and_a_row_of_its_table(
    news: News, tmp_path: Path
) -> None:
    for day in ("2026-11-20", "2026-11-22"):
        load_batch(batch(tmp_path, day, [story(day, edition_date=day)], edition=day), news.writer)
    news.rows("UPDATE newspapers SET start_date = '2026-11-20' WHERE source = 'dawn'")
    first, last = "2026-11-19T19:00:00Z", "2026-11-22T18:59:59Z"
    days = news.rows(filled_in(panel_query("akhbar", "Stories per day"), first, last), url=news.reader)
    assert days == [("2026-11-20", 1, None), ("2026-11-21", None, None), ("2026-11-22", 1, None)]
    problems = news.rows(filled_in(panel_query("akhbar", "Editions with problems"), first, last), url=news.reader)
    assert [(day.isoformat(), source, status) for day, source, status, *_ in problems] == [
        ("2026-11-21", "dawn", "not_tried")
    ]


def test_the_analysts_chart_has_a_line_per_search_and_newspaper_with_gaps_where_nothing_was_read(
    news: News, tmp_path: Path
) -> None:
    flood = {"title": "Floods reach the town"}
    stories = [story(day, edition_date=day, **flood) for day in ("2026-11-02", "2026-11-16")]
    load_batch(batch(tmp_path, "one", stories, edition="2026-11-16"), news.writer)
    query = filled_in(panel_query("analyst", "Attention over time"), "2026-11-01T19:00:00Z", "2026-11-22T18:59:59Z")
    found = news.rows(query, url=news.reader)
    weeks = [datetime(2026, 11, day, 19, tzinfo=UTC) for day in (1, 8, 15)]  # Mondays begin in Karachi
    assert [row for row in found if row[1] == "flood*, dawn"] == [
        (weeks[0], "flood*, dawn", 100),
        (weeks[1], "flood*, dawn", None),
        (weeks[2], "flood*, dawn", 100),
    ]
    lines = {"flood*, dawn", "flood*, guardian", "it's, dawn", "it's, guardian"}
    assert {name for _, name, _ in found} == lines, "the empty search after the last semicolon has no line"
