-- The first schema on a server. Instants are unix milliseconds, like in the file, but for leases, which are the server's own.

-- The number of the schema.
CREATE TABLE schema (
    single BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (single),
    number BIGINT NOT NULL
);
INSERT INTO schema (number) VALUES (0);

-- Rises with each change of what is known. Who changes it holds its row until the end: one turn after the other.
CREATE TABLE knowledge (
    single  BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (single),
    version BIGINT NOT NULL
);
INSERT INTO knowledge (version) VALUES (0);

-- Who takes turns, or took them. One that lives holds the advisory lock of its number.
CREATE TABLE replicas (
    number  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    since   TIMESTAMPTZ NOT NULL DEFAULT now(),
    host    TEXT NOT NULL,
    process BIGINT NOT NULL
);

-- Which of them live. A lock's class is the first half of its key, `ow` in ASCII; databases on one server share the list.
CREATE VIEW alive AS
    SELECT objid::bigint AS number FROM pg_locks
    WHERE locktype = 'advisory' AND classid::bigint = 28535 AND objsubid = 2 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database());

-- Who fetches a feed now.
CREATE TABLE fetches (
    feed    TEXT PRIMARY KEY,
    replica BIGINT NOT NULL,
    lease   TIMESTAMPTZ NOT NULL
);

CREATE TABLE instants (
    name TEXT PRIMARY KEY,
    at   BIGINT NOT NULL
);

CREATE TABLE sightings (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('task', 'emergency')),
    uid           TEXT NOT NULL,
    recurrence_id TEXT,
    feed          TEXT NOT NULL,
    form          TEXT NOT NULL CHECK (form::json IS NOT NULL),
    first_seen    BIGINT NOT NULL,
    known         BIGINT NOT NULL,
    last_seen     BIGINT,
    gone          BIGINT
);

CREATE TABLE revisions (
    sighting TEXT NOT NULL REFERENCES sightings ON DELETE CASCADE,
    place    BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    was      TEXT NOT NULL CHECK (was::json IS NOT NULL),
    PRIMARY KEY (sighting, place)
);

CREATE TABLE answers (
    id     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task   TEXT NOT NULL,
    waived BOOLEAN NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT NOT NULL,
    note   TEXT,
    UNIQUE (task, waived, at, by)
);

-- An empty engineer: from here on nobody was able any more.
CREATE TABLE writers (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task     TEXT NOT NULL,
    start    BIGINT NOT NULL,
    engineer TEXT NOT NULL,
    since    BIGINT NOT NULL,
    UNIQUE (task, start, engineer, since)
);

CREATE TABLE feeds (
    name          TEXT PRIMARY KEY,
    body          BYTEA,
    hash          TEXT,
    etag          TEXT,
    last_modified TEXT,
    fetched       BIGINT,
    changed       BIGINT,
    tried         BIGINT,
    error         TEXT,
    failing_since BIGINT,
    next_try      BIGINT
);

-- Ledger and outbox in one.
CREATE TABLE letters (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key          TEXT NOT NULL UNIQUE,
    state        TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'accepted', 'refused', 'withdrawn')),
    recipient    TEXT NOT NULL,
    engineer     TEXT,
    subject      TEXT NOT NULL,
    bytes        BYTEA NOT NULL,
    queued       BIGINT NOT NULL,
    since        BIGINT NOT NULL,
    due          BIGINT NOT NULL,
    due_before   BIGINT NOT NULL,
    tries        BIGINT NOT NULL DEFAULT 0 CHECK (tries >= 0),
    attempt      BIGINT NOT NULL DEFAULT 0 CHECK (attempt >= tries),
    last_answer  TEXT,
    maybe_twice  BOOLEAN NOT NULL DEFAULT FALSE,
    useful_until BIGINT,
    done         BIGINT,
    -- Who makes the attempt under way, and until when nobody else may.
    replica      BIGINT,
    lease        TIMESTAMPTZ,
    CHECK ((done IS NOT NULL) = (state IN ('accepted', 'refused', 'withdrawn'))),
    CHECK (state <> 'sending' OR attempt > 0)
);

CREATE INDEX letters_open ON letters (due) WHERE done IS NULL;
CREATE INDEX letters_done ON letters (done) WHERE done IS NOT NULL;

-- What was said. A key is said once, ever.
CREATE TABLE notices (
    key        TEXT PRIMARY KEY,
    letter     BIGINT NOT NULL REFERENCES letters ON DELETE CASCADE,
    kind       TEXT NOT NULL CHECK (kind IN ('briefing-request', 'escalation', 'task-changed', 'retraction',
                                             'before-leave', 'catch-up', 'feed-alert', 'coverage')),
    person     TEXT NOT NULL,
    task       TEXT,
    task_start BIGINT,
    stage      TEXT,
    reason     TEXT NOT NULL,
    uids       TEXT CHECK (uids IS NULL OR uids::json IS NOT NULL),
    at         BIGINT NOT NULL
);

CREATE INDEX notices_letter ON notices (letter);
-- What the brake holds back of each feed, or held back last.
CREATE TABLE holds (
    feed          TEXT PRIMARY KEY REFERENCES feeds ON DELETE CASCADE,
    since         BIGINT NOT NULL,
    last          BIGINT NOT NULL CHECK (last >= since),
    fetches       BIGINT NOT NULL CHECK (fetches > 0),
    missing       BIGINT NOT NULL CHECK (missing > 0),
    of            BIGINT NOT NULL CHECK (of >= missing),
    body          BYTEA,
    hash          TEXT,
    etag          TEXT,
    last_modified TEXT,
    released      BIGINT,
    how           TEXT CHECK (how IN ('taken', 'returned', 'accepted')),
    CHECK ((released IS NULL) = (how IS NULL)),
    CHECK ((body IS NULL) = (released IS NOT NULL))
);

-- What each feed shows of people's time, and what it has rolled away of that. Without titles.
CREATE TABLE bygone (
    feed TEXT PRIMARY KEY,
    form TEXT NOT NULL CHECK (form::json IS NOT NULL)
);
