"""A database with the demo's stories."""

import os

import pytest

from akhbar.local.postgres import Server
from tests.conftest import News, fresh_news
from tests.sql.examples import read_the_demo


@pytest.fixture(scope="session")
def demo_news(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> News:
    """A database with the stories that the demo reads, filled once per session."""
    before = dict(os.environ)
    try:
        news = fresh_news(postgres)
        read_the_demo(news, tmp_path_factory.mktemp("demo-archive"))
    finally:
        os.environ.clear()
        os.environ.update(before)
    return news
