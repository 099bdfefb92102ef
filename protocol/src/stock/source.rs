//! What people are told of the fact behind a movement of stock: which word, which paper.

use super::{
    AdjustReason, ReceivedAs, StockAdjusted, StockReceived, TransferReceived, TransferSent,
};
use crate::facts::{BodyRefused, Fact, Kind};
use crate::ids::SaleId;
use crate::orders::{HandedOver, LinesShorted, ShortReason};
use crate::returns::ReturnRecorded;
use crate::sales::SaleRecorded;

/// Why stock moved, as a word, and what a person can look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The word: `sale`, `delivery`, `opening`, `adjusted_damaged`, `transfer_out`, …
    pub word: &'static str,
    /// The receipt's number, what stood on the delivery's paper, the transfer or the fulfilment.
    pub reference: Option<String>,
    /// The sale, if it was one.
    pub sale_id: Option<SaleId>,
}

/// Returns why a fact moved stock; nothing for one that moves none.
///
/// # Errors
/// [`BodyRefused`] when the fact's body cannot be read.
pub fn source(fact: &Fact) -> Result<Option<Source>, BodyRefused> {
    let plain = |word, reference| Source {
        word,
        reference,
        sale_id: None,
    };
    Ok(match fact.kind() {
        Some(Kind::SaleRecorded) => {
            let sale: SaleRecorded = fact.read()?;
            Some(Source {
                word: "sale",
                reference: Some(sale.receipt.to_string()),
                sale_id: Some(sale.sale_id),
            })
        }
        Some(Kind::ReturnRecorded) => {
            let back: ReturnRecorded = fact.read()?;
            Some(Source {
                word: "return",
                reference: Some(back.number.to_string()),
                sale_id: Some(back.sale_id),
            })
        }
        Some(Kind::StockReceived) => {
            let received: StockReceived = fact.read()?;
            let word = match received.received_as {
                ReceivedAs::Delivery => "delivery",
                ReceivedAs::Opening => "opening",
            };
            Some(plain(word, received.reference))
        }
        Some(Kind::StockAdjusted) => {
            let word = match fact.read::<StockAdjusted>()?.because {
                AdjustReason::Counted => "adjusted_counted",
                AdjustReason::Damaged => "adjusted_damaged",
                AdjustReason::Missing => "adjusted_missing",
                AdjustReason::Found => "adjusted_found",
                AdjustReason::OwnUse => "adjusted_own_use",
                AdjustReason::Expired => "adjusted_expired",
                AdjustReason::Other => "adjusted_other",
            };
            Some(plain(word, None))
        }
        Some(Kind::TransferSent) => {
            let sent: TransferSent = fact.read()?;
            Some(plain("transfer_out", Some(sent.transfer_id.to_string())))
        }
        Some(Kind::TransferReceived) => {
            let received: TransferReceived = fact.read()?;
            Some(plain("transfer_in", Some(received.transfer_id.to_string())))
        }
        Some(Kind::HandedOver) => {
            let handed: HandedOver = fact.read()?;
            Some(plain("handed_over", Some(handed.fulfilment_id.to_string())))
        }
        Some(Kind::LinesShorted) => {
            let short: LinesShorted = fact.read()?;
            let word = match short.because {
                ShortReason::NotFound => "short_not_found",
                ShortReason::Damaged => "short_damaged",
                ShortReason::SoldMeanwhile => "short_sold_meanwhile",
            };
            Some(plain(word, Some(short.fulfilment_id.to_string())))
        }
        Some(_) | None => None,
    })
}
