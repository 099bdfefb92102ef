//! Numbers of the papers tax offices count, and the facts of invoices.
//!
//! Receipts are numbered by register and have a type of their own (`ReceiptNumber`); invoices and
//! credit notes are rare, so a store server numbers them for all its registers.

use std::fmt;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ReceiptNumber;
use crate::entities::NumberPrefix;
use crate::facts::{Body, Kind};
use crate::ids::{EdgeNumber, SaleId};

/// What a numbered paper is. Each kind has ranges of its own.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Encode,
    Decode,
    ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum PaperKind {
    /// What every customer gets.
    #[n(0)]
    Receipt,
    /// What a business customer asks for, made out to it.
    #[n(1)]
    Invoice,
    /// What takes an invoice back, in whole or in part.
    #[n(2)]
    CreditNote,
    /// What a customer gets who brings goods back.
    #[n(3)]
    Return,
}

impl PaperKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Receipt, Self::Invoice, Self::CreditNote, Self::Return];

    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
            Self::Return => "return",
        }
    }

    /// Returns the letter that stands for it in a printed number.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Receipt => 'R',
            Self::Invoice => 'I',
            Self::CreditNote => 'C',
            Self::Return => 'T',
        }
    }
}

/// The number printed on a paper: gap-free within its series, which is one kind of paper of one
/// incarnation of one store server. A store whose server is replaced begins at incarnation 1 again,
/// so the server's own number is part of the series: no two papers of a company have one number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct PaperNumber {
    /// What it is the number of.
    #[n(0)]
    pub kind: PaperKind,
    /// What it begins with, as the hub had told the store when it was given.
    #[n(1)]
    pub prefix: NumberPrefix,
    /// The store server that gave it.
    #[n(2)]
    pub edge: EdgeNumber,
    /// The series: a new incarnation opens a new one.
    #[n(3)]
    pub series: u32,
    /// Counts the papers of the series from 1.
    #[n(4)]
    pub number: u32,
}

impl fmt::Display for PaperNumber {
    /// Writes `prefix-letter-server.series-number`, such as `GHE-I-7.2-000017`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}-{}-{}.{}-{:06}",
            self.prefix,
            self.kind.letter(),
            self.edge,
            self.series,
            self.number
        )
    }
}

/// An invoice was made out for a sale, and goes to paper; to whom stands on the paper only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct InvoiceIssued {
    /// The sale.
    #[n(0)]
    pub sale_id: SaleId,
    /// The receipt of the sale.
    #[n(1)]
    pub receipt: ReceiptNumber,
    /// The number of the invoice.
    #[n(2)]
    pub number: PaperNumber,
}

impl Body for InvoiceIssued {
    const KIND: Kind = Kind::InvoiceIssued;
}

/// An invoice was printed again under its number, marked COPY.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct InvoiceReprinted {
    /// The sale.
    #[n(0)]
    pub sale_id: SaleId,
    /// The number of the invoice.
    #[n(1)]
    pub number: PaperNumber,
    /// Counts its copies from 1.
    #[n(2)]
    pub copy: u16,
}

impl Body for InvoiceReprinted {
    const KIND: Kind = Kind::InvoiceReprinted;
}

#[cfg(test)]
mod tests {
    use super::{InvoiceIssued, InvoiceReprinted, PaperKind, PaperNumber};
    use crate::facts::{Body, Fact, Header, check_canonical};
    use crate::hlc::Hlc;
    use crate::ids::{EdgeNumber, FactId, RegisterId, SaleId};
    use crate::sales::ReceiptNumber;
    use crate::time::BusinessDate;

    fn number(kind: PaperKind) -> PaperNumber {
        PaperNumber {
            kind,
            prefix: "GHE".parse().unwrap(),
            edge: EdgeNumber(7),
            series: 2,
            number: 17,
        }
    }

    #[test]
    fn a_number_says_whose_it_is_what_it_is_of_and_where_it_counts() {
        #[track_caller]
        fn check(kind: PaperKind, printed: &str) {
            assert_eq!(number(kind).to_string(), printed);
        }
        check(PaperKind::Receipt, "GHE-R-7.2-000017");
        check(PaperKind::Invoice, "GHE-I-7.2-000017");
        check(PaperKind::CreditNote, "GHE-C-7.2-000017");
    }

    #[track_caller]
    fn travels<B: Body + PartialEq + std::fmt::Debug>(body: &B, hex: &str) {
        let header = Header {
            id: FactId::from_parts(1, 3),
            hlc: Hlc(1),
            business_date: BusinessDate::from_days(20_780).unwrap(),
            register: Some(RegisterId(1)),
            staff: None,
        };
        let bytes = Fact::new(header, body).encode();
        check_canonical(&bytes).unwrap();
        assert_eq!(&Fact::decode(&bytes).unwrap().read::<B>().unwrap(), body);
        let written: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(written.contains(hex), "{written}");
    }

    /// The bytes stand in stores' journals for good: what is added later has an index of its own.
    #[test]
    fn the_facts_of_an_invoice_travel_as_these_bytes() {
        let sale_id = SaleId::from_parts(1, 1);
        let number = number(PaperKind::Invoice);
        let receipt = ReceiptNumber {
            register: RegisterId(1),
            series: 1,
            number: 42,
        };
        let issued = InvoiceIssued {
            sale_id,
            receipt,
            number: number.clone(),
        };
        travels(&issued, ISSUED);
        let reprinted = InvoiceReprinted {
            sale_id,
            number,
            copy: 1,
        };
        travels(&reprinted, REPRINTED);
    }

    /// A map of sale, receipt and number.
    const ISSUED: &str = "a3005000000000000100000000000000000001\
        01a30001010102182a\
        02a500010163474845020703020411";
    /// A map of sale, number and copy.
    const REPRINTED: &str = "a3005000000000000100000000000000000001\
        01a500010163474845020703020411\
        0201";
}
