-- The shunting-yard algorithm, with two stacks: operators, and operands as queries and in words. Each operator has its
-- precedence in front. Words in a row are joined by an implied AND, which is "and", so that it is not reported if a
-- word beside it is ignored.
CREATE OR REPLACE FUNCTION news.parse_query(
    words text,
    configuration regconfig,
    OUT query tsquery,
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
    texts text [] := '{}';
    operators text [] := '{}';
    is_operand_next boolean := true;
    token text;
    step text;
    top text;
    operand tsquery;
    n integer; -- operands on the stack
BEGIN
    ignored := '{}';
    IF length(words) > longest THEN
        ignored := ignored || format('everything after the first %s characters', longest);
    END IF;
    FOR token IN
        SELECT hit[1]
        FROM regexp_matches(
            translate(left(words, longest), '“”„«»–−', '"""""--'),
            '((?<![^\s(:])[-!](?=[^\s-])|-{2,}|(?<!\S)[-!]\s+|title:(?=[^\s)])|"[^"]*"?|[()]'
            || '|(?!title:[^\s)])[^\s()"!-][^\s()"]*)',
            'gi'
        ) AS hits (hit)
        UNION ALL
        SELECT '' -- the end
    LOOP
        token := CASE
            WHEN token IN ('', '(', ')') THEN '0' || token
            WHEN lower(token) = 'or' OR token IN ('|', '||') THEN '1OR'
            WHEN token IN ('AND', '&', '&&') THEN '2AND'
            WHEN token IN ('-', '!', 'NOT') THEN '3NOT'
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
                            operands[n] := !!operands[n];
                            texts[n] := 'NOT ' || texts[n];
                            CONTINUE;
                        WHEN top = 'title:' THEN
                            operands[n] := news.in_title(operands[n]);
                            texts[n] := 'title:' || texts[n];
                            CONTINUE;
                        WHEN top = 'OR' THEN
                            operand := operands[n - 1] || operands[n];
                        WHEN top LIKE 'NEAR/%' AND news.can_be_near(operands[n - 1], operands[n]) THEN
                            operand := news.near(operands[n - 1], operands[n], least(substr(top, 6)::integer, nearest));
                        WHEN top LIKE 'NEAR/%' THEN
                            operand := operands[n - 1] && operands[n];
                            ignored := ignored
                            || format('%s: it joins two words, phrases or alternatives; AND is used instead', top);
                            top := 'and';
                        ELSE
                            operand := operands[n - 1] && operands[n];
                    END CASE;
                    operands := trim_array(operands, 2) || operand;
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
                    IF step LIKE '%*%' AND step !~ '^[^"*]*[[:alnum:]]{2,}\*$' THEN
                        ignored := ignored
                        || format('the * of %s: it stands for the end of a word of at least two letters', step);
                    ELSIF step ~* '^near(/.*)?$' THEN
                        ignored := ignored || format('%s: to find words near each other, write NEAR/5', step);
                    END IF;
                    operand := CASE
                        WHEN step ~ '^[^"*]*[[:alnum:]]{2,}\*$' THEN news.prefix_query(rtrim(step, '*'), configuration)
                        ELSE news.words_query(btrim(step, '"'), configuration)
                    END;
                    IF numnode(operand) = 0 THEN
                        ignored := ignored || format('%s: nothing to search for, or too common', btrim(step));
                        WHILE operators[cardinality(operators)] ~ '^[35]' LOOP
                            operators := trim_array(operators, 1);
                        END LOOP;
                    ELSE
                        operands := operands || operand;
                        texts := texts || step;
                        is_operand_next := false;
                    END IF;
            END CASE;
        END LOOP;
    END LOOP;
    query := coalesce(operands[1], '');
    understood := coalesce(regexp_replace(texts[1], '^\((.*)\)$', '\1'), '');
END
$$;

COMMENT ON FUNCTION news.parse_query(text, regconfig) IS
'Parses a search in one text search configuration; see story_query() and explain_query().';
