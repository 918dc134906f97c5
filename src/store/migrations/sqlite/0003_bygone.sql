-- What each feed shows of people's time, and what it has rolled away of that. Without titles.
CREATE TABLE bygone (
    feed TEXT PRIMARY KEY,
    form TEXT NOT NULL CHECK (json_valid(form))
) STRICT;
