"""Cleaning: a table of oddities found in newspapers, and what must hold for any input."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from akhbar.newspapers import newspaper
from akhbar.steps.clean import Reject, address, authors, canonical_url, clean, dateline, line, paragraphs
from akhbar.story import SHORTEST_BODY, PageProblem, Story
from tests.akhbar.ids import IDS
from tests.second_newspaper import GAZETTE

DAWN = newspaper("dawn")
GENERAL = replace(GAZETTE, platform=None, story_url=None)
READ_AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "source": "dawn",
    "story_id": "1234501",
    "kind": "article",
    "url": "https://www.dawn.com/news/1234501",
    "title": "A headline",
    "body": "LAHORE: A text that is long enough to be taken for a story by anybody.",
    "published_at": "2016-01-22T06:48:12+05:00",
}


def cleaned(**changes: Any) -> Story | Reject:
    return clean({**GOOD, **changes}, DAWN, READ_AT)


def accepted(**changes: Any) -> Story:
    found = cleaned(**changes)
    assert isinstance(found, Story), found
    return found


@pytest.mark.parametrize(
    ("raw", "clean_text"),
    [
        ("Caf\u0065\u0301", "Café"),
        ("associ\u00adation", "association"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("no\u00a0break\u202fspaces", "no break spaces"),
        ("  folded \t white\n space ", "folded white space"),
        ("Pakistanâ€™s", "Pakistan’s"),
        ("schÃ¶n", "schön"),
        ("Law &amp; order", "Law & order"),
        ("Law &amp;amp; order", "Law & order"),
        ("‘curly’ “quotes” stay", "‘curly’ “quotes” stay"),
        ("Rs75 a maund &mdash; up 2pc", "Rs75 a maund — up 2pc"),
        ("اردو میں", "اردو میں"),
        ("اسلام\u200cآباد\u00a0کی ۱۲ سڑکیں", "اسلام\u200cآباد کی ۱۲ سڑکیں"),
        ("\u200cکراچی\u200c میں zero\u200cwidth\u200d", "کراچی میں zerowidth"),
        ("bell\x07 and null\x00", "bell and null"),
        ("half a pair \ud83d here", "half a pair ? here"),
        ("\u202bturned\u202c and \u2060joined", "turned and joined"),
        ("ﬁve ﬂags", "ﬁve ﬂags"),
        ("ＡＢＣ", "ＡＢＣ"),
    ],
)
def test_a_line_of_text_is_repaired(raw: str, clean_text: str) -> None:
    assert line(raw) == clean_text


def test_paragraphs_are_separated_by_one_blank_line() -> None:
    assert paragraphs("One  of\nthem\n\n\n \n two \n\n") == "One of them\n\ntwo"


@pytest.mark.parametrize(
    ("bylines", "names"),
    [
        (["By Amina Shah and Bilal Khan"], ["Amina Shah", "Bilal Khan"]),
        (["Amina Shah | Bilal Khan"], ["Amina Shah", "Bilal Khan"]),
        (["Our Staff Reporter"], ["Our Staff Reporter"]),
        (
            ["Staff and agencies in Kyiv", "Amina Shah and others"],
            ["Staff and agencies in Kyiv", "Amina Shah and others"],
        ),
        (["By Our Correspondent"], ["Our Correspondent"]),
        (["Amina Shah", "Bilal Khan", "Amina Shah"], ["Amina Shah", "Bilal Khan"]),
        (["Reuters"], ["Reuters"]),
        (["Report by Byram Avari"], ["Byram Avari"]),
        (["Anderson Sandhu"], ["Anderson Sandhu"]),
        (["Amina Shah; Bilal Khan"], ["Amina Shah", "Bilal Khan"]),
        (["Amina Shah / Bilal Khan"], ["Amina Shah", "Bilal Khan"]),
        (["Amina Shah, Bilal Khan & Omar Rind"], ["Amina Shah", "Bilal Khan", "Omar Rind"]),
        (["Amina Shah AND Bilal Khan"], ["Amina Shah", "Bilal Khan"]),
        (["By: Amina Shah"], ["Amina Shah"]),
        (["From Our Correspondent"], ["Our Correspondent"]),
        (["From the Archives"], ["From the Archives"]),
        (["", " | "], []),
        (["از احمد رضا اور سارہ بلوچ"], ["احمد رضا", "سارہ بلوچ"]),
        (["رپورٹ: احمد رضا، سارہ بلوچ"], ["احمد رضا", "سارہ بلوچ"]),
        (["ازہر انور"], ["ازہر انور"]),
    ],
)
def test_bylines_are_split_into_names(bylines: list[str], names: list[str]) -> None:
    assert authors(bylines) == names


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("ISLAMABAD: A delegation", "ISLAMABAD"),
        ("LAHORE / KARACHI: Schools", "LAHORE / KARACHI"),
        ("WASHINGTON, Jan 21: Officials", "WASHINGTON"),
        ("KARACHI, Nov 23: Police", "KARACHI"),
        ("DERA ISMAIL KHAN: A man", "DERA ISMAIL KHAN"),
        ("D.I. KHAN: A man", "D.I. KHAN"),
        ("KARACHI — Police", "KARACHI"),
        ("KARACHI - Police", "KARACHI"),
        ("MULTAN/BAHAWALPUR/DERA GHAZI KHAN/LAYYAH: Wheat", "MULTAN/BAHAWALPUR/DERA GHAZI KHAN/LAYYAH"),
        *(
            (f"QUETTA, {month} 3: Police", "QUETTA")
            for month in ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
        ),
        ("QUETTA, September 3: Police", "QUETTA"),
        ("QUETTA-based traders: a list", None),
        ("THINGS have moved: rapidly", None),
        ("اسلام آباد: وفد", "اسلام آباد"),
        ("اسلام\u200cآباد: وفد", "اسلام\u200cآباد"),
        ("کراچی / لاہور: اسکول", "کراچی / لاہور"),
        ("پشاور – پولیس", "پشاور"),
        ("کوئٹہ (نامہ نگار) تاجروں نے", "کوئٹہ"),
        ("کوئٹہ (بلوچستان) کے تاجروں نے", None),
        ("کراچی میں بارش: شہر بند", None),
        ("وزیر نے کہا: نہیں", None),
        ("IT took a week", None),
        ("SIR: Your report", None),
        ("SIRSA: A man", "SIRSA"),
        ("He said: no", None),
        ("", None),
    ],
)
def test_the_dateline_is_the_place_in_capitals_or_a_known_place_in_a_script_without_them(
    body: str, place: str | None
) -> None:
    assert dateline(body) == place


def test_the_body_keeps_the_dateline() -> None:
    story = accepted()
    assert story.dateline == "LAHORE"
    assert story.body == GOOD["body"]


def test_an_editorial_has_no_dateline() -> None:
    assert accepted(kind="editorial").dateline is None


@pytest.mark.parametrize(
    ("opening", "kind"),
    [("EDITORIAL: ", "editorial"), ("اداریہ: ", "editorial"), ("Editorial: ", "article"), ("EDITORIALS: ", "article")],
)
def test_a_text_that_says_that_it_is_an_editorial_is_one(opening: str, kind: str) -> None:
    story = accepted(body=f"{opening}The budget has more holes than the roads that it is meant to repair.")
    assert story.kind == kind
    assert (story.section == "Editorial") is (kind == "editorial")


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://www.dawn.com/news/1234501/a-slug?ref=x#:~:text=old%20bridge", "https://www.dawn.com/news/1234501"),
        ("http://www.dawn.com/news/1234501/", "https://www.dawn.com/news/1234501/"),
        ("https://somebody:secret@www.dawn.com/news/1234501", "https://www.dawn.com/news/1234501"),
        ("https://www.dawn.com/authors/7/a-name", "https://www.dawn.com/authors/7/a-name"),
        ("javascript:alert(1)", ""),
        ("http://[", ""),
    ],
)
def test_urls_lose_slug_query_and_fragment(url: str, canonical: str) -> None:
    assert canonical_url(url, DAWN).rstrip("/") == canonical.rstrip("/")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("29 Mar, 2025 08:05am", "2025-03-29T08:05:00+05:00"),
        ("19 Jun, 2025 12:10pm", "2025-06-19T12:10:00+05:00"),
        ("19 Jun, 2025 12:10am", "2025-06-19T00:10:00+05:00"),
        ("2016-01-22 06:48:12", "2016-01-22T06:48:12+05:00"),
        ("2016-01-22T01:48:12Z", "2016-01-22T01:48:12+00:00"),
        ("Sun, 26 Jul 2026 20:15:00 +0500", "2026-07-26T20:15:00+05:00"),
    ],
)
def test_a_date_in_any_of_the_sites_formats_becomes_an_instant(written: str, read: str) -> None:
    assert accepted(published_at=written).published_at == read


@pytest.mark.parametrize("field", ["published_at", "published_date"])
@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("July 21, 2017", "2017-07-21"),
        ("February 03, 2023", "2023-02-03"),
        ("22 Jan, 2016", "2016-01-22"),
        ("2023-07-25", "2023-07-25"),
    ],
)
def test_a_date_without_a_time_does_not_become_midnight(field: str, written: str, day: str) -> None:
    story = accepted(**{"published_at": None, field: written})
    assert (story.published_at, story.published_date) == (None, day)
    assert clean(story.as_dict(), DAWN, READ_AT) == story


def test_a_story_with_a_time_of_publication_has_no_separate_date() -> None:
    story = accepted(published_date="2016-01-21")
    assert (story.published_at, story.published_date) == (GOOD["published_at"], None)
    unreadable = accepted(published_at="the day before yesterday", published_date="2016-01-21")
    assert (unreadable.published_at, unreadable.published_date) == (None, "2016-01-21")


@pytest.mark.parametrize(
    ("zone_time", "day", "reasons"),
    [
        ("2026-11-23T23:30:00+05:00", "2026-11-24", []),
        ("2026-11-23T22:30:00+05:00", "2026-11-24", ["date_in_future"]),
        ("2026-11-24T00:30:00+05:00", "2026-11-24", []),
        ("2026-11-24T00:30:00+05:00", "2026-11-26", ["date_in_future"]),
        ("2026-11-24T00:30:00+05:00", "2099-01-01", ["missing_date"]),
        ("2026-11-24T00:30:00+05:00", "some day", ["missing_date"]),
    ],
)
def test_a_date_is_compared_with_the_day_in_the_newspapers_zone(zone_time: str, day: str, reasons: list[str]) -> None:
    dated = GOOD | {"published_at": None, "published_date": day}
    found = clean(dated, DAWN, datetime.fromisoformat(zone_time).astimezone(UTC))
    assert (found.reasons if isinstance(found, Reject) else []) == reasons


@pytest.mark.parametrize(
    ("last_line", "edition"),
    [
        ("Published in Dawn, January 22nd, 2016", "2016-01-22"),
        ("Published in Dawn, EOS, December 10th, 2017", "2017-12-10"),
        ("Published in Dawn, Young World April 1st, 2017", "2017-04-01"),
        ("Published in Dawn October 3rd , 2015", "2015-10-03"),
        ("Published in Dawn, The Business and Finance Weekly, April 14th, 2025", "2025-04-14"),
    ],
)
def test_the_printed_line_gives_the_edition_and_is_removed_from_the_body(last_line: str, edition: str) -> None:
    story = accepted(body=f"{GOOD['body']}\n\n{last_line}")
    assert story.edition_date == edition
    assert story.body == GOOD["body"]


def test_the_printed_line_does_not_change_a_known_edition() -> None:
    story = accepted(body=f"{GOOD['body']}\n\nPublished in Dawn, January 22nd, 2016", edition_date="2016-01-21")
    assert (story.edition_date, story.body) == ("2016-01-21", GOOD["body"])


@pytest.mark.parametrize(
    ("written", "edition"),
    [
        ("2016-01-22", "2016-01-22"),
        ("January 22, 2016", "2016-01-22"),
        ("Published in Dawn, January 22nd, 2016", "2016-01-22"),
        ("2016-01-22T23:30:00+05:00", "2016-01-22"),
        ("some day", None),
        ("", None),
    ],
)
def test_the_edition_is_a_day_in_any_format(written: str, edition: str | None) -> None:
    assert accepted(edition_date=written).edition_date == edition


def test_a_line_about_an_earlier_publication_stays_in_the_body() -> None:
    body = f"{GOOD['body']}\n\nOriginally published in Dawn, June 4th, 2012"
    story = accepted(body=body)
    assert story.edition_date is None
    assert story.body == body


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": " \u200b "}, "missing_title"),
        ({"story_id": None}, "missing_id"),
        ({"published_at": None}, "missing_date"),
        ({"published_at": "the day before yesterday"}, "missing_date"),
        ({"published_at": "2099-01-01T00:00:00+05:00"}, "missing_date"),
        ({"published_at": "2026-11-25T00:00:00+05:00"}, "date_in_future"),
        ({"body": ""}, "body_too_short"),
        ({"body": "See page three."}, "body_too_short"),
        ({"title": "Cartoon: 19 June, 2026", "body": None}, "not_a_story"),
        ({"title": "Just a moment...", "body": None}, "not_a_story"),
        ({"url": "https://www.chinadaily.com.cn/a/1"}, "wrong_host"),
        ({"url": "https://images.dawn.com/news/1"}, "wrong_host"),
        ({"url": "https://www.dawn.com.example.org/news/1"}, "wrong_host"),
    ],
)
def test_a_rejected_story_has_a_reason_and_is_kept_whole(changes: dict[str, Any], reason: str) -> None:
    found = cleaned(**changes)
    assert isinstance(found, Reject)
    assert found.reasons == [reason]
    assert found.story == {**GOOD, **changes}


@pytest.mark.parametrize(
    "long", ["x" * 3000, "é" * 3000, "中" * 3000, "🗞" * 3000, "word " * 2000], ids=["1", "2", "3", "4", "words"]
)
def test_a_value_that_an_index_cannot_hold_is_cut_at_a_character(long: str) -> None:
    story = accepted(authors=[long, "Amina Rahman"], section=long)
    for cut in (story.authors[0], story.section or ""):
        assert 490 < len(cut.encode()) <= 500
        assert cut.endswith("…")
        assert long.startswith(cut[:-1])
    assert story.authors[1:] == ["Amina Rahman"]
    assert clean(story.as_dict(), DAWN, READ_AT) == story


def test_an_id_that_an_index_cannot_hold_is_rejected() -> None:
    found = cleaned(story_id="7" * 3000)
    assert isinstance(found, Reject)
    assert found.reasons == ["id_too_long"]
    assert len((found.story_id or "").encode()) <= 2000


@pytest.mark.parametrize(("story_id", "path"), IDS.items())
def test_a_path_that_is_an_id_stays_as_the_spider_and_the_archive_have_it(story_id: str, path: str) -> None:
    story = clean({**GOOD, "story_id": story_id, "url": f"https://www.gazette.example{path}"}, GENERAL, READ_AT)
    assert isinstance(story, Story)
    assert story.story_id == story_id
    assert story.url.isascii()
    assert GENERAL.story_id(urlsplit(story.url).path) == story_id
    assert clean(story.as_dict(), GENERAL, READ_AT) == story


def test_the_url_of_a_story_is_ascii_though_its_id_is_not() -> None:
    paper = replace(GENERAL, story_url="/خبر/(?P<id>[^/]+)(?P<slug>/.*)?")
    canonical = "https://www.gazette.example/%D8%AE%D8%A8%D8%B1/%D8%A2%D8%AC"
    assert canonical_url("https://www.gazette.example/خبر/آج/a-slug?x=1#y", paper) == canonical
    assert canonical_url(canonical, paper) == canonical


@pytest.mark.parametrize("written", ["21", "0021", "000000000021"])
def test_an_id_has_one_form(written: str) -> None:
    story = accepted(story_id=written, url=f"https://www.dawn.com/news/{written}/a-slug")
    assert (story.story_id, story.url) == ("21", "https://www.dawn.com/news/21")


@pytest.mark.parametrize("host", ["dawn.com", "ww2.dawn.com", "m.dawn.com:443"])
def test_another_form_of_the_newspapers_host_is_its_own(host: str) -> None:
    assert accepted(url=f"https://{host}/news/21").story_id == GOOD["story_id"]


@pytest.mark.parametrize("section", ["Pakistan", "Editorials", None])
def test_the_section_of_an_editorial_is_the_newspapers_section_of_editorials(section: str | None) -> None:
    assert accepted(kind="editorial", section=section).section == "Editorial"
    assert accepted(section="Pakistan").section == "Pakistan"


@pytest.mark.parametrize(
    ("published_at", "reasons"),
    [
        ("2026-11-23T13:00:00+00:00", []),
        ("2026-11-23T18:00:00+05:00", []),
        ("2026-11-23T13:00:01+00:00", ["date_in_future"]),
    ],
)
def test_a_publishers_clock_may_be_an_hour_ahead(published_at: str, reasons: list[str]) -> None:
    found = cleaned(published_at=published_at)
    assert (found.reasons if isinstance(found, Reject) else []) == reasons


@pytest.mark.parametrize(
    ("title", "is_story"),
    [
        ("Cartoon: 19 June, 2026", False),
        ("CARTOON – On the lake", False),
        ("Obituary - A ferryman", False),
        ("Just a moment", False),
        ("Attention Required! | Cloudflare", False),
        ("Access denied", False),
        ("404 not found", False),
        ("Page not found - Dawn", False),
        ("Cartoonists meet on the lake", True),
        ("Just a moment of calm on the lake", True),
        ("Access denied to the lake", True),
        ("The page not found in the archive", True),
    ],
)
def test_a_page_without_text_or_a_real_headline_is_not_a_story(title: str, is_story: bool) -> None:
    found = cleaned(title=title, body=None)
    assert (found.reasons if isinstance(found, Reject) else []) == ([] if is_story else ["not_a_story"])
    assert accepted(title=title).title == title, "with a text it is a story"


@pytest.mark.parametrize("dates", [{"edition_date": "2016-01-22"}, {"updated_at": "2016-01-22T07:00:00+05:00"}])
def test_one_date_of_any_kind_is_enough(dates: dict[str, str]) -> None:
    assert accepted(published_at=None, **dates).published_at is None


@pytest.mark.parametrize(("length", "reasons"), [(39, ["body_too_short"]), (40, [])])
def test_a_body_needs_at_least_forty_characters(length: int, reasons: list[str]) -> None:
    found = cleaned(body="x" * length)
    assert (found.reasons if isinstance(found, Reject) else []) == reasons


def test_the_newspapers_host_is_accepted_without_www() -> None:
    assert accepted(url="https://dawn.com/news/1234501").url == "https://dawn.com/news/1234501"


@pytest.mark.parametrize(
    ("field", "scraped", "stored"),
    [
        ("story_id", 1234501, "1234501"),
        ("kind", "editorial", "editorial"),
        ("kind", "opinion", "article"),
        ("authors", "Amina Shah", ["Amina Shah"]),
        ("authors", None, []),
        ("tags", [" ferries ", "lakes", "", "ferries", 7], ["ferries", "lakes"]),
        ("image_caption", " On the\nlake ", "On the lake"),
        ("image_url", " https://i.dawn.com/7.jpg", "https://i.dawn.com/7.jpg"),
        ("excerpt", " \u200b ", None),
        ("section", "Law &amp; order", "Law & order"),
        ("language", "ur", "ur"),
        ("language", None, "en"),
        ("extracted_by", "feed", "feed"),
        ("extracted_by", "fallback", "fallback"),
        ("extracted_by", "general", "general"),
        ("extracted_by", "hand", "selectors"),
        ("completeness", "listed", "listed"),
        ("completeness", "half", "full"),
        ("source", "images", "dawn"),
    ],
)
def test_a_field_is_stored_as_the_contract_requires(field: str, scraped: Any, stored: Any) -> None:
    assert getattr(accepted(**{field: scraped}), field) == stored


def test_every_reason_is_given() -> None:
    found = cleaned(title=None, body="", published_at=None)
    assert isinstance(found, Reject)
    assert found.reasons == ["missing_title", "missing_date", "body_too_short"]


def test_a_page_of_a_kind_without_text_is_a_story() -> None:
    assert accepted(body=None).body is None


def test_a_listed_story_needs_no_date() -> None:
    assert accepted(completeness="listed", body=None, published_at=None).completeness == "listed"


def test_a_listed_story_may_have_a_short_body() -> None:
    assert accepted(completeness="listed", body="A fare.").body == "A fare."


def test_an_update_before_publication_is_dropped() -> None:
    assert accepted(updated_at="22 Jan, 2016").updated_at is None
    assert accepted(updated_at="23 Jan, 2016").updated_at == "2016-01-23T00:00:00+05:00"
    assert accepted(updated_at=GOOD["published_at"]).updated_at == GOOD["published_at"]
    dated = {"published_at": None, "published_date": "2016-01-22"}
    assert accepted(updated_at="2016-01-21T18:59:00+00:00", **dated).updated_at is None
    assert accepted(updated_at="2016-01-21T19:00:00+00:00", **dated).updated_at, "it is the 22nd in Karachi"


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
ODD_TEXT = st.text(alphabet=st.characters(codec=None), max_size=200) | st.sampled_from(
    [
        "&amp;amp;lt;b&gt;",
        "Â\xa0",
        "Published in Dawn, May 1st, 2020",
        "A: B",
        "\x85\x1c",
        "&#38;#38;lt;",
        "a and b | c",
    ]
)
FIELDS = st.sampled_from(list(Story.__dataclass_fields__))


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(FIELDS, ANY_JSON | ODD_TEXT | st.lists(ODD_TEXT, max_size=3)))
def test_any_record_is_accepted_or_rejected(record: dict[str, Any]) -> None:
    found = clean(record, DAWN, READ_AT)
    assert isinstance(found, Story) or found.reasons


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "title": ODD_TEXT.map(lambda text: f"T {text}"),
            "body": st.lists(ODD_TEXT, max_size=4).map(lambda parts: "\n\n".join([GOOD["body"], *parts])),
            "excerpt": ODD_TEXT,
            "authors": st.lists(ODD_TEXT, max_size=3),
            "tags": st.lists(ODD_TEXT, max_size=3),
            "section": ODD_TEXT,
        },
    )
)
def test_cleaning_is_idempotent(changes: dict[str, Any]) -> None:
    once = cleaned(**changes)
    if isinstance(once, Story):
        assert clean(once.as_dict(), DAWN, READ_AT) == once
        assert len(once.body or "") >= SHORTEST_BODY


USUAL_TEXT = st.text(st.sampled_from("".join(map(chr, range(32, 127))) + "‘’“”–—…\xa0\n\t"))


@settings(max_examples=500, deadline=None)
@given(USUAL_TEXT.filter(lambda text: "&" not in text))
def test_ordinary_text_needs_no_repair(text: str) -> None:
    with_a_soft_hyphen = "\xad" + text
    assert line(with_a_soft_hyphen) == line(text)
    assert paragraphs(with_a_soft_hyphen) == paragraphs(text)


@pytest.mark.parametrize("reason", get_args(PageProblem))
def test_a_page_that_is_not_the_story_is_rejected_with_its_kind_as_the_reason(reason: str) -> None:
    found = cleaned(rejected=reason)
    assert isinstance(found, Reject)
    assert found.reasons == [reason]


ADDRESSES = [
    "https://i.dawn.com/a.jpg?w=1&region=5&copy=2&lang=ur&amp;x=1&sect=3&not=4",
    "https://i.dawn.com/%D9%81%20a%26b.jpg?q=%C3%A9",
    "https://i.dawn.com/\u0641\u06cc\u0631\u06cc.jpg",
    "https://i.dawn.com/cafe\u0301.jpg",
]


@pytest.mark.parametrize("written", ADDRESSES)
def test_an_address_is_kept_as_it_is_written(written: str) -> None:
    assert address(written) == written


@given(st.text() | st.text().map("https://i.dawn.com/{}".format))
def test_cleaning_an_address_never_fails_and_is_idempotent(raw: str) -> None:
    cleaned = address(raw)
    assert cleaned is None or address(cleaned) == cleaned
