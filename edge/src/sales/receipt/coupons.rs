//! What a receipt says of coupons: each by its code, or by the end of its number, with what it took
//! off.

use counterpart_paper::Document;
use counterpart_protocol::money::Minor;

use super::Receipt;

/// The word is the same in every language a receipt is printed in.
const WORD: &str = "Coupon";

/// Prints the coupons that took something off, where some did.
pub(super) fn print(paper: &mut Document, receipt: &Receipt<'_>) {
    for coupon in receipt.sale.coupons.iter().flatten() {
        let off = receipt.amount(Minor(coupon.off_minor.0.saturating_neg()));
        paper.columns(&format!("{WORD} {}", coupon.shown()), &off);
    }
}
