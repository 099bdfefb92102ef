-- What each register's printer has to print, had to print, and what is known about it. State of
-- devices, not a view of facts: a rebuild leaves it alone.
CREATE TABLE print_jobs (
    -- The order in which a register prints.
    place INTEGER PRIMARY KEY,
    job_id BLOB NOT NULL UNIQUE,
    register INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('receipt', 'copy', 'report')),
    sale_id BLOB,
    bytes BLOB NOT NULL,
    -- How many bytes at the start put no ink on paper.
    first_ink INTEGER NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('queued', 'sending', 'sent', 'confirmed', 'uncertain', 'failed')),
    -- Why it waits, is uncertain or failed: a sentence for the person at the till.
    reason TEXT,
    attempts INTEGER NOT NULL,
    queued_at_ms INTEGER NOT NULL,
    -- When it reached a state it does not leave by itself.
    ended_at_ms INTEGER,
    -- What a person said became of an uncertain one.
    settlement TEXT CHECK (settlement IN ('printed', 'reprinted', 'abandoned')),
    settled_at_ms INTEGER
) STRICT;
-- Serves the worker's next job, and what is uncertain at a register.
CREATE INDEX print_jobs_by_state ON print_jobs (register, state, place);
-- Serves the prints of one sale.
CREATE INDEX print_jobs_by_sale ON print_jobs (sale_id) WHERE sale_id IS NOT NULL;

-- Each opening of a drawer that was asked for, with its cause and what became of it.
CREATE TABLE drawer_openings (
    opening INTEGER PRIMARY KEY,
    register INTEGER NOT NULL,
    cause TEXT NOT NULL,
    asked_at_ms INTEGER NOT NULL,
    -- Nothing while it is not known, and for good when the program stopped meanwhile: a kick is
    -- never sent again.
    outcome TEXT
) STRICT;
