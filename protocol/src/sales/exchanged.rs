//! What goods that came back count for when others go out with them.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CardPaid, OnAccount, Tender};
use crate::ids::{ReturnId, SaleId};
use crate::money::Minor;
use crate::stored::StoredPaid;

/// The two halves of an exchange, each of which names it: what came back, and what went out for it.
/// Since version 0.1.0.
///
/// The same stands on the tender of both facts, with the same amount, so that what one half says it
/// took the other says it gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct Exchanged {
    /// The sale by which goods went out.
    #[n(0)]
    pub sale_id: SaleId,
    /// The return by which others came back.
    #[n(1)]
    pub return_id: ReturnId,
    /// What cards had paid of the amount: it goes back to them when what went out comes back in
    /// its turn. The rest was paid in cash.
    #[n(2)]
    pub cards: Vec<PaidByCard>,
    /// What accounts had paid of it.
    #[n(3)]
    pub accounts: Vec<PaidOnAccount>,
    /// What gift cards and credits had paid of it.
    #[n(4)]
    pub stored: Vec<PaidByStored>,
}

/// What a card had paid of an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct PaidByCard {
    /// How much.
    #[n(0)]
    pub amount_minor: Minor,
    /// The payment.
    #[n(1)]
    pub card: CardPaid,
}

/// What an account had paid of an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct PaidOnAccount {
    /// How much.
    #[n(0)]
    pub amount_minor: Minor,
    /// Whose.
    #[n(1)]
    pub account: OnAccount,
}

/// What a gift card or a credit had paid of an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct PaidByStored {
    /// How much.
    #[n(0)]
    pub amount_minor: Minor,
    /// Which card.
    #[n(1)]
    pub stored: StoredPaid,
}

impl Exchanged {
    /// Returns what cards, accounts, gift cards and credits had paid, as they paid it.
    #[must_use]
    pub fn paid_by(&self) -> Vec<Tender> {
        let cards = self.cards.iter();
        let cards = cards.map(|it| Tender::card(it.amount_minor, it.card.clone()));
        let accounts = self.accounts.iter();
        let accounts = accounts.map(|it| Tender::on_account(it.amount_minor, it.account.clone()));
        let stored = self.stored.iter();
        let stored = stored.map(|it| Tender::stored(it.amount_minor, it.stored.clone()));
        cards.chain(accounts).chain(stored).collect()
    }
}
