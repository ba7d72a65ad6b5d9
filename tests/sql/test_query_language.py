"""What people type into a search finds the stories that they mean, in every language."""

from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from akhbar.database.migrate import migrate
from akhbar.local.postgres import Server
from akhbar.steps.load import load_batch
from tests.akhbar.batches import batch, story
from tests.conftest import News, fresh_news

TEXTS = {
    "slash": "RAWALPINDI/ISLAMABAD: The bypass was opened, and the Peca/cybercrime law was read.",
    "dot": "“We will wait,” she said.The engineers agreed.",
    "years": "The budget of 2024-25 was passed with 1,250 amendments.",
    "jet": "Two F-16 jets took off.",
    "joined jet": "Two F16 jets landed.",
    "money": "The plant cost Rs50bn.",
    "virus": "The ward for covid-19 was closed.",
    "cricket": "The T20 squad was named.",
    "acronym": "The WHO sent vaccines to a clinic in the north.",
    "dotted": "U.S. officials met the press.",
    "pronoun": "Nobody knows who told us about it.",
    "country": "Türkiye sent tents.",
    "old name": "A ship from Turkey docked.",
    "spelling": "The firms were privatised last spring.",
    "other spelling": "The mills were privatized last spring.",
    "party": "The PML-N held a rally.",
    "labour": "The labour force grew.",
    "near": "The minister of energy spoke about water in the dam.",
    "far": "The minister spoke. " + "Everyone listened for a long while in the hall. " * 4 + "Then came water.",
}
"""The bodies of stories by their ids."""
OTHERS = {
    "ur": "وزیرِ اعظم نے آج اِسلام آباد میں ۲۵ نئے منصوبوں کا افتتاح کیا۔ بین‌الاقوامی کانفرنس بھی ہوئی۔",
    "fa": "كتاب‌های تازه در نمایشگاه عرضه شدند.",
    "ar": "الحكومة أعلنت خطة جديدة للمياه في المدينة.",
    "fr": "Les négociations sur les retraites ont repris.",
    "de": "Die Häuser wurden verkauft.",
    "xx": "Blorbs were seen in the harbour.",
}
"""The bodies of stories in other languages, by their languages."""


@pytest.fixture(scope="module")
def library(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> News:
    """A database with these stories; their titles say nothing."""
    news = fresh_news(postgres)
    plain = {"title": "Untitled", "excerpt": None}
    stories = [story(name, body=f"{body} More follows in the paper.", **plain) for name, body in TEXTS.items()]
    stories += [story(name, body=body, language=name, **plain) for name, body in OTHERS.items()]
    stories.append(story("headline", title="Canal water for Thatta", excerpt=None, body="It rains, and that is all."))
    load_batch(batch(tmp_path_factory.mktemp("library"), "library", stories), news.writer)
    return news


def found(news: News, query: str, **filters: Any) -> set[str]:
    named = "".join(f", {name} => %s" for name in filters)
    statement = f"SELECT story_id FROM search_stories(%s, max_rows => 400{named})"
    return {number for (number,) in news.rows(statement, query, *filters.values(), url=news.reader)}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Rawalpindi", {"slash"}),
        ("ISLAMABAD bypass", {"slash"}),
        ("RAWALPINDI/ISLAMABAD", {"slash"}),
        ("cybercrime", {"slash"}),
        ("peca law", {"slash"}),
        ("said engineers", {"dot"}),
        ("2024", {"years"}),
        ("25 budget", {"years"}),
        ("2024-25", {"years"}),
        ("1250", {"years"}),
        ("1,250", {"years"}),
        ("F-16", {"jet", "joined jet"}),
        ("F16", {"jet", "joined jet"}),
        ("F 16", {"jet", "joined jet"}),
        ('"F-16 jets"', {"jet", "joined jet"}),
        ("50bn", {"money"}),
        ("Rs50bn", {"money"}),
        ("Rs 50 bn", {"money"}),
        ("covid", {"virus"}),
        ("covid-19", {"virus"}),
        ("covid 19", {"virus"}),
        ("Covid19", {"virus"}),
        ("T20", {"cricket"}),
        ("t20 squad", {"cricket"}),
        ("WHO", {"acronym"}),
        ("who vaccines", {"acronym"}),
        ("US", {"dotted"}),
        ("U.S. officials", {"dotted"}),
        ('"US officials"', {"dotted"}),
        ("Türkiye", {"country", "old name"}),
        ("turkey", {"country", "old name"}),
        ("privatise", {"spelling", "other spelling"}),
        ("privatization", {"spelling", "other spelling"}),
        ("PMLN", {"party"}),
        ("PML-N", {"party"}),
    ],
)
def test_words_are_found_as_people_type_them(library: News, query: str, names: set[str]) -> None:
    assert found(library, query) == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("water AND minister", {"near", "far"}),
        ("(bypass OR squad) AND NOT law", {"cricket"}),
        ("NOT (follows OR more)", {"headline", *OTHERS}),
        ("minister NEAR/5 water", {"near"}),
        ("water NEAR/5 minister", {"near"}),
        ("minister NEAR/2 water", set()),
        ("title:water", {"headline"}),
        ('title:"canal water"', {"headline"}),
        ('title:"water canal"', set()),
        ("title:(canal OR tunnel)", {"headline"}),
        ("title:can*", {"headline"}),
        ("water -title:water", {"near", "far"}),
        ("priv*", {"spelling", "other spelling"}),
        ("squad or rally -cricket", {"cricket", "party"}),
        ("water | squad", {"near", "far", "headline", "cricket"}),
        ("“F-16 jets” & took", {"jet"}),
        ("water !minister", {"headline"}),
        ("water –minister", {"headline"}),
        ("title:-canal water", {"near", "far"}),
        ("minister NEAR/5 (energy AND water)", {"near"}),
        ("title:canal NEAR/5 thatta", {"headline"}),
        ('"thatta it rains"', set()),  # the end of a headline and the beginning of the text
        ("privatisations NEAR/9 firms NEAR/9 spring NEAR/9 last", {"spelling"}),
        ("labor", {"labour"}),
        ("the -water -follows", set()),
    ],
)
def test_operators(library: News, query: str, names: set[str]) -> None:
    assert found(library, query) == names


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("اسلام آباد", "ur"),
        ("وزير اعظم", "ur"),  # Arabic yeh, no vowel mark
        ("اج", "ur"),
        ("25", "ur"),
        ("٢٥ منصوبوں", "ur"),
        ("بینالاقوامی", "ur"),
        ("کتابهای", "fa"),
        ("حكومة", "ar"),
        ("négociation", "fr"),
        ("negociations", "fr"),
        ("retraite", "fr"),
        ("haus", "de"),
        ("blorbs", "xx"),
    ],
)
def test_each_language_is_searched_by_its_own_rules(library: News, query: str, name: str) -> None:
    assert name in found(library, query)
    assert found(library, query, language=name) == {name}


def test_a_search_can_be_limited_to_a_language(library: News) -> None:
    assert found(library, "harbour or water", language="xx") == {"xx"}
    assert found(library, "-water", language="fr") == {"fr"}


@pytest.mark.parametrize(
    ("query", "understood", "ignored"),
    [
        ("circular debt -solar", "(circular AND debt) AND NOT solar", []),
        ("(a OR debt) AND solar", "debt AND solar", ["a: ", "OR: no word before it"]),
        ("debt AND", "debt", ["AND: no word after it"]),
        ("debt) (solar", "debt AND solar", ["): no opening bracket", "(: no closing bracket"]),
        ("debt NEAR/90 solar", "debt NEAR/90 solar", ["NEAR/90: NEAR/20 is the farthest"]),
        ("who pays", "pays", ["who: "]),
        ("x* debt", "x* AND debt", ["the * of x*: "]),
        ("wa*er", "wa*er", ["the * of wa*er: "]),
        ("water near/5 dam", "(water AND near/5) AND dam", ["near/5: to find words near each other, write NEAR/5"]),
        ("debt NEAR/5 -solar", "debt AND NOT solar", ["NEAR/5: it joins two words"]),
        ("- debt", "debt", ["-: nothing to search for"]),
        ("debt " + "x" * 500, None, ["everything after the first 400 characters"]),
        ("", "", []),
    ],
)
def test_a_search_is_explained(library: News, query: str, understood: str | None, ignored: list[str]) -> None:
    [row] = library.rows("SELECT understood, ignored FROM explain_query(%s)", query, url=library.reader)
    assert understood is None or row[0] == understood
    assert len(row[1]) == len(ignored)
    for said, expected in zip(row[1], ignored, strict=True):
        assert said.startswith(expected)


def test_a_synonym_of_the_owner_takes_effect_at_once(library: News) -> None:
    assert found(library, "aeroplanes") == set()
    library.rows("INSERT INTO synonyms VALUES ('aeroplanes', 'jets') RETURNING 1")
    assert found(library, "aeroplanes") == {"jet", "joined jet"}
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        library.rows("INSERT INTO synonyms VALUES ('a', 'b') RETURNING 1", url=library.writer)


def test_a_configuration_of_the_owner_applies_after_a_rebuild(postgres: Server, tmp_path: Path) -> None:
    news = fresh_news(postgres)
    load_batch(batch(tmp_path, "one", [story(1, language="xx", body="Two harbours were built.")]), news.writer)
    assert found(news, "harbour") == set()
    news.rows("UPDATE languages SET configuration = 'news.story' WHERE language = 'xx' RETURNING 1")
    with closing(psycopg2.connect(news.admin)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("CALL rebuild_search('xx')")
    assert found(news, "harbour") == {"1"}


def test_the_database_knows_its_text_search_configuration(postgres: Server) -> None:
    admin = postgres.create_database("news_with_its_own_settings")
    migrate(admin)
    news = News(*[admin] * 5)
    assert news.rows("SHOW default_text_search_config") == [("news.story",)]
    [(matches,)] = news.rows("SELECT to_tsvector('Die Türkiyes') @@ websearch_to_tsquery('turkiye')")
    assert matches


def test_totals_count_all_matches(library: News) -> None:
    rows = library.rows("SELECT total, is_truncated FROM search_stories('follows', max_rows => 5)", url=library.reader)
    assert rows == [(len(TEXTS), True)] * 5
    assert library.rows("SELECT DISTINCT total, is_truncated FROM search_stories('water')") == [(3, False)]
    for query, number in (("follows", len(TEXTS)), ("-follows", len(OTHERS) + 1), ("", 0), ("the", 0)):
        assert library.rows("SELECT count_stories(%s)", query, url=library.reader) == [(number,)]


EXCLUSIONS = ["-water", '-"F-16 jets"', "-title:water", "-die", "-follows -water", "NOT (water OR squad)", "water -dam"]


@pytest.mark.parametrize("query", EXCLUSIONS)
@pytest.mark.parametrize("language", [None, "en", "ur", "de"])
def test_exclusions_are_counted_in_each_language(library: News, query: str, language: str | None) -> None:
    matches = "SELECT count(*) FROM stories WHERE search @@ story_query(%s, %s) AND language = coalesce(%s, language)"
    expected = library.rows(matches, query, language, language)
    assert library.rows("SELECT count_stories(%s, language => %s)", query, language) == expected
    [(total,)] = expected
    found = library.rows("SELECT DISTINCT total FROM search_stories(%s, language => %s)", query, language)
    assert found == ([(total,)] if total else [])


def test_a_word_that_one_language_ignores_does_not_match_everything_in_it(library: News) -> None:
    assert found(library, "die -water") == set()  # "die" is ignored in German, so all of German would be left
    assert found(library, "sie -water") == set()


def test_stories_without_a_day_are_found_last(postgres: Server, tmp_path: Path) -> None:
    news = fresh_news(postgres)
    undated = {"published_at": None, "edition_date": None}
    stories = [story(number, body="A xylophone was played.", **undated) for number in range(4050)]
    stories += [story(9000 + number, body="A xylophone was played.") for number in range(5)]
    load_batch(batch(tmp_path, "music", stories), news.writer)
    for query in ("xylophone", "-government"):
        days = news.rows("SELECT day, total FROM search_stories(%s, max_rows => 400)", query, url=news.reader)
        assert len(days) == 400
        assert sum(day is not None for day, _ in days) == 5
        assert {total for _, total in days} == {4055}
