//! Decides what a day proves, and how what the hub holds differs from what a store sealed.

mod compare;
mod series;
mod takings;

pub use compare::{Difference, What};
pub(super) use compare::{compare, kind_word, paper_series};
pub use series::SeriesProof;
pub(super) use series::series;
pub use takings::Takings;

use counterpart_protocol::days::{DayHeld, DaySealed, StockCheckpoint};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::Chain;
use counterpart_protocol::time::BusinessDate;
use serde::Serialize;
use utoipa::ToSchema;

/// How a business day stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayState {
    /// The store has not sealed it, or its seal has not arrived.
    Open,
    /// Sealed, and not compared yet.
    Sealed,
    /// The hub holds what the store sealed.
    Countersigned,
    /// The hub does not hold what the store sealed.
    Differs,
}

impl DayState {
    /// Returns its word for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Sealed => "sealed",
            Self::Countersigned => "countersigned",
            Self::Differs => "differs",
        }
    }
}

/// What the hub holds of a day, from its own views and feeds.
#[derive(Debug, Clone)]
pub(super) struct Held {
    /// The chain after the record the seal says it follows.
    pub(super) chain: Option<Chain>,
    /// What counts for the day before the seal, and what came for it later.
    pub(super) day: DayHeld,
    /// Records for the days that the seal says were empty.
    pub(super) between: u64,
    pub(super) receipts: Vec<SeriesProof>,
    pub(super) papers: Vec<SeriesProof>,
    pub(super) takings: Vec<Takings>,
    pub(super) stock: Option<StockCheckpoint>,
    pub(super) aside: Vec<Aside>,
}

/// A record of a day that stands in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DayAsideJson)]
pub struct Aside {
    /// The run of the store server's feed.
    pub run: u32,
    /// Its number there.
    pub seq: u64,
    /// The word for its kind as the record says, or its number.
    pub kind: String,
    /// Why it was set aside.
    pub reason: String,
}

/// A seal as it arrived.
#[derive(Debug, Clone)]
pub(super) struct Sealed {
    pub(super) run: u32,
    pub(super) sealed_at_ms: i64,
    pub(super) countersigned_at_ms: Option<i64>,
    pub(super) body: DaySealed,
}

/// Facts that came for a day after it was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Late {
    /// The day they count for instead.
    pub counted_on: BusinessDate,
    /// How many.
    pub facts: i64,
}

/// What one store server's day proves.
#[derive(Debug, Clone)]
pub struct EdgeDay {
    /// Whose.
    pub edge: EdgeNumber,
    /// The day.
    pub business_date: BusinessDate,
    /// How it stands.
    pub state: DayState,
    /// Records that count for it, the seal excepted.
    pub records: u64,
    /// The sum of their hashes, in hexadecimal digits.
    pub digest: String,
    /// Which run of the feed the seal stands in, if it is sealed.
    pub run: Option<u32>,
    /// When it was sealed, in milliseconds UTC.
    pub sealed_at_ms: Option<i64>,
    /// When the hub countersigned it, in milliseconds UTC.
    pub countersigned_at_ms: Option<i64>,
    /// Receipts by register and series.
    pub receipts: Vec<SeriesProof>,
    /// Invoices and their like by series.
    pub papers: Vec<SeriesProof>,
    /// What the receipts here come to.
    pub takings: Vec<Takings>,
    /// Registers whose till was open when the day ended.
    pub open_tills: Vec<u16>,
    /// What came for it after it was over.
    pub late: Vec<Late>,
    /// What stands in quarantine of it.
    pub aside: Vec<Aside>,
    /// What is not as it was sealed.
    pub differences: Vec<Difference>,
}

impl EdgeDay {
    /// Puts together what is held and what was sealed.
    pub(super) fn of(
        edge: EdgeNumber,
        business_date: BusinessDate,
        held: Held,
        sealed: Option<&Sealed>,
        late: Vec<Late>,
    ) -> Self {
        let differences = sealed.map_or_else(Vec::new, |sealed| compare(&sealed.body, &held));
        let countersigned_at_ms = sealed.and_then(|sealed| sealed.countersigned_at_ms);
        let state = match (sealed, countersigned_at_ms) {
            (None, _) => DayState::Open,
            (Some(_), _) if !differences.is_empty() => DayState::Differs,
            (Some(_), None) => DayState::Sealed,
            (Some(_), Some(_)) => DayState::Countersigned,
        };
        let digest = held.day.digest.sum.iter();
        Self {
            edge,
            business_date,
            state,
            records: held.day.digest.count,
            digest: digest.map(|byte| format!("{byte:02x}")).collect(),
            run: sealed.map(|sealed| sealed.run),
            sealed_at_ms: sealed.map(|sealed| sealed.sealed_at_ms),
            countersigned_at_ms,
            receipts: held.receipts,
            papers: held.papers,
            takings: held.takings,
            open_tills: sealed.map_or_else(Vec::new, |sealed| {
                let tills = sealed.body.open_tills.iter();
                tills.map(|till| till.register.0).collect()
            }),
            late,
            aside: held.aside,
            differences,
        }
    }

    /// Tells whether nothing that is known to be there is missing, doubled, set aside or different.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let mut papers = self.receipts.iter().chain(&self.papers);
        papers.all(SeriesProof::is_complete) && self.aside.is_empty() && self.differences.is_empty()
    }

    /// Tells whether the day is whole, sealed and countersigned.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.state == DayState::Countersigned && self.is_whole()
    }
}
