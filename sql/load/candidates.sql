-- The batch's stories by hash, to decide which must be sent in full, and these.
CREATE TEMPORARY TABLE readings (
    line integer NOT NULL,
    story_id text NOT NULL,
    kind text NOT NULL,
    content_hash text NOT NULL,
    completeness text NOT NULL,
    extracted_by text NOT NULL,
    seen_at timestamptz NOT NULL
) ON COMMIT DROP;

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
