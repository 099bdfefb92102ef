//! The code of a receipt: what was paid for each line, so that another store can take goods back
//! with no hub, or the total alone where the lines do not fit the picture.

use super::{CodeKind, CodeSigner, LinePaid, LineSold, SignedCode, Subject};
use crate::ids::StoreId;
use crate::sales::SaleRecorded;
use crate::time::BusinessDate;

/// The longest code a receipt carries, in characters: what our printers' pictures hold, which is
/// version 19 at the middle error correction, and about seven lines.
pub const RECEIPT_CHARS_MAX: usize = 512;

impl SignedCode {
    /// Says of a sale what its receipt's code says. Money on a gift card is left out: it does not
    /// come back.
    #[must_use]
    pub fn of_sale(sale: &SaleRecorded, store: &StoreId, date: BusinessDate) -> Self {
        let goods = sale.lines.iter().filter(|it| !it.sku.is_stored_value());
        let lines = goods.map(|line| LinePaid {
            line: line.line,
            paid_minor: line.amount_minor,
            sold: Some(LineSold {
                sku: line.sku.clone(),
                quantity_milli: line.quantity_milli,
                tax_rate: line.tax_rate,
            }),
        });
        Self {
            kind: CodeKind::Receipt,
            subject: Subject::Sale(sale.sale_id),
            store: store.clone(),
            date,
            epoch: 0,
            currency: sale.currency,
            paid_minor: sale.total_minor,
            lines: lines.collect(),
            receipt: Some(sale.receipt),
        }
    }
}

impl CodeSigner {
    /// Signs the code of a receipt: with what was paid for each line, or with the total alone where
    /// that would be longer than [`RECEIPT_CHARS_MAX`].
    #[must_use]
    pub fn sign_receipt(&self, mut code: SignedCode) -> String {
        let whole = self.sign(&code);
        if whole.len() <= RECEIPT_CHARS_MAX {
            return whole;
        }
        code.lines.clear();
        self.sign(&code)
    }
}

#[cfg(test)]
mod tests {
    use super::RECEIPT_CHARS_MAX;
    use crate::codes::{CodeKind, CodeSigner, LinePaid, LineSold, SignedCode, Subject};
    use crate::ids::{RegisterId, SaleId};
    use crate::money::{Currency, Minor};
    use crate::quantity::Milli;
    use crate::sales::ReceiptNumber;
    use crate::tax::Rate;
    use crate::time::BusinessDate;

    fn code(lines: u16) -> SignedCode {
        let lines = (1..=lines).map(|line| LinePaid {
            line,
            paid_minor: Minor(12_345),
            sold: Some(LineSold {
                sku: format!("TEE-NAVY-{line:03}").parse().unwrap(),
                quantity_milli: Milli::ONE,
                tax_rate: Rate(21_000),
            }),
        });
        SignedCode {
            kind: CodeKind::Receipt,
            subject: Subject::Sale(SaleId::from_parts(1_763_890_000_000, 1)),
            store: "antwerp-central".parse().unwrap(),
            date: BusinessDate::from_days(20_780).unwrap(),
            epoch: 0,
            currency: Currency::EUR,
            paid_minor: Minor(123_450),
            lines: lines.collect(),
            receipt: Some(ReceiptNumber {
                register: RegisterId(12),
                series: 3,
                number: 123_456,
            }),
        }
    }

    #[test]
    fn a_receipt_carries_its_lines_as_far_as_they_fit_and_else_the_total() {
        let signer = CodeSigner::from_secret(&[7; 32]);
        let key = signer.public_key();
        #[track_caller]
        fn check(signer: &CodeSigner, lines: u16, carried: usize) {
            let key = signer.public_key();
            let text = signer.sign_receipt(code(lines));
            assert!(text.len() <= RECEIPT_CHARS_MAX, "{} characters", text.len());
            let read = SignedCode::read(&text, |id| (id == key.id()).then_some(key)).unwrap();
            assert_eq!(read.lines.len(), carried);
            assert_eq!(read.paid_minor, Minor(123_450));
        }
        check(&signer, 1, 1);
        check(&signer, 6, 6);
        check(&signer, 60, 0);
        let text = signer.sign_receipt(code(3));
        assert_eq!(SignedCode::read(&text, |_| Some(key)), Ok(code(3)));
    }

    #[test]
    fn a_line_that_says_only_what_was_paid_is_two_numbers_as_before() {
        let line = LinePaid {
            line: 1,
            paid_minor: Minor(5),
            sold: None,
        };
        assert_eq!(minicbor::to_vec(&line).unwrap(), [0x82, 1, 5]);
    }
}
