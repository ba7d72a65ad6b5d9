-- In which contexts does a word occur?
-- A concordance: each match with the text before and after it.
-- Example output:
--   day        | left                                   | keyword | right
--   -----------+----------------------------------------+---------+----------------------------------------
--   2016-01-22 | Senate panel asks for record of        | water   | releases · River authority told to
--   2016-01-22 | asks for record of water releases ·    | River   | authority told to answer within ten
--   2016-01-22 | A Senate panel on Thursday asked the   | river   | authority to place before it the record
--   2016-01-22 | blamed fuel that had been mixed with   | water   | .
--   2016-01-22 | Counting                               | water   | · Nobody should have to ask for the
--   2016-01-22 | should have to ask for the record of a | river   | . · NOBODY should have to ask for the
--   2016-01-22 | should have to ask for the record of a | river   | . That a panel of the upper house must
SELECT
    day,
    "left",
    keyword,
    "right"
FROM concordance('water or river*', width => 40, max_rows => 10);
