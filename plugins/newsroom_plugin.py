"""Adds the Newsroom to Airflow: a page in the navigation, and a tab on the page of each newspaper's DAG.

Paths below Airflow's root; inside its iframe each is `/plugin/news/newsroom/…`:

    /newsroom/                                  all newspapers
    /newsroom/dag/{dag_id}                      redirects to the newspaper of a DAG
    /newsroom/{source}                          a newspaper at a glance
    /newsroom/{source}/editions/{date}          an edition: its runs, its stories, and a form that fetches it
    /newsroom/{source}/runs[/{id}]              runs; ?dag_run_id= selects the run of a DAG run
    /newsroom/{source}/stories                  stories; ?run= selects those a run stored
    /newsroom/{source}/story?id={story_id}      a story; also /newsroom/{source}/stories/{story_id}
    /newsroom/{source}/rejects[/{id}]           rejected stories; ?run= and ?reason=
    /newsroom/{source}/changes                  changes by the publisher
    /newsroom/{source}/pages                    requested pages; ?run=, ?status= and ?outcome=
    /newsroom/api/…                             the same as JSON; /newsroom/api/openapi.json describes it
"""

from typing import Any

from airflow.plugins_manager import AirflowPlugin


class NewsroomPlugin(AirflowPlugin):
    """Registers the Newsroom with Airflow."""

    name = "newsroom"
    external_views = [  # noqa: RUF012 - Airflow reads the attribute of the class
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
        """The app, imported only where it is served: the scheduler and every task load plugins too."""
        from newsroom.app import app

        return [{"app": app, "url_prefix": "/newsroom", "name": "newsroom"}]
