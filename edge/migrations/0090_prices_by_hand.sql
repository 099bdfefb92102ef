-- Prices changed by hand in baskets in work: typed ones and discounts, with who gave and approved
-- them, why, and the limit they were given under in thousandths of a percent.

ALTER TABLE basket_lines ADD COLUMN department TEXT NOT NULL DEFAULT '';
-- What a person said one unit costs; the other columns stand beside it.
ALTER TABLE basket_lines ADD COLUMN typed_price_minor INTEGER;
ALTER TABLE basket_lines ADD COLUMN typed_reason TEXT;
ALTER TABLE basket_lines ADD COLUMN typed_by BLOB;
ALTER TABLE basket_lines ADD COLUMN typed_approved_by BLOB;
ALTER TABLE basket_lines ADD COLUMN typed_allowed INTEGER;

CREATE TABLE basket_discounts (
    register INTEGER NOT NULL REFERENCES baskets (register) ON DELETE CASCADE,
    -- Nothing's number is 0: there it is about the whole basket.
    line INTEGER NOT NULL,
    -- Counts those of a line, or of the basket, in the order they were given.
    place INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('percent', 'amount')),
    -- Thousandths of a percent, or minor units.
    value INTEGER NOT NULL,
    reason TEXT NOT NULL,
    given_by BLOB NOT NULL,
    approved_by BLOB,
    allowed INTEGER NOT NULL,
    PRIMARY KEY (register, line, place)
) STRICT, WITHOUT ROWID;

-- The line a person is asked for a discount of; 0 is the whole basket.
ALTER TABLE register_screens ADD COLUMN asked_line INTEGER;
