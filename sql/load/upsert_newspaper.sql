-- Enters a newspaper as its spider declares it, or brings its row up to date.
INSERT INTO news.newspapers (source, publisher, home_page, time_zone, language)
VALUES (%(source)s, %(publisher)s, %(home_page)s, %(timezone)s, %(language)s)
ON CONFLICT (source) DO UPDATE
    SET
        publisher = excluded.publisher,
        home_page = excluded.home_page,
        time_zone = excluded.time_zone,
        language = excluded.language;
