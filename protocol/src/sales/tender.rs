//! What was paid with, and what became of money a terminal took or gave back.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Exchanged, ForeignCash, OnAccount, VoucherTaken};
use crate::facts::{Body, Kind};
use crate::ids::{SaleId, StaffId};
use crate::money::{Currency, Minor};
use crate::stored::StoredPaid;

/// How something was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct Tender {
    /// With what.
    #[n(0)]
    pub kind: TenderKind,
    /// How much was given, in the currency of the sale; for cash this may exceed what was due.
    #[n(1)]
    pub amount_minor: Minor,
    /// What the terminal said, for a card. Since version 0.1.0.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<CardPaid>,
    /// Which voucher, for a voucher. Since version 0.1.0.
    #[n(3)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voucher: Option<VoucherTaken>,
    /// How much of which currency, for foreign cash. Since version 0.1.0.
    #[n(4)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<ForeignCash>,
    /// Whose account, for what is paid later. Since version 0.1.0.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<OnAccount>,
    /// Which gift card or credit. Since version 0.1.0.
    #[n(6)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored: Option<StoredPaid>,
    /// For which goods that came back, for what is paid with them. Since version 0.1.0.
    #[n(9)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchanged: Option<Exchanged>,
}

/// What can be paid with.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Encode,
    Decode,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum TenderKind {
    /// Notes and coins.
    #[n(0)]
    Cash,
    /// A card, by a payment terminal. Since version 0.1.0.
    #[n(1)]
    Card,
    /// A gift card the company sold. Since version 0.1.0.
    #[n(2)]
    GiftCard,
    /// Credit the company gave for goods that came back. Since version 0.1.0.
    #[n(3)]
    StoreCredit,
    /// A paper voucher of another issuer. Since version 0.1.0.
    #[n(4)]
    Voucher,
    /// Notes and coins of another currency. Since version 0.1.0.
    #[n(5)]
    ForeignCash,
    /// A business customer's word to pay later. Since version 0.1.0.
    #[n(6)]
    OnAccount,
    /// Goods that came back in the same transaction: no money moves. Since version 0.1.0.
    #[n(7)]
    Exchanged,
}

/// What a terminal said of money it took from a card, or gave back to one: what a receipt shows and
/// what giving it back needs. A card's number is never part of it.
#[derive(
    Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode, ToSchema,
)]
#[cbor(map)]
pub struct CardPaid {
    /// What the store called the payment when it asked its terminal.
    #[n(0)]
    pub intent: String,
    /// What the terminal calls it; nothing when a person said that it was paid.
    #[n(1)]
    pub transaction: Option<String>,
    /// When it was, as the terminal says.
    #[n(2)]
    pub transaction_at: Option<String>,
    /// What kind of card.
    #[n(3)]
    pub scheme: Option<String>,
    /// The last four digits of its number.
    #[n(4)]
    pub last_four: Option<String>,
    /// The bank's code.
    #[n(5)]
    pub authorisation: Option<String>,
    /// Whether the terminal took it without asking the bank.
    #[n(6)]
    pub offline: bool,
    /// The manager who said that it was paid, when no terminal could.
    #[n(7)]
    pub said_by: Option<StaffId>,
}

impl TenderKind {
    /// Every kind, by ascending number.
    pub const ALL: [Self; 8] = [
        Self::Cash,
        Self::Card,
        Self::GiftCard,
        Self::StoreCredit,
        Self::Voucher,
        Self::ForeignCash,
        Self::OnAccount,
        Self::Exchanged,
    ];

    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Card => "card",
            Self::GiftCard => "gift_card",
            Self::StoreCredit => "store_credit",
            Self::Voucher => "voucher",
            Self::ForeignCash => "foreign_cash",
            Self::OnAccount => "on_account",
            Self::Exchanged => "exchanged",
        }
    }

    /// Tells whether it is notes and coins, of whatever currency: what is paid with them is
    /// rounded, and they give change.
    #[must_use]
    pub const fn is_cash(self) -> bool {
        match self {
            Self::Cash | Self::ForeignCash => true,
            Self::Card
            | Self::GiftCard
            | Self::StoreCredit
            | Self::Voucher
            | Self::OnAccount
            | Self::Exchanged => false,
        }
    }

    /// Tells whether it is money on a card with a number, of which the company owes the rest.
    #[must_use]
    pub const fn is_stored(self) -> bool {
        match self {
            Self::GiftCard | Self::StoreCredit => true,
            Self::Cash
            | Self::Card
            | Self::Voucher
            | Self::ForeignCash
            | Self::OnAccount
            | Self::Exchanged => false,
        }
    }
}

impl Tender {
    /// Returns notes and coins.
    #[must_use]
    pub const fn cash(amount_minor: Minor) -> Self {
        Self::nothing(TenderKind::Cash, amount_minor)
    }

    const fn nothing(kind: TenderKind, amount_minor: Minor) -> Self {
        Self {
            kind,
            amount_minor,
            card: None,
            voucher: None,
            foreign: None,
            account: None,
            stored: None,
            exchanged: None,
        }
    }

    /// Returns a voucher that counts for `amount_minor`.
    #[must_use]
    pub fn voucher(amount_minor: Minor, voucher: VoucherTaken) -> Self {
        Self {
            voucher: Some(voucher),
            ..Self::nothing(TenderKind::Voucher, amount_minor)
        }
    }

    /// Returns cash of another currency that counts for `amount_minor`.
    #[must_use]
    pub fn foreign(amount_minor: Minor, foreign: ForeignCash) -> Self {
        Self {
            foreign: Some(foreign),
            ..Self::nothing(TenderKind::ForeignCash, amount_minor)
        }
    }

    /// Returns what is paid later.
    #[must_use]
    pub fn on_account(amount_minor: Minor, account: OnAccount) -> Self {
        Self {
            account: Some(account),
            ..Self::nothing(TenderKind::OnAccount, amount_minor)
        }
    }

    /// Returns what goods that came back count for.
    #[must_use]
    pub fn exchanged(amount_minor: Minor, exchanged: Exchanged) -> Self {
        Self {
            exchanged: Some(exchanged),
            ..Self::nothing(TenderKind::Exchanged, amount_minor)
        }
    }

    /// Returns what a gift card or a credit paid, or got back.
    #[must_use]
    pub fn stored(amount_minor: Minor, stored: StoredPaid) -> Self {
        let kind = stored.card.kind.tender();
        Self {
            stored: Some(stored),
            ..Self::nothing(kind, amount_minor)
        }
    }

    /// Returns what a terminal took from a card, or gave back to one.
    #[must_use]
    pub fn card(amount_minor: Minor, card: CardPaid) -> Self {
        Self {
            card: Some(card),
            ..Self::nothing(TenderKind::Card, amount_minor)
        }
    }

    /// Tells whether it says of itself what its kind wants.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let said = [
            (self.card.is_some(), TenderKind::Card),
            (self.voucher.is_some(), TenderKind::Voucher),
            (self.foreign.is_some(), TenderKind::ForeignCash),
            (self.account.is_some(), TenderKind::OnAccount),
            (self.exchanged.is_some(), TenderKind::Exchanged),
        ];
        let stored = self.stored.as_ref().map(|it| it.card.kind.tender());
        let is_stored = self.kind.is_stored();
        stored == is_stored.then_some(self.kind)
            && said
                .into_iter()
                .all(|(is_said, of)| is_said == (self.kind == of))
    }

    /// Tells whether it is cash of nothing, by which somebody says that the rest is paid in cash.
    #[must_use]
    pub fn is_no_cash(&self) -> bool {
        self.kind == TenderKind::Cash && self.amount_minor == Minor::ZERO
    }

    /// Adds up what is of one kind; beyond an `i64` it saturates.
    #[must_use]
    pub fn sum_of(tenders: &[Self], kind: TenderKind) -> Minor {
        let of_kind = tenders.iter().filter(|tender| tender.kind == kind);
        let sum = of_kind.fold(0, |sum: i64, it| sum.saturating_add(it.amount_minor.0));
        Minor(sum)
    }
}

/// Money that a card had paid for a sale went back to it before the sale came about. Since version
/// 0.1.0. The envelope says at which register and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct CardGivenBack {
    /// The sale that was being paid.
    #[n(0)]
    pub sale_id: SaleId,
    /// What the store called the payment.
    #[n(1)]
    pub payment: String,
    /// The currency of the amount.
    #[n(2)]
    pub currency: Currency,
    /// How much went back.
    #[n(3)]
    pub amount_minor: Minor,
    /// What the terminal said of giving it back.
    #[n(4)]
    pub card: CardPaid,
}

impl Body for CardGivenBack {
    const KIND: Kind = Kind::CardGivenBack;
}

/// A manager said what became of money nobody knew about. Since version 0.1.0. The envelope says at
/// which register, and who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct CardSettled {
    /// The sale, or the sale of what came back.
    #[n(0)]
    pub sale_id: SaleId,
    /// What the store called the payment, or the giving back.
    #[n(1)]
    pub intent: String,
    /// The currency of the amount.
    #[n(2)]
    pub currency: Currency,
    /// How much.
    #[n(3)]
    pub amount_minor: Minor,
    /// What was said.
    #[n(4)]
    pub said: CardSaid,
    /// The manager who said it.
    #[n(5)]
    pub by: StaffId,
}

impl Body for CardSettled {
    const KIND: Kind = Kind::CardSettled;
}

/// What a manager can say of money nobody knows about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum CardSaid {
    /// It moved.
    #[n(0)]
    Moved,
    /// It did not.
    #[n(1)]
    NotMoved,
}

impl CardSaid {
    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::NotMoved => "not_moved",
        }
    }
}
