//! Reads a file row by row, as CSV or JSON, and collects what is wrong with it.

use std::borrow::Cow;

use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Map, Value};

use super::sheet::{Checked, Column, Form, Needed, ROWS_MAX, Reader, Row, RowProblem, problem};

/// Checks a whole file. `progress` is told how many of its bytes were read, now and then.
pub(super) fn check<R: Reader>(
    bytes: &[u8],
    form: Form,
    reader: R,
    mut progress: impl FnMut(u64),
) -> Checked<R::Item> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut check = Check {
        columns: reader.columns(),
        what: reader.what(),
        reader,
        rows: 0,
        checked: Checked {
            items: Vec::new(),
            problems: Vec::new(),
            rows_bad: 0,
        },
    };
    match form {
        Form::Csv => check.csv(bytes, &mut progress),
        Form::Json => check.json(bytes, &mut progress),
    }
    check.checked
}

/// A file being checked.
struct Check<R: Reader> {
    reader: R,
    columns: &'static [Column],
    what: &'static str,
    rows: u64,
    checked: Checked<R::Item>,
}

impl<R: Reader> Check<R> {
    fn csv(&mut self, bytes: &[u8], progress: &mut impl FnMut(u64)) {
        let mut reader = ReaderBuilder::new()
            .delimiter(separator(bytes))
            .flexible(true)
            .from_reader(bytes);
        let places = match reader.byte_headers() {
            Ok(names) => self.places(names),
            Err(error) => Err(vec![problem(
                1,
                "",
                format!("the file cannot be read: {error}"),
            )]),
        };
        let places = match places {
            Ok(places) => places,
            Err(problems) => return self.checked.problems = problems,
        };
        let mut record = ByteRecord::new();
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {}
                Err(error) => {
                    let row = reader.position().line();
                    self.refuse(row, format!("cannot be read: {error}"));
                    break;
                }
            }
            let next = self.rows + 2;
            let row = record.position().map_or(next, csv::Position::line);
            if !self.counts(row) {
                break;
            }
            if self.rows.is_multiple_of(500) {
                progress(reader.position().byte());
            }
            self.record(row, &record, &places);
        }
        self.end(2);
    }

    /// Finds the column of every name in the first row.
    fn places(&self, names: &ByteRecord) -> Result<Vec<Option<usize>>, Vec<RowProblem>> {
        let names: Vec<String> = names
            .iter()
            .map(|name| String::from_utf8_lossy(name).trim().to_lowercase())
            .collect();
        let mut problems = Vec::new();
        for (at, name) in names.iter().enumerate() {
            if !self.columns.iter().any(|column| column.word == name) {
                problems.push(problem(1, name, self.no_column(name)));
            } else if names[..at].contains(name) {
                problems.push(problem(1, name, "this column is there twice".to_owned()));
            }
        }
        let place = |column: &Column| names.iter().position(|name| name == column.word);
        for column in self.columns {
            if column.needed == Needed::Yes && place(column).is_none() {
                let sentence = "the first row lacks this column".to_owned();
                problems.push(problem(1, column.word, sentence));
            }
        }
        match problems.is_empty() {
            true => Ok(self.columns.iter().map(place).collect()),
            false => Err(problems),
        }
    }

    fn no_column(&self, name: &str) -> String {
        let words: Vec<&str> = self.columns.iter().map(|column| column.word).collect();
        format!(
            "'{name}' is no column of a file of {}: there are {}",
            self.what,
            words.join(", ")
        )
    }

    fn record(&mut self, number: u64, record: &ByteRecord, places: &[Option<usize>]) {
        let last = places.iter().flatten().copied().max().unwrap_or(0);
        if record.len() <= last {
            let sentence = format!(
                "the row has {} cells where the first row has {} columns: check its separators \
                 and quotation marks",
                record.len(),
                last + 1
            );
            return self.refuse(number, sentence);
        }
        let text = |place: &Option<usize>| match place {
            Some(at) => std::str::from_utf8(&record[*at]).map(Cow::Borrowed),
            None => Ok(Cow::Borrowed("")),
        };
        match places.iter().map(text).collect() {
            Ok(cells) => self.take(number, cells, Vec::new()),
            Err(_) => {
                let sentence = "the row is not UTF-8: save the file as \"CSV UTF-8\"".to_owned();
                self.refuse(number, sentence);
            }
        }
    }

    fn json(&mut self, bytes: &[u8], progress: &mut impl FnMut(u64)) {
        let rows: Vec<Value> = match serde_json::from_slice(bytes) {
            Ok(rows) => rows,
            Err(error) => {
                let sentence = format!("the file is no JSON array of objects: {error}");
                self.checked.problems = vec![problem(1, "", sentence)];
                return;
            }
        };
        let whole = rows.len().max(1) as u64;
        for (number, row) in (1_u64..).zip(rows) {
            if !self.counts(number) {
                break;
            }
            if number.is_multiple_of(500) {
                progress(bytes.len() as u64 * number / whole);
            }
            match row {
                Value::Object(object) => self.object(number, &object),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_) => {
                    self.refuse(
                        number,
                        "this is no object with the columns as keys".to_owned(),
                    );
                }
            }
        }
        self.end(1);
    }

    fn object(&mut self, number: u64, object: &Map<String, Value>) {
        let mut problems = Vec::new();
        for key in object.keys() {
            if !self.columns.iter().any(|column| column.word == key) {
                problems.push(problem(number, key, self.no_column(key)));
            }
        }
        let mut cells = Vec::new();
        for column in self.columns {
            cells.push(
                match object.get(column.word).map_or(Ok(String::new()), written) {
                    Ok(text) => Cow::Owned(text),
                    Err(sentence) => {
                        problems.push(problem(number, column.word, sentence));
                        Cow::Borrowed("")
                    }
                },
            );
        }
        self.take(number, cells, problems);
    }

    /// Counts a row; false once there are too many.
    fn counts(&mut self, number: u64) -> bool {
        self.rows += 1;
        let fits = self.rows <= ROWS_MAX;
        if !fits {
            let sentence = format!("a file has at most {ROWS_MAX} {}: split it", self.what);
            self.refuse(number, sentence);
        }
        fits
    }

    fn end(&mut self, row: u64) {
        if self.rows == 0 {
            let sentence = format!("the file has no {}", self.what);
            self.refuse(row, sentence);
        }
    }

    fn refuse(&mut self, row: u64, sentence: String) {
        self.checked.rows_bad += 1;
        self.checked.problems.push(problem(row, "", sentence));
    }

    fn take(&mut self, number: u64, cells: Vec<Cow<'_, str>>, problems: Vec<RowProblem>) {
        let columns = self.columns;
        let mut row = Row {
            number,
            columns,
            cells,
            problems,
        };
        match self.reader.row(&mut row) {
            Some(item) if row.problems.is_empty() => self.checked.items.push((number, item)),
            _ => {
                // As a person reads the row.
                row.problems.sort_by_key(|problem| {
                    let mut words = columns.iter().map(|column| column.word);
                    words.position(|word| word == problem.column)
                });
                self.checked.rows_bad += 1;
                self.checked.problems.extend(row.problems);
            }
        }
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

/// Writes a JSON value as a cell has it: lists with spaces, objects as `Size=M|Colour=Red`.
fn written(value: &Value) -> Result<String, String> {
    let plain = |value: &Value| match value {
        Value::Null => Ok(String::new()),
        Value::Bool(said) => Ok(said.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        Value::String(text) => Ok(text.clone()),
        Value::Array(_) | Value::Object(_) => Err("this is nested too deep".to_owned()),
    };
    match value {
        Value::Array(list) => {
            let texts: Vec<String> = list.iter().map(plain).collect::<Result<_, _>>()?;
            Ok(texts.join(" "))
        }
        Value::Object(object) => {
            let pairs = object
                .iter()
                .map(|(key, value)| Ok(format!("{key}={}", plain(value)?)));
            let pairs: Vec<String> = pairs.collect::<Result<_, String>>()?;
            Ok(pairs.join("|"))
        }
        other => plain(other),
    }
}
