-- Inserts a newspaper as declared, or updates its row. Searches in all languages include its language.
INSERT INTO news.newspapers (source, publisher, home_page, time_zone, language)
VALUES (%(source)s, %(publisher)s, %(home_page)s, %(timezone)s, %(language)s)
ON CONFLICT (source) DO UPDATE
    SET
        publisher = excluded.publisher,
        home_page = excluded.home_page,
        time_zone = excluded.time_zone,
        language = excluded.language;

INSERT INTO news.languages (language, configuration, is_stored)
VALUES (%(language)s, 'news.plain', true)
ON CONFLICT (
    language) DO UPDATE SET is_stored = true
WHERE NOT languages.is_stored;
