-- Wrong PINs are no longer forgotten when somebody signs in: whoever knows one PIN could otherwise
-- guess at the others for ever. What was counted before this version is forgotten once.
DROP TABLE sign_in_attempts;

-- The wrong PINs typed at a place, as the time at which the last of them is forgotten.
CREATE TABLE wrong_pins (
    -- `register/1`, or `store` for all registers together.
    place TEXT PRIMARY KEY,
    forgotten_at_ms INTEGER NOT NULL
) STRICT;
