"""The data dictionary: what the database says about its tables, views and functions."""

from akhbar.database.dictionary import data_dictionary
from tests.conftest import News
from tests.sql.examples import DICTIONARY


def test_the_data_dictionary_matches_the_comments_in_the_database(news: News) -> None:
    assert data_dictionary(news.admin) == DICTIONARY.read_text(), "run make docs to update it"


def test_a_view_is_described_by_its_comments_its_columns_and_its_readers(news: News) -> None:
    news.rows("CREATE VIEW news.a_view AS SELECT count(*) AS stories FROM news.articles")
    news.rows("COMMENT ON VIEW news.a_view IS 'How much there is to read.'")
    news.rows("COMMENT ON COLUMN news.a_view.stories IS 'Number of articles.'")
    news.rows("GRANT SELECT ON news.a_view TO akhbar_bi")
    described = data_dictionary(news.admin).partition("### a_view\n\n")[2]
    assert described.startswith("How much there is to read.\n\nReadable by ")
    assert "`akhbar_bi`" in described.splitlines()[2]
    assert "| `stories` | bigint | Number of articles. |\n" in described
