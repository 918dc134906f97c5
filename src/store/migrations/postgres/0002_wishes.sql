-- An answer that was taken back again counts no more, and stays on record.
ALTER TABLE answers ADD COLUMN undone BIGINT;
ALTER TABLE answers ADD COLUMN undone_by TEXT;

-- Until when somebody is not to be asked about a task.
CREATE TABLE snoozes (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task      TEXT NOT NULL,
    start     BIGINT NOT NULL,
    person    TEXT NOT NULL,
    until     BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    by        TEXT NOT NULL,
    undone    BIGINT,
    undone_by TEXT,
    UNIQUE (task, start, person, at)
);

-- Whom somebody has given a briefing to.
CREATE TABLE handings (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task      TEXT NOT NULL,
    start     BIGINT NOT NULL,
    giver     TEXT,
    taker     TEXT NOT NULL,
    at        BIGINT NOT NULL,
    by        TEXT NOT NULL,
    undone    BIGINT,
    undone_by TEXT,
    UNIQUE (task, start, taker, at)
);
