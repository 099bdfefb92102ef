//! What is counted beside cash of the store's currency: slips of cards and accounts, vouchers,
//! notes of another currency. A count never stops a closing; what nobody counted is not compared.

use std::collections::BTreeMap;

use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::sales::TenderKind;
use counterpart_protocol::shifts::{ShiftTender, TenderCounted};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ShiftRefused;

/// An amount nobody counts, in minor units: a slip of the finger.
const AMOUNT_MINOR_MAX: i64 = 100_000_000_000;

/// What somebody counted of one kind of tender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenderTyped {
    /// Which kind; cash of the store's currency is counted by its pieces.
    pub kind: TenderKind,
    /// Which currency, for foreign cash.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "USD")]
    pub currency: Option<Currency>,
    /// What was counted: of foreign cash in its own minor units, of vouchers what they say they are
    /// worth.
    pub counted_minor: Minor,
}

/// Compares what was counted with what the facts say should be there.
///
/// # Errors
/// [`ShiftRefused::TenderUnfit`].
pub(crate) fn compared(
    expected: &[ShiftTender],
    typed: &[TenderTyped],
) -> Result<Vec<TenderCounted>, ShiftRefused> {
    let mut all: BTreeMap<(TenderKind, Option<&str>), TenderCounted> = BTreeMap::new();
    for one in typed {
        let fits = match one.kind {
            TenderKind::Cash | TenderKind::Exchanged => false,
            TenderKind::ForeignCash => one.currency.is_some(),
            TenderKind::Card
            | TenderKind::GiftCard
            | TenderKind::StoreCredit
            | TenderKind::Voucher
            | TenderKind::OnAccount => one.currency.is_none(),
        };
        if !fits || !(0..=AMOUNT_MINOR_MAX).contains(&one.counted_minor.0) {
            return Err(ShiftRefused::TenderUnfit(one.kind.word()));
        }
        let mut should = expected
            .iter()
            .filter(|it| it.kind == one.kind && it.currency == one.currency);
        let expected_minor = should
            .next()
            .map_or(Minor::ZERO, ShiftTender::to_count_minor);
        let key = (one.kind, one.currency.as_ref().map(Currency::code));
        let entry = all.entry(key).or_insert(TenderCounted {
            kind: one.kind,
            currency: one.currency,
            counted_minor: Minor::ZERO,
            expected_minor,
            over_short_minor: Minor::ZERO,
        });
        entry.counted_minor.0 = entry.counted_minor.0.saturating_add(one.counted_minor.0);
        let over = entry.counted_minor.0.saturating_sub(expected_minor.0);
        entry.over_short_minor = Minor(over);
    }
    Ok(all.into_values().collect())
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::money::Minor;
    use counterpart_protocol::sales::TenderKind;
    use counterpart_protocol::shifts::ShiftTender;

    use super::{TenderTyped, compared};

    fn should(
        kind: TenderKind,
        code: &str,
        taken: i64,
        back: i64,
        counts: Option<i64>,
    ) -> ShiftTender {
        ShiftTender {
            kind,
            payments: 1,
            taken_minor: Minor(taken),
            refunds: 0,
            back_minor: Minor(back),
            currency: code.parse().ok(),
            counts_minor: counts.map(Minor),
        }
    }

    fn typed(kind: TenderKind, code: &str, counted: i64) -> TenderTyped {
        TenderTyped {
            kind,
            currency: code.parse().ok(),
            counted_minor: Minor(counted),
        }
    }

    #[test]
    fn each_tender_is_compared_with_what_there_is_to_count_of_it() {
        let expected = [
            should(TenderKind::Card, "", 4_200, 700, None),
            should(TenderKind::Voucher, "", 1_500, 0, Some(2_000)),
            should(TenderKind::ForeignCash, "USD", 1_845, 0, Some(2_000)),
            should(TenderKind::OnAccount, "", 900, 0, None),
        ];
        let counted = compared(
            &expected,
            &[
                typed(TenderKind::Card, "", 3_500),
                typed(TenderKind::Voucher, "", 1_000),
                typed(TenderKind::Voucher, "", 500),
                typed(TenderKind::ForeignCash, "USD", 2_100),
                typed(TenderKind::ForeignCash, "GBP", 500),
            ],
        )
        .unwrap();
        let told: Vec<_> = counted
            .iter()
            .map(|it| (it.kind.word(), it.expected_minor.0, it.over_short_minor.0))
            .collect();
        // Accounts were not counted, so nothing is said of them.
        assert_eq!(
            told,
            [
                ("card", 3_500, 0),
                ("voucher", 2_000, -500),
                ("foreign_cash", 0, 500),
                ("foreign_cash", 2_000, 100),
            ]
        );
    }

    #[test]
    fn a_count_of_nothing_known_is_asked_for_again() {
        for wrong in [
            typed(TenderKind::Cash, "", 1),
            typed(TenderKind::Card, "USD", 1),
            typed(TenderKind::ForeignCash, "", 1),
            typed(TenderKind::Card, "", -1),
            typed(TenderKind::Card, "", i64::MAX),
        ] {
            assert!(compared(&[], &[wrong]).is_err(), "{wrong:?}");
        }
        assert_eq!(compared(&[], &[]), Ok(Vec::new()));
    }
}
