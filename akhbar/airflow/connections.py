"""Gets the pipeline's database URL from Airflow's connections."""

import os

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException
from psycopg2.extensions import make_dsn

from akhbar import settings


def database_url() -> str:
    """The writer's URL: Airflow's connection `news_db`, or AKHBAR_DATABASE_URL if there is no such connection.

    Raises `MissingSettingError` if neither is configured.
    """
    try:
        return connection_url("news_db")
    except AirflowNotFoundException:
        return settings.database_url()


def connection_url(connection_id: str) -> str:
    """The URL or connection string of an Airflow connection to Postgres. Raises `AirflowNotFoundException`.

    libpq reads a URL in the environment as it is: Airflow knows neither several hosts nor every other form, and its
    errors quote parts of a malformed URL.
    """
    url = os.environ.get(f"AIRFLOW_CONN_{connection_id.upper()}", "")
    if url.startswith(("postgres://", "postgresql://")):
        return url
    found = Connection.get(connection_id)
    parts = {"host": found.host, "port": found.port, "user": found.login, "password": found.password}
    given = {name: value for name, value in {**parts, "dbname": found.schema}.items() if value}
    return str(make_dsn(**found.extra_dejson | given))
