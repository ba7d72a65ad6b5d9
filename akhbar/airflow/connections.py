"""Gets the pipeline's database URL from Airflow's connections."""

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

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
    """The URL of an Airflow connection to Postgres. Raises `AirflowNotFoundException`."""
    url: str = Connection.get(connection_id).get_uri()
    return url
