-- Gift cards and credits. A card is named by the hash of its number; no number stands anywhere.

-- View: every card a store said something of, and what the sum of its moves is.
CREATE TABLE stored_cards (
    card_id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    last_four TEXT NOT NULL,
    currency TEXT NOT NULL,
    balance_minor INTEGER NOT NULL,
    -- When its newest fact was stated.
    moved_at_ms INTEGER NOT NULL
) STRICT;
-- Serves the list, the cards that moved last first.
CREATE INDEX stored_cards_by_time ON stored_cards (moved_at_ms, card_id);
-- Serves the cards of which more was redeemed than was on them, and what is owed.
CREATE INDEX stored_cards_by_balance ON stored_cards (currency, balance_minor);

-- View: what facts put on cards and took off.
CREATE TABLE stored_moves (
    fact_id BLOB NOT NULL,
    part INTEGER NOT NULL,
    card_id BLOB NOT NULL,
    edge INTEGER NOT NULL,
    why TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    -- The sale, or the return.
    sale_id BLOB,
    PRIMARY KEY (fact_id, part)
) STRICT, WITHOUT ROWID;
-- Serves the facts that make a balance.
CREATE INDEX stored_moves_by_card ON stored_moves (card_id, at_ms);

-- View: what the hub told which store of a card, as its newest fact has it, in JSON.
CREATE TABLE stored_told (
    card_id BLOB NOT NULL,
    edge INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (card_id, edge)
) STRICT, WITHOUT ROWID;

-- Money held back for a sale that is being paid, until its fact ends it or the store lets it go. A
-- row that has ended stays, so that a question that comes late holds nothing.
CREATE TABLE stored_holds (
    hold_id BLOB NOT NULL PRIMARY KEY,
    card_id BLOB NOT NULL,
    edge INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'ended')),
    at_ms INTEGER NOT NULL
) STRICT;
-- Serves what is held back of a card.
CREATE INDEX stored_holds_by_card ON stored_holds (card_id, state);

-- Cards with which nothing may be paid, as an operator said.
CREATE TABLE stored_blocks (
    card_id BLOB NOT NULL PRIMARY KEY,
    blocked_at_ms INTEGER NOT NULL,
    blocked_by TEXT NOT NULL
) STRICT;
