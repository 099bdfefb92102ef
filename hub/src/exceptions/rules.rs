//! Says what each rule is about, and how its exceptions may be settled.

use counterpart_protocol::exceptions::{Resolution, Rule};

/// Why an exception was not settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum SettlingBarred {
    /// A person did it before.
    #[error("somebody settled it already")]
    Resolved,
    /// Facts did it.
    #[error("later facts took care of it already")]
    Settled,
    /// It is no way out of this one.
    #[error("an exception of this kind is not settled like that")]
    NoWay,
}

/// Returns the ways to settle an exception of this rule, the likeliest first.
pub(super) const fn ways(rule: Rule) -> &'static [Resolution] {
    match rule {
        Rule::ShortPick | Rule::OverSale => &[
            Resolution::Rerouted,
            Resolution::CustomerTold,
            Resolution::Refunded,
            Resolution::Recounted,
            Resolution::Accepted,
        ],
        Rule::CancelTooLate => &[Resolution::CustomerTold, Resolution::Accepted],
        Rule::RefundAfterHandover | Rule::DoubleHandover => &[
            Resolution::CustomerTold,
            Resolution::Refunded,
            Resolution::Accepted,
        ],
        Rule::ClonedEdge => &[Resolution::Recounted, Resolution::Accepted],
        Rule::TransferDiscrepancy => &[Resolution::Recounted, Resolution::Accepted],
        Rule::OverRedeem | Rule::OverRefund | Rule::CouponTwice => {
            &[Resolution::CustomerTold, Resolution::Accepted]
        }
    }
}

/// Returns the title people read.
pub(super) const fn title(rule: Rule) -> &'static str {
    match rule {
        Rule::ShortPick => "Short pick",
        Rule::OverSale => "Sold over",
        Rule::CancelTooLate => "Cancelled too late",
        Rule::RefundAfterHandover => "Cancelled and handed over",
        Rule::DoubleHandover => "Handed over twice",
        Rule::ClonedEdge => "Copied edge",
        Rule::TransferDiscrepancy => "Transfer differs",
        Rule::OverRedeem => "Card redeemed over",
        Rule::OverRefund => "Refunded over",
        Rule::CouponTwice => "Coupon used twice",
    }
}

/// Returns what it means, in a sentence that says what to do.
pub(super) const fn meaning(rule: Rule) -> &'static str {
    match rule {
        Rule::ShortPick => {
            "the store could not find these units: send the order another way, or tell the customer"
        }
        Rule::OverSale => {
            "these units were promised and went to somebody at the till: find others before the \
             customer travels"
        }
        Rule::CancelTooLate => {
            "the cancellation came after the goods were handed over: tell the customer how to \
             return them"
        }
        Rule::RefundAfterHandover => {
            "these units were cancelled for good and handed over all the same: no money may go \
             back twice"
        }
        Rule::DoubleHandover => "more was handed over than was ordered: find out who has it",
        Rule::ClonedEdge => {
            "more of this part was used up than the store had: two machines may write as one edge"
        }
        Rule::TransferDiscrepancy => "what arrived is not what was sent: count again at both ends",
        Rule::OverRedeem => {
            "stores that could not ask the hub took more from this card than was on it: both sales \
             stand; ask whoever holds it, or book the difference"
        }
        Rule::OverRefund => {
            "two tills refunded the same goods while one could not hear of the other: both refunds \
             stand; look at both papers, ask the customer, or book the difference"
        }
        Rule::CouponTwice => {
            "stores that could not ask the hub took the same coupon: both sales stand; book what \
             it cost, or find out who copied it"
        }
    }
}

/// Returns the label of a way out.
pub(super) const fn way_label(how: Resolution) -> &'static str {
    match how {
        Resolution::Accepted => "Accept it as it is",
        Resolution::CustomerTold => "The customer was told",
        Resolution::Refunded => "The customer got money back",
        Resolution::Recounted => "Counted again",
        Resolution::Rerouted => "The order goes another way",
    }
}

/// Returns the word of a way out, in SQL and the API.
pub(super) const fn way_word(how: Resolution) -> &'static str {
    match how {
        Resolution::Accepted => "accepted",
        Resolution::CustomerTold => "customer_told",
        Resolution::Refunded => "refunded",
        Resolution::Recounted => "recounted",
        Resolution::Rerouted => "rerouted",
    }
}

/// Checks that an exception may be settled like that.
///
/// # Errors
/// [`SettlingBarred`].
pub(super) fn check(rule: Rule, standing: &str, how: Resolution) -> Result<(), SettlingBarred> {
    match standing {
        "resolved" => Err(SettlingBarred::Resolved),
        "settled" => Err(SettlingBarred::Settled),
        _ if !ways(rule).contains(&how) => Err(SettlingBarred::NoWay),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::exceptions::{Resolution, Rule};

    use super::{SettlingBarred, check, ways};

    #[test]
    fn every_exception_has_a_way_out_and_is_settled_once() {
        for rule in Rule::ALL {
            assert!(ways(rule).contains(&Resolution::Accepted), "{rule:?}");
            for how in ways(rule) {
                assert_eq!(check(rule, "open", *how), Ok(()));
                assert_eq!(check(rule, "resolved", *how), Err(SettlingBarred::Resolved));
                assert_eq!(check(rule, "settled", *how), Err(SettlingBarred::Settled));
            }
        }
        assert_eq!(
            check(Rule::TransferDiscrepancy, "open", Resolution::Refunded),
            Err(SettlingBarred::NoWay)
        );
    }
}
