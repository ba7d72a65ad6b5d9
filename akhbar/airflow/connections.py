"""Where the tasks find the database of the news."""

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from akhbar import settings


def database_url() -> str:
    """The writer's URL, from Airflow's connection `news_db`, or else from AKHBAR_DATABASE_URL."""
    try:
        uri: str = Connection.get("news_db").get_uri()
    except AirflowNotFoundException:
        return settings.database_url()
    return uri.replace("postgres://", "postgresql://", 1)
