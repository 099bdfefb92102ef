//! The shapes of files in JSON.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::imports::rules::{Afterwards, Subject};
use crate::imports::service::id_text;
use crate::imports::store::Import;

/// A file that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::imports) struct ImportTaken {
    /// Names it; ask for it until its state is final.
    #[schema(example = "01KB5W7R9M4Q8T2V6X0Y1Z3A5C")]
    pub(in crate::imports) import_id: String,
}

/// A file and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ImportJson {
    import_id: String,
    subject: Subject,
    file_name: String,
    /// `csv` or `json`.
    form: &'static str,
    /// `checking`, `refused`, `checked`, `applying`, `applied` or `failed`.
    state: &'static str,
    uploaded_at: Timestamp,
    uploaded_by: String,
    dry_run: bool,
    rows_good: i64,
    rows_bad: i64,
    /// What became of it, for people.
    sentence: Option<String>,
}

pub(super) fn import_json(import: &Import) -> ImportJson {
    let at = Timestamp::from_millisecond(import.uploaded_at_ms);
    ImportJson {
        import_id: id_text(import.id),
        subject: import.subject,
        file_name: import.file_name.clone(),
        form: import.form.word(),
        state: import.state.word(),
        uploaded_at: at.unwrap_or(Timestamp::UNIX_EPOCH),
        uploaded_by: import.uploaded_by.clone(),
        dry_run: import.afterwards == Afterwards::Nothing,
        rows_good: import.rows_good,
        rows_bad: import.rows_bad,
        sentence: import.sentence.clone(),
    }
}

/// A file with everything that is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OneImportJson {
    #[serde(flatten)]
    pub(super) import: ImportJson,
    /// How far the file in hand is; only one is at a time.
    pub(super) done_permille: u64,
    pub(super) problems: Vec<ProblemJson>,
}

/// What is wrong with a row of a file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProblemJson {
    pub(super) row: u64,
    pub(super) column: String,
    pub(super) sentence: String,
}
