COMMENT ON COLUMN news.rejects.reasons IS
'Reason codes: missing_id, missing_title, missing_date, date_in_future, body_too_short, not_a_story, wrong_host.';
