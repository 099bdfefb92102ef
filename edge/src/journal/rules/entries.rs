//! Which entries of the journal a fact makes.

mod beside;
mod promised;

use std::collections::{BTreeMap, BTreeSet};

use counterpart_protocol::coupons::SaleCoupon;
use counterpart_protocol::facts::{BodyRefused, Fact, Kind};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{FactId, RegisterId, ReturnId, SaleId, Sku, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::sales::{
    BasketVoided, ByHand, CardGivenBack, CardPaid, PaperNumber, ReceiptNumber, ReducedBy, SaleLine,
    SaleRecorded, Tender, VoidedLine,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a refund of another store's sale stands out: nobody who has the right to it was asked.
const PROVISIONAL: &str = "provisional";

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EntryKind {
    /// Sold.
    Sale,
    /// Took goods back.
    Return,
    /// Took lines or a whole basket out before payment.
    Void,
    /// Changed a price by hand.
    Override,
    /// Sold what others may have been promised.
    Promised,
    /// Opened the drawer without a sale.
    NoSale,
    /// Moved cash into or out of the drawer or the safe, or counted the safe.
    Cash,
    /// Printed something again.
    Reprint,
    /// Made out an invoice.
    Invoice,
    /// Gave a card its money back before the sale came about, or said what became of it.
    Card,
    /// Opened or closed the till, or took its drawer over.
    Till,
    /// Typed a PIN that approved nothing.
    Approval,
}

impl EntryKind {
    /// Every one, in the order lists offer them.
    pub(crate) const ALL: [Self; 12] = [
        Self::Sale,
        Self::Return,
        Self::Void,
        Self::Override,
        Self::Promised,
        Self::NoSale,
        Self::Cash,
        Self::Reprint,
        Self::Invoice,
        Self::Card,
        Self::Till,
        Self::Approval,
    ];

    /// Returns the word in SQL, addresses and the API.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Return => "return",
            Self::Void => "void",
            Self::Override => "override",
            Self::Promised => "promised",
            Self::NoSale => "no_sale",
            Self::Cash => "cash",
            Self::Reprint => "reprint",
            Self::Invoice => "invoice",
            Self::Card => "card",
            Self::Till => "till",
            Self::Approval => "approval",
        }
    }

    /// Returns the kind with this word.
    #[must_use]
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The fact that says so.
    pub fact_id: FactId,
    /// What was done.
    pub kind: EntryKind,
    /// When, as facts are ordered.
    pub hlc: Hlc,
    /// At which register, if at one.
    pub register: Option<RegisterId>,
    /// By whom.
    pub staff: Option<StaffId>,
    /// Who approved it, if somebody had to.
    pub approved_by: Option<StaffId>,
    /// The number of its paper, as printed.
    pub number: Option<String>,
    /// The last part of the number.
    pub tail: Option<u32>,
    /// The sale it is about.
    pub sale_id: Option<SaleId>,
    /// The return it is about.
    pub return_id: Option<ReturnId>,
    /// How much it was about, in the store's currency.
    pub amount_minor: Option<Minor>,
    /// Words of the program that say why.
    pub why: Vec<String>,
}

/// The entries of a fact, and what they are found by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Entries {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Which products each is about.
    pub items: BTreeSet<(EntryKind, Sku)>,
    /// What products were called.
    pub names: BTreeMap<Sku, String>,
    /// The last four digits of cards.
    pub cards: BTreeSet<(EntryKind, String)>,
}

impl Entries {
    fn of(fact: &Fact) -> (Self, Entry) {
        let header = &fact.header;
        let blank = Entry {
            fact_id: header.id,
            kind: EntryKind::Sale,
            hlc: header.hlc,
            register: header.register,
            staff: header.staff,
            approved_by: None,
            number: None,
            tail: None,
            sale_id: None,
            return_id: None,
            amount_minor: None,
            why: Vec::new(),
        };
        (Self::default(), blank)
    }

    fn item(&mut self, kind: EntryKind, sku: &Sku) {
        self.items.insert((kind, sku.clone()));
    }

    fn name(&mut self, sku: &Sku, name: &str) {
        self.names.insert(sku.clone(), name.to_lowercase());
    }

    fn card(&mut self, kind: EntryKind, card: &CardPaid) {
        if let Some(last_four) = &card.last_four {
            self.cards.insert((kind, last_four.clone()));
        }
    }

    fn tenders(&mut self, kind: EntryKind, tenders: &[Tender]) {
        for card in tenders.iter().filter_map(|tender| tender.card.as_ref()) {
            self.card(kind, card);
        }
        for stored in tenders.iter().filter_map(|tender| tender.stored.as_ref()) {
            self.cards.insert((kind, stored.card.last_four.clone()));
        }
    }
}

impl Entry {
    /// Returns when it was, in milliseconds UTC.
    #[must_use]
    pub(crate) fn at_ms(&self) -> i64 {
        i64::try_from(self.hlc.at_ms()).expect("48 bits of milliseconds fit")
    }

    fn receipt(self, receipt: ReceiptNumber, sale_id: SaleId) -> Self {
        Self {
            number: Some(receipt.to_string()),
            tail: Some(receipt.number),
            sale_id: Some(sale_id),
            ..self
        }
    }

    fn paper(self, number: &PaperNumber, sale_id: SaleId) -> Self {
        Self {
            number: Some(number.to_string()),
            tail: Some(number.number),
            sale_id: Some(sale_id),
            ..self
        }
    }
}

/// Returns the entries a fact makes; none for what no register does.
///
/// # Errors
/// [`BodyRefused`] when the fact's body cannot be read.
pub(crate) fn entries_of(fact: &Fact) -> Result<Entries, BodyRefused> {
    let (mut made, blank) = Entries::of(fact);
    match fact.kind() {
        Some(Kind::SaleRecorded) => sale(&mut made, blank, &fact.read()?),
        Some(Kind::ReturnRecorded) => came_back(&mut made, blank, &fact.read()?),
        Some(Kind::BasketVoided) => {
            let voided: BasketVoided = fact.read()?;
            let entry = Entry {
                sale_id: None,
                ..taken_out(&mut made, blank, &voided.voided)
            };
            made.entries.push(entry);
        }
        Some(_) | None => made.entries.extend(beside::beside_sales(fact, blank)?),
    }
    if fact.kind() == Some(Kind::CardGivenBack) {
        made.card(EntryKind::Card, &fact.read::<CardGivenBack>()?.card);
    }
    Ok(made)
}

fn sale(made: &mut Entries, blank: Entry, sale: &SaleRecorded) {
    let blank = blank.receipt(sale.receipt, sale.sale_id);
    for line in &sale.lines {
        made.item(EntryKind::Sale, &line.sku);
        made.name(&line.sku, &line.description);
    }
    made.tenders(EntryKind::Sale, &sale.tenders);
    let coupons = sale.coupons.iter().flatten();
    made.entries.push(Entry {
        amount_minor: Some(sale.total_minor),
        // A coupon is named as people name it: by its code, or the end of its number.
        why: coupons.map(SaleCoupon::shown).collect(),
        ..blank.clone()
    });
    if let Some(entry) = by_hand(made, blank.clone(), sale) {
        made.entries.push(entry);
    }
    if let Some(entry) = promised::let_go(made, blank.clone(), &sale.lines) {
        made.entries.push(entry);
    }
    if !sale.voided.is_empty() {
        let entry = taken_out(made, blank, &sale.voided);
        made.entries.push(entry);
    }
}

/// What was changed by hand in a sale: how much it took off, why, and who said it may be.
fn by_hand(made: &mut Entries, blank: Entry, sale: &SaleRecorded) -> Option<Entry> {
    let exempted = sale.sold_to.as_ref().and_then(|it| it.exempted.as_ref());
    let certificate = exempted.and_then(|it| it.by_hand.as_ref());
    let mut given: Vec<&ByHand> = certificate.into_iter().collect();
    let mut off = 0_i64;
    for line in &sale.lines {
        let before = given.len();
        if let Some(pricing) = &line.pricing {
            if let Some(typed) = &pricing.typed {
                given.push(typed);
                off = off.saturating_add(typed_off(pricing.list_price_minor, line));
            }
            for reduction in &pricing.reductions {
                let hand = match &reduction.because {
                    ReducedBy::Line(hand) | ReducedBy::Sale(hand) => Some(hand),
                    ReducedBy::TaxExempt { .. } => certificate,
                    ReducedBy::Promotion { .. } => None,
                };
                if let Some(hand) = hand {
                    given.push(hand);
                    off = off.saturating_add(reduction.amount_minor.0);
                }
            }
        }
        if given.len() > before {
            made.item(EntryKind::Override, &line.sku);
        }
    }
    let first = given.first()?;
    let why: BTreeSet<&str> = given.iter().map(|hand| hand.reason.as_str()).collect();
    Some(Entry {
        kind: EntryKind::Override,
        staff: first.by.or(blank.staff),
        approved_by: given.iter().find_map(|hand| hand.approved_by),
        amount_minor: Some(Minor(off.saturating_neg())),
        why: why.into_iter().map(str::to_owned).collect(),
        ..blank
    })
}

/// What a typed price took off a line; less than nothing where it is dearer.
fn typed_off(list: Minor, line: &SaleLine) -> i64 {
    let at_list = list.scaled(line.quantity_milli.0, Milli::ONE.0);
    let difference = at_list
        .zip(line.gross_minor())
        .and_then(|(a, b)| a.minus(b));
    difference.unwrap_or_default().0
}

fn taken_out(made: &mut Entries, blank: Entry, voided: &[VoidedLine]) -> Entry {
    for line in voided {
        made.item(EntryKind::Void, &line.sku);
    }
    let amount = Minor::sum(voided.iter().map(|line| line.amount_minor));
    let by = voided.iter().find_map(|line| line.staff);
    Entry {
        kind: EntryKind::Void,
        staff: by.or(blank.staff),
        amount_minor: amount,
        ..blank
    }
}

fn came_back(made: &mut Entries, blank: Entry, back: &ReturnRecorded) {
    for line in &back.lines {
        made.item(EntryKind::Return, &line.sku);
        made.name(&line.sku, &line.description);
    }
    made.tenders(EntryKind::Return, &back.tenders);
    let mut why: BTreeSet<&str> = back.lines.iter().map(|line| line.reason.as_str()).collect();
    if back.provisional.is_some() {
        why.insert(PROVISIONAL);
    }
    made.entries.push(Entry {
        kind: EntryKind::Return,
        approved_by: back.approved_by,
        return_id: Some(back.return_id),
        amount_minor: Some(Minor(back.total_minor.0.saturating_neg())),
        why: why.into_iter().map(str::to_owned).collect(),
        ..blank.paper(&back.number, back.sale_id)
    });
}
