//! How what the hub holds differs from what a store sealed, and by how much.

use std::collections::BTreeMap;

use counterpart_protocol::days::{DaySealed, KindCount};
use counterpart_protocol::facts::Kind;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Aside, Held, SeriesProof, Takings};

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Records of the day that stand in quarantine.
    Quarantined,
    /// Receipts that have not arrived.
    ReceiptsMissing,
    /// Receipts that arrived again for another sale.
    ReceiptsDoubled,
    /// How many receipts count for the day.
    Receipts,
    /// Invoices that have not arrived.
    InvoicesMissing,
    /// Invoices that arrived again for another sale.
    InvoicesDoubled,
    /// How many invoices count for the day.
    Invoices,
    /// How many sales there were.
    Sales,
    /// What they came to.
    Total,
    /// How many returns there were.
    Returns,
    /// What went back for them.
    Returned,
    /// What cash was rounded by.
    Rounding,
    /// What stayed of a kind of tender.
    Tender,
    /// Tax of a rate.
    Tax,
    /// How many facts of a kind there are.
    Facts,
    /// The sum of the hashes of the day's records.
    Digest,
    /// The chain at the seal.
    Chain,
    /// What was on hand at the seal.
    Stock,
    /// Records that count for the day and came after its seal.
    AfterSeal,
    /// Records for days that the seal says were empty.
    Between,
}

/// One thing that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Difference {
    /// What.
    pub what: What,
    /// Of what, as a word or numbers: a series, a kind of tender with its currency, a tax rate.
    pub about: String,
    /// What the store sealed.
    pub sealed: i64,
    /// What the hub holds.
    pub held: i64,
}

impl Difference {
    /// Says it, so that it can be read aloud.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self {
            what,
            about,
            sealed,
            held,
        } = self;
        match what {
            What::Quarantined => format!("{held} records stand in quarantine: {about}"),
            What::ReceiptsMissing => format!("receipts are missing: {about}"),
            What::InvoicesMissing => format!("invoices are missing: {about}"),
            What::ReceiptsDoubled => format!("{held} receipts of {about} arrived twice"),
            What::InvoicesDoubled => format!("{held} invoices of {about} arrived twice"),
            What::Receipts => format!("receipts of {about}: {sealed} sealed, {held} here"),
            What::Invoices => format!("invoices of {about}: {sealed} sealed, {held} here"),
            What::Sales => format!("sales in {about}: {sealed} sealed, {held} here"),
            What::Total => format!("total in {about}: {sealed} sealed, {held} here (minor units)"),
            What::Returns => format!("returns in {about}: {sealed} sealed, {held} here"),
            What::Returned => {
                format!("went back in {about}: {sealed} sealed, {held} here (minor units)")
            }
            What::Rounding => {
                format!("cash rounding in {about}: {sealed} sealed, {held} here (minor units)")
            }
            What::Tender => format!("{about}: {sealed} sealed, {held} here (minor units)"),
            What::Tax => format!("tax at {about}: {sealed} sealed, {held} here (minor units)"),
            What::Facts => format!("facts {about}: {sealed} sealed, {held} here"),
            What::Digest => {
                format!("the digest of the day's records: over {sealed} sealed, over {held} here")
            }
            What::Chain => format!("the chain after record {about} is another one here"),
            What::Stock => {
                format!("on hand at the seal: {sealed} products sealed, {held} here, or other sums")
            }
            What::AfterSeal => format!("{held} records for the day came after its seal"),
            What::Between => format!("{held} records count for days the seal says were empty"),
        }
    }
}

/// Compares what is held with what was sealed; nothing differs if the list is empty.
pub(in crate::days) fn compare(sealed: &DaySealed, held: &Held) -> Vec<Difference> {
    let mut found = Found(Vec::new());
    let aside: Vec<String> = held.aside.iter().map(aside_words).collect();
    let about = aside.join("; ");
    found.unequal(What::Quarantined, &about, 0, counted(aside.len() as u64));
    let runs = sealed.sums.receipts.iter();
    let counts = runs.map(|run| (format!("{}-{}", run.register, run.series), run.count));
    let whats = [What::ReceiptsMissing, What::ReceiptsDoubled, What::Receipts];
    found.papers(whats, &counts.collect(), &held.receipts);
    let runs = sealed.sums.papers.iter();
    let counts = runs.map(|run| (paper_series(run.kind.letter(), run.series), run.count));
    let whats = [What::InvoicesMissing, What::InvoicesDoubled, What::Invoices];
    found.papers(whats, &counts.collect(), &held.papers);
    let takings: Vec<Takings> = sealed.sums.takings.iter().map(Takings::from).collect();
    found.money(&takings, &held.takings);
    let kinds = |counts: &[KindCount]| -> BTreeMap<u32, i64> {
        counts
            .iter()
            .map(|count| (count.kind_number, counted(count.facts)))
            .collect()
    };
    let (theirs, ours) = (kinds(&sealed.kinds), kinds(&held.day.kinds));
    for number in keys(&theirs, &ours) {
        let (theirs, ours) = (of(&theirs, &number), of(&ours, &number));
        found.unequal(What::Facts, &kind_word(number), theirs, ours);
    }
    if sealed.digest != held.day.digest {
        let (theirs, ours) = (sealed.digest.count, held.day.digest.count);
        found.note(What::Digest, "", counted(theirs), counted(ours));
    }
    if held.chain != Some(sealed.chain) {
        let about = sealed.after_seq.to_string();
        found.note(What::Chain, &about, 0, 0);
    }
    if let Some(stock) = held.stock
        && stock != sealed.stock
    {
        let (theirs, ours) = (i64::from(sealed.stock.skus), i64::from(stock.skus));
        found.note(What::Stock, "", theirs, ours);
    }
    // The seal itself counts for its day and comes after what it seals.
    let later = counted(held.day.later.saturating_sub(1));
    found.unequal(What::AfterSeal, "", 0, later);
    found.unequal(What::Between, "", 0, counted(held.between));
    found.0
}

/// Names a series of papers as the hub knows it without a printed number at hand.
pub(in crate::days) fn paper_series(letter: char, series: u32) -> String {
    format!("{letter}-{series}")
}

fn aside_words(aside: &Aside) -> String {
    let Aside {
        run,
        seq,
        kind,
        reason,
    } = aside;
    format!("record {seq} of run {run} ({kind}): {reason}")
}

pub(in crate::days) fn kind_word(number: u32) -> String {
    Kind::from_number(number).map_or_else(|| number.to_string(), |kind| kind.word().to_owned())
}

struct Found(Vec<Difference>);

impl Found {
    fn note(&mut self, what: What, about: &str, sealed: i64, held: i64) {
        self.0.push(Difference {
            what,
            about: about.to_owned(),
            sealed,
            held,
        });
    }

    fn unequal(&mut self, what: What, about: &str, sealed: i64, held: i64) {
        if sealed != held {
            self.note(what, about, sealed, held);
        }
    }

    fn papers(
        &mut self,
        [missing, doubled, counts]: [What; 3],
        sealed: &BTreeMap<String, u64>,
        held: &[SeriesProof],
    ) {
        let ours: BTreeMap<String, u64> = held
            .iter()
            .map(|series| (series.key.clone(), series.arrived))
            .collect();
        for series in held {
            let theirs = of(sealed, &series.key);
            if series.missing > 0 {
                let (sealed, held) = (counted(theirs), counted(series.arrived));
                self.note(missing, &series.gaps_text(), sealed, held);
            }
            self.unequal(doubled, &series.series, 0, counted(series.doubled));
        }
        for key in keys(sealed, &ours) {
            let (theirs, here) = (of(sealed, &key), of(&ours, &key));
            self.unequal(counts, &key, counted(theirs), counted(here));
        }
    }

    fn money(&mut self, sealed: &[Takings], held: &[Takings]) {
        let by_currency = |takings: &[Takings]| -> BTreeMap<String, Takings> {
            let each = takings.iter();
            each.map(|one| (one.currency.clone(), one.clone()))
                .collect()
        };
        let (sealed, held) = (by_currency(sealed), by_currency(held));
        for currency in keys(&sealed, &held) {
            let (theirs, ours) = (sealed.get(&currency), held.get(&currency));
            let sales = |one: Option<&Takings>| counted(one.map_or(0, |one| one.sales));
            self.unequal(What::Sales, &currency, sales(theirs), sales(ours));
            let total = |one: Option<&Takings>| one.map_or(0, |one| one.total_minor);
            self.unequal(What::Total, &currency, total(theirs), total(ours));
            let returns = |one: Option<&Takings>| counted(one.map_or(0, |one| one.returns));
            self.unequal(What::Returns, &currency, returns(theirs), returns(ours));
            let back = |one: Option<&Takings>| one.map_or(0, |one| one.returned_minor);
            self.unequal(What::Returned, &currency, back(theirs), back(ours));
            let by = |one: Option<&Takings>| one.map_or(0, |one| one.rounding_minor);
            self.unequal(What::Rounding, &currency, by(theirs), by(ours));
            let none = Takings::of_nothing;
            let theirs = theirs.cloned().unwrap_or_else(|| none(&currency));
            let ours = ours.cloned().unwrap_or_else(|| none(&currency));
            for kind in keys(&theirs.tenders, &ours.tenders) {
                let about = format!("{kind} in {currency}");
                let (sealed, held) = (of(&theirs.tenders, &kind), of(&ours.tenders, &kind));
                self.unequal(What::Tender, &about, sealed, held);
            }
            for rate in keys(&theirs.taxes, &ours.taxes) {
                let about = format!("{}.{:03} % in {currency}", rate / 1_000, rate % 1_000);
                let (sealed, held) = (of(&theirs.taxes, &rate), of(&ours.taxes, &rate));
                self.unequal(What::Tax, &about, sealed, held);
            }
        }
    }
}

fn keys<K: Ord + Clone, V>(one: &BTreeMap<K, V>, other: &BTreeMap<K, V>) -> Vec<K> {
    let mut keys: Vec<K> = one.keys().chain(other.keys()).cloned().collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn of<K: Ord, V: Copy + Default>(counts: &BTreeMap<K, V>, key: &K) -> V {
    counts.get(key).copied().unwrap_or_default()
}

fn counted(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
