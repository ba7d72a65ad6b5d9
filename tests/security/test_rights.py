"""What an attacker with a role's password cannot do to the tables, the server and the other roles."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from psycopg2 import errors
from psycopg2.extensions import parse_dsn

from akhbar.database.migrate import migrate
from akhbar.local.postgres import Server
from akhbar.settings import ROOT
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, editorial, page, reject, story
from tests.conftest import PASSWORD, ROLES, News, empty_server, fresh_news, rows

READERS = ("reader", "monitor", "analyst")
EVERYTHING = """
    SELECT to_jsonb(s) FROM articles s UNION ALL SELECT to_jsonb(s) FROM editorials s
    UNION ALL SELECT to_jsonb(s) FROM revisions s UNION ALL SELECT to_jsonb(s) FROM runs s
    UNION ALL SELECT to_jsonb(s) FROM rejects s UNION ALL SELECT to_jsonb(s) FROM pages s
"""
REFUSED = (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction, errors.RestrictViolation)


@pytest.fixture(scope="module")
def full(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[News]:
    """A database with rows in every table. Asserts at the end that no row has changed."""
    news, archive = fresh_news(postgres), tmp_path_factory.mktemp("archive")
    load_batch(batch(archive, "one", [story(1), editorial(2)], pages=[page(1)]), news.writer)
    rejects = [reject(3, "missing_title", body="a secret of the rejects")]
    load_batch(batch(archive, "two", [story(1, title="New")], hours=1, rejects=rejects), news.writer)
    before = news.rows(EVERYTHING)
    yield news
    assert news.rows(EVERYTHING) == before


def attempt(full: News, role: str, *statements: str) -> None:
    """Runs statements as a role that has lifted every limit a role can lift itself, and commits."""
    with closing(psycopg2.connect(getattr(full, role))) as connection, connection, connection.cursor() as cursor:
        cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; SET statement_timeout = '10s'")
        connection.commit()
        for statement in statements:
            cursor.execute(statement)


# --- the writer -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["articles", "editorials", "revisions", "runs"])
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM news.{}",
        "TRUNCATE news.{} CASCADE",
        "DROP TABLE news.{} CASCADE",
        "ALTER TABLE news.{} RENAME TO gone",
        "ALTER TABLE news.{} DISABLE TRIGGER ALL",
        "ALTER TABLE news.{} OWNER TO akhbar_writer",
        "CREATE RULE gone AS ON INSERT TO news.{} DO INSTEAD NOTHING",
        "CREATE TRIGGER gone BEFORE INSERT ON news.{} FOR EACH ROW EXECUTE FUNCTION news.keep_words()",
        "GRANT DELETE ON news.{0} TO akhbar_writer; DELETE FROM news.{0}",
        "MERGE INTO news.{} AS t USING (SELECT 1) AS s ON true WHEN MATCHED THEN DELETE",
    ],
)
def test_the_writer_can_neither_delete_stories_nor_change_tables(full: News, table: str, statement: str) -> None:
    with pytest.raises(REFUSED):
        attempt(full, "writer", statement.format(table))


@pytest.mark.parametrize(
    "change",
    [
        "story_id = 'x'",
        "source = 'x'",
        "id = 99",
        "kind = 'editorial'",
        "first_seen_at = now()",
        "title = 'Other words'",
        "body = 'Other words'",
        "body = NULL",
        "completeness = 'listed'",
        "title = 'Other words', revision = revision + 1",
        "title = 'Other words', completeness = 'listed', body = NULL, revision = revision + 1",
    ],
)
@pytest.mark.parametrize("table", ["articles", "editorials"])
def test_the_writer_can_neither_hide_a_story_nor_lose_its_text(full: News, table: str, change: str) -> None:
    with pytest.raises(REFUSED):
        attempt(full, "writer", f"UPDATE news.{table} SET {change}")


def test_the_writer_can_change_a_text_only_if_the_earlier_one_is_kept_unchanged(full: News) -> None:
    kept = """
        INSERT INTO news.revisions (source, story_id, revision, title, body, authors, content_hash, seen_at, changed_at,
            reason, run_id)
        SELECT source, story_id, revision, {}, body, authors, content_hash, first_seen_at, now(), 'edit', run_id
        FROM news.articles
    """
    change = "UPDATE news.articles SET title = 'Other words', revision = revision + 1"
    with pytest.raises(errors.RestrictViolation, match="dawn 1: the text of revision 2 would be lost"):
        attempt(full, "writer", kept.format("'forged'"), change)
    with closing(psycopg2.connect(full.writer)) as connection, connection.cursor() as cursor:
        cursor.execute(kept.format("title"))
        cursor.execute(change)
        assert cursor.rowcount == 1
        connection.rollback()


@pytest.mark.parametrize(
    "name", ["dawn/../../etc", "../dawn", "/etc", "dawn//etc", "dawn/a/b", "dawn", "dawn/.ssh", ""]
)
def test_the_writer_cannot_name_a_batch_outside_a_newspapers_folder(full: News, name: str) -> None:
    """prune, verify, replay and a resumed run look in the archive for the batch of that name."""
    with (
        closing(psycopg2.connect(full.writer)) as connection,
        connection.cursor() as cursor,
        pytest.raises(errors.CheckViolation),
    ):
        cursor.execute("UPDATE news.runs SET batch = %s", [name])


def test_move_to_editorials_cannot_be_used_to_delete_an_article(full: News) -> None:
    """A forged editorial with the same id, then the move, which used to delete the article to make room."""
    forged = """
        INSERT INTO news.editorials (source, story_id, url, title, language, extracted_by, completeness, content_hash,
            first_seen_at, last_seen_at, run_id)
        SELECT source, story_id, url, 'forged', language, extracted_by, completeness, content_hash,
            first_seen_at, last_seen_at, run_id
        FROM news.articles
    """
    with closing(psycopg2.connect(full.writer)) as connection, connection.cursor() as cursor:
        cursor.execute(forged)
        cursor.execute("SELECT news.move_to_editorials('dawn', ARRAY['1'])")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT title FROM news.articles WHERE story_id = '1'")
        assert cursor.fetchone() == ("New",)
        connection.rollback()


# --- the readers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO news.newspapers VALUES ('x', 'x', 'x', 'UTC', 'en')",
        "UPDATE news.articles SET title = 'x'",
        "DELETE FROM news.revisions",
        "TRUNCATE news.rejects",
        "SELECT * FROM news.articles FOR UPDATE",
        "LOCK TABLE news.articles IN ROW EXCLUSIVE MODE",
        "SELECT news.move_to_editorials('dawn', ARRAY['1'])",
        "SELECT nextval('news.story_ids')",
        "SELECT setval('news.story_ids', 1)",
        "REFRESH MATERIALIZED VIEW news.articles",
        "REINDEX TABLE news.articles",
        "ANALYZE (SKIP_LOCKED) news.articles, news.nothing",
        "COMMENT ON TABLE news.articles IS 'x'",
        "DO $$ BEGIN EXECUTE 'UPDATE news.runs SET outcome = ''failed'''; END $$",
    ],
)
def test_readers_can_change_nothing(full: News, role: str, statement: str) -> None:
    with pytest.raises((*REFUSED, errors.WrongObjectType, errors.UndefinedTable)):
        attempt(full, role, statement)


@pytest.mark.parametrize("role", [*READERS, "writer"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.x (x int)",
        "CREATE TABLE news.x (x int)",
        "CREATE SCHEMA x",
        "CREATE FUNCTION public.count() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE EXTENSION dblink",
        "CREATE EXTENSION file_fdw",
        "CREATE PUBLICATION x FOR ALL TABLES",
        "ALTER DATABASE template_news SET search_path TO x",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_read_binary_file('PG_VERSION')",
        "SELECT pg_ls_dir('/')",
        "SELECT pg_stat_file('PG_VERSION')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY (SELECT 1) TO '/tmp/akhbar-was-here'",
        "CREATE TEMPORARY TABLE IF NOT EXISTS x (x text); COPY x FROM '/etc/passwd'",
        "CREATE TEMPORARY TABLE IF NOT EXISTS x (x text); COPY x FROM PROGRAM 'id'",
        "SELECT lo_import('/etc/passwd')",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "CREATE ROLE intruder SUPERUSER",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "ALTER ROLE CURRENT_USER CONNECTION LIMIT -1",
        "GRANT pg_read_all_data TO CURRENT_USER",
        "SELECT rolpassword FROM pg_authid",
        "SELECT * FROM pg_hba_file_rules",
        "SELECT * FROM akhbar_migrations._yoyo_migration",
        "SELECT pg_reload_conf()",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' OR usename IS NULL",
        "SET session_replication_role = replica",
        "SET log_statement = 'none'",
        "LOAD 'auto_explain'; ALTER SYSTEM SET shared_preload_libraries = 'x'",
    ],
)
def test_no_role_reaches_the_server_the_disk_or_another_role(full: News, role: str, statement: str) -> None:
    with pytest.raises((*REFUSED, errors.UndefinedFile)):
        attempt(full, role, statement)


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("other", ["akhbar_writer", "akhbar_monitor", "akhbar_analyst", "akhbar_bi"])
def test_readers_cannot_become_another_role(full: News, role: str, other: str) -> None:
    if other == f"akhbar_{role}":
        other = "pg_write_all_data"
    with pytest.raises(REFUSED):
        attempt(full, role, f"SET ROLE {other}")


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize(
    "lock",
    [
        "pg_advisory_lock(hashtext('akhbar.crawl'), hashtext('dawn'))",
        "pg_try_advisory_lock(1)",
        "pg_advisory_xact_lock(hashtext('akhbar.load.dawn'))",
        "pg_try_advisory_xact_lock_shared(1, 2)",
    ],
)
def test_readers_cannot_block_a_crawl_or_a_load(full: News, role: str, lock: str) -> None:
    """Crawls and loads use advisory locks, which every Postgres role may take unless that is revoked."""
    with pytest.raises(errors.InsufficientPrivilege):
        attempt(full, role, f"SELECT {lock}")


@pytest.mark.parametrize("role", ["reader", "analyst"])
@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM news.rejects",
        "SELECT * FROM news.pages",
        "SELECT count(*) FROM news.rejects",
        "SELECT 1 FROM news.articles WHERE EXISTS (SELECT FROM news.rejects)",
        "TABLE news.rejects",
        "COPY news.rejects TO STDOUT",
        "SELECT query_to_xml('SELECT * FROM news.rejects', true, true, '')",
        "SELECT * FROM ts_stat('SELECT to_tsvector(story::text) FROM news.rejects')",
        "DECLARE c CURSOR FOR SELECT * FROM news.rejects",
        "PREPARE p AS SELECT * FROM news.rejects; EXECUTE p",
    ],
)
def test_the_reader_cannot_read_rejects_or_pages_indirectly(full: News, role: str, query: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        attempt(full, role, query)


def test_no_view_function_or_statistic_shows_rejects_to_the_reader(full: News) -> None:
    names = full.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'news'::regnamespace AND relkind IN ('v', 'm')"
    )
    assert len(names) > 5
    seen = [full.rows(f"SELECT * FROM news.{name}", url=full.reader) for (name,) in names]
    seen.append(full.rows("SELECT tablename, most_common_vals::text FROM pg_stats", url=full.reader))
    seen.append(full.rows("SELECT * FROM news.search_stories('secret or rejects')", url=full.reader))
    assert "secret of the rejects" not in str(seen)


# --- the analyst ----------------------------------------------------------------------------------------------------


@pytest.fixture
def with_analytics(full: News) -> Iterator[News]:
    """The same database, with a table of the analyst's."""
    attempt(full, "analyst", "CREATE TABLE analytics.titles AS SELECT story_id, title FROM news.stories")
    yield full
    full.rows("DROP TABLE analytics.titles")


def test_the_analyst_may_create_change_and_drop_tables_in_its_own_schema(with_analytics: News) -> None:
    attempt(
        with_analytics,
        "analyst",
        "UPDATE analytics.titles SET title = 'x'",
        "CREATE TABLE analytics.more AS TABLE analytics.titles",
        "ALTER TABLE analytics.more RENAME TO most",
        "DROP TABLE analytics.most",
    )


@pytest.mark.parametrize("role", ["reader", "monitor", "writer"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE analytics.x (x int)",
        "CREATE FUNCTION analytics.x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SELECT * FROM analytics.titles",
        "UPDATE analytics.titles SET title = 'x'",
        "DROP TABLE analytics.titles",
        "DROP SCHEMA analytics CASCADE",
    ],
)
def test_no_other_role_uses_the_analysts_schema(with_analytics: News, role: str, statement: str) -> None:
    with pytest.raises(REFUSED):
        attempt(with_analytics, role, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP SCHEMA analytics CASCADE",
        "ALTER SCHEMA analytics OWNER TO akhbar_analyst",
        "CREATE TRIGGER x BEFORE INSERT ON news.articles FOR EACH ROW EXECUTE FUNCTION news.keep_words()",
        "CREATE TABLE analytics.x (run_id bigint REFERENCES news.runs)",
        "CREATE FUNCTION analytics.x() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'SELECT'; "
        "ALTER FUNCTION analytics.x() OWNER TO akhbar_writer",
        "SELECT news.transaction_stamp(); SELECT set_config('role', 'akhbar_writer', false)",
    ],
)
def test_the_analyst_cannot_reach_from_its_schema_into_others(full: News, statement: str) -> None:
    with pytest.raises(REFUSED):
        attempt(full, "analyst", statement)


def test_the_analyst_can_show_the_reader_a_table(with_analytics: News) -> None:
    attempt(with_analytics, "analyst", "GRANT SELECT ON analytics.titles TO akhbar_reader")
    assert with_analytics.rows("SELECT count(*) FROM analytics.titles", url=with_analytics.reader) == [(2,)]


def test_the_analyst_has_limits_of_its_own(postgres: Server) -> None:
    """Uses the migrated database itself, because a copy does not inherit the settings of a role in it."""
    url = postgres.url("template_news", "akhbar_analyst", PASSWORD)
    names = ("statement_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout", "work_mem")
    query = ", ".join(f"current_setting('{name}')" for name in (*names, "temp_file_limit", "search_path"))
    [limits] = rows(url, f"SELECT {query}, current_setting('transaction_read_only')")
    assert limits == ("10min", "10min", "8h", "64MB", "10GB", "analytics, news, public", "off")
    assert rows(url, "SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user") == [(20,)]


# --- PUBLIC, and the roles' rights according to the catalog-----------------------------------------------------------


def test_public_has_no_rights_on_our_tables(full: News) -> None:
    granted = """
        SELECT relation.relname, entry.privilege_type
        FROM pg_class AS relation, aclexplode(relation.relacl) AS entry
        WHERE relation.relnamespace = 'news'::regnamespace AND entry.grantee = 0
    """
    assert full.rows(granted) == []


def test_readers_have_select_and_nothing_else(full: News) -> None:
    granted = """
        SELECT DISTINCT entry.privilege_type
        FROM pg_class AS relation, aclexplode(relation.relacl) AS entry
        WHERE relation.relnamespace = 'news'::regnamespace
            AND entry.grantee IN ('akhbar_reader'::regrole, 'akhbar_monitor'::regrole, 'akhbar_bi'::regrole)
        UNION
        SELECT entry.privilege_type
        FROM pg_attribute AS col, aclexplode(col.attacl) AS entry
        WHERE entry.grantee IN ('akhbar_reader'::regrole, 'akhbar_monitor'::regrole, 'akhbar_bi'::regrole)
    """
    assert full.rows(granted) == [("SELECT",)]


def test_only_the_writer_and_the_analyst_may_create_temporary_tables(postgres: Server) -> None:
    """Uses the migrated database itself, because a copy does not inherit the rights on it."""
    for role in ("reader", "monitor"):
        url = postgres.url("template_news", f"akhbar_{role}", PASSWORD)
        with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ WRITE")
            with pytest.raises(errors.InsufficientPrivilege):
                cursor.execute("CREATE TEMPORARY TABLE x (x int)")
    for role in ("writer", "analyst"):
        url = postgres.url("template_news", f"akhbar_{role}", PASSWORD)
        with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE x (x int)")


def test_a_role_of_another_project_on_the_same_server_cannot_connect(postgres: Server) -> None:
    with (
        closing(psycopg2.connect(postgres.url("template_news"))) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("DROP ROLE IF EXISTS stranger")
        cursor.execute("CREATE ROLE stranger LOGIN PASSWORD 'secret'")
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        psycopg2.connect(postgres.url("template_news", "stranger", "secret"))


def test_the_roles_have_no_attributes_beyond_their_grants(full: News) -> None:
    powers = """
        SELECT rolname
        FROM pg_roles
        WHERE rolname LIKE 'akhbar%%'
            AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
    """
    memberships = """
        SELECT member::regrole::text, roleid::regrole::text, admin_option
        FROM pg_auth_members
        WHERE member::regrole::text LIKE 'akhbar%%'
    """
    assert full.rows("SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", list(ROLES)) == [(4,)]
    assert full.rows(powers.replace("%%", "%")) == []
    assert full.rows(memberships.replace("%%", "%")) == [("akhbar_analyst", "akhbar_reader", False)]


def test_a_security_definer_function_has_a_fixed_search_path_and_is_not_public(full: News) -> None:
    definer = """
        SELECT proname, proconfig[1], has_function_privilege('public', oid, 'EXECUTE')
        FROM pg_proc
        WHERE prosecdef AND pronamespace = 'news'::regnamespace
    """
    own_schema = "search_path=pg_catalog, news, pg_temp"
    assert sorted(full.rows(definer)) == [
        ("daily_stories", own_schema, False),
        ("frequent_words", "search_path=pg_catalog, pg_temp", False),
        ("move_to_editorials", "search_path=pg_catalog, pg_temp", False),
        ("note_changed_months", own_schema, False),
        ("refresh_statistics", "search_path=pg_catalog, pg_temp", False),
        ("refresh_word_counts", own_schema, False),
        ("set_day", "search_path=pg_catalog, pg_temp", False),
        ("set_search", "search_path=pg_catalog, pg_temp", False),
        ("set_start_date", "search_path=pg_catalog, pg_temp", False),
        ("stamp_transaction", "search_path=pg_catalog, pg_temp", False),
        ("story_sample", own_schema, False),
    ]


@pytest.mark.parametrize("relation", ["pg_catalog.pg_authid", "public.elsewhere", "news.stories"])
def test_the_writer_can_refresh_only_tables_of_the_pipeline(full: News, relation: str) -> None:
    full.rows("CREATE TABLE IF NOT EXISTS public.elsewhere (x int)")
    with pytest.raises(errors.InsufficientPrivilege, match="neither a table nor a materialized view"):
        full.rows("SELECT refresh_statistics(%s::regclass)", relation, url=full.writer)
    for statement in ("LOCK TABLE articles IN ACCESS EXCLUSIVE MODE", "REINDEX TABLE articles", "CLUSTER articles"):
        with pytest.raises(errors.InsufficientPrivilege):
            full.rows(statement, url=full.writer)


def test_objects_named_like_postgres_built_ins_mislead_no_function(full: News) -> None:
    paths = """
        SELECT proname, setting
        FROM pg_proc, unnest(proconfig) AS setting
        WHERE pronamespace = 'news'::regnamespace AND setting LIKE 'search_path=%'
    """
    found: list[tuple[Any, ...]] = full.rows(paths)
    assert len(found) > 5
    for name, setting in found:
        schemas = setting.removeprefix("search_path=").split(", ")
        assert (schemas[0], schemas[-1]) == ("pg_catalog", "pg_temp"), name


def test_migrating_again_restores_no_revoked_right(full: News) -> None:
    assert migrate(full.admin) == []
    with pytest.raises(errors.InsufficientPrivilege):
        attempt(full, "reader", "SELECT news.move_to_editorials('dawn', ARRAY['1'])")
    with pytest.raises(errors.InsufficientPrivilege):
        attempt(full, "reader", "SELECT pg_advisory_lock(1)")


def run_the_script_of_the_image(server: Server, user: str, password: str) -> None:
    """Like the image on an empty volume: creates both databases and the roles, each with its name as its password."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ},
        **{f"NEWS_{role}_PASSWORD": role.lower() for role in ("OWNER", "WRITER", "READER", "MONITOR", "ANALYST")},
        "AIRFLOW_DB_PASSWORD": "airflow",
        "POSTGRES_USER": user,
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "PGPASSWORD": password,
    }
    environment["PATH"] = f"{server.tool('psql').parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["bash", ROOT / "deploy/postgres/init.sh"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_an_administrator_without_superuser_rights_can_run_the_same_script(tmp_path: Path) -> None:
    with empty_server(tmp_path / "postgres") as server:
        with closing(psycopg2.connect(server.url())) as connection, connection, connection.cursor() as cursor:
            cursor.execute("CREATE ROLE administrator LOGIN CREATEDB CREATEROLE PASSWORD 'admin'")
        run_the_script_of_the_image(server, "administrator", "admin")
        assert migrate(server.url("news", "news_owner", "owner"))[-1]
        for role in ("writer", "reader", "monitor", "analyst"):
            with closing(psycopg2.connect(server.url("news", f"akhbar_{role}", role))) as connection:
                connection.cursor().execute("SELECT FROM articles")


def test_the_postgres_images_script_gives_the_same_rights_without_a_superuser(tmp_path: Path) -> None:
    with empty_server(tmp_path / "postgres") as server:
        run_the_script_of_the_image(server, "postgres", parse_dsn(server.url())["password"])
        assert migrate(server.url("news", "news_owner", "owner"))[-1]
        news = News(
            server.url("news"),
            *(server.url("news", f"akhbar_{role}", role) for role in ("writer", "reader", "monitor", "analyst")),
        )
        load_batch(batch(tmp_path, "one", [story(1)]), news.writer)
        for role in READERS:
            for statement in ("SELECT pg_try_advisory_lock(1)", "SELECT lo_create(0)", "CREATE TABLE news.x (x int)"):
                with pytest.raises(errors.InsufficientPrivilege):
                    attempt(news, role, statement)
        for role in ("reader", "monitor"):
            with pytest.raises(errors.InsufficientPrivilege):
                attempt(news, role, "CREATE TEMPORARY TABLE x (x int)")
        attempt(news, "analyst", "CREATE TABLE titles AS SELECT story_id, title FROM changed_since(NULL)")
        assert news.rows("SELECT story_id FROM analytics.titles") == [("1",)]
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            psycopg2.connect(server.url("news", "airflow", "airflow"))
