-- Inserts a newspaper as declared, or updates its row. A start date that is not declared is kept. Searches in all
-- languages include its language.
INSERT INTO news.newspapers (source, publisher, home_page, time_zone, language, edition_kind, start_date)
VALUES (
    %(source)s, %(publisher)s, %(home_page)s, %(time_zone)s, %(language)s, %(edition_kind)s, %(start_date)s
)
ON CONFLICT (source) DO UPDATE
    SET
        publisher = excluded.publisher,
        home_page = excluded.home_page,
        time_zone = excluded.time_zone,
        language = excluded.language,
        edition_kind = excluded.edition_kind,
        start_date = coalesce(excluded.start_date, newspapers.start_date);

INSERT INTO news.languages (language, configuration, is_stored)
VALUES (%(language)s, 'news.plain', true)
ON CONFLICT (language) DO UPDATE SET is_stored = true -- noqa: LT02
    WHERE NOT languages.is_stored;
