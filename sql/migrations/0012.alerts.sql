-- Alerts sent to the operator: one row per problem, from the time it was seen to the time it was over.
-- depends: 0011.rights

CREATE TABLE news.alerts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    problem text NOT NULL,
    message text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    told_at timestamptz,
    closed_at timestamptz
);

-- tasks that see a problem at the same time enter it once
CREATE UNIQUE INDEX alerts_open ON news.alerts (problem)
WHERE closed_at IS null;

COMMENT ON TABLE news.alerts IS
'Problems that a keeper must know of, each told once when it appears and once when it is over.';
COMMENT ON COLUMN news.alerts.id IS 'The number of the alert, in the order of their appearance.';
COMMENT ON COLUMN news.alerts.problem IS
'What is wrong and with what, the same words as long as it lasts: "edition dawn 2026-11-24".';
COMMENT ON COLUMN news.alerts.message IS 'The sentence that the keeper is told.';
COMMENT ON COLUMN news.alerts.opened_at IS 'When the problem was first seen.';
COMMENT ON COLUMN news.alerts.told_at IS 'When the message arrived; none if it did not, or nobody is to be told.';
COMMENT ON COLUMN news.alerts.closed_at IS 'When the keeper was told that it is over; none as long as it lasts.';

GRANT SELECT, INSERT, UPDATE (told_at, closed_at) ON news.alerts TO akhbar_writer;
