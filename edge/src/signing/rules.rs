//! What a receipt says of its signature, how long a customer waits for it, and how the signer
//! stands.
//!
//! It asks nobody and knows no clock.

use counterpart_protocol::sales::{OutageReason, SaleSignature};

/// What of the limit is left at least to a sale whose turn came late: it waited behind another one,
/// or the store server was restarted. A signer that works answers within it.
const LEFT_PARTS: i64 = 3;

/// What a receipt says of its signature.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Mark {
    /// Nothing: this store signs nothing, or did not when it was sold.
    #[default]
    None,
    /// It is not signed yet, and its receipt not printed.
    Waiting,
    /// The signing device failed when it was printed.
    Failed,
    /// It is signed; with the outage in which its receipt was printed without, if it was.
    Signed {
        /// What the device answered.
        signature: Box<SaleSignature>,
        /// Whether the receipt the customer has lacks it.
        standing: Standing,
    },
}

/// Whether the receipt the customer has carries the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It does.
    OnReceipt,
    /// It was signed afterwards.
    Afterwards,
}

impl Mark {
    /// Returns its word in the API; nothing where there is nothing to say.
    #[must_use]
    pub(crate) const fn word(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Waiting => Some("waiting"),
            Self::Failed => Some("outage"),
            Self::Signed { .. } => Some("signed"),
        }
    }
}

/// Returns how long a receipt still waits for its signature, in milliseconds, when its sale was
/// paid `waited_ms` ago and waits `limit_ms` at most. A clock that was put back waits no longer.
pub(super) fn patience_ms(limit_ms: i64, waited_ms: i64) -> i64 {
    limit_ms
        .saturating_sub(waited_ms.max(0))
        .max(limit_ms / LEFT_PARTS)
}

/// Returns what a person can do about an outage, or about sales no signer is set for: sentences.
pub(crate) const fn todo(reason: OutageReason) -> &'static str {
    match reason {
        OutageReason::Away => {
            "Check that the signing device is switched on and its cable is in. Sell on: receipts \
             say that it failed, and their sales are signed by themselves when it is back."
        }
        OutageReason::Silent => {
            "The signing device does not answer in time: switch it off and on. Sell on: receipts \
             say that it failed, and their sales are signed by themselves when it is back."
        }
        OutageReason::Refused => {
            "The signing device refuses to sign: call whoever supplies it, its certificate may \
             have ended. Sell on: receipts say that it failed, and their sales are signed later."
        }
        OutageReason::Nonsense => {
            "Something that is no signing device answers at its address: check the address in the \
             settings. Sell on: receipts say that it failed, and their sales are signed later."
        }
        OutageReason::Removed => {
            "Sales wait for a signature and no signing device is set: set it again, or report the \
             unsigned receipts as your law wants it."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::patience_ms;

    #[track_caller]
    fn check(waited_ms: i64, expected_ms: i64) {
        assert_eq!(patience_ms(3_000, waited_ms), expected_ms);
    }

    #[test]
    fn a_customer_waits_for_the_limit_and_a_sale_that_came_late_gets_a_third_of_it() {
        check(0, 3_000);
        check(1_000, 2_000);
        check(2_900, 1_000);
        check(86_400_000, 1_000);
        // The clock was put back meanwhile.
        check(-3_600_000, 3_000);
        check(i64::MIN, 3_000);
    }
}
