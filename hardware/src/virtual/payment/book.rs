//! What a virtual terminal remembers: its script, what was paid, and what it answered to whom.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::{TerminalAct, TerminalEntry, TerminalEntryKind, TerminalFault};

#[derive(Debug, Default)]
pub(super) struct Inside {
    pub(super) fault: TerminalFault,
    pub(super) script: VecDeque<TerminalAct>,
    pub(super) entries: Vec<TerminalEntry>,
    /// What was answered to which request, and which are not answered yet.
    pub(super) answers: Vec<(String, &'static str, Option<Value>)>,
    since_reconciled: usize,
}

impl Inside {
    pub(super) fn book(&mut self, service: &str, amount: &Value, kind: TerminalEntryKind) -> Value {
        let transaction = format!("T{:04}", self.entries.len() + 1);
        self.entries.push(TerminalEntry {
            intent: service.to_owned(),
            transaction: transaction.clone(),
            amount: amount.to_string(),
            kind,
        });
        // A terminal has a clock; a test's stands still.
        json!({"TransactionID": transaction, "TimeStamp": "2026-11-29T22:00:00.000Z"})
    }

    pub(super) fn take(
        &mut self,
        service: &str,
        currency: &str,
        amount: &Value,
        kind: TerminalEntryKind,
    ) -> Value {
        let transaction = self.book(service, amount, kind);
        json!({
            "Response": {"Result": "Success"},
            "POIData": {"POITransactionID": transaction},
            "PaymentResult": {
                "OnlineFlag": kind == TerminalEntryKind::Paid,
                "AmountsResp": {"Currency": currency, "AuthorizedAmount": amount},
                "PaymentAcquirerData": {"ApprovalCode": "123456"},
                "PaymentInstrumentData": {"CardData": {
                    "PaymentBrand": "visa", "MaskedPan": "411111******1111",
                }},
            },
        })
    }

    pub(super) fn answered(&mut self, service: &str, body: &Value) {
        if let Some((.., answer)) = self.answers.iter_mut().find(|(id, ..)| id == service) {
            *answer = Some(body.clone());
        }
    }

    pub(super) fn status(&self, asked: &str) -> Value {
        match self.answers.iter().find(|(id, ..)| id == asked) {
            None => json!({"Response": {"Result": "Failure", "ErrorCondition": "NotFound"}}),
            Some((_, _, None)) => {
                json!({"Response": {"Result": "Failure", "ErrorCondition": "InProgress"}})
            }
            Some((_, name, Some(body))) => json!({
                "Response": {"Result": "Success"},
                "RepeatedMessageResponse": {
                    "MessageHeader": {"ServiceID": asked},
                    "RepeatedResponseMessageBody": {*name: body},
                },
            }),
        }
    }

    pub(super) fn reconcile(&mut self) -> Value {
        let period = &self.entries[self.since_reconciled.min(self.entries.len())..];
        let total = |reversed: bool| {
            let counted = period
                .iter()
                .filter(|entry| (entry.kind == TerminalEntryKind::Reversed) == reversed);
            let hundredths: u64 = counted.clone().map(|entry| hundredths(&entry.amount)).sum();
            let sum = format!("{}.{:02}", hundredths / 100, hundredths % 100);
            let sum: Value = serde_json::from_str(&sum).expect("digits and a point are JSON");
            json!({
                "TransactionType": if reversed { "ReverseDebit" } else { "Debit" },
                "TransactionCount": counted.count(),
                "TransactionAmount": sum,
            })
        };
        let totals = json!([total(false), total(true)]);
        self.since_reconciled = self.entries.len();
        json!({
            "Response": {"Result": "Success"},
            "TransactionTotals": [{"PaymentInstrumentType": "Card", "PaymentTotals": totals}],
        })
    }
}

/// An amount of at most two decimals in hundredths.
fn hundredths(amount: &str) -> u64 {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    format!("{whole}{part:0<2}").parse().unwrap_or(0)
}

/// Half of an amount.
pub(super) fn half_of(amount: &Value) -> Value {
    let half = hundredths(&amount.to_string()) / 2;
    serde_json::from_str(&format!("{}.{:02}", half / 100, half % 100))
        .expect("digits and a point are JSON")
}
