//! Which tenders may be taken, and what a voucher, cash of another currency and an account count
//! for. A card is asked for by its terminal, exact cash counts for itself.

use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::{
    BusinessAccount, CashStep, ForeignRate, OfflinePolicy, OfflineRefused, TenderPolicy,
};
use counterpart_protocol::sales::{ForeignCash, OnAccount, Tender, TenderKind, VoucherTaken};
use counterpart_protocol::staff::Role;

use super::due::Due;
use crate::stored::StoredRefused;
use crate::written::spelled;

/// Characters of a voucher's number.
const NUMBER_MAX: usize = 40;

/// Why a tender is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TenderRefused {
    /// Not while the hub is away.
    #[error(transparent)]
    Offline(#[from] OfflineRefused),
    /// A gift card or a credit does not pay.
    #[error(transparent)]
    Stored(#[from] StoredRefused),
    /// The number of a voucher cannot be read.
    #[error("type the number of the voucher: at most {NUMBER_MAX} letters, digits and marks")]
    NumberUnfit,
    /// The voucher was given for this sale already.
    #[error("voucher {0} was given for this sale already: take another tender")]
    VoucherTwice(String),
    /// Vouchers are worth more than is due, and no change is given for so much.
    #[error(
        "the vouchers are worth {} more than is due and at most {} goes back for them: go back to \
         the sale and begin to pay again",
        spelled(*over_minor, *currency),
        spelled(*max_minor, *currency)
    )]
    VoucherAboveTotal {
        /// How much more.
        over_minor: Minor,
        /// What may go back.
        max_minor: Minor,
        /// The currency of both.
        currency: Currency,
    },
    /// The currency is not taken.
    #[error("{0} is not taken here: the hub published no rate for it; take another tender")]
    NoRate(Currency),
    /// The amount is none, or counts for nothing or for more than there is.
    #[error("an amount of {0} counts for more than nothing: type what the customer gave")]
    ForeignOutOfRange(Currency),
    /// There is no such account.
    #[error("there is no account '{0}' to sell to here: choose one of the list")]
    NoSuchAccount(String),
    /// More than is due would be paid later.
    #[error("an account pays at most what is due, {}: type less", spelled(*due_minor, *currency))]
    AccountAboveDue {
        /// What is due.
        due_minor: Minor,
        /// Its currency.
        currency: Currency,
    },
    /// More than the account may buy.
    #[error(
        "account {account} has {} left of the {} this store may sell to it in a month: take \
         another tender for the rest",
        spelled(*left_minor, *currency),
        spelled(*limit_minor, *currency)
    )]
    AccountLimit {
        /// The account.
        account: String,
        /// What is left.
        left_minor: Minor,
        /// Its limit.
        limit_minor: Minor,
        /// The currency of both.
        currency: Currency,
    },
}

/// Decides whether a role may take a tender while the hub is away; `ago_ms` is how long ago it was
/// heard of in milliseconds, nothing if it never was. Cash is always taken (product.md, rule 8).
///
/// # Errors
/// [`TenderRefused::Offline`].
pub(crate) fn may_take(
    offline: &OfflinePolicy,
    role: Role,
    ago_ms: Option<u64>,
    tender: &Tender,
) -> Result<(), TenderRefused> {
    if tender.kind == TenderKind::Cash {
        return Ok(());
    }
    if let Some(ago_ms) = ago_ms {
        offline.check_contact(ago_ms)?;
    }
    let limits = offline.limits(role);
    limits.check_tender(tender.kind.word())?;
    if tender.kind == TenderKind::Voucher || tender.kind.is_stored() {
        limits.check_stored_value(tender.amount_minor)?;
    }
    Ok(())
}

/// Returns what a voucher counts for: what is due, or all it is worth where its rest goes back.
///
/// # Errors
/// [`TenderRefused::NumberUnfit`], [`TenderRefused::VoucherTwice`].
pub(crate) fn voucher(
    number: &str,
    face_minor: Minor,
    due: Due,
    given: &[Tender],
    policy: &TenderPolicy,
) -> Result<Tender, TenderRefused> {
    let number = number.trim();
    let fits = (1..=NUMBER_MAX).contains(&number.chars().count());
    if !fits || number.chars().any(char::is_control) {
        return Err(TenderRefused::NumberUnfit);
    }
    let mut before = given.iter().filter_map(|it| it.voucher.as_ref());
    if before.any(|it| it.number == number) {
        return Err(TenderRefused::VoucherTwice(number.to_owned()));
    }
    let over = face_minor.0.saturating_sub(due.due_minor.0);
    let counts = match over <= policy.voucher_change_max_minor.0 {
        true => face_minor,
        false => due.due_minor,
    };
    let taken = VoucherTaken {
        number: number.to_owned(),
        face_minor,
    };
    Ok(Tender::voucher(counts, taken))
}

/// Checks that no more goes back for vouchers than may; `by_others` is what else was given that
/// gives no change.
///
/// # Errors
/// [`TenderRefused::VoucherAboveTotal`].
pub(super) fn vouchers_fit(
    total_minor: Minor,
    others: Minor,
    max_minor: Minor,
    currency: Currency,
) -> Result<(), TenderRefused> {
    let over_minor = Minor(others.0.saturating_sub(total_minor.0));
    match over_minor > max_minor && over_minor > Minor::ZERO {
        false => Ok(()),
        true => Err(TenderRefused::VoucherAboveTotal {
            over_minor,
            max_minor,
            currency,
        }),
    }
}

/// Returns what cash of another currency counts for.
///
/// # Errors
/// [`TenderRefused::NoRate`], [`TenderRefused::ForeignOutOfRange`].
pub(crate) fn foreign(
    currency: Currency,
    amount_minor: Minor,
    rate: Option<ForeignRate>,
    step: CashStep,
) -> Result<Tender, TenderRefused> {
    let rate = rate.ok_or(TenderRefused::NoRate(currency))?;
    let worth = rate.worth(amount_minor, step);
    let worth = worth.filter(|worth| amount_minor > Minor::ZERO && *worth > Minor::ZERO);
    let foreign = ForeignCash {
        currency,
        amount_minor,
        rate_micro: rate.rate_micro,
    };
    match worth {
        Some(worth) => Ok(Tender::foreign(worth, foreign)),
        None => Err(TenderRefused::ForeignOutOfRange(currency)),
    }
}

/// Returns what an account pays later: what was typed, or all that is due. `used_minor` is what it
/// bought here in the month so far.
///
/// # Errors
/// [`TenderRefused::AccountAboveDue`], [`TenderRefused::AccountLimit`].
pub(crate) fn on_account(
    account: &BusinessAccount,
    typed: Option<Minor>,
    due: Due,
    used_minor: Minor,
) -> Result<Tender, TenderRefused> {
    let (due_minor, currency) = (due.due_minor, account.currency);
    let amount = typed.unwrap_or(due_minor);
    if amount > due_minor {
        return Err(TenderRefused::AccountAboveDue {
            due_minor,
            currency,
        });
    }
    let left_minor = left_on(account, used_minor);
    match amount > left_minor {
        true => Err(TenderRefused::AccountLimit {
            account: account.number.clone(),
            left_minor,
            limit_minor: account.limit_minor,
            currency,
        }),
        false => Ok(Tender::on_account(
            amount,
            OnAccount {
                account: account.number.clone(),
            },
        )),
    }
}

/// Returns what an account may still buy, when it bought `used_minor` in the month.
#[must_use]
pub(crate) fn left_on(account: &BusinessAccount, used_minor: Minor) -> Minor {
    let left = account.limit_minor.0.saturating_sub(used_minor.0);
    Minor(left.clamp(0, account.limit_minor.0.max(0)))
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::money::{Currency, Minor};
    use counterpart_protocol::policies::{
        BusinessAccount, CashStep, ForeignRate, Policies, TenderPolicy,
    };
    use counterpart_protocol::sales::{CardPaid, Tender};
    use counterpart_protocol::staff::Role;

    use super::{Due, foreign, may_take, on_account, voucher, vouchers_fit};

    fn due(minor: i64) -> Due {
        Due {
            total_minor: Minor(minor),
            given_minor: Minor::ZERO,
            due_minor: Minor(minor),
            cash_due_minor: Minor(minor),
            change_minor: Minor::ZERO,
            rounding_minor: Minor::ZERO,
        }
    }

    #[test]
    fn a_voucher_pays_what_is_due_and_gives_change_only_where_the_rule_says_so() {
        #[track_caller]
        fn check(face: i64, change_max: i64, counts: i64) {
            let policy = TenderPolicy {
                voucher_change_max_minor: Minor(change_max),
                ..TenderPolicy::default()
            };
            let tender = voucher(" V-1 ", Minor(face), due(1_500), &[], &policy).unwrap();
            let taken = tender.voucher.unwrap();
            assert_eq!(
                (tender.amount_minor, taken.face_minor),
                (Minor(counts), Minor(face))
            );
            assert_eq!(taken.number, "V-1");
        }
        check(1_000, 0, 1_000);
        check(1_500, 0, 1_500);
        check(2_000, 0, 1_500);
        check(2_000, 499, 1_500);
        check(2_000, 500, 2_000);
        let policy = TenderPolicy::default();
        let first = voucher("V-1", Minor(500), due(1_500), &[], &policy).unwrap();
        let again = voucher("V-1", Minor(500), due(1_000), &[first], &policy).unwrap_err();
        assert!(
            again.to_string().contains("given for this sale already"),
            "{again}"
        );
        for unfit in ["", "  ", "a\nb", &"9".repeat(41)] {
            assert!(
                voucher(unfit, Minor(1), due(1), &[], &policy).is_err(),
                "{unfit:?}"
            );
        }
        assert_eq!(
            vouchers_fit(Minor(10), Minor(10), Minor(0), Currency::EUR),
            Ok(())
        );
        assert!(vouchers_fit(Minor(9), Minor(10), Minor(0), Currency::EUR).is_err());
        assert_eq!(
            vouchers_fit(Minor(9), Minor(10), Minor(1), Currency::EUR),
            Ok(())
        );
    }

    #[test]
    fn foreign_cash_counts_at_the_rate_the_hub_published() {
        let usd: Currency = "USD".parse().unwrap();
        let rate = ForeignRate {
            currency: usd,
            into: Currency::EUR,
            rate_micro: 923_456,
        };
        let step = CashStep::of(Minor(5));
        let taken = foreign(usd, Minor(2_000), Some(rate), step).unwrap();
        assert_eq!(taken.amount_minor, Minor(1_845));
        assert_eq!(taken.foreign.unwrap().amount_minor, Minor(2_000));
        let sentence = "USD is not taken here: the hub published no rate for it; take another \
                        tender";
        let refused = foreign(usd, Minor(2_000), None, step).unwrap_err();
        assert_eq!(refused.to_string(), sentence);
        for absurd in [i64::MIN, -1, 0, 1] {
            assert!(
                foreign(usd, Minor(absurd), Some(rate), step).is_err(),
                "{absurd}"
            );
        }
    }

    #[test]
    fn an_account_buys_up_to_its_limit_and_is_told_what_is_left() {
        let account = BusinessAccount {
            number: "K-1042".to_owned(),
            name: "Baker and Sons".to_owned(),
            currency: Currency::EUR,
            limit_minor: Minor(10_000),
        };
        let take = |typed: Option<i64>, used| {
            on_account(&account, typed.map(Minor), due(2_500), Minor(used))
        };
        assert_eq!(take(None, 7_500).unwrap().amount_minor, Minor(2_500));
        assert_eq!(take(Some(1_000), 9_000).unwrap().amount_minor, Minor(1_000));
        let sentence = "account K-1042 has 10.00 EUR left of the 100.00 EUR this store may sell to \
                        it in a month: take another tender for the rest";
        assert_eq!(take(None, 9_000).unwrap_err().to_string(), sentence);
        let sentence = "an account pays at most what is due, 25.00 EUR: type less";
        assert_eq!(take(Some(2_501), 0).unwrap_err().to_string(), sentence);
        // More came back in the month than was bought in it: the limit is still the limit.
        assert_eq!(take(None, -50_000).unwrap().amount_minor, Minor(2_500));
        assert!(take(Some(1), 20_000).is_err());
    }

    #[test]
    fn what_the_policy_does_not_name_is_not_taken_while_the_hub_is_away() {
        let mut offline = Policies::default().offline;
        offline.associate.tenders = vec!["cash".to_owned()];
        let card = Tender::card(Minor(100), CardPaid::default());
        let cash = Tender::cash(Minor(100));
        let long = Some(1_000 * 3_600_000);
        for ago in [None, Some(0), long] {
            assert_eq!(may_take(&offline, Role::Associate, ago, &cash), Ok(()));
        }
        assert_eq!(may_take(&offline, Role::Manager, Some(0), &card), Ok(()));
        let refused = may_take(&offline, Role::Associate, Some(0), &card).unwrap_err();
        let sentence = "'card' is not taken while the hub is away: take another tender";
        assert_eq!(refused.to_string(), sentence);
        assert!(may_take(&offline, Role::Manager, long, &card).is_err());
        assert_eq!(may_take(&offline, Role::Manager, None, &card), Ok(()));
    }
}
