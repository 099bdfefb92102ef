//! The journal as it is handed out: each fact a line of JSON, or a transaction of a POSLog.

use std::str::FromStr;

use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::StoreId;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::poslog;

/// How a journal is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    JsonLines,
    PosLog,
}

/// Writes a journal in one form, for one store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exporter {
    form: Form,
    store: StoreId,
}

/// A form no journal is written in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no form of an export: write jsonl or poslog")]
pub struct FormUnknown(String);

impl Exporter {
    /// Chooses a form by its word: `jsonl` or `poslog`.
    ///
    /// # Errors
    /// `FormUnknown`.
    pub fn new(form: &str, store: StoreId) -> Result<Self, FormUnknown> {
        let form = form.parse()?;
        Ok(Self { form, store })
    }

    /// Returns what stands before the first fact.
    #[must_use]
    pub fn head(&self) -> String {
        match self.form {
            Form::JsonLines => String::new(),
            Form::PosLog => poslog::head(),
        }
    }

    /// Returns what stands after the last fact.
    #[must_use]
    pub fn foot(&self) -> String {
        match self.form {
            Form::JsonLines => String::new(),
            Form::PosLog => poslog::foot(),
        }
    }

    /// Returns a fact as it is written, with its place in the journal (the life of the store server
    /// and the number there); nothing for one the form has no place for.
    #[must_use]
    pub fn fact(&self, place: (u32, u64), fact: &Fact) -> Option<String> {
        match self.form {
            Form::JsonLines => Some(self.line(place, &said(fact))),
            Form::PosLog => poslog::transaction(&self.store, fact),
        }
    }

    /// Returns a record that cannot be read as it is written; nothing where the form has no place
    /// for it.
    #[must_use]
    pub fn unreadable(&self, place: (u32, u64), why: &str) -> Option<String> {
        match self.form {
            Form::JsonLines => Some(self.line(place, &json!({ "unreadable": why }))),
            Form::PosLog => None,
        }
    }

    fn line(&self, (run, seq): (u32, u64), said: &Value) -> String {
        let mut line = json!({ "store_id": self.store, "run": run, "seq": seq });
        if let (Some(line), Some(said)) = (line.as_object_mut(), said.as_object()) {
            line.extend(said.clone());
        }
        format!("{line}\n")
    }
}

/// Returns what a fact says, with who, when and where.
fn said(fact: &Fact) -> Value {
    let header = &fact.header;
    let kind = fact.kind().map_or_else(
        || fact.kind_number.to_string(),
        |kind| kind.word().to_owned(),
    );
    let body = fact
        .body_json()
        .unwrap_or_else(|refused| Value::String(refused.to_string()));
    json!({
        "fact_id": header.id,
        "kind": kind,
        "schema": fact.schema,
        "at": at(fact),
        "business_date": header.business_date,
        "late_for": fact.late_for,
        "register": header.register,
        "staff_id": header.staff,
        "body": body,
    })
}

/// Returns when a fact was stated, as RFC 3339 in UTC.
pub(super) fn at(fact: &Fact) -> String {
    let at_ms = i64::try_from(fact.header.hlc.at_ms()).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(at_ms)
        .unwrap_or(Timestamp::MAX)
        .to_string()
}

impl FromStr for Form {
    type Err = FormUnknown;

    fn from_str(text: &str) -> Result<Self, FormUnknown> {
        match text {
            "jsonl" => Ok(Self::JsonLines),
            "poslog" => Ok(Self::PosLog),
            other => Err(FormUnknown(other.to_owned())),
        }
    }
}
