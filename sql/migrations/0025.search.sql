-- Search in the language of each story. The column search becomes a plain column that a trigger fills, which takes no
-- longer on a big table than on an empty one; the next migration rebuilds the rows that are there.
-- depends: 0024.path_ids

-- Words as they are written, without English stop words: for languages that Postgres has no dictionary for.
CREATE TEXT SEARCH DICTIONARY news.plain_words (TEMPLATE = pg_catalog.simple, STOPWORDS = english); -- noqa: PRS
CREATE TEXT SEARCH CONFIGURATION news.plain (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION news.plain
ALTER MAPPING FOR asciiword, hword_asciipart, asciihword, hword, hword_part, word WITH public.unaccent, news.plain_words;
COMMENT ON TEXT SEARCH DICTIONARY news.plain_words IS 'Lowercase words; English stop words are left out.';
COMMENT ON TEXT SEARCH CONFIGURATION news.plain IS 'Words as they are written; case and accents are ignored.';

CREATE TABLE news.languages (
    language text PRIMARY KEY,
    configuration regconfig NOT NULL,
    is_stored boolean NOT NULL DEFAULT false
);

COMMENT ON TABLE news.languages IS
'How stories of each language are indexed for search. Edited by the owner of the tables; after a change, run '
'CALL rebuild_search(''fr'').';
COMMENT ON COLUMN news.languages.language IS 'Language, ISO 639-1.';
COMMENT ON COLUMN news.languages.configuration IS
'Text search configuration of stories in this language. Languages that are not listed use news.plain.';
COMMENT ON COLUMN news.languages.is_stored IS
'Whether stories in this language may be stored: searches in all languages search these.';

GRANT SELECT ON news.languages TO akhbar_writer, akhbar_reader, akhbar_bi, akhbar_monitor;

-- the stemmers that every supported version of Postgres has
DO $$
DECLARE
    listed record;
BEGIN
    FOR listed IN
        SELECT pairs.language, pairs.dictionary
        FROM unnest(
            ARRAY[
                'ar', 'ca', 'da', 'de', 'el', 'es', 'eu', 'fi', 'fr', 'ga', 'hi', 'hu', 'hy', 'id', 'it', 'lt', 'nb',
                'ne', 'nl', 'nn', 'no', 'pt', 'ro', 'ru', 'sr', 'sv', 'ta', 'tr', 'yi'
            ],
            ARRAY[
                'arabic', 'catalan', 'danish', 'german', 'greek', 'spanish', 'basque', 'finnish', 'french', 'irish',
                'hindi', 'hungarian', 'armenian', 'indonesian', 'italian', 'lithuanian', 'norwegian', 'nepali', 'dutch',
                'norwegian', 'norwegian', 'portuguese', 'romanian', 'russian', 'serbian', 'swedish', 'tamil', 'turkish',
                'yiddish'
            ]
        ) AS pairs (language, dictionary)
    LOOP
        EXECUTE format(
            'CREATE TEXT SEARCH CONFIGURATION news.story_%s (COPY = pg_catalog.%I)', listed.language, listed.dictionary
        );
        EXECUTE format(
            'ALTER TEXT SEARCH CONFIGURATION news.story_%s ALTER MAPPING FOR hword, hword_part, word '
            'WITH public.unaccent, pg_catalog.%I', listed.language, listed.dictionary || '_stem'
        );
        EXECUTE format(
            'COMMENT ON TEXT SEARCH CONFIGURATION news.story_%s IS ''Words by their stems; accents are ignored.''',
            listed.language
        );
        INSERT INTO news.languages (language, configuration)
        VALUES (listed.language, ('news.story_' || listed.language)::regconfig);
    END LOOP;
END
$$;

INSERT INTO news.languages (language, configuration) VALUES ('en', 'news.story'), ('ur', 'news.plain');
UPDATE news.languages SET is_stored = true
WHERE language = 'en' OR language IN (SELECT newspapers.language FROM news.newspapers);

-- Names of text search configurations may be left out: search @@ websearch_to_tsquery('Türkiye').
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET default_text_search_config TO ''news.story''', current_database());
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE WARNING 'default_text_search_config was not set: %', sqlerrm;
END
$$;

CREATE FUNCTION news.search_text(raw text)
RETURNS text
LANGUAGE sql
IMMUTABLE PARALLEL SAFE STRICT
RETURN regexp_replace(regexp_replace(
    replace(replace(replace(replace(replace(replace(replace(
        regexp_replace(regexp_replace(regexp_replace(
            CASE WHEN raw ~ '[\u0300-\u036f\u0600-\u06ff\u0750-\u077f\u200c\u200d\ufb00-\ufeff\uff00-\uffef]'
                THEN translate(
                    normalize(raw, NFKC),
                    'يىئۓكةهۀۂۃأإآٱؤ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹' || E'\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0653'
                    || E'\u0654\u0655\u0656\u0657\u0658\u0670\u0640\u200c\u200d',
                    'ییییکہہہہہااااو01234567890123456789'
                )
                ELSE raw
            END,
            '([A-Z])[.&](?=[A-Z]\M)', '\1', 'g' -- U.S. and R&D are US and RD
        ), '(\d),(?=\d{2,3}\M)', '\1', 'g' -- 1,000 is 1000
        ), '\m([AISTaist])-?(?=\d)', '\1zq ', 'g' -- T20: a letter that would be ignored as a word
        ),
        '/', ' '), '.', ' '), '-', ' '), '_', ' '), '<', ' '), '&', ' '), '@', ' '),
    '\d+', ' \& ', 'g' -- Rs50bn is Rs 50 bn
),
'\m(A[MNST]|BE|BY|DO|HE|I[FNST]|ME|MY|NO|O[FNR]|SO|TO|UP|US|WE|ALL|AND|ANY|ARE|BUT|CAN|DID|FOR|HAD|HAS|HER|HIM|HIS|HOW|'
|| 'ITS|NOR|NOT|NOW|OFF|OUR|OUT|OWN|SHE|THE|TOO|WAS|WHO|WHY|YOU)\M',
'\1zq', 'g' -- WHO: a word that would be ignored
);

COMMENT ON FUNCTION news.search_text(text) IS
'Text as it is indexed and searched. Punctuation inside words separates words (RAWALPINDI/ISLAMABAD, said.The, F-16), '
'and so do the borders of numbers (Rs50bn is Rs 50 bn); 1,000 is 1000 and U.S. is US. Words in capitals that would be '
'ignored in lowercase, such as WHO, US and the T of T20, get the suffix zq, which keeps them apart. Arabic script: '
'forms of a letter are one letter, vowel marks, tatweel and zero-width joiners are removed, digits are 0 to 9.';

CREATE FUNCTION news.language_lexeme(language text)
RETURNS text
LANGUAGE sql
IMMUTABLE PARALLEL SAFE
RETURN quote_literal('language:' || regexp_replace(left(language, 20), '[^[:alnum:]-]', '_', 'g'));

COMMENT ON FUNCTION news.language_lexeme(text) IS
'The quoted word that marks stories in a language in the column search, such as ''language:en''.';

CREATE FUNCTION news.story_vector(title text, excerpt text, body text, language text, configuration regconfig)
RETURNS tsvector
LANGUAGE sql
IMMUTABLE PARALLEL SAFE
RETURN setweight(to_tsvector(configuration, news.search_text(left(title, 10000))), 'A')
|| (news.language_lexeme(language) || ':21')::tsvector
|| setweight(to_tsvector(configuration, coalesce(news.search_text(left(excerpt, 10000)), '')), 'B')
|| (news.language_lexeme(language) || ':21')::tsvector
|| setweight(to_tsvector(configuration, coalesce(news.search_text(left(body, 200000)), '')), 'C')
|| (news.language_lexeme(language) || ':21')::tsvector
|| regexp_replace(
    to_tsvector(configuration, news.search_text(left(title, 1000)))::text, '''(([^'']|'''')+)''', '''title:\1''', 'g'
)::tsvector;

COMMENT ON FUNCTION news.story_vector(text, text, text, text, regconfig) IS
'The column search of a story: words of the title with weight A, of the excerpt with B and of the body with C; each '
'word of the title also with the prefix "title:"; and the language, such as language:en. The language stands between '
'the parts, 20 words apart, so that no phrase is found across their borders.';

-- With the owner's rights: the writer may not edit languages.
CREATE FUNCTION news.set_search()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    known news.languages%ROWTYPE;
BEGIN
    SELECT * INTO known FROM news.languages WHERE languages.language = NEW.language;
    IF known.is_stored IS NOT TRUE THEN
        INSERT INTO news.languages (language, configuration, is_stored) VALUES (NEW.language, 'news.plain', true)
        ON CONFLICT (language) DO UPDATE SET is_stored = true
        RETURNING * INTO known;
    END IF;
    NEW.search := news.story_vector(NEW.title, NEW.excerpt, NEW.body, NEW.language, known.configuration);
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION news.set_search() IS 'Trigger function: sets the column search of a story.';
REVOKE EXECUTE ON FUNCTION news.set_search() FROM public;

ALTER TABLE news.articles ALTER COLUMN search DROP EXPRESSION;
ALTER TABLE news.editorials ALTER COLUMN search DROP EXPRESSION;
CREATE TRIGGER set_search BEFORE INSERT OR UPDATE OF title, excerpt, body, language ON news.articles
FOR EACH ROW EXECUTE FUNCTION news.set_search();
CREATE TRIGGER set_search BEFORE INSERT OR UPDATE OF title, excerpt, body, language ON news.editorials
FOR EACH ROW EXECUTE FUNCTION news.set_search();

COMMENT ON COLUMN news.articles.search IS
'The story''s words for full-text search, in its language; see languages and search_text(). Search with '
'search @@ story_query(''…'') or search @@ websearch_to_tsquery(''…''); search @@ ''…'' does not work, because '
'Postgres '
'takes that text for stems.';
COMMENT ON COLUMN news.editorials.search IS
'The story''s words for full-text search, in its language; see languages and search_text(). Search with '
'search @@ story_query(''…'') or search @@ websearch_to_tsquery(''…''); search @@ ''…'' does not work, because '
'Postgres '
'takes that text for stems.';

-- A transaction per thousand ids, so that loads never wait long.
CREATE PROCEDURE news.rebuild_search(only_language text DEFAULT NULL)
LANGUAGE plpgsql
AS $$
DECLARE
    of_table text;
    after bigint;
    last bigint;
BEGIN
    FOREACH of_table IN ARRAY ARRAY['articles', 'editorials'] LOOP
        EXECUTE format('SELECT min(id) - 1, max(id) FROM news.%I', of_table) INTO after, last;
        WHILE after < last LOOP
            EXECUTE format(
                'UPDATE news.%I AS story '
                'SET search = rebuilt.search '
                'FROM news.%1$I AS old '
                'LEFT JOIN news.languages ON old.language = languages.language '
                'CROSS JOIN LATERAL news.story_vector( '
                '    old.title, old.excerpt, old.body, old.language, coalesce(languages.configuration, ''news.plain'') '
                ') AS rebuilt (search) '
                'WHERE story.id = old.id AND old.id > $1 AND old.id <= $1 + 1000 '
                '    AND ($2 IS NULL OR old.language = $2) AND old.search IS DISTINCT FROM rebuilt.search',
                of_table
            ) USING after, only_language;
            COMMIT;
            after := after + 1000;
        END LOOP;
    END LOOP;
    INSERT INTO news.languages (language, configuration, is_stored)
    SELECT stored.language, 'news.plain', true
    FROM (SELECT articles.language FROM news.articles UNION SELECT editorials.language FROM news.editorials) AS stored
    ON CONFLICT (language) DO UPDATE SET is_stored = true;
END
$$;

COMMENT ON PROCEDURE news.rebuild_search(text) IS
'Recomputes the column search of all stories, or of those in one language, in batches of a thousand ids. Stories that '
'are right stay untouched, so an interrupted rebuild can be repeated. For the owner of the tables.';
REVOKE EXECUTE ON PROCEDURE news.rebuild_search(text) FROM public;

CREATE TABLE news.synonyms (
    word text NOT NULL,
    synonym text NOT NULL,
    PRIMARY KEY (word, synonym),
    CHECK ((word LIKE '-%') = (synonym LIKE '-%'))
);

COMMENT ON TABLE news.synonyms IS
'Words that searches treat alike, in both directions. Edited by the owner of the tables; a change takes effect at '
'once.';
COMMENT ON COLUMN news.synonyms.word IS
'A word or phrase; case and accents are ignored. With a leading hyphen, an ending of words of at least six letters.';
COMMENT ON COLUMN news.synonyms.synonym IS 'Another word, phrase or ending that means the same.';

GRANT SELECT ON news.synonyms TO akhbar_writer, akhbar_reader, akhbar_bi, akhbar_monitor;

INSERT INTO news.synonyms (word, synonym) VALUES
('Turkey', 'Türkiye'),
('Burma', 'Myanmar'),
('Kiev', 'Kyiv'),
('Ivory Coast', 'Côte d''Ivoire'),
('Swaziland', 'Eswatini'),
('Czechia', 'Czech Republic'),
('Bombay', 'Mumbai'),
('Calcutta', 'Kolkata'),
('Madras', 'Chennai'),
('PMLN', 'PML-N'),
('PMLQ', 'PML-Q'),
('PMLF', 'PML-F'),
('JUIF', 'JUI-F'),
('MQMP', 'MQM-P'),
('-ise', '-ize'),
('-ises', '-izes'),
('-ised', '-ized'),
('-ising', '-izing'),
('-iser', '-izer'),
('-isers', '-izers'),
('-isation', '-ization'),
('-isations', '-izations'),
('-our', '-or'),
('-ours', '-ors');

CREATE INDEX synonyms_by_word ON news.synonyms ((phraseto_tsquery('news.plain', news.search_text(word))::text));
CREATE INDEX synonyms_by_synonym ON news.synonyms ((phraseto_tsquery('news.plain', news.search_text(synonym))::text));

ALTER TYPE news.found_story ADD ATTRIBUTE language text, ADD ATTRIBUTE total bigint, ADD ATTRIBUTE is_truncated boolean;
COMMENT ON TYPE news.found_story IS
'A story found by a search. rank: higher is better. snippet: safe HTML with matches in <b>. total: how many stories '
'match. is_truncated: whether more match than were returned.';

CREATE TYPE news.thread_story AS (
    relation text,
    day date,
    published_at timestamptz,
    kind text,
    source text,
    story_id text,
    title text,
    url text,
    shared_words integer
);

COMMENT ON TYPE news.thread_story IS
'A story in the thread of another one: relation is earlier, this or later; shared_words counts the rare words of its '
'headline and excerpt that the other contains.';

CREATE TYPE news.rising_word AS (
    word text,
    now bigint,
    before bigint,
    ratio numeric,
    score numeric
);

COMMENT ON TYPE news.rising_word IS
'A word that became more frequent: the stories with it now and before, how many times as frequent it is, and how '
'unlikely that is to be chance (log-likelihood; above 10.8 is less than one in a thousand).';

CREATE TYPE news.concordance_line AS (
    day date,
    story_id text,
    "left" text,
    keyword text,
    "right" text,
    source text
);

COMMENT ON TYPE news.concordance_line IS 'A match of a search, with the text before and after it.';
