-- The writer may update stories but must not lose earlier text. The triggers named keep_words call this when the
-- title, body or completeness of a full story changes.
CREATE OR REPLACE FUNCTION news.keep_words()
RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NEW.revision <= OLD.revision OR NOT EXISTS (
        SELECT FROM news.revisions AS kept
        WHERE
            kept.source = OLD.source
            AND kept.story_id = OLD.story_id
            AND kept.revision = OLD.revision
            AND kept.title = OLD.title
            AND kept.body IS NOT DISTINCT FROM OLD.body
    ) THEN
        RAISE restrict_violation USING
            MESSAGE = format('%s %s: the text of revision %s would be lost', OLD.source, OLD.story_id, OLD.revision),
            HINT = 'Insert it into news.revisions first, and increase the revision.';
    END IF;
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION news.keep_words() IS
'Trigger function: rejects a change to the title or body of a full story unless revisions holds the old version.';
