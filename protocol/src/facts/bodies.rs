//! Which body each kind has, for whoever shows facts without knowing what they are about.
//!
//! It shows; nothing is decided by what it returns.

use minicbor::Decoder;
use minicbor::data::Type;
use serde::Serializer;
use serde_json::{Map, Value};

use super::envelope::{Body, BodyRefused, Fact};
use super::kind::Kind;
use super::{NoticePosted, ReferencePublished};
use crate::approvals::{ApprovalGiven, ApprovalRefused, OperationApproved, OperationRefused};
use crate::codes::SigningKeyAdded;
use crate::days::{DayCountersigned, DaySealed};
use crate::documents::Sha;
use crate::exceptions::ExceptionResolved;
use crate::generations::GenerationOpened;
use crate::lives::{LifeOpened, RecoveryEnded};
use crate::orders::{
    AllocationBroken, AllocationWithdrawn, CancelDeclined, CancelRequested, CustodyGranted,
    FulfilmentAllocated, HandedOver, LinesPicked, LinesShorted, OrderCancelled, OrderPlaced,
    PickupAccepted, PickupStaged, UnitsReleased,
};
use crate::returns::{
    RefundRightAsked, RefundRightGranted, RefundRightPassed, RefundRightRefused, RefundRightWanted,
    RefundsTold, ReturnRecorded,
};
use crate::rights::{RightsAsked, RightsGranted, RightsReturned};
use crate::sales::{
    BasketVoided, CardGivenBack, CardSettled, GiftReceiptPrinted, InvoiceIssued, InvoiceReprinted,
    PrintSettled, ReceiptReprinted, ReceiptUnsigned, SaleRecorded, SaleSigned, SigningOutageBegan,
    SigningOutageEnded,
};
use crate::shifts::{
    CashMoved, CashierChanged, DrawerOpened, ReportReprinted, SafeBooked, ShiftClosed, ShiftOpened,
    TerminalCounted,
};
use crate::stock::{
    OpeningBalanceSent, StockAdjusted, StockReceived, TransferExpected, TransferReceived,
    TransferSent,
};
use crate::stored::StoredTold;

impl Fact {
    /// Returns the body as JSON: with the names of its fields where this program knows the kind,
    /// else with their numbers. What would give a secret away is left out.
    ///
    /// # Errors
    /// [`BodyRefused`] when the kind is known and the body does not have its form.
    pub fn body_json(&self) -> Result<Value, BodyRefused> {
        match self.kind() {
            Some(kind) => self.json_of(kind),
            None => Ok(by_number(&mut Decoder::new(self.body_bytes())).unwrap_or(Value::Null)),
        }
    }

    fn json_of(&self, kind: Kind) -> Result<Value, BodyRefused> {
        match kind {
            Kind::SaleRecorded => self.json::<SaleRecorded>(),
            Kind::BasketVoided => self.json::<BasketVoided>(),
            Kind::ShiftOpened => self.json::<ShiftOpened>(),
            Kind::ShiftClosed => self.json::<ShiftClosed>(),
            Kind::StockReceived => self.json::<StockReceived>(),
            Kind::ReceiptReprinted => self.json::<ReceiptReprinted>(),
            Kind::PrintSettled => self.json::<PrintSettled>(),
            Kind::StockAdjusted => self.json::<StockAdjusted>(),
            Kind::TransferSent => self.json::<TransferSent>(),
            Kind::TransferReceived => self.json::<TransferReceived>(),
            Kind::RightsGranted => self.json::<RightsGranted>(),
            Kind::RightsAsked => self.json::<RightsAsked>(),
            Kind::SigningKeyAdded => self.json::<SigningKeyAdded>(),
            Kind::ExceptionResolved => self.json::<ExceptionResolved>(),
            Kind::InvoiceIssued => self.json::<InvoiceIssued>(),
            Kind::InvoiceReprinted => self.json::<InvoiceReprinted>(),
            Kind::CashMoved => self.json::<CashMoved>(),
            Kind::ReportReprinted => self.json::<ReportReprinted>(),
            Kind::DrawerOpened => self.json::<DrawerOpened>(),
            Kind::CardGivenBack => self.json::<CardGivenBack>(),
            Kind::CardSettled => self.json::<CardSettled>(),
            Kind::CashierChanged => self.json::<CashierChanged>(),
            Kind::TerminalCounted => self.json::<TerminalCounted>(),
            Kind::SafeBooked => self.json::<SafeBooked>(),
            Kind::ApprovalRefused => self.json::<ApprovalRefused>(),
            Kind::ApprovalGiven => self.json::<ApprovalGiven>(),
            Kind::OperationRefused => self.json::<OperationRefused>(),
            Kind::OperationApproved => self.json::<OperationApproved>(),
            Kind::GiftReceiptPrinted => self.json::<GiftReceiptPrinted>(),
            Kind::SaleSigned => self.json::<SaleSigned>(),
            Kind::ReceiptUnsigned => self.json::<ReceiptUnsigned>(),
            Kind::SigningOutageBegan => self.json::<SigningOutageBegan>(),
            Kind::SigningOutageEnded => self.json::<SigningOutageEnded>(),
            Kind::DaySealed => self.json::<DaySealed>(),
            Kind::LifeOpened => self.json::<LifeOpened>(),
            Kind::RecoveryEnded => self.json::<RecoveryEnded>(),
            Kind::ReturnRecorded => self.json::<ReturnRecorded>(),
            Kind::RefundRightAsked => self.json::<RefundRightAsked>(),
            Kind::RefundRightWanted => self.json::<RefundRightWanted>(),
            Kind::RefundRightPassed => self.json::<RefundRightPassed>(),
            Kind::RefundRightGranted => self.json::<RefundRightGranted>(),
            Kind::RefundRightRefused => self.json::<RefundRightRefused>(),
            Kind::ReferencePublished => self.json::<ReferencePublished>(),
            Kind::NoticePosted => self.json::<NoticePosted>(),
            Kind::RightsReturned => self.json::<RightsReturned>(),
            Kind::TransferExpected => self.json::<TransferExpected>(),
            Kind::OpeningBalanceSent => self.json::<OpeningBalanceSent>(),
            Kind::DayCountersigned => self.json::<DayCountersigned>(),
            Kind::GenerationOpened => self.json::<GenerationOpened>(),
            Kind::StoredTold => self.json::<StoredTold>(),
            Kind::RefundsTold => self.json::<RefundsTold>(),
            Kind::OrderPlaced => self.json::<OrderPlaced>(),
            Kind::FulfilmentAllocated => self.json::<FulfilmentAllocated>(),
            Kind::CustodyGranted => self.json::<CustodyGranted>(),
            Kind::AllocationWithdrawn => self.json::<AllocationWithdrawn>(),
            Kind::CancelRequested => self.json::<CancelRequested>(),
            Kind::OrderCancelled => self.json::<OrderCancelled>(),
            Kind::PickupAccepted => self.json::<PickupAccepted>(),
            Kind::LinesPicked => self.json::<LinesPicked>(),
            Kind::LinesShorted => self.json::<LinesShorted>(),
            Kind::PickupStaged => self.json::<PickupStaged>(),
            Kind::HandedOver => self.json::<HandedOver>(),
            Kind::UnitsReleased => self.json::<UnitsReleased>(),
            Kind::AllocationBroken => self.json::<AllocationBroken>(),
            Kind::CancelDeclined => self.json::<CancelDeclined>(),
        }
    }

    fn json<B: Body>(&self) -> Result<Value, BodyRefused> {
        let body: B = self.read()?;
        Ok(serde_json::to_value(body).expect("bodies have texts for keys"))
    }
}

/// Writes bytes as hexadecimal digits.
pub(crate) fn hex<S: Serializer>(
    bytes: &impl AsRef<[u8]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Sha(bytes.as_ref()))
}

/// Reads one item of canonical CBOR, which is no deeper than [`super::check_canonical`] allows.
fn by_number(d: &mut Decoder<'_>) -> Result<Value, minicbor::decode::Error> {
    Ok(match d.datatype()? {
        Type::Map => {
            let mut fields = Map::new();
            for _ in 0..d.map()?.unwrap_or(0) {
                let name = match by_number(d)? {
                    Value::String(name) => name,
                    other => other.to_string(),
                };
                fields.insert(name, by_number(d)?);
            }
            Value::Object(fields)
        }
        Type::Array => {
            let count = d.array()?.unwrap_or(0);
            let items: Result<Vec<Value>, _> = (0..count).map(|_| by_number(d)).collect();
            Value::Array(items?)
        }
        Type::Bytes => Value::String(Sha(d.bytes()?).to_string()),
        Type::String => Value::String(d.str()?.to_owned()),
        Type::Bool => Value::Bool(d.bool()?),
        Type::Null => {
            d.null()?;
            Value::Null
        }
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => Value::from(d.u64()?),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => Value::from(d.i64()?),
        _ => {
            d.skip()?;
            Value::Null
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::facts::{Fact, Header, ReferencePublished};
    use crate::hlc::Hlc;
    use crate::ids::{FactId, RegisterId};
    use crate::time::BusinessDate;

    fn fact() -> Fact {
        let header = Header {
            id: FactId::from_parts(1_763_890_000_000, 7),
            hlc: Hlc::from_parts(1_763_890_000_000, 0),
            business_date: BusinessDate::from_days(20_780).unwrap(),
            register: Some(RegisterId(2)),
            staff: None,
        };
        let body = ReferencePublished {
            reference: "catalog".to_owned(),
            version: 3,
            sha256: [0xab; 32],
        };
        Fact::new(header, &body)
    }

    #[test]
    fn a_known_fact_shows_the_names_of_its_fields() {
        let shown = fact().body_json().unwrap();
        assert_eq!(shown["reference"], json!("catalog"));
        assert_eq!(shown["sha256"], json!("ab".repeat(32)));
    }

    #[test]
    fn a_fact_of_a_newer_version_shows_their_numbers() {
        let mut fact = fact();
        fact.kind_number = 4_000_000;
        let shown = fact.body_json().unwrap();
        assert_eq!(shown["0"], json!("catalog"));
        assert_eq!(shown["2"], json!("ab".repeat(32)));
    }
}
