-- View: what this store's own facts put on gift cards and credits, and took off. No number of a
-- card stands anywhere here: a card is named by the hash of its number.
CREATE TABLE stored_moves (
    fact_id BLOB NOT NULL,
    part INTEGER NOT NULL,
    card_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    last_four TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    PRIMARY KEY (fact_id, part)
) STRICT, WITHOUT ROWID;
-- Serves what this store knows of a card by itself.
CREATE INDEX stored_moves_by_card ON stored_moves (card_id);

-- View: how the hub says a card stands, as its newest fact has it, in JSON.
CREATE TABLE stored_told (
    card_id BLOB PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What the hub answered last when it was asked about a card, in JSON.
CREATE TABLE stored_answers (
    card_id BLOB PRIMARY KEY,
    body TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Money the hub was asked to hold back: asked, given for the basket of its register, or to be let
-- go. A row goes once the sale is stated or the hub knows that nothing came of it.
CREATE TABLE stored_holds (
    hold_id BLOB PRIMARY KEY,
    card_id BLOB NOT NULL,
    register INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'given', 'free')),
    asked_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Serves what is to be let go.
CREATE INDEX stored_holds_by_state ON stored_holds (state, asked_at_ms);
