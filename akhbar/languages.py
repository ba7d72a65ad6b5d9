"""The words with which newspapers mark the parts of a story, by language.

The words of one language mean nothing in the others, so a text is searched for those of all of them.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Regular expressions, all for matching without case. An empty one matches nothing."""

    months: tuple[str, ...]
    """January to December."""
    published: str
    """The label of the time of publication."""
    updated: str
    """The label of the time of the last change."""
    byline: str
    """What precedes the names in a byline, with the space after it."""
    credit: str
    """Words of a byline that are not names."""
    between_names: str
    read_more: str
    """The label of a link to another story."""
    continued: str
    """What follows the excerpt of a story."""
    not_lines: str
    """Whole lines that are not part of a story."""
    printed: str
    """The whole line that says in which print edition a story appeared, with the group `rest`, which ends with the
    date, or `date`."""
    boxes: str
    """The beginning of the heading of a box beside the story."""
    editorial: str
    """The byline of an editorial, the heading of a list of them, and the word that some newspapers print before one."""
    places: str = ""
    """Places of datelines, for scripts without capital letters: there, any word before a colon could be one."""


LANGUAGES = {
    "en": Words(
        months=(
            *("january|jan", "february|feb", "march|mar", "april|apr", "may", "june|jun", "july|jul", "august|aug"),
            *("september|sept|sep", "october|oct", "november|nov", "december|dec"),
        ),
        published=r"published",
        updated=r"(?:last )?updated",
        byline=r"(?:report\s+)?by\s*[:\s]\s*|from\s+(?=our\b)",
        credit=r"additional|reported|reporting|report|written|edited|editing|compiled|story|words|text|photos?|by|and|with",
        between_names=r"\band\b(?! (?:agenc|others?\b|staff\b|team\b|wires?\b))",
        read_more=r"read|also read|read also|must read|read more|see also|related|more on this|more|explore|watch"
        r"|listen",
        continued=r"read (?:more|on)",
        not_lines=r"read more|also read|read also|advertisement|header image\s*:.*"
        r"|subscribe to notifications.*|get the latest news and updates from .*"
        r"|copyright © \d{4},? .*|copyright (?-i:[A-Z])[\w .,()&’'-]{1,60}, (?:19|20)\d\d\.?",
        printed=r"Published in (?:the )?\w[\w .&'’-]{1,40}?,?\s(?P<rest>.{8,80})",
        boxes=r"top|most|popular|trending|must|editor.s|recommended|sponsored|more from|latest stories|related"
        r"|also read",
        editorial=r"editorial",
    ),
    "ur": Words(
        months=(
            *("جنوری", "فروری", "مارچ", "اپریل", "مئی|مئ", "جون", "جولائی|جولائ", "اگست", "ستمبر", "اکتوبر", "نومبر"),
            "دسمبر",
        ),
        published=r"شائع(?: شدہ| ہوئی| ہوا)?",
        updated=r"(?:آخری )?اپ ?ڈیٹ(?: شدہ| ہوئی)?",
        byline=r"(?:از|تحریر|رپورٹ)\s*[:\s]\s*",
        credit=r"اور|از|تحریر|رپورٹ",
        between_names=r"\bاور\b",
        read_more=r"(?:مزید|یہ بھی|مزید یہ بھی) (?:پڑھیں|پڑھیے|پڑھئے|دیکھیں)|متعلقہ خبر(?:یں)?",
        continued=r"مزید (?:پڑھیں|پڑھیے|پڑھئے)|پڑھنا جاری رکھیں",
        not_lines=r"(?:مزید|یہ بھی) (?:پڑھیں|پڑھیے|پڑھئے)(?:\s*:.{0,250})?|اشتہار|کاپی رائٹ ©.*",
        printed=r"یہ (?:خبر|مضمون|رپورٹ|تحریر|اداریہ) (?P<date>.{8,30}?) (?:کو|کے) "
        r"\w[\w ]{1,30} میں شائع ہو(?:ئی|ا|ئے)\s*۔?",
        boxes=r"مقبول|سب سے زیادہ|تازہ ترین|مزید خبریں|متعلقہ خبریں|ایڈیٹر کا انتخاب",
        editorial=r"اداری(?:ہ|ے)",
        places=(
            r"اسلام[ \u200c]?آباد|کراچی|لاہور|پشاور|کوئٹہ|راولپنڈی|ملتان|فیصل[ \u200c]?آباد"
            r"|حیدر[ \u200c]?آباد|سکھر|سیالکوٹ|گوجرانوالہ|سرگودھا|بہاولپور|لاڑکانہ|میرپور|مظفر[ \u200c]?آباد|گلگت"
            r"|ڈیرہ (?:غازی|اسمٰعیل|اسماعیل) خان|چترال|سوات|ایبٹ[ \u200c]?آباد|مردان|بنوں|کوہاٹ|گوادر|تربت|خضدار|چمن|مری"
            r"|تھرپارکر|نواب ?شاہ|نئی دہلی|سری ?نگر|ممبئی|ڈھاکا|کابل|تہران|بیجنگ|واشنگٹن|نیو ?یارک|لندن|پیرس|برلن|برسلز"
            r"|جنیوا|ماسکو|استنبول|انقرہ|ریاض|جدہ|مکہ مکرمہ|دبئی|ابوظہبی|دوحہ|بغداد|دمشق|بیروت|قاہرہ|غزہ|یروشلم|ٹوکیو"
            r"|سڈنی|میلبرن|کولمبو|کیف|اسکردو"
        ),
    ),
}

RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
"""Languages that are written from right to left."""


def words(part: str) -> str:
    """A regular expression for a part of `Words` in any language.

    >>> words("published").split("|")[0]
    'published'
    """
    return "|".join(pattern for language in LANGUAGES.values() if (pattern := getattr(language, part)))


def direction(language: str) -> str:
    """The direction in which a language is written, as in HTML. The language is an ISO 639-1 code, or a longer tag.

    >>> direction("ur"), direction("ur-PK"), direction("en")
    ('rtl', 'rtl', 'ltr')
    """
    return "rtl" if language.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def language_code(tag: str | None) -> str | None:
    """The ISO 639-1 code of a language tag such as `ur-PK` or a locale such as `ur_PK`; None if it has none.

    >>> language_code(" ur-PK"), language_code("EN_us"), language_code("urdu")
    ('ur', 'en', None)
    """
    found = re.match(r"\s*([a-z]{2})(?![a-z])", tag or "", re.IGNORECASE)
    return found[1].lower() if found else None
