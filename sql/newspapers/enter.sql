-- Enters a newspaper as declared, if it is not entered yet. No lock is taken on an existing row.
INSERT INTO news.newspapers (source, publisher, home_page, time_zone, language, edition_kind, start_date)
VALUES (
    %(source)s, %(publisher)s, %(home_page)s, %(time_zone)s, %(language)s, %(edition_kind)s, %(start_date)s
)
ON CONFLICT (source) DO NOTHING;
