-- Holds one row per story of the batch with its content hash, to determine which stories must be sent in full.
CREATE TEMPORARY TABLE incoming (
    line integer NOT NULL,
    story_id text NOT NULL,
    kind text NOT NULL,
    content_hash text NOT NULL,
    completeness text NOT NULL,
    extracted_by text NOT NULL,
    seen_at timestamptz NOT NULL
) ON COMMIT DROP;
