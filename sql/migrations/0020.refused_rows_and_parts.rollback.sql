ALTER TABLE news.rejects DROP COLUMN message;
ALTER TABLE news.pages DROP COLUMN part;
COMMENT ON COLUMN news.rejects.reasons IS
'Reason codes: missing_id, missing_title, missing_date, date_in_future, body_too_short, not_a_story, wrong_host; and '
'for a page that is not its story: consent_page, login_page, redirect_page, blocked_region, script_page.';
