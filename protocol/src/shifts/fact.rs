//! The facts of a shift: a till opened with its float, its drawer opened, counted and closed.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::facts::{Body, Kind};
use crate::ids::ShiftId;
use crate::money::{Currency, Minor};
use crate::sales::TenderKind;
use crate::tax::TaxSum;

/// Cash counted by denomination.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct CashCount {
    /// How many of each note and coin; a value stands at most once.
    #[n(0)]
    pub pieces: Vec<Pieces>,
}

/// How many notes or coins of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct Pieces {
    /// The value of one.
    #[n(0)]
    pub value_minor: Minor,
    /// How many.
    #[n(1)]
    pub count: u32,
}

impl CashCount {
    /// Returns a count of one amount without denominations.
    #[must_use]
    pub fn lump(amount: Minor) -> Self {
        Self {
            pieces: vec![Pieces {
                value_minor: amount,
                count: 1,
            }],
        }
    }

    /// Returns what it is worth, or nothing on overflow.
    #[must_use]
    pub fn total_minor(&self) -> Option<Minor> {
        Minor::sum(
            self.pieces
                .iter()
                .map(|pieces| {
                    pieces
                        .value_minor
                        .0
                        .checked_mul(i64::from(pieces.count))
                        .map(Minor)
                })
                .collect::<Option<Vec<_>>>()?,
        )
    }
}

/// A till was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ShiftOpened {
    /// The shift.
    #[n(0)]
    pub shift_id: ShiftId,
    /// The currency of every amount.
    #[n(1)]
    pub currency: Currency,
    /// The float in the drawer.
    #[n(2)]
    pub float: CashCount,
}

impl Body for ShiftOpened {
    const KIND: Kind = Kind::ShiftOpened;
}

/// A drawer was opened outside a sale; the envelope says by whom and at which register. That it is
/// open for a sale or with a shift, those facts say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct DrawerOpened {
    /// The shift.
    #[n(0)]
    pub shift_id: ShiftId,
    /// Why, in a word of the store's program: `shift_closed` to count it, `no_sale` for nothing
    /// that is recorded elsewhere.
    #[n(1)]
    pub cause: String,
    /// What a no-sale was for, from a fixed list of words.
    #[n(2)]
    pub reason: Option<String>,
}

impl Body for DrawerOpened {
    const KIND: Kind = Kind::DrawerOpened;
}

/// A till was counted and closed. The difference is named, never refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ShiftClosed {
    /// The shift.
    #[n(0)]
    pub shift_id: ShiftId,
    /// The currency of every amount.
    #[n(1)]
    pub currency: Currency,
    /// Counts the closings of this register from 1.
    #[n(2)]
    pub z_number: u32,
    /// What was counted.
    #[n(3)]
    pub counted: CashCount,
    /// What the facts say should be there.
    #[n(4)]
    pub expected_minor: Minor,
    /// Counted less expected: over is positive, short negative.
    #[n(5)]
    pub over_short_minor: Minor,
    /// Why they differ, from a fixed list of words; nothing when they do not.
    #[n(6)]
    pub reason: Option<String>,
    /// How many sales the shift made.
    #[n(7)]
    pub sales: u32,
    /// What they came to.
    #[n(8)]
    pub sales_minor: Minor,
    /// What else the Z says; nothing in facts of programs that did not say it yet.
    #[n(9)]
    pub totals: Option<ShiftTotals>,
    /// What was counted beside cash of the store's currency; nothing where nothing was to be. Since
    /// version 0.1.0.
    #[n(10)]
    pub others: Option<Vec<TenderCounted>>,
}

/// What was counted of one kind of tender that is not cash of the store's currency: slips of cards
/// and accounts, vouchers, notes of another currency. Since version 0.1.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct TenderCounted {
    /// Which kind.
    #[n(0)]
    pub kind: TenderKind,
    /// The currency of the amounts where it is not the shift's: that of foreign cash.
    #[n(1)]
    pub currency: Option<Currency>,
    /// What was counted.
    #[n(2)]
    pub counted_minor: Minor,
    /// What the facts say should be there.
    #[n(3)]
    pub expected_minor: Minor,
    /// Counted less expected: over is positive, short negative.
    #[n(4)]
    pub over_short_minor: Minor,
}

/// What a Z says beside its count.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ShiftTotals {
    /// Cash paid in.
    #[n(0)]
    pub paid_in_minor: Minor,
    /// Cash paid out.
    #[n(1)]
    pub paid_out_minor: Minor,
    /// Cash dropped into the safe.
    #[n(2)]
    pub dropped_minor: Minor,
    /// How often the drawer was opened for no sale.
    #[n(3)]
    pub no_sales: u32,
    /// What the shift's sales hold of tax, by rate.
    #[n(4)]
    pub taxes: Vec<TaxSum>,
    /// What the register ever sold, this shift included: it only grows.
    #[n(5)]
    pub perpetual_minor: Minor,
    /// What came back in the shift, where something did. `taxes` are those of the sales alone.
    #[n(6)]
    pub returned: Option<ShiftReturns>,
    /// What was paid and given back other than in cash, by kind; nothing where nothing was.
    #[n(7)]
    pub tenders: Option<Vec<ShiftTender>>,
    /// What cash was rounded by, sales less returns; nothing where nothing was. Since version
    /// 0.1.0.
    #[n(8)]
    pub rounding_minor: Option<Minor>,
}

/// What a Z says of one kind of tender that does not lie in the drawer. Since version 0.1.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ShiftTender {
    /// Which kind.
    #[n(0)]
    pub kind: TenderKind,
    /// How often it was paid with.
    #[n(1)]
    pub payments: u32,
    /// What was paid with it.
    #[n(2)]
    pub taken_minor: Minor,
    /// How often something went back to it.
    #[n(3)]
    pub refunds: u32,
    /// What went back to it.
    #[n(4)]
    pub back_minor: Minor,
    /// Which currency, for foreign cash. Since version 0.1.0.
    #[n(5)]
    pub currency: Option<Currency>,
    /// What there is to count of it, where that is not what was paid with it: how much of its own
    /// currency for foreign cash, what they say they are worth for vouchers. Since version 0.1.0.
    #[n(6)]
    pub counts_minor: Option<Minor>,
}

impl ShiftTender {
    /// Returns what should be counted of it: of cards and accounts what their slips come to,
    /// returns taken off. Beyond an `i64` it saturates.
    #[must_use]
    pub fn to_count_minor(&self) -> Minor {
        let there = self.counts_minor.unwrap_or(self.taken_minor);
        Minor(there.0.saturating_sub(self.back_minor.0))
    }
}

/// What a Z says of returns.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ShiftReturns {
    /// How many returns.
    #[n(0)]
    pub returns: u32,
    /// What they came to, tax included.
    #[n(1)]
    pub total_minor: Minor,
    /// What went back in cash.
    #[n(2)]
    pub cash_minor: Minor,
    /// Tax that went back, by rate.
    #[n(3)]
    pub taxes: Vec<TaxSum>,
}

impl Body for ShiftClosed {
    const KIND: Kind = Kind::ShiftClosed;
}
