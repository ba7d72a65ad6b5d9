-- The shunting-yard algorithm, with two stacks: operators, and operands with their opposites and in words. Each
-- operator
-- has its precedence in front. Words in a row are joined by an implied AND, which is "and", so that it is not reported
-- if a word beside it is ignored.
CREATE OR REPLACE FUNCTION news.parse_query(
    words text,
    configuration regconfig,
    OUT query tsquery,
    OUT opposite tsquery,
    OUT understood text,
    OUT ignored text[]
)
LANGUAGE plpgsql
STABLE PARALLEL SAFE
SET search_path = pg_catalog, news, public, pg_temp
SET client_min_messages = warning -- no notice for each word that is ignored
AS $$
DECLARE
    longest CONSTANT integer := 400; -- keeps every lexeme under Postgres's limit of 2046 bytes
    nearest CONSTANT integer := 20;
    operands tsquery [] := '{}';
    opposites tsquery [] := '{}';
    texts text [] := '{}';
    operators text [] := '{}';
    is_operand_next boolean := true;
    token text;
    step text;
    top text;
    operand tsquery;
    other tsquery;
    n integer; -- operands on the stack
BEGIN
    ignored := '{}';
    IF length(words) > longest THEN
        ignored := ignored || format('everything after the first %s characters', longest);
    END IF;
    FOR token IN
        SELECT hit[1]
        FROM regexp_matches(
            left(words, longest),
            '((?<![^\s(])-(?=[^\s-])|title:(?=[^\s)])|"[^"]*"?|[()]|(?!title:[^\s)])[^\s()"-][^\s()"]*)',
            'gi'
        ) AS hits (hit)
        UNION ALL
        SELECT '' -- the end
    LOOP
        token := CASE
            WHEN token IN ('', '(', ')') THEN '0' || token
            WHEN lower(token) = 'or' THEN '1OR'
            WHEN token = 'AND' THEN '2AND'
            WHEN token IN ('-', 'NOT') THEN '3NOT'
            WHEN token ~ '^NEAR/[1-9][0-9]{0,3}$' THEN '4' || token
            WHEN lower(token) = 'title:' THEN '5title:'
            ELSE '9' || token
        END;
        FOREACH step IN ARRAY CASE
            WHEN token = '0' THEN array_fill(
                '0)'::text, ARRAY[cardinality(array_positions(operators, '0('))]
            ) || token
            WHEN NOT is_operand_next AND (token = '0(' OR left(token, 1) IN ('3', '5', '9')) THEN ARRAY['2and', token]
            ELSE ARRAY[token]
        END LOOP
            IF step ~ '^[124]' AND is_operand_next THEN
                ignored := ignored || format('%s: no word before it', substr(step, 2));
                CONTINUE;
            END IF;
            IF step IN ('0', '0)') OR step ~ '^[124]' THEN
                WHILE is_operand_next AND operators[cardinality(operators)] <> '0(' LOOP
                    top := substr(operators[cardinality(operators)], 2);
                    IF top <> 'and' THEN
                        ignored := ignored || format('%s: no word after it', top);
                    END IF;
                    is_operand_next := operators[cardinality(operators)] ~ '^[35]'; -- others have a left operand
                    operators := trim_array(operators, 1);
                END LOOP;
                WHILE operators[cardinality(operators)] <> '0(' AND operators[cardinality(operators)] >= left(step, 1) LOOP
                    top := substr(operators[cardinality(operators)], 2);
                    operators := trim_array(operators, 1);
                    n := cardinality(operands);
                    CASE
                        WHEN top = 'NOT' THEN
                            operand := operands[n];
                            operands[n] := opposites[n];
                            opposites[n] := operand;
                            texts[n] := 'NOT ' || texts[n];
                            CONTINUE;
                        WHEN top = 'title:' THEN
                            operands[n] := news.in_title(operands[n]);
                            opposites[n] := news.in_title(opposites[n]);
                            texts[n] := 'title:' || texts[n];
                            CONTINUE;
                        WHEN top = 'OR' THEN
                            operand := operands[n - 1] || operands[n];
                            other := opposites[n - 1] && opposites[n];
                        WHEN top LIKE 'NEAR/%' THEN
                            operand := news.near(operands[n - 1], operands[n], least(substr(top, 6)::integer, nearest));
                            other := !!operand;
                        ELSE
                            operand := operands[n - 1] && operands[n];
                            other := opposites[n - 1] || opposites[n];
                    END CASE;
                    operands := trim_array(operands, 2) || operand;
                    opposites := trim_array(opposites, 2) || other;
                    texts := trim_array(texts, 2) || format('(%s %s %s)', texts[n - 1], upper(top), texts[n]);
                END LOOP;
            END IF;
            CASE
                WHEN step = '0' THEN NULL;
                WHEN step = '0)' AND cardinality(operators) = 0 THEN
                    ignored := ignored || '): no opening bracket'::text;
                WHEN step = '0)' THEN
                    operators := trim_array(operators, 1);
                    IF token = '0' THEN
                        ignored := ignored || '(: no closing bracket'::text;
                    END IF;
                WHEN left(step, 1) <> '9' THEN
                    operators := operators || step;
                    is_operand_next := true;
                    IF substr(step, 2) LIKE 'NEAR/%' AND substr(step, 7)::integer > nearest THEN
                        ignored := ignored
                        || format('%s: NEAR/%s is the farthest, and is used instead', substr(step, 2), nearest);
                    END IF;
                ELSE
                    step := substr(step, 2);
                    IF step LIKE '%*' AND step !~ '[[:alnum:]]{2,}\*$' THEN
                        ignored := ignored || format('the * of %s: at least two letters must precede it', step);
                    END IF;
                    operand := CASE
                        WHEN step ~ '[[:alnum:]]{2,}\*$' THEN news.prefix_query(rtrim(step, '*'), configuration)
                        ELSE news.words_query(btrim(step, '"'), configuration)
                    END;
                    IF numnode(operand) = 0 THEN
                        ignored := ignored || format('%s: not a word, or too common to search for', step);
                        WHILE operators[cardinality(operators)] ~ '^[35]' LOOP
                            operators := trim_array(operators, 1);
                        END LOOP;
                    ELSE
                        operands := operands || operand;
                        opposites := opposites || !!operand;
                        texts := texts || step;
                        is_operand_next := false;
                    END IF;
            END CASE;
        END LOOP;
    END LOOP;
    query := coalesce(operands[1], '');
    opposite := coalesce(opposites[1], '');
    understood := coalesce(regexp_replace(texts[1], '^\((.*)\)$', '\1'), '');
END
$$;

COMMENT ON FUNCTION news.parse_query(text, regconfig) IS
'Parses a search in one text search configuration; see story_query() and explain_query().';
