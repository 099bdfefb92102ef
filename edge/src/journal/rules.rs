//! What a fact is in the journal, what a search asks, and how facts are handed out.
//!
//! It reads no table and knows no names of people.

mod asked;
mod entries;
mod export;
mod poslog;
mod xml;

pub use asked::Span;
pub(crate) use asked::{After, Asked, JournalRefused, NumberSought, Search};
pub(crate) use entries::{Entries, Entry, EntryKind, entries_of};
pub use export::Exporter;

#[cfg(test)]
mod tests;
