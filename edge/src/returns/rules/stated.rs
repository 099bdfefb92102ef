//! A refund that was decided becomes the fact of a return.

use counterpart_protocol::ids::{ReturnId, ShiftId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::returns::{InCash, Provisional, ReturnInvalid, ReturnRecorded};
use counterpart_protocol::sales::{PaperNumber, SaleRecorded, Tender};

use super::Refund;

/// Who a return is stated by, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StatedAs {
    /// The return.
    pub return_id: ReturnId,
    /// Its number.
    pub number: PaperNumber,
    /// The shift whose till pays.
    pub shift_id: ShiftId,
    /// Who approved it.
    pub approved_by: Option<StaffId>,
    /// How the money goes back, cash as it was rounded.
    pub tenders: Vec<Tender>,
    /// By how much it was.
    pub rounding_minor: Option<Minor>,
    /// What of it should have gone back to a card.
    pub instead: Option<InCash>,
    /// Why it is refunded without the right to, if it is.
    pub provisional: Option<Provisional>,
}

impl Refund {
    /// Makes the fact, and checks that it adds up.
    ///
    /// # Errors
    /// [`ReturnInvalid`], which means a fault of these rules.
    pub(crate) fn recorded(
        self,
        sale: &SaleRecorded,
        stated: StatedAs,
    ) -> Result<ReturnRecorded, ReturnInvalid> {
        let recorded = ReturnRecorded {
            return_id: stated.return_id,
            number: stated.number,
            sale_id: sale.sale_id,
            receipt: sale.receipt,
            shift_id: stated.shift_id,
            currency: sale.currency,
            lines: self.lines,
            taxes: self.taxes,
            total_minor: self.total_minor,
            tenders: stated.tenders,
            approved_by: stated.approved_by,
            instead: stated.instead,
            rounding_minor: stated.rounding_minor,
            provisional: stated.provisional,
        };
        recorded.check()?;
        Ok(recorded)
    }
}
