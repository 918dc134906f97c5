-- An answer that was taken back again counts no more, and stays on record.
ALTER TABLE answers ADD COLUMN undone INTEGER;
ALTER TABLE answers ADD COLUMN undone_by TEXT;

-- Until when somebody is not to be asked about a task.
CREATE TABLE snoozes (
    id        INTEGER PRIMARY KEY,
    task      TEXT NOT NULL,
    start     INTEGER NOT NULL,
    person    TEXT NOT NULL,
    until     INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    by        TEXT NOT NULL,
    undone    INTEGER,
    undone_by TEXT,
    UNIQUE (task, start, person, at)
) STRICT;

-- Whom somebody has given a briefing to.
CREATE TABLE handings (
    id        INTEGER PRIMARY KEY,
    task      TEXT NOT NULL,
    start     INTEGER NOT NULL,
    giver     TEXT,
    taker     TEXT NOT NULL,
    at        INTEGER NOT NULL,
    by        TEXT NOT NULL,
    undone    INTEGER,
    undone_by TEXT,
    UNIQUE (task, start, taker, at)
) STRICT;
