-- What the brake holds back of each feed, or held back last.
CREATE TABLE holds (
    feed          TEXT PRIMARY KEY REFERENCES feeds ON DELETE CASCADE,
    since         INTEGER NOT NULL,
    last          INTEGER NOT NULL CHECK (last >= since),
    fetches       INTEGER NOT NULL CHECK (fetches > 0),
    missing       INTEGER NOT NULL CHECK (missing > 0),
    of            INTEGER NOT NULL CHECK (of >= missing),
    body          BLOB,
    hash          TEXT,
    etag          TEXT,
    last_modified TEXT,
    released      INTEGER,
    how           TEXT CHECK (how IN ('taken', 'returned', 'accepted')),
    CHECK ((released IS NULL) = (how IS NULL)),
    CHECK ((body IS NULL) = (released IS NOT NULL))
) STRICT;
