//! What a file is: columns, rows, cells, and what can be wrong with them.
//!
//! It knows no column: the kind of file says which there are, and reads a row's cells.

use std::borrow::Cow;

/// Rows a file may have: four times the largest store's assortment (product.md, sizes).
pub(in crate::imports) const ROWS_MAX: u64 = 200_000;

/// A column of a kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::imports) struct Column {
    /// Its name in the first row of CSV, and its key in JSON.
    pub(in crate::imports) word: &'static str,
    /// Whether a file must have it.
    pub(in crate::imports) needed: Needed,
    /// What it holds, for people.
    pub(in crate::imports) about: &'static str,
}

/// Whether a file must have a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::imports) enum Needed {
    /// It must.
    Yes,
    /// It may.
    No,
}

/// Makes a column every file has.
pub(super) const fn needed(word: &'static str, about: &'static str) -> Column {
    Column {
        word,
        needed: Needed::Yes,
        about,
    }
}

/// Makes a column a file may have.
pub(super) const fn optional(word: &'static str, about: &'static str) -> Column {
    Column {
        word,
        needed: Needed::No,
        about,
    }
}

/// The forms a file comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::imports) enum Form {
    /// Comma or semicolon separated, the names of the columns first.
    Csv,
    /// An array of objects.
    Json,
}

impl Form {
    /// Returns its word in SQL and addresses.
    pub(in crate::imports) const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// Tells which form bytes have: JSON begins with a bracket, and no column is called that.
    pub(in crate::imports) fn of(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'[' | b'{') => Self::Json,
            Some(_) | None => Self::Csv,
        }
    }
}

/// What is wrong with one cell, or with a whole row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The line of a CSV file, from 1, the column names being line 1; the place of an object in
    /// JSON, from 1.
    pub row: u64,
    /// The column, or nothing when it is the row as a whole.
    pub column: String,
    /// A sentence to act on.
    pub sentence: String,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::imports) struct Checked<T> {
    /// The good rows with their numbers, in the file's order.
    pub(in crate::imports) items: Vec<(u64, T)>,
    /// What is wrong with the others, by row.
    pub(in crate::imports) problems: Vec<RowProblem>,
    /// How many rows are bad.
    pub(in crate::imports) rows_bad: u64,
}

impl<T> Checked<T> {
    /// Returns how many rows are good, how many are bad, and what is wrong with those.
    pub(in crate::imports) fn verdict(&self) -> (u64, u64, &[RowProblem]) {
        (self.items.len() as u64, self.rows_bad, &self.problems)
    }
}

/// Reads the rows of one kind of file.
pub(super) trait Reader {
    /// What a good row is.
    type Item;

    /// Returns the columns there are.
    fn columns(&self) -> &'static [Column];

    /// Returns what the file holds, for sentences: `products`.
    fn what(&self) -> &'static str;

    /// Reads one row; what is wrong is noted in the row, and all of it is. A row with something
    /// wrong is bad whatever is returned.
    fn row(&mut self, row: &mut Row<'_>) -> Option<Self::Item>;
}

/// One row of a file.
pub(super) struct Row<'a> {
    pub(super) number: u64,
    pub(super) columns: &'static [Column],
    /// By the columns' order; what is not there is empty.
    pub(super) cells: Vec<Cow<'a, str>>,
    pub(super) problems: Vec<RowProblem>,
}

impl Row<'_> {
    /// Returns a cell without the blanks around it.
    pub(super) fn text(&self, word: &'static str) -> &str {
        let at = self.columns.iter().position(|column| column.word == word);
        self.cells[at.expect("a reader asks for its own columns")].trim()
    }

    /// Reads a cell; a refusal is noted as its problem.
    pub(super) fn read<T>(
        &mut self,
        word: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let read = read(self.text(word));
        read.map_err(|sentence| self.refuse(word, sentence)).ok()
    }

    /// Notes what is wrong with a cell, or with the row when `column` is empty.
    pub(super) fn refuse(&mut self, column: &str, sentence: String) {
        self.problems.push(problem(self.number, column, sentence));
    }
}

pub(super) fn problem(row: u64, column: &str, sentence: String) -> RowProblem {
    RowProblem {
        row,
        column: column.to_owned(),
        sentence,
    }
}
