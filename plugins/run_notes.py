"""Writes the note of each newspaper's DAG run when it ends: what was stored, and what went wrong.

Tasks in Airflow 3 cannot write notes. They push the parts as XComs, and this listener joins them in the scheduler.
Notes written by a person are not changed.
"""

import re
import sys
from typing import TYPE_CHECKING, Any

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun
    from sqlalchemy.orm import Session

KEY = "run_note"
"""Key of the XComs that `akhbar/airflow/run_notes.py` pushes."""
PARTS = ("load", "scrape", "check")
"""The tasks that push parts of the note, in the order of the note."""
MAX_LENGTH = 1000
"""The maximum length of a note in Airflow, in characters."""


@hookimpl
def on_dag_run_success(dag_run: "DagRun", msg: str) -> None:
    save_note(dag_run)


@hookimpl
def on_dag_run_failed(dag_run: "DagRun", msg: str) -> None:
    save_note(dag_run)


def save_note(dag_run: "DagRun") -> None:
    """Uses the scheduler's own transaction, which has locked the run's row, or a new one in `airflow dags test`."""
    from airflow.utils.session import create_session
    from sqlalchemy.orm import object_session

    session = object_session(dag_run)
    if session is not None:
        _write(session, dag_run)
        return
    with create_session() as own:
        attached = own.get(type(dag_run), dag_run.id)
        if attached is not None:
            _write(own, attached)


def _write(session: "Session", dag_run: "DagRun") -> None:
    """Joins the parts that the run's tasks pushed. Runs of other DAGs have none and get no note."""
    from airflow.models.xcom import XComModel

    if dag_run.dag_run_note and dag_run.dag_run_note.user_id:
        return
    with session.no_autoflush:
        found: Any = session.scalars(XComModel.get_many(key=KEY, run_id=dag_run.run_id, dag_ids=dag_run.dag_id)).all()
    parts: dict[str, str] = {part.task_id: XComModel.deserialize_value(part) for part in found}
    if parts:
        dag_run.note = escape_markdown("; ".join(parts[task] for task in PARTS if task in parts))[:MAX_LENGTH]


def escape_markdown(note: str) -> str:
    """Escapes a note, which Airflow's UI renders as Markdown.

    Parts of it come from the newspaper's site, and the browser of everyone who views the note would load any image in
    it.

    >>> escape_markdown("an answer of type a/![x](https://example.org/x.png)")
    'an answer of type a/!\\\\[x](https://example.org/x.png)'
    """
    return re.sub(r"[\\\[<`]", r"\\\g<0>", note)


class RunNotesPlugin(AirflowPlugin):
    """Registers the listener with Airflow."""

    name = "run_notes"
    listeners = [sys.modules[__name__]]  # noqa: RUF012 - Airflow reads the attribute of the class
