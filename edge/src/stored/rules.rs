//! What may be paid with a gift card or a credit, from what is known of it.

use counterpart_protocol::ids::HoldId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::sales::Tender;
use counterpart_protocol::stored::{NumberRefused, StoredCard, StoredKnown, StoredPaid};

/// What is known of a card when it is to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// The card.
    pub card: StoredCard,
    /// The currency of its money.
    pub currency: Currency,
    /// What may be paid with it: what the hub holds back, or what is known here.
    pub free_minor: Minor,
    /// Whether nothing may be.
    pub is_blocked: bool,
    /// What the hub calls the money it holds back; nothing where it was not asked.
    pub hold: Option<HoldId>,
    /// Whether the hub said it just now.
    pub is_current: bool,
    /// When the hub last said what is on it, where it was not asked now, in milliseconds UTC.
    pub told_at_ms: Option<i64>,
}

/// Why nothing is paid with a card, or nothing put on it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoredRefused {
    /// The number cannot be read.
    #[error(transparent)]
    Number(#[from] NumberRefused),
    /// Nobody knows the card.
    #[error("no card has the number that ends in {0}: look at the card again")]
    Unknown(String),
    /// Nobody here knows the card, and the hub cannot be asked.
    #[error(
        "the hub is away and this store does not know the card that ends in {0}: take another \
         tender"
    )]
    UnknownHere(String),
    /// It was reported lost.
    #[error("the card that ends in {0} is blocked: keep it and ask the manager")]
    Blocked(String),
    /// Nothing is on it.
    #[error("nothing is left on the card that ends in {0}: take another tender")]
    Empty(String),
    /// Its money is of another currency.
    #[error("the card that ends in {last_four} is in {currency}: take another tender")]
    OtherCurrency {
        /// The last digits of its number.
        last_four: String,
        /// Its currency.
        currency: Currency,
    },
    /// It was given for this sale already.
    #[error("the card that ends in {0} was given for this sale already: take another tender")]
    Twice(String),
}

/// Returns what a card pays: what was typed or is due, never more than either is or is on it.
///
/// # Errors
/// [`StoredRefused`].
pub(crate) fn redeem(
    known: &Known,
    typed: Option<Minor>,
    due_minor: Minor,
    currency: Currency,
    given: &[Tender],
) -> Result<Tender, StoredRefused> {
    let last_four = known.card.last_four.clone();
    let is_same = |it: &Tender| {
        it.stored
            .as_ref()
            .is_some_and(|it| it.card.id == known.card.id)
    };
    if given.iter().any(is_same) {
        return Err(StoredRefused::Twice(last_four));
    }
    if known.is_blocked {
        return Err(StoredRefused::Blocked(last_four));
    }
    if known.currency != currency {
        return Err(StoredRefused::OtherCurrency {
            last_four,
            currency: known.currency,
        });
    }
    if known.free_minor <= Minor::ZERO {
        return Err(StoredRefused::Empty(last_four));
    }
    let wanted = typed.unwrap_or(due_minor).min(due_minor);
    let offline = known.hold.is_none().then_some(StoredKnown {
        balance_minor: known.free_minor,
        told_at_ms: known.told_at_ms,
    });
    let paid = StoredPaid {
        card: known.card.clone(),
        hold: known.hold,
        offline,
    };
    Ok(Tender::stored(wanted.min(known.free_minor), paid))
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::ids::HoldId;
    use counterpart_protocol::money::{Currency, Minor};
    use counterpart_protocol::sales::TenderKind;
    use counterpart_protocol::stored::{StoredKind, StoredNumber};
    use proptest::{prop_assert, proptest};

    use super::{Known, StoredRefused, redeem};

    fn known(free: i64) -> Known {
        Known {
            card: StoredNumber::draw(StoredKind::GiftCard, 7).card(),
            currency: Currency::EUR,
            free_minor: Minor(free),
            is_blocked: false,
            hold: None,
            is_current: false,
            told_at_ms: Some(5),
        }
    }

    #[test]
    fn a_card_pays_what_is_due_and_its_rest_stays_on_it() {
        #[track_caller]
        fn check(free: i64, typed: Option<i64>, due: i64, pays: i64) {
            let (due, typed) = (Minor(due), typed.map(Minor));
            let tender = redeem(&known(free), typed, due, Currency::EUR, &[]).unwrap();
            assert_eq!(tender.kind, TenderKind::GiftCard);
            assert_eq!(tender.amount_minor, Minor(pays));
            assert!(tender.is_whole());
        }
        check(5_000, None, 1_250, 1_250);
        check(1_000, None, 1_250, 1_000);
        check(5_000, Some(500), 1_250, 500);
        check(5_000, Some(9_000), 1_250, 1_250);
    }

    #[test]
    fn the_fact_says_what_was_gone_by_and_a_held_amount_needs_nothing_said() {
        let paid = |known: &Known| {
            let tender = redeem(known, None, Minor(100), Currency::EUR, &[]).unwrap();
            tender.stored.unwrap()
        };
        let offline = paid(&known(5_000));
        assert_eq!(offline.offline.unwrap().balance_minor, Minor(5_000));
        let held = Known {
            hold: Some(HoldId::from_parts(1, 1)),
            ..known(5_000)
        };
        assert_eq!(paid(&held).offline, None);
    }

    #[test]
    fn what_stands_in_the_way_is_said() {
        let refused = |known: &Known, currency: Currency| {
            redeem(known, None, Minor(100), currency, &[]).unwrap_err()
        };
        let last = known(0).card.last_four;
        let empty = refused(&known(0), Currency::EUR);
        assert_eq!(empty, StoredRefused::Empty(last.clone()));
        let blocked = Known {
            is_blocked: true,
            ..known(1)
        };
        assert_eq!(
            refused(&blocked, Currency::EUR),
            StoredRefused::Blocked(last.clone())
        );
        assert!(matches!(
            refused(&known(1), "CHF".parse().unwrap()),
            StoredRefused::OtherCurrency { .. }
        ));
        let first = redeem(&known(500), None, Minor(100), Currency::EUR, &[]).unwrap();
        let again = redeem(&known(500), None, Minor(100), Currency::EUR, &[first]);
        assert_eq!(again, Err(StoredRefused::Twice(last)));
    }

    proptest! {
        #[test]
        fn no_card_ever_pays_more_than_is_on_it_or_due(
            free in 1_i64..10_000,
            typed in proptest::option::of(1_i64..10_000),
            due in 1_i64..10_000,
        ) {
            let tender = redeem(&known(free), typed.map(Minor), Minor(due), Currency::EUR, &[]);
            let paid = tender.unwrap().amount_minor.0;
            prop_assert!(paid > 0 && paid <= free && paid <= due);
        }
    }
}
