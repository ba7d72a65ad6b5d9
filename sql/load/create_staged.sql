-- Holds the batch's new and changed stories in full.
CREATE TEMPORARY TABLE staged (
    LIKE news.articles INCLUDING DEFAULTS,
    is_edit boolean NOT NULL DEFAULT false
) ON COMMIT DROP;

ALTER TABLE staged
ALTER COLUMN id DROP DEFAULT,
ALTER COLUMN id DROP NOT NULL,
ALTER COLUMN first_seen_at DROP NOT NULL,
ALTER COLUMN last_seen_at DROP NOT NULL,
ALTER COLUMN run_id DROP NOT NULL;
