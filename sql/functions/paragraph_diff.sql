-- Finds the longest common subsequence, as diff does. Equal paragraphs at the end are set aside first, because most
-- changes are small. Texts of more than 300 paragraphs are not compared: all of the old text is listed as removed and
-- all of the new text as added.
CREATE OR REPLACE FUNCTION news.paragraph_diff(before text, after text)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    a text [] := array_remove(string_to_array(before, E'\n\n'), '');
    b text [] := array_remove(string_to_array(after, E'\n\n'), '');
    m integer := coalesce(cardinality(a), 0);
    n integer := coalesce(cardinality(b), 0);
    common integer [];
    head text [] := '{}';
    tail text [] := '{}';
BEGIN
    WHILE m > 0 AND n > 0 AND a[m] = b[n] LOOP
        tail := ('  ' || a[m]) || tail;
        m := m - 1;
        n := n - 1;
    END LOOP;
    IF m > 300 OR n > 300 THEN
        head := array(SELECT '- ' || old FROM unnest(a[1:m]) AS old) || array(SELECT '+ ' || new FROM unnest(b[1:n]) AS new);
        m := 0;
        n := 0;
    END IF;
    common := array_fill(0, ARRAY[m + 1, n + 1], ARRAY[0, 0]);
    FOR i IN 1..m LOOP
        FOR j IN 1..n LOOP
            common[i][j] := CASE
                WHEN a[i] = b[j] THEN common[i - 1][j - 1] + 1
                ELSE greatest(common[i - 1][j], common[i][j - 1])
            END;
        END LOOP;
    END LOOP;
    WHILE m > 0 OR n > 0 LOOP
        IF m > 0 AND n > 0 AND a[m] = b[n] THEN
            head := ('  ' || a[m]) || head;
            m := m - 1;
            n := n - 1;
        ELSIF n > 0 AND (m = 0 OR common[m][n - 1] >= common[m - 1][n]) THEN
            head := ('+ ' || b[n]) || head;
            n := n - 1;
        ELSE
            head := ('- ' || a[m]) || head;
            m := m - 1;
        END IF;
    END LOOP;
    RETURN array_to_string(head || tail, E'\n');
END
$$;

COMMENT ON FUNCTION news.paragraph_diff(text, text) IS
'Compares two texts by paragraph, one line each: "- " for removed, "+ " for added, "  " for unchanged.';
