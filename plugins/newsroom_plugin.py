"""Puts the Newsroom into Airflow: a page in the navigation and one on each newspaper's DAG.

Addresses, below Airflow's own; in its frame each of them is `/plugin/news/newsroom/…`:

    /newsroom/                                  every newspaper
    /newsroom/dag/{dag_id}                      the newspaper of a DAG
    /newsroom/{source}                          last night at a glance
    /newsroom/{source}/editions/{date}          an edition: its runs, its stories, and a form to read it (again)
    /newsroom/{source}/runs[/{id}]              runs; ?dag_run_id= finds that of a DAG run
    /newsroom/{source}/stories[/{story_id}]     stories; ?run= those that a run brought
    /newsroom/{source}/rejects[/{id}]           what cleaning refused; ?run= and ?reason=
    /newsroom/{source}/changes                  what the publisher changed
    /newsroom/{source}/pages                    what was asked for; ?run=, ?status= and ?outcome=
    /newsroom/api/…                             the same as JSON; /newsroom/api/openapi.json describes it
"""

from typing import Any

from airflow.plugins_manager import AirflowPlugin


class NewsroomPlugin(AirflowPlugin):
    """The Newsroom, read by Airflow from the folder of plugins."""

    name = "newsroom"
    external_views = [  # noqa: RUF012 - Airflow reads it from the class
        {
            "name": "News",
            "href": "newsroom/",
            "url_route": "news",
            "destination": "nav",
            "icon": "newsroom/static/icon.svg",
            "icon_dark_mode": "newsroom/static/icon-dark.svg",
            "nav_top_level": True,
        },
        {"name": "News", "href": "newsroom/dag/{DAG_ID}", "url_route": "newsroom", "destination": "dag"},
    ]

    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """The app, made only where it is served: the scheduler and every task load plugins, too."""
        from newsroom.app import app

        return [{"app": app, "url_prefix": "/newsroom", "name": "newsroom"}]
