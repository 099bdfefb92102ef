//! What a search of the journal asks, as it was typed and as it is looked up.

use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{FactId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::ReceiptNumber;
use counterpart_protocol::stores::DayEnd;
use counterpart_protocol::time::BusinessDate;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::EntryKind;

/// The longest text of a field that is looked at; no number or name of ours is longer.
const TYPED_MAX: usize = 80;

/// A search as a form or an address holds it; what is empty is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Asked {
    /// A number on a paper, whole or its last part.
    pub number: String,
    /// What it came to, read already.
    pub amount_minor: Option<Minor>,
    /// From when: a date, a moment on the store's wall, or one with its zone.
    pub from: String,
    /// Until when; a date is meant whole.
    pub to: String,
    /// A product: SKU, number or name.
    pub item: String,
    /// The last four digits of a card.
    pub card: String,
    /// Who did it.
    pub staff: Option<StaffId>,
    /// What was done.
    pub kind: String,
    /// Where the page before ended.
    pub before: String,
}

/// A search as it is looked up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Search {
    /// The number.
    pub number: Option<NumberSought>,
    /// What it came to, either sign.
    pub amount_minor: Option<Minor>,
    /// From this moment on, in milliseconds UTC.
    pub from_ms: Option<i64>,
    /// Before this moment, in milliseconds UTC.
    pub until_ms: Option<i64>,
    /// A product as it was typed.
    pub item: Option<String>,
    /// The last four digits of a card.
    pub card: Option<String>,
    /// Who did it.
    pub staff: Option<StaffId>,
    /// What was done.
    pub kind: Option<EntryKind>,
    /// Older than this entry.
    pub after: Option<After>,
}

/// A number of a paper that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NumberSought {
    /// As it is printed.
    Whole(String),
    /// Its last part.
    Tail(u32),
}

/// Where a page of the journal ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct After {
    /// When the last entry was, as facts are ordered.
    pub hlc: Hlc,
    /// Its fact.
    pub fact_id: FactId,
    /// Its kind.
    pub kind: EntryKind,
}

/// Why a search was not looked up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JournalRefused {
    /// What was typed is longer than anything there is.
    #[error("this is longer than any number or name: type less")]
    TooLong {
        /// The field.
        field: &'static str,
    },
    /// The card is not four digits.
    #[error("'{0}' are not the last four digits of a card: type four digits, such as 4242")]
    NotFour(String),
    /// There is no such kind.
    #[error("'{0}' is nothing the journal tells apart: choose one of the list")]
    UnknownKind(String),
    /// A moment cannot be read.
    #[error("'{text}' is no date such as 2026-11-23 and no time such as 2026-11-23T14:30")]
    NotATime {
        /// The field.
        field: &'static str,
        /// What was typed.
        text: String,
    },
    /// It ends before it begins.
    #[error("it ends before it begins: put the earlier day first")]
    Backwards,
    /// The address is not one of this page's.
    #[error("this address is not whole: search again")]
    NotAPlace,
}

impl JournalRefused {
    /// Returns which field is meant.
    #[must_use]
    pub(crate) const fn field(&self) -> &'static str {
        match self {
            Self::TooLong { field } | Self::NotATime { field, .. } => field,
            Self::NotFour(_) => "card",
            Self::UnknownKind(_) => "kind",
            Self::Backwards => "to",
            Self::NotAPlace => "before",
        }
    }
}

impl Asked {
    /// Reads what was typed, in the store's zone and with the end of its day.
    ///
    /// # Errors
    /// [`JournalRefused`], naming the field.
    pub(crate) fn read(&self, zone: &TimeZone, end: DayEnd) -> Result<Search, JournalRefused> {
        let number = field("number", &self.number)?.map(NumberSought::read);
        let from_ms = moment(("from", &self.from), zone, end, Edge::First)?;
        let until_ms = moment(("to", &self.to), zone, end, Edge::Last)?;
        if from_ms
            .zip(until_ms)
            .is_some_and(|(from, until)| until <= from)
        {
            return Err(JournalRefused::Backwards);
        }
        let kind = match field("kind", &self.kind)? {
            None => None,
            Some(word) => {
                let unknown = || JournalRefused::UnknownKind(word.to_owned());
                Some(EntryKind::from_word(word).ok_or_else(unknown)?)
            }
        };
        let after = match field("before", &self.before)? {
            None => None,
            Some(place) => Some(After::read(place).ok_or(JournalRefused::NotAPlace)?),
        };
        Ok(Search {
            number,
            amount_minor: self.amount_minor,
            from_ms,
            until_ms,
            item: field("item", &self.item)?.map(str::to_owned),
            card: field("card", &self.card)?.map(four).transpose()?,
            staff: self.staff,
            kind,
            after,
        })
    }
}

impl NumberSought {
    fn read(typed: &str) -> Self {
        if let Ok(receipt) = typed.parse::<ReceiptNumber>() {
            return Self::Whole(receipt.to_string());
        }
        match typed.parse() {
            Ok(tail) if typed.bytes().all(|byte| byte.is_ascii_digit()) => Self::Tail(tail),
            _ => Self::Whole(typed.to_uppercase()),
        }
    }
}

impl After {
    /// Returns it as it stands in an address.
    #[must_use]
    pub(crate) fn written(&self) -> String {
        format!("{}.{}.{}", self.hlc.0, self.fact_id, self.kind.word())
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        Some(Self {
            hlc: parts
                .next()?
                .parse()
                .map(Hlc)
                .ok()
                .filter(|hlc| *hlc <= Hlc::LAST)?,
            fact_id: parts.next()?.parse().ok()?,
            kind: EntryKind::from_word(parts.next()?)?,
        })
    }
}

fn field<'a>(field: &'static str, typed: &'a str) -> Result<Option<&'a str>, JournalRefused> {
    let typed = typed.trim();
    if typed.chars().count() > TYPED_MAX {
        return Err(JournalRefused::TooLong { field });
    }
    Ok((!typed.is_empty()).then_some(typed))
}

fn four(typed: &str) -> Result<String, JournalRefused> {
    let is_four = typed.len() == 4 && typed.bytes().all(|byte| byte.is_ascii_digit());
    let shown = || typed.chars().take(20).collect();
    is_four
        .then(|| typed.to_owned())
        .ok_or_else(|| JournalRefused::NotFour(shown()))
}

/// Which end of a span a text is for: a date is its first moment, or the first after it.
#[derive(Clone, Copy)]
enum Edge {
    First,
    Last,
}

fn moment(
    (name, typed): (&'static str, &str),
    zone: &TimeZone,
    end: DayEnd,
    edge: Edge,
) -> Result<Option<i64>, JournalRefused> {
    let Some(typed) = field(name, typed)? else {
        return Ok(None);
    };
    let wrong = || JournalRefused::NotATime {
        field: name,
        text: typed.to_owned(),
    };
    if let Ok(instant) = typed.parse::<Timestamp>() {
        return Ok(Some(instant.as_millisecond()));
    }
    let wall = if typed.contains(['T', ' ']) {
        let wall: DateTime = typed.parse().map_err(|_| wrong())?;
        match edge {
            Edge::First => wall,
            // A minute is meant whole, as a day is.
            Edge::Last => wall.checked_add(1.minute()).map_err(|_| wrong())?,
        }
    } else {
        let date: Date = typed.parse().map_err(|_| wrong())?;
        let date = match edge {
            Edge::First => date,
            Edge::Last => date.tomorrow().map_err(|_| wrong())?,
        };
        date.at(0, 0, 0, 0)
            .checked_add(i64::from(end.minutes()).minutes())
            .map_err(|_| wrong())?
    };
    let zoned = zone.to_zoned(wall).map_err(|_| wrong())?;
    Ok(Some(zoned.timestamp().as_millisecond()))
}

/// The business days an export is about; nothing means without end on that side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    from: Option<BusinessDate>,
    to: Option<BusinessDate>,
}

/// The days of an export are the wrong way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("--to {to} is before --from {from}: put the earlier day first")]
pub struct SpanRefused {
    from: BusinessDate,
    to: BusinessDate,
}

impl Span {
    /// Names the first and the last day, both included.
    ///
    /// # Errors
    /// `SpanRefused` when the last is before the first.
    pub fn new(from: Option<BusinessDate>, to: Option<BusinessDate>) -> Result<Self, SpanRefused> {
        match from.zip(to) {
            Some((from, to)) if to < from => Err(SpanRefused { from, to }),
            _ => Ok(Self { from, to }),
        }
    }

    /// Tells whether it holds a day.
    #[must_use]
    pub fn holds(&self, date: BusinessDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }
}
