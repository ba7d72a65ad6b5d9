"""Leaves a line on each run of a newspaper's DAG when it ends: what it stored, and what went wrong.

A listener in the scheduler, since tasks of Airflow 3 cannot write a note: they leave its parts as XComs. A note that a
person has written is left alone.
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
"""The XComs that `akhbar/airflow/run_notes.py` writes."""
PARTS = ("load", "scrape", "check")
"""The tasks that leave parts of a note, in its order."""
LONGEST = 1000
"""Characters that Airflow stores of a note."""


@hookimpl
def on_dag_run_success(dag_run: "DagRun", msg: str) -> None:
    leave_note(dag_run)


@hookimpl
def on_dag_run_failed(dag_run: "DagRun", msg: str) -> None:
    leave_note(dag_run)


def leave_note(dag_run: "DagRun") -> None:
    """Writes the note in the scheduler's own transaction, which holds the run's row; `airflow dags test` has none."""
    from airflow.utils.session import create_session
    from sqlalchemy.orm import object_session

    session = object_session(dag_run)
    if session is not None:
        write(session, dag_run)
        return
    with create_session() as own:
        attached = own.get(type(dag_run), dag_run.id)
        if attached is not None:
            write(own, attached)


def write(session: "Session", dag_run: "DagRun") -> None:
    """Puts together what the run's tasks left; nothing, for a run of any other DAG."""
    from airflow.models.xcom import XComModel

    if dag_run.dag_run_note and dag_run.dag_run_note.user_id:
        return
    with session.no_autoflush:
        left: Any = session.scalars(XComModel.get_many(key=KEY, run_id=dag_run.run_id, dag_ids=dag_run.dag_id)).all()
    parts: dict[str, str] = {part.task_id: XComModel.deserialize_value(part) for part in left}
    if parts:
        dag_run.note = plain("; ".join(parts[task] for task in PARTS if task in parts))[:LONGEST]


def plain(note: str) -> str:
    """A note that Airflow's UI, which reads Markdown, shows as it stands.

    Parts of it are the site's words: a picture in them would be fetched from wherever they say by whoever looks.

    >>> plain("an answer of type a/![x](https://example.org/x.png)")
    'an answer of type a/!\\\\[x](https://example.org/x.png)'
    """
    return re.sub(r"[\\\[<`]", r"\\\g<0>", note)


class RunNotesPlugin(AirflowPlugin):
    """The listener, read by Airflow from the folder of plugins."""

    name = "run_notes"
    listeners = [sys.modules[__name__]]  # noqa: RUF012 - Airflow reads it from the class
