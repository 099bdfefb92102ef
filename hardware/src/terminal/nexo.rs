//! The messages of nexo's Sale to POI protocol as JSON, as far as a till needs them; pure.
//!
//! Source: nexo Sale to POI protocol 3.1, as published with the local interfaces of Adyen and
//! Market Pay: envelope, message header, and the bodies of payment, reversal, abort, transaction
//! status, reconciliation and diagnosis. An amount is a decimal number there; it is read and
//! written by its digits, never computed with.

use serde_json::{Value, json};

use super::{
    Approval, IntentId, PayRequest, PayState, ReverseRequest, TerminalHealth, TerminalTotals,
    last_four,
};

/// Who talks with whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parties {
    pub(super) sale_id: String,
    pub(super) poi_id: String,
}

/// What a response says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Result3 {
    Success,
    Failure(Condition, String),
}

/// Why a terminal refused, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    Aborted,
    Busy,
    InProgress,
    NotFound,
    Refusal,
    Other,
}

impl Parties {
    fn envelope(&self, category: &str, service: &IntentId, name: &str, body: &Value) -> Value {
        json!({"SaleToPOIRequest": {
            "MessageHeader": {
                "ProtocolVersion": "3.1",
                "MessageClass": "Service",
                "MessageCategory": category,
                "MessageType": "Request",
                "ServiceID": service.to_string(),
                "SaleID": self.sale_id,
                "POIID": self.poi_id,
            },
            name: body,
        }})
    }

    pub(super) fn payment(&self, request: &PayRequest) -> Value {
        let body = json!({
            "SaleData": {"SaleTransactionID": {
                "TransactionID": request.sale, "TimeStamp": request.at,
            }},
            "PaymentTransaction": {"AmountsReq": {
                "Currency": request.currency,
                "RequestedAmount": amount(request.amount_minor, request.decimals),
            }},
        });
        self.envelope("Payment", &request.intent, "PaymentRequest", &body)
    }

    pub(super) fn reversal(&self, request: &ReverseRequest) -> Value {
        let body = json!({
            "SaleData": {"SaleTransactionID": {
                "TransactionID": request.intent.to_string(), "TimeStamp": request.at,
            }},
            "OriginalPOITransaction": {"POITransactionID": {
                "TransactionID": request.transaction, "TimeStamp": request.transaction_at,
            }},
            "ReversalReason": "MerchantCancel",
            "ReversedAmount": amount(request.amount_minor, request.decimals),
        });
        self.envelope("Reversal", &request.intent, "ReversalRequest", &body)
    }

    pub(super) fn status(&self, service: &IntentId, asked: &IntentId) -> Value {
        let body = json!({"MessageReference": {
            "SaleID": self.sale_id, "ServiceID": asked.to_string(),
        }});
        self.envelope(
            "TransactionStatus",
            service,
            "TransactionStatusRequest",
            &body,
        )
    }

    pub(super) fn abort(&self, service: &IntentId, asked: &IntentId) -> Value {
        let body = json!({
            "AbortReason": "MerchantAbort",
            "MessageReference": {
                "MessageCategory": "Payment",
                "SaleID": self.sale_id,
                "ServiceID": asked.to_string(),
            },
        });
        self.envelope("Abort", service, "AbortRequest", &body)
    }

    pub(super) fn reconciliation(&self, service: &IntentId) -> Value {
        let body = json!({"ReconciliationType": "SaleReconciliation"});
        self.envelope("Reconciliation", service, "ReconciliationRequest", &body)
    }

    pub(super) fn diagnosis(&self, service: &IntentId) -> Value {
        let body = json!({"HostDiagnosisFlag": true});
        self.envelope("Diagnosis", service, "DiagnosisRequest", &body)
    }
}

/// Returns the body of a response to `service`, if this is one.
pub(super) fn response<'a>(
    message: &'a Value,
    service: &IntentId,
    name: &str,
) -> Option<&'a Value> {
    let response = &message["SaleToPOIResponse"];
    let header = &response["MessageHeader"];
    let is_ours = header["ServiceID"].as_str() == Some(service.to_string().as_str())
        && header["MessageType"].as_str() == Some("Response");
    response.get(name).filter(|_| is_ours)
}

/// Reads the `Response` every body has.
pub(super) fn result(body: &Value) -> Option<Result3> {
    let response = &body["Response"];
    // "Partial" is a success of a part; the amount says of which.
    match response["Result"].as_str()? {
        "Success" | "Partial" => Some(Result3::Success),
        "Failure" => {
            let condition = match response["ErrorCondition"].as_str() {
                Some("Aborted" | "Cancel") => Condition::Aborted,
                Some("Busy") => Condition::Busy,
                Some("InProgress") => Condition::InProgress,
                Some("NotFound") => Condition::NotFound,
                Some("Refusal" | "WrongPIN" | "InvalidCard") => Condition::Refusal,
                Some(_) | None => Condition::Other,
            };
            let words = response["AdditionalResponse"].as_str();
            let words = words
                .or_else(|| response["ErrorCondition"].as_str())
                .unwrap_or("no reason");
            Some(Result3::Failure(
                condition,
                words.chars().take(120).collect(),
            ))
        }
        _ => None,
    }
}

/// Reads what became of a payment; nothing when the answer is none.
pub(super) fn paid(body: &Value, currency: Option<&str>, decimals: u8) -> Option<PayState> {
    match result(body)? {
        Result3::Failure(Condition::Aborted, _) => Some(PayState::Cancelled),
        Result3::Failure(Condition::InProgress | Condition::Busy, _) => None,
        Result3::Failure(_, words) => Some(PayState::Declined(words)),
        Result3::Success => {
            let result = &body["PaymentResult"];
            let amounts = &result["AmountsResp"];
            if currency.is_some_and(|asked| amounts["Currency"].as_str() != Some(asked)) {
                return None;
            }
            let approval = approval(body, minor(&amounts["AuthorizedAmount"], decimals)?)?;
            Some(match result["OnlineFlag"].as_bool() {
                Some(false) => PayState::ApprovedOffline(approval),
                Some(true) | None => PayState::Approved(approval),
            })
        }
    }
}

/// Reads what became of a reversal; nothing when the answer is none.
pub(super) fn reversed(body: &Value, decimals: u8) -> Option<PayState> {
    match result(body)? {
        Result3::Failure(Condition::InProgress | Condition::Busy, _) => None,
        Result3::Failure(_, words) => Some(PayState::Declined(words)),
        Result3::Success => {
            let amount_minor = minor(&body["ReversedAmount"], decimals)?;
            Some(PayState::Approved(approval(body, amount_minor)?))
        }
    }
}

fn approval(body: &Value, amount_minor: i64) -> Option<Approval> {
    let transaction = &body["POIData"]["POITransactionID"];
    let text = |value: &Value| {
        value
            .as_str()
            .map(|text| text.chars().take(64).collect::<String>())
    };
    let result = &body["PaymentResult"];
    let card = &result["PaymentInstrumentData"]["CardData"];
    Some(Approval {
        amount_minor,
        transaction: text(&transaction["TransactionID"])?,
        transaction_at: text(&transaction["TimeStamp"])?,
        code: text(&result["PaymentAcquirerData"]["ApprovalCode"]),
        brand: text(&card["PaymentBrand"]),
        last_four: card["MaskedPan"].as_str().and_then(last_four),
    })
}

/// Reads the totals of a reconciliation.
pub(super) fn totals(body: &Value, decimals: u8) -> Option<TerminalTotals> {
    let mut totals = TerminalTotals::default();
    for kind in body["TransactionTotals"].as_array()? {
        for total in kind["PaymentTotals"].as_array()? {
            let count = u32::try_from(total["TransactionCount"].as_u64()?).ok()?;
            let sum = minor(&total["TransactionAmount"], decimals)?;
            match total["TransactionType"].as_str()? {
                "Debit" => {
                    totals.payments += count;
                    totals.paid_minor += sum;
                }
                "ReverseDebit" | "Credit" => {
                    totals.reversals += count;
                    totals.reversed_minor += sum;
                }
                _ => {}
            }
        }
    }
    Some(totals)
}

/// Reads a diagnosis.
pub(super) fn health(body: &Value) -> Option<TerminalHealth> {
    let hosts = body["HostStatus"].as_array();
    let unreached = hosts.is_some_and(|hosts| {
        hosts
            .iter()
            .any(|host| host["IsReachableFlag"].as_bool() == Some(false))
    });
    match body["POIStatus"]["GlobalStatus"].as_str()? {
        "OK" if unreached => Some(TerminalHealth::Offline),
        "OK" => Some(TerminalHealth::Ready),
        "Busy" => Some(TerminalHealth::Busy),
        "Maintenance" => Some(TerminalHealth::Maintenance),
        "Unreachable" => Some(TerminalHealth::Offline),
        _ => None,
    }
}

/// Writes minor units as a JSON number. The shortest number that reads back as the same is what is
/// written, so that its digits are those of the amount; below 10^15 that is exact.
fn amount(minor: i64, decimals: u8) -> Value {
    let decimals = usize::from(decimals);
    let digits = format!("{:0>1$}", minor.unsigned_abs(), decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let text = if decimals == 0 {
        whole.to_owned()
    } else {
        format!("{whole}.{part}")
    };
    let read: Result<Value, _> = serde_json::from_str(&text);
    read.expect("digits with a point between them are JSON")
}

/// Reads a JSON number as minor units; nothing when it has more decimals than the currency.
fn minor(number: &Value, decimals: u8) -> Option<i64> {
    let text = number.as_number()?.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let part = part.trim_end_matches('0');
    let decimals = usize::from(decimals);
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if part.len() > decimals
        || whole.len() > 15
        || whole.is_empty()
        || !digits(whole)
        || !digits(part)
    {
        return None;
    }
    format!("{whole}{part:0<decimals$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert_eq, proptest};
    use serde_json::json;

    use super::{amount, minor, paid};
    use crate::terminal::PayState;

    #[test]
    fn an_amount_is_written_by_its_digits() {
        for (minor, decimals, written) in [
            (1_234, 2, "12.34"),
            (5, 2, "0.05"),
            (1_200, 2, "12.0"),
            (1_500, 0, "1500"),
            (1_001, 3, "1.001"),
        ] {
            assert_eq!(amount(minor, decimals).to_string(), written);
        }
        assert_eq!(minor(&json!(12.345), 2), None);
        assert_eq!(minor(&json!(-1.0), 2), None);
        assert_eq!(minor(&json!("1.00"), 2), None);
        assert_eq!(minor(&json!(1e30), 2), None);
    }

    #[test]
    fn an_approval_in_another_currency_is_none() {
        let body = json!({
            "Response": {"Result": "Success"},
            "POIData": {"POITransactionID": {
                "TransactionID": "T1", "TimeStamp": "2026-11-29T22:00:00Z",
            }},
            "PaymentResult": {"AmountsResp": {"Currency": "USD", "AuthorizedAmount": 12.34}},
        });
        assert_eq!(paid(&body, Some("EUR"), 2), None);
        let Some(PayState::Approved(approval)) = paid(&body, Some("USD"), 2) else {
            panic!("it is one");
        };
        assert_eq!(approval.amount_minor, 1_234);
    }

    proptest! {
        #[test]
        fn an_amount_reads_back(minor_units in 0_i64..1_000_000_000_000, decimals in 0_u8..4) {
            prop_assert_eq!(minor(&amount(minor_units, decimals), decimals), Some(minor_units));
        }
    }
}
