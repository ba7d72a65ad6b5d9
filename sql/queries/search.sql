-- What was written about water, but not about pipelines?
-- Supports words, "phrases", -exclusions, this or that, and prefix*. Snippets are safe HTML.
-- Example output:
--   day        | kind      | title                                    | snippet
--   -----------+-----------+------------------------------------------+-----------------------------------------
--   2016-01-22 | editorial | Counting water                           | the record of a <b>river</b>. NOBODY sh…
--   2016-01-22 | article   | Senate panel asks for record of water r… | <b>River</b> authority told to answer w…
--   2016-01-22 | article   | Two fishing boats towed in after a nigh… | had been mixed with <b>water</b>.
SELECT
    day,
    kind,
    title,
    snippet
FROM search_stories('water or river* -pipeline', max_rows => 5);
