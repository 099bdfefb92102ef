//! Decides what a store and its people may be called, and whether a code may still be used.

mod editing;
mod entities;
mod jurisdictions;
mod standing;

pub use editing::StoreChange;
pub(super) use editing::{HOURS_FIELDS, changed_words, check_change};
pub(super) use entities::{
    Adopted, adopted, changed_entity_words, check_entity, check_entity_words,
};
pub use entities::{Entity, EntityDraft, EntityWords};
pub(super) use jurisdictions::{
    JurisdictionDraft, JurisdictionTyped, JurisdictionWords, changed_jurisdiction_words,
    check_jurisdiction, check_jurisdiction_words, taxes_store,
};
pub(super) use standing::{EdgeKnown, Standing, standing};

use counterpart_protocol::enrolment::StoreIdentity;
use counterpart_protocol::ids::{EdgeNumber, StoreId};
use counterpart_protocol::money::Currency;
use counterpart_protocol::staff::Role;
use counterpart_protocol::stores::StoreDetails;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long a code may be used, in milliseconds: the installer is there today or tomorrow.
pub(super) const CODE_LIVES_MS: i64 = 24 * 3_600_000;
/// The languages stores' pages and receipts speak.
const LANGUAGES: [&str; 3] = ["en", "de", "fr"];
/// What a receipt of 42 columns takes in a line (hardware.md: 42 or 48 columns).
const RECEIPT_COLUMNS: usize = 42;
const ADDRESS_LINES_MAX: usize = 4;
const FOOTER_CHARS_MAX: usize = 200;
const PIN_DIGITS: std::ops::RangeInclusive<usize> = 4..=8;

/// A store as a person typed it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct StoreDraft {
    /// The slug.
    pub store_id: String,
    /// The name.
    pub name: String,
    /// The address, a line each.
    #[serde(default)]
    pub address: String,
    /// The currency's code.
    pub currency: String,
    /// The time zone's IANA name.
    pub time_zone: String,
    /// The tax number, or nothing.
    #[serde(default)]
    pub tax_number: String,
    /// The language tag.
    pub locale: String,
    /// What stands at the foot of receipts, or nothing.
    #[serde(default)]
    pub receipt_footer: String,
    /// The short name of the company that runs it, or nothing.
    #[serde(default)]
    pub entity: String,
}

/// A member of staff as a person typed them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemberDraft {
    /// The name colleagues use.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Four to eight digits.
    pub pin: String,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The field.
    pub field: &'static str,
    /// A sentence to act on.
    pub sentence: String,
}

/// Why a store or a member was not taken: everything that is wrong, at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", join(.0))]
pub struct StoreRefused(pub Vec<Wrong>);

fn join(wrong: &[Wrong]) -> String {
    let sentences: Vec<&str> = wrong.iter().map(|wrong| wrong.sentence.as_str()).collect();
    sentences.join("; ")
}

/// Collects what is wrong.
#[derive(Default)]
struct Check(Vec<Wrong>);

impl Check {
    fn that(&mut self, fits: bool, field: &'static str, sentence: impl Into<String>) {
        if !fits {
            let sentence = sentence.into();
            self.0.push(Wrong { field, sentence });
        }
    }

    fn parsed<T, E: std::fmt::Display>(
        &mut self,
        parsed: Result<T, E>,
        field: &'static str,
    ) -> Option<T> {
        parsed
            .map_err(|refused| self.that(false, field, refused.to_string()))
            .ok()
    }
}

/// Checks a new store. `prices_in` is the currency of the catalogue and of the other stores, if
/// there are any: one catalogue has one currency.
///
/// # Errors
/// [`StoreRefused`] with every field that is wrong.
pub(super) fn check_store(
    draft: &StoreDraft,
    zone_known: ZoneKnown,
    prices_in: Option<Currency>,
    companies: &[Entity],
) -> Result<StoreIdentity, StoreRefused> {
    let mut check = Check::default();
    let store_id = check.parsed(draft.store_id.trim().parse::<StoreId>(), "store_id");
    let currency = check.parsed(draft.currency.trim().parse::<Currency>(), "currency");
    if let (Some(currency), Some(others)) = (currency, prices_in) {
        check.that(
            currency == others,
            "currency",
            format!("this hub's prices are in {others}: a store in {currency} needs its own hub"),
        );
    }
    check.that(
        zone_known == ZoneKnown::Yes,
        "time_zone",
        format!(
            "'{}' is no time zone this machine knows: write it as in Europe/Brussels",
            draft.time_zone.trim()
        ),
    );
    let locale = draft.locale.trim();
    check.that(
        LANGUAGES.contains(&locale.split('-').next().unwrap_or("")),
        "locale",
        format!(
            "'{locale}' is no language stores speak: there are {}",
            LANGUAGES.join(", ")
        ),
    );
    let printed = check.printed(draft);
    let entity = check.company(&draft.entity, companies);
    match (store_id, currency) {
        (Some(store_id), Some(currency)) if check.0.is_empty() => Ok(StoreIdentity {
            store_id,
            name: printed.name,
            address_lines: printed.address_lines,
            currency,
            time_zone: draft.time_zone.trim().to_owned(),
            tax_number: printed.tax_number,
            locale: locale.to_owned(),
            receipt_footer: printed.receipt_footer,
            details: StoreDetails {
                entity: entity.map(|entity| entity.told(None)),
                ..StoreDetails::default()
            },
        }),
        _ => Err(StoreRefused(check.0)),
    }
}

/// What of a store stands on its receipts.
struct Printed {
    name: String,
    address_lines: Vec<String>,
    tax_number: Option<String>,
    receipt_footer: Option<String>,
}

impl Check {
    /// Reads an address as receipts print it.
    fn address_lines(&mut self, typed: &str) -> Vec<String> {
        let lines = typed.lines().map(str::trim);
        let lines: Vec<String> = lines
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect();
        let fits = |line: &String| line.chars().count() <= RECEIPT_COLUMNS;
        self.that(
            lines.len() <= ADDRESS_LINES_MAX && lines.iter().all(fits),
            "address",
            format!(
                "an address has at most {ADDRESS_LINES_MAX} lines of {RECEIPT_COLUMNS} \
                 characters, so that it fits a receipt"
            ),
        );
        lines
    }

    /// Checks what must fit a receipt.
    fn printed(&mut self, draft: &StoreDraft) -> Printed {
        let fits = |text: &str| text.chars().count() <= RECEIPT_COLUMNS;
        let name = draft.name.trim();
        self.that(
            !name.is_empty() && fits(name),
            "name",
            format!("a store's name has 1 to {RECEIPT_COLUMNS} characters"),
        );
        let address_lines = self.address_lines(&draft.address);
        let tax_number = optional(&draft.tax_number);
        self.that(
            tax_number.as_deref().is_none_or(fits),
            "tax_number",
            format!("a tax number has at most {RECEIPT_COLUMNS} characters"),
        );
        let receipt_footer = optional(&draft.receipt_footer);
        let length = receipt_footer
            .as_deref()
            .map_or(0, |text| text.chars().count());
        self.that(
            length <= FOOTER_CHARS_MAX,
            "receipt_footer",
            format!("the foot of a receipt has at most {FOOTER_CHARS_MAX} characters"),
        );
        Printed {
            name: name.to_owned(),
            address_lines,
            tax_number,
            receipt_footer,
        }
    }
}

/// Whether the machine's time zone table has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ZoneKnown {
    /// It has.
    Yes,
    /// It has not.
    No,
}

fn optional(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Checks a new member, and returns the name as it is kept.
///
/// # Errors
/// [`StoreRefused`] with every field that is wrong.
pub(super) fn check_member(draft: &MemberDraft) -> Result<String, StoreRefused> {
    let mut check = Check::default();
    let name = draft.name.trim();
    check.that(
        (1..=40).contains(&name.chars().count()),
        "name",
        "a name has 1 to 40 characters",
    );
    check.that(
        PIN_DIGITS.contains(&draft.pin.len()) && draft.pin.bytes().all(|b| b.is_ascii_digit()),
        "pin",
        format!(
            "a PIN has {} to {} digits",
            PIN_DIGITS.start(),
            PIN_DIGITS.end()
        ),
    );
    match check.0.is_empty() {
        true => Ok(name.to_owned()),
        false => Err(StoreRefused(check.0)),
    }
}

/// Returns the refusal of a PIN somebody of the store has already. A till asks for the PIN alone,
/// so it must tell who it is.
#[must_use]
pub(super) fn pin_taken() -> StoreRefused {
    StoreRefused(vec![Wrong {
        field: "pin",
        sentence: "somebody in this store has this PIN: choose another".to_owned(),
    }])
}

/// A code as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code {
    /// Whose edge it makes.
    pub store_id: StoreId,
    /// Until when, in milliseconds UTC.
    pub until_ms: i64,
    /// What became of it.
    pub used: Option<Used>,
}

/// Who used a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// When, in milliseconds UTC.
    pub at_ms: i64,
    /// The edge it made.
    pub by_edge: EdgeNumber,
    /// The SHA-256 of the request it was used with.
    pub csr_sha256: [u8; 32],
    /// The certificate that was answered.
    pub certificate_pem: String,
}

/// What a code is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CodeGood {
    /// A new edge.
    New,
    /// The same answer again, which was lost on its way.
    Again(Used),
}

/// Why a code is good for nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeSpent {
    /// Nobody made it here.
    #[error("this hub never gave out this code: make one at the console, at the store's page")]
    Unknown,
    /// It was used with another key.
    #[error(
        "this code was used already, by edge {}: a code works once; make a new one at the console",
        .0.by_edge
    )]
    Used(Used),
    /// Its time is over.
    #[error("this code is over since {} h: make a new one at the console", hours(*.over_ms))]
    Expired {
        /// For how long, in milliseconds.
        over_ms: i64,
    },
}

fn hours(ms: i64) -> i64 {
    ms.div_euclid(3_600_000)
}

/// Decides what a code is good for when it comes with this request at `now_ms`.
///
/// # Errors
/// [`CodeSpent`].
pub(super) fn spend(
    code: Option<&Code>,
    csr_sha256: [u8; 32],
    now_ms: i64,
) -> Result<CodeGood, CodeSpent> {
    let code = code.ok_or(CodeSpent::Unknown)?;
    let over_ms = now_ms - code.until_ms;
    match &code.used {
        Some(used) if used.csr_sha256 == csr_sha256 => Ok(CodeGood::Again(used.clone())),
        Some(used) => Err(CodeSpent::Used(used.clone())),
        None if over_ms >= 0 => Err(CodeSpent::Expired { over_ms }),
        None => Ok(CodeGood::New),
    }
}

#[cfg(test)]
mod tests;
