//! Files people download: CSV, written in memory.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// A CSV file being written.
pub struct CsvText(csv::Writer<Vec<u8>>);

impl CsvText {
    /// Begins a file with the names of its columns.
    ///
    /// # Panics
    /// Never: memory takes every row.
    #[must_use]
    pub fn new(head: &[&str]) -> Self {
        let mut text = Self(csv::Writer::from_writer(Vec::new()));
        text.row(head);
        text
    }

    /// Adds a row with a cell for every column.
    ///
    /// # Panics
    /// When the row has another number of cells than the first.
    pub fn row(&mut self, cells: &[&str]) {
        self.0
            .write_record(cells)
            .expect("memory takes every row of one length");
    }

    /// Returns the file.
    ///
    /// # Panics
    /// Never: memory takes every row.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0.into_inner().expect("memory takes every row")
    }
}

/// Answers with a CSV file to be kept under a name, which must be plain.
pub fn attachment(name: &str, text: Vec<u8>) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, text).into_response()
}
