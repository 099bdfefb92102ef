-- Print jobs may be invoices. SQLite changes no CHECK of a table, so the table is made anew; nothing
-- refers to it.
CREATE TABLE print_jobs_again (
    -- The order in which a register prints.
    place INTEGER PRIMARY KEY,
    job_id BLOB NOT NULL UNIQUE,
    register INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('receipt', 'copy', 'invoice', 'report')),
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
INSERT INTO print_jobs_again (place, job_id, register, kind, sale_id, bytes, first_ink, state, reason,
    attempts, queued_at_ms, ended_at_ms, settlement, settled_at_ms)
SELECT place, job_id, register, kind, sale_id, bytes, first_ink, state, reason, attempts, queued_at_ms,
    ended_at_ms, settlement, settled_at_ms
FROM print_jobs;
DROP TABLE print_jobs;
ALTER TABLE print_jobs_again RENAME TO print_jobs;
-- Serves the worker's next job, and what is uncertain at a register.
CREATE INDEX print_jobs_by_state ON print_jobs (register, state, place);
-- Serves the prints of one sale.
CREATE INDEX print_jobs_by_sale ON print_jobs (sale_id) WHERE sale_id IS NOT NULL;
-- Serves forgetting whom invoices are for once they are on paper.
CREATE INDEX print_jobs_with_parties ON print_jobs (ended_at_ms)
    WHERE kind = 'invoice' AND bytes <> x'';
