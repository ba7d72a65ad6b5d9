-- Corrects the content hash of an editorial that was read as an article: its section is that of editorials.
UPDATE candidates
SET
    content_hash = %(content_hash)s,
    action = CASE
        WHEN
            candidates.action = 'change' AND EXISTS (
                SELECT FROM news.editorials AS stored
                WHERE
                    stored.source = %(source)s
                    AND stored.story_id = candidates.story_id
                    AND stored.content_hash = %(content_hash)s
                    AND stored.completeness = %(completeness)s
                    AND stored.extracted_by = %(extracted_by)s
            )
            THEN 'seen'
        ELSE candidates.action
    END
WHERE candidates.line = %(line)s
RETURNING candidates.action;
