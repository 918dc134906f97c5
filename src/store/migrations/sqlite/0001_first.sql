-- The first schema. Instants are unix milliseconds.

CREATE TABLE instants (
    name TEXT PRIMARY KEY,
    at   INTEGER NOT NULL
) STRICT;

CREATE TABLE sightings (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('task', 'emergency')),
    uid           TEXT NOT NULL,
    recurrence_id TEXT,
    feed          TEXT NOT NULL,
    form          TEXT NOT NULL CHECK (json_valid(form)),
    first_seen    INTEGER NOT NULL,
    known         INTEGER NOT NULL,
    last_seen     INTEGER,
    gone          INTEGER
) STRICT;

CREATE TABLE revisions (
    sighting TEXT NOT NULL REFERENCES sightings ON DELETE CASCADE,
    place    INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    was      TEXT NOT NULL CHECK (json_valid(was)),
    PRIMARY KEY (sighting, place)
) STRICT;

CREATE TABLE answers (
    id     INTEGER PRIMARY KEY,
    task   TEXT NOT NULL,
    waived INTEGER NOT NULL CHECK (waived IN (0, 1)),
    at     INTEGER NOT NULL,
    by     TEXT NOT NULL,
    note   TEXT,
    UNIQUE (task, waived, at, by)
) STRICT;

-- An empty engineer: from here on nobody was able any more.
CREATE TABLE writers (
    id       INTEGER PRIMARY KEY,
    task     TEXT NOT NULL,
    start    INTEGER NOT NULL,
    engineer TEXT NOT NULL,
    since    INTEGER NOT NULL,
    UNIQUE (task, start, engineer, since)
) STRICT;

CREATE TABLE feeds (
    name          TEXT PRIMARY KEY,
    body          BLOB,
    hash          TEXT,
    etag          TEXT,
    last_modified TEXT,
    fetched       INTEGER,
    changed       INTEGER,
    tried         INTEGER,
    error         TEXT,
    failing_since INTEGER
) STRICT;

-- Ledger and outbox in one.
CREATE TABLE letters (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    key          TEXT NOT NULL UNIQUE,
    state        TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'accepted', 'refused', 'withdrawn')),
    recipient    TEXT NOT NULL,
    engineer     TEXT,
    subject      TEXT NOT NULL,
    bytes        BLOB NOT NULL,
    queued       INTEGER NOT NULL,
    since        INTEGER NOT NULL,
    due          INTEGER NOT NULL,
    due_before   INTEGER NOT NULL,
    tries        INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    attempt      INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= tries),
    last_answer  TEXT,
    maybe_twice  INTEGER NOT NULL DEFAULT 0 CHECK (maybe_twice IN (0, 1)),
    useful_until INTEGER,
    done         INTEGER,
    CHECK ((done IS NOT NULL) = (state IN ('accepted', 'refused', 'withdrawn'))),
    CHECK (state <> 'sending' OR attempt > 0)
) STRICT;

CREATE INDEX letters_open ON letters (due) WHERE done IS NULL;
CREATE INDEX letters_done ON letters (done) WHERE done IS NOT NULL;

-- What was said. A key is said once, ever.
CREATE TABLE notices (
    key        TEXT PRIMARY KEY,
    letter     INTEGER NOT NULL REFERENCES letters ON DELETE CASCADE,
    kind       TEXT NOT NULL CHECK (kind IN ('briefing-request', 'escalation', 'task-changed', 'retraction',
                                             'before-leave', 'catch-up', 'feed-alert', 'coverage')),
    person     TEXT NOT NULL,
    task       TEXT,
    task_start INTEGER,
    stage      TEXT,
    reason     TEXT NOT NULL,
    uids       TEXT CHECK (uids IS NULL OR json_valid(uids)),
    at         INTEGER NOT NULL
) STRICT;

CREATE INDEX notices_letter ON notices (letter);
