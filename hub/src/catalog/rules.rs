//! Decides which rows of a product file can be sold from, and says of every other one why not.
//!
//! The file: UTF-8, separated by commas or semicolons, a first row with the column names, then one
//! product a row. The columns are those of [`Column`], in any order.

mod cells;

use std::collections::HashMap;
use std::fmt;

use counterpart_protocol::barcode::Gtin;
use counterpart_protocol::catalog::{GENERAL_CLASS, Product, TaxClass};
use counterpart_protocol::ids::Sku;
use counterpart_protocol::money::Currency;
use csv::{ByteRecord, ReaderBuilder};

/// Rows a file may have: four times the largest store's assortment (product.md, sizes).
pub(super) const ROWS_MAX: u64 = 200_000;

/// A column of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Column {
    /// What it is counted and sold under.
    Sku,
    /// The numbers its packages carry, separated by spaces; may be empty.
    Gtins,
    /// Its name on screens and receipts.
    Name,
    /// The department it is found in.
    Department,
    /// `piece` or `kilogram`.
    Unit,
    /// The price of one unit, tax included; empty if it has none yet.
    Price,
    /// The id of a tax class of this hub.
    TaxClass,
}

impl Column {
    /// Every column, in the usual order.
    pub(super) const ALL: [Self; 7] = [
        Self::Sku,
        Self::Gtins,
        Self::Name,
        Self::Department,
        Self::Unit,
        Self::Price,
        Self::TaxClass,
    ];

    /// Returns its name in the first row.
    #[must_use]
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Sku => "sku",
            Self::Gtins => "gtins",
            Self::Name => "name",
            Self::Department => "department",
            Self::Unit => "unit",
            Self::Price => "price",
            Self::TaxClass => "tax_class",
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What is wrong with one cell, or with a whole row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The line of the file, from 1; the column names are line 1.
    pub row: u64,
    /// The column, or nothing when it is the row as a whole.
    pub column: String,
    /// A sentence to act on.
    pub sentence: String,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// The good rows, by ascending SKU.
    pub products: Vec<Product>,
    /// What is wrong with the others, by row.
    pub problems: Vec<RowProblem>,
    /// How many rows are bad.
    pub rows_bad: u64,
}

impl Checked {
    /// Returns how many rows are good.
    #[must_use]
    pub fn rows_good(&self) -> u64 {
        self.products.len() as u64
    }
}

/// What products of this hub may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    /// The currency of every price.
    pub currency: Currency,
    /// The tax classes there are.
    pub tax_classes: &'a [TaxClass],
}

/// Checks a whole file. `progress` is told how many of its bytes were read, now and then.
#[must_use]
pub(super) fn check(bytes: &[u8], terms: &Terms<'_>, progress: impl FnMut(u64)) -> Checked {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = ReaderBuilder::new()
        .delimiter(separator(bytes))
        .flexible(true)
        .from_reader(bytes);
    let places = match reader.byte_headers() {
        Ok(names) => places(names),
        Err(error) => Err(vec![problem(
            1,
            "",
            format!("the file cannot be read: {error}"),
        )]),
    };
    match places {
        Err(problems) => Checked {
            products: Vec::new(),
            problems,
            rows_bad: 0,
        },
        Ok(places) => Check::new(terms, places).run(&mut reader, progress),
    }
}

/// Returns the separator the first line uses: European spreadsheets write semicolons.
fn separator(bytes: &[u8]) -> u8 {
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or(bytes);
    let count = |mark: u8| first.iter().filter(|byte| **byte == mark).count();
    match count(b';') > count(b',') {
        true => b';',
        false => b',',
    }
}

type Places = [usize; Column::ALL.len()];

/// Finds the place of every column in the first row.
fn places(names: &ByteRecord) -> Result<Places, Vec<RowProblem>> {
    let names: Vec<String> = names
        .iter()
        .map(|name| String::from_utf8_lossy(name).trim().to_lowercase())
        .collect();
    let mut problems = Vec::new();
    for (at, name) in names.iter().enumerate() {
        if !Column::ALL.iter().any(|column| column.word() == name) {
            let sentence = format!(
                "'{name}' is no column of a product file: there are {}",
                Column::ALL.map(Column::word).join(", ")
            );
            problems.push(problem(1, name, sentence));
        } else if names[..at].contains(name) {
            problems.push(problem(1, name, "this column is there twice".to_owned()));
        }
    }
    let mut places: Places = [0; Column::ALL.len()];
    for (place, column) in places.iter_mut().zip(Column::ALL) {
        match names.iter().position(|name| name == column.word()) {
            Some(at) => *place = at,
            None => {
                let sentence = "the first row lacks this column".to_owned();
                problems.push(problem(1, column.word(), sentence));
            }
        }
    }
    match problems.is_empty() {
        true => Ok(places),
        false => Err(problems),
    }
}

fn problem(row: u64, column: &str, sentence: String) -> RowProblem {
    RowProblem {
        row,
        column: column.to_owned(),
        sentence,
    }
}

/// A file being checked.
struct Check<'a> {
    terms: &'a Terms<'a>,
    places: Places,
    /// In which row each SKU and each number stood first.
    skus: HashMap<Sku, u64>,
    gtins: HashMap<Gtin, (Sku, u64)>,
    checked: Checked,
}

impl<'a> Check<'a> {
    fn new(terms: &'a Terms<'a>, places: Places) -> Self {
        Self {
            terms,
            places,
            skus: HashMap::new(),
            gtins: HashMap::new(),
            checked: Checked::default(),
        }
    }

    fn run(mut self, reader: &mut csv::Reader<&[u8]>, mut progress: impl FnMut(u64)) -> Checked {
        let mut record = ByteRecord::new();
        let mut rows = 0_u64;
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {}
                Err(error) => {
                    let row = reader.position().line();
                    self.refuse(
                        row,
                        vec![problem(row, "", format!("cannot be read: {error}"))],
                    );
                    break;
                }
            }
            rows += 1;
            let row = record.position().map_or(rows + 1, csv::Position::line);
            if rows > ROWS_MAX {
                let sentence = format!("a file has at most {ROWS_MAX} products: split it");
                self.refuse(row, vec![problem(row, "", sentence)]);
                break;
            }
            if rows.is_multiple_of(500) {
                progress(reader.position().byte());
            }
            self.take(row, &record);
        }
        if rows == 0 {
            let sentence = "the file has column names and no products".to_owned();
            self.refuse(2, vec![problem(2, "", sentence)]);
        }
        self.checked.products.sort_by(|a, b| a.sku.cmp(&b.sku));
        self.checked
    }

    fn refuse(&mut self, row: u64, problems: Vec<RowProblem>) {
        debug_assert!(problems.iter().all(|problem| problem.row == row));
        self.checked.rows_bad += 1;
        self.checked.problems.extend(problems);
    }

    fn take(&mut self, row: u64, record: &ByteRecord) {
        let mut problems = Vec::new();
        match self.product(row, record, &mut problems) {
            Some(product) if problems.is_empty() => self.checked.products.push(product),
            _ => {
                // As a person reads the row.
                problems.sort_by_key(|problem| {
                    Column::ALL
                        .iter()
                        .position(|column| column.word() == problem.column)
                });
                self.refuse(row, problems);
            }
        }
    }

    /// Reads one row; what is wrong goes to `problems`, and all of it does.
    fn product(
        &mut self,
        row: u64,
        record: &ByteRecord,
        problems: &mut Vec<RowProblem>,
    ) -> Option<Product> {
        if record.len() <= self.places.iter().copied().max().unwrap_or(0) {
            let sentence = format!(
                "the row has {} cells where the first row has {} columns: check its separators \
                 and quotation marks",
                record.len(),
                Column::ALL.len()
            );
            problems.push(problem(row, "", sentence));
            return None;
        }
        let texts: Vec<&str> = match self
            .places
            .iter()
            .map(|at| std::str::from_utf8(&record[*at]))
            .collect::<Result<_, _>>()
        {
            Ok(texts) => texts,
            Err(_) => {
                let sentence = "the row is not UTF-8: save the file as \"CSV UTF-8\"".to_owned();
                problems.push(problem(row, "", sentence));
                return None;
            }
        };
        let mut cell = |column: Column, sentence: String| {
            problems.push(problem(row, column.word(), sentence));
        };
        let text = |column: Column| texts[column as usize].trim();
        let mut keep = |column, read: Result<_, String>| read.map_err(|s| cell(column, s)).ok();
        let name = keep(
            Column::Name,
            cells::line(text(Column::Name), cells::NAME_CHARS_MAX),
        );
        let department = keep(
            Column::Department,
            cells::line(text(Column::Department), cells::DEPARTMENT_CHARS_MAX),
        );
        let unit = cells::unit(text(Column::Unit))
            .map_err(|s| cell(Column::Unit, s))
            .ok();
        let price_minor = cells::price(text(Column::Price), self.terms.currency)
            .map_err(|s| cell(Column::Price, s))
            .ok();
        let tax_class = cells::tax_class(text(Column::TaxClass), self.terms.tax_classes)
            .map_err(|s| cell(Column::TaxClass, s))
            .ok();
        let sku = cells::sku(text(Column::Sku))
            .map_err(|s| cell(Column::Sku, s))
            .ok();
        let gtins = cells::gtins(text(Column::Gtins))
            .map_err(|s| cell(Column::Gtins, s))
            .ok();
        let (sku, gtins) = (sku?, gtins?);
        self.claim(row, &sku, &gtins, problems);
        Some(Product {
            sku,
            gtins,
            name: name?,
            department: department?,
            class: GENERAL_CLASS.to_owned(),
            variant: None,
            picture: None,
            unit: unit?,
            price_minor: price_minor?,
            tax_class: tax_class?,
        })
    }

    /// Notes where a SKU and its numbers stand; a second place is a problem of the second row.
    fn claim(&mut self, row: u64, sku: &Sku, gtins: &[Gtin], problems: &mut Vec<RowProblem>) {
        match self.skus.get(sku) {
            Some(first) => {
                let sentence = format!("the SKU {sku} stands in row {first} already");
                problems.push(problem(row, Column::Sku.word(), sentence));
            }
            None => {
                self.skus.insert(sku.clone(), row);
            }
        }
        for gtin in gtins {
            match self.gtins.get(gtin) {
                Some((other, first)) => {
                    let sentence = format!("the number {gtin} is {other}'s (row {first}) already");
                    problems.push(problem(row, Column::Gtins.word(), sentence));
                }
                None => {
                    self.gtins.insert(*gtin, (sku.clone(), row));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
