-- The paper of a gift card or a credit is a kind of its own: its number is money, so it is printed
-- again as it was and forgotten once it is out. SQLite changes no CHECK of a table, so the table is
-- made anew; nothing refers to it.
CREATE TABLE print_jobs_again (
    -- The order in which a printer prints.
    place INTEGER PRIMARY KEY,
    job_id BLOB NOT NULL UNIQUE,
    register INTEGER NOT NULL,
    -- Which of the register's printers prints it.
    line TEXT NOT NULL CHECK (line IN ('receipts', 'labels')),
    kind TEXT NOT NULL
        CHECK (kind IN ('receipt', 'copy', 'invoice', 'stored_card', 'report', 'label',
            'carrier_label')),
    sale_id BLOB,
    -- Which label it is, in a few words that name no person.
    about TEXT,
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
INSERT INTO print_jobs_again (place, job_id, register, line, kind, sale_id, about, bytes, first_ink,
    state, reason, attempts, queued_at_ms, ended_at_ms, settlement, settled_at_ms)
SELECT place, job_id, register, line, kind, sale_id, about, bytes, first_ink, state, reason,
    attempts, queued_at_ms, ended_at_ms, settlement, settled_at_ms
FROM print_jobs;
DROP TABLE print_jobs;
ALTER TABLE print_jobs_again RENAME TO print_jobs;
-- Serves the worker's next job.
CREATE INDEX print_jobs_by_state ON print_jobs (register, line, state, place);
-- Serves what is uncertain at a register.
CREATE INDEX print_jobs_in_doubt ON print_jobs (register, place)
    WHERE state = 'uncertain' AND settlement IS NULL;
-- Serves the prints of one sale.
CREATE INDEX print_jobs_by_sale ON print_jobs (sale_id) WHERE sale_id IS NOT NULL;
-- Serves the labels that wait or failed.
CREATE INDEX print_jobs_of_labels ON print_jobs (place) WHERE line = 'labels';
-- Serves forgetting whom invoices and labels are for, and what numbers of cards are, once they are
-- on paper.
CREATE INDEX print_jobs_with_parties ON print_jobs (ended_at_ms)
    WHERE bytes <> x'' AND (kind IN ('invoice', 'stored_card') OR line = 'labels');
