"""What a DAG is triggered with, in every wrong shape: refused by its form or its first task, and nothing is fetched."""

import copy
from typing import TYPE_CHECKING, Any

import pytest

from tests.dags.conftest import RunDag
from tests.replica import Replica

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

HOSTILE = [
    *("", " ", "x" * 10_240, "a\x00b", "\x1b[2J", "\U0001f5de", "../../etc/passwd", "/etc", "$(reboot)", "{{ 7 * 7 }}"),
    *(
        "'; DROP TABLE articles; --",
        "<script>alert(1)</script>",
        "http://127.0.0.1/",
        "dawn\n",
        "2026-02-30",
        "22.1.2016",
    ),
    *(7, -1, 1.5, [], ["2016-01-22"], {}, {"a": 1}),
]
NAMES = ("2026-02-30", "22.1.2016")
"""A batch might be called so."""
DAY = {"edition": [*HOSTILE, True], "recheck": [*HOSTILE, None, "true", 1]}
WRONG: dict[str, dict[str, list[Any]]] = {
    "dawn_edition": DAY,
    "dawn_latest": {"recheck": DAY["recheck"]},
    "replay": {
        "newspaper": [*HOSTILE, None, True],
        "from": [*HOSTILE, True],
        "to": [*HOSTILE, True],
        "run": [
            *(wrong for wrong in HOSTILE if wrong not in ("2026-02-30", "22.1.2016")),
            True,
            "../dawn",
            "a/../../b",
            "..",
        ],
    },
}


def refusing(dags: "DagBag", name: str, parameter: str, value: Any) -> bool:
    """Whether the parameters of a DAG do not let it be triggered with a value."""
    from airflow.sdk.exceptions import ParamValidationError

    params = copy.deepcopy(dags.dags[name].params)
    try:
        params.update({parameter: value})
        params.validate()
    except ParamValidationError:
        return True
    return False


def test_every_parameter_of_every_dag_is_tried(dags: "DagBag") -> None:
    assert {name: set(dag.params) for name, dag in dags.dags.items() if dag.params} == {
        name: set(parameters) for name, parameters in WRONG.items()
    }


@pytest.mark.parametrize("name", WRONG)
def test_a_parameter_of_a_wrong_shape_is_refused_by_the_form(dags: "DagBag", name: str) -> None:
    taken = [
        (parameter, value)
        for parameter, values in WRONG[name].items()
        for value in values
        if not refusing(dags, name, parameter, value)
    ]
    assert taken == []


def test_an_edition_of_the_future_is_refused_in_a_line_and_nothing_is_fetched(
    run_dag: RunDag, site: Replica, capfd: pytest.CaptureFixture[str]
) -> None:
    more = {"sections": "../..", "base_url": "http://[::1]"}
    ended = run_dag("dawn_edition", run_conf={"edition": "2999-01-01", **more})
    assert ended.state == "failed"
    assert site.paths == []
    assert "the edition of 2999-01-01 is in the future: trigger one that has come" in capfd.readouterr().out
