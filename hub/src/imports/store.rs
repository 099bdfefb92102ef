//! The SQL of uploaded files: how far each has come, what is wrong with it, the PINs it made.

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;

use super::rules::{Afterwards, Form, RowProblem, State, Subject, Takes};

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) id: [u8; 16],
    pub(super) subject: Subject,
    pub(super) file_name: String,
    pub(super) form: Form,
    /// What was said beside the file, as JSON.
    pub(super) said: String,
    pub(super) content_sha256: [u8; 32],
    pub(super) uploaded_at_ms: i64,
    pub(super) uploaded_by: String,
    pub(super) state: State,
    pub(super) rows_good: i64,
    pub(super) rows_bad: i64,
    pub(super) afterwards: Afterwards,
    pub(super) takes: Takes,
    pub(super) sentence: Option<String>,
}

/// A word of one of our own enums.
struct Word<T>(T);

fn word<T>(value: &Value, known: &[(&str, T)], expected: &'static str) -> Result<T, ValueMismatch>
where
    T: Copy,
{
    let text = String::from_value(value)?;
    let found = known.iter().find(|(word, _)| *word == text);
    found
        .map(|(_, known)| *known)
        .ok_or_else(|| ValueMismatch::new(value, expected))
}

impl FromValue for Word<State> {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let known = State::ALL.map(|state| (state.word(), state));
        word(value, &known, "the state of an import").map(Self)
    }
}

impl FromValue for Word<Subject> {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let known = Subject::ALL.map(|subject| (subject.word(), subject));
        word(value, &known, "the subject of an import").map(Self)
    }
}

impl FromValue for Word<Form> {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let known = [Form::Csv, Form::Json].map(|form| (form.word(), form));
        word(value, &known, "the form of a file").map(Self)
    }
}

const fn afterwards_word(afterwards: Afterwards) -> &'static str {
    match afterwards {
        Afterwards::Ask => "ask",
        Afterwards::Apply => "apply",
        Afterwards::Nothing => "nothing",
    }
}

impl FromValue for Word<Afterwards> {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let all = [Afterwards::Ask, Afterwards::Apply, Afterwards::Nothing];
        let known = all.map(|one| (afterwards_word(one), one));
        word(value, &known, "what happens to a file").map(Self)
    }
}

const fn takes_word(takes: Takes) -> &'static str {
    match takes {
        Takes::All => "all",
        Takes::Good => "good",
    }
}

impl FromValue for Word<Takes> {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let known = [Takes::All, Takes::Good].map(|one| (takes_word(one), one));
        word(value, &known, "which rows are applied").map(Self)
    }
}

const COLUMNS: &str = "import_id, subject, file_name, form, said, content_sha256, uploaded_at_ms,
    uploaded_by, state, rows_good, rows_bad, afterwards, takes, sentence";

fn import(row: &Row) -> Result<Import, DbError> {
    Ok(Import {
        id: row.read(0)?,
        subject: row.read::<Word<Subject>>(1)?.0,
        file_name: row.read(2)?,
        form: row.read::<Word<Form>>(3)?.0,
        said: row.read(4)?,
        content_sha256: hash(row)?,
        uploaded_at_ms: row.read(6)?,
        uploaded_by: row.read(7)?,
        state: row.read::<Word<State>>(8)?.0,
        rows_good: row.read(9)?,
        rows_bad: row.read(10)?,
        afterwards: row.read::<Word<Afterwards>>(11)?.0,
        takes: row.read::<Word<Takes>>(12)?.0,
        sentence: row.read(13)?,
    })
}

/// Reads the hash of a file; one that an older version kept has none of its own.
fn hash(row: &Row) -> Result<[u8; 32], DbError> {
    let bytes: Vec<u8> = row.read(5)?;
    Ok(bytes.try_into().unwrap_or([0; 32]))
}

pub(super) fn add(tx: &mut Tx, new: &Import, bytes: &[u8]) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO imports (import_id, subject, file_name, form, said, content_sha256, bytes,
             uploaded_at_ms, uploaded_by, state, afterwards, takes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        params![
            new.id,
            new.subject.word(),
            &new.file_name,
            new.form.word(),
            &new.said,
            new.content_sha256,
            bytes,
            new.uploaded_at_ms,
            &new.uploaded_by,
            new.state.word(),
            afterwards_word(new.afterwards),
            takes_word(new.takes),
        ],
    )?;
    Ok(())
}

pub(super) fn by_id(tx: &mut Tx, id: [u8; 16]) -> Result<Option<Import>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM imports WHERE import_id = $1");
    let row = tx.query_opt(&sql, params![id])?;
    row.as_ref().map(import).transpose()
}

/// Returns the very same file, if it is being worked on or waits for a person.
pub(super) fn same(tx: &mut Tx, content_sha256: [u8; 32]) -> Result<Option<Import>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM imports WHERE content_sha256 = $1
           AND (state IN ('checking', 'applying') OR (state = 'checked' AND afterwards = 'ask'))
         ORDER BY uploaded_at_ms DESC LIMIT 1"
    );
    let row = tx.query_opt(&sql, params![content_sha256])?;
    row.as_ref().map(import).transpose()
}

pub(super) fn latest(tx: &mut Tx, limit: u32) -> Result<Vec<Import>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM imports ORDER BY uploaded_at_ms DESC, import_id DESC LIMIT $1"
    );
    let rows = tx.query_all(&sql, params![limit])?;
    rows.iter().map(import).collect()
}

/// Returns the file to work on next: what is being applied first, then the oldest.
pub(super) fn next(tx: &mut Tx) -> Result<Option<Import>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM imports WHERE state IN ('applying', 'checking')
         ORDER BY state, uploaded_at_ms, import_id LIMIT 1"
    );
    let row = tx.query_opt(&sql, params![])?;
    row.as_ref().map(import).transpose()
}

pub(super) fn bytes_of(tx: &mut Tx, id: [u8; 16]) -> Result<Option<Vec<u8>>, DbError> {
    let sql = "SELECT bytes FROM imports WHERE import_id = $1";
    tx.query_one(sql, params![id])?.read(0)
}

/// Moves an import on. A file that is done with gives its bytes up; one with bad rows keeps them,
/// because a person may want the good ones.
pub(super) fn put(tx: &mut Tx, import: &Import) -> Result<(), DbError> {
    let done = match import.state {
        State::Applied | State::Failed => true,
        State::Checked | State::Refused => import.afterwards == Afterwards::Nothing,
        State::Checking | State::Applying => false,
    };
    tx.execute(
        "UPDATE imports SET state = $2, rows_good = $3, rows_bad = $4, takes = $5, sentence = $6
         WHERE import_id = $1",
        params![
            import.id,
            import.state.word(),
            import.rows_good,
            import.rows_bad,
            takes_word(import.takes),
            import.sentence.as_deref(),
        ],
    )?;
    if done {
        let sql = "UPDATE imports SET bytes = NULL WHERE import_id = $1";
        tx.execute(sql, params![import.id])?;
    }
    Ok(())
}

/// Lets the bytes of files go that nobody decided on, and PINs that nobody fetched.
pub(super) fn purge(tx: &mut Tx, files_before_ms: i64, pins_before_ms: i64) -> Result<(), DbError> {
    tx.execute(
        "UPDATE imports SET bytes = NULL, state = 'failed',
             sentence = 'nobody decided for 35 days: upload it again'
         WHERE bytes IS NOT NULL AND state IN ('checked', 'refused') AND uploaded_at_ms < $1",
        params![files_before_ms],
    )?;
    let sql = "DELETE FROM import_pins WHERE made_at_ms < $1";
    tx.execute(sql, params![pins_before_ms])?;
    Ok(())
}

/// Forgets what was wrong with a file that is read anew.
pub(super) fn clear_problems(tx: &mut Tx, id: [u8; 16]) -> Result<(), DbError> {
    let sql = "DELETE FROM import_problems WHERE import_id = $1";
    tx.execute(sql, params![id]).map(|_| ())
}

pub(super) fn put_problems(
    tx: &mut Tx,
    id: [u8; 16],
    first: u32,
    problems: &[RowProblem],
) -> Result<(), DbError> {
    for (place, problem) in (first..).zip(problems) {
        let row = i64::try_from(problem.row).unwrap_or(i64::MAX);
        tx.execute(
            "INSERT INTO import_problems (import_id, place, row_number, column_name, sentence)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (import_id, place) DO NOTHING",
            params![id, place, row, &problem.column, &problem.sentence],
        )?;
    }
    Ok(())
}

pub(super) fn problems(tx: &mut Tx, id: [u8; 16], limit: u32) -> Result<Vec<RowProblem>, DbError> {
    let rows = tx.query_all(
        "SELECT row_number, column_name, sentence FROM import_problems
         WHERE import_id = $1 ORDER BY place LIMIT $2",
        params![id, limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(RowProblem {
                row: row.read::<i64>(0)?.unsigned_abs(),
                column: row.read(1)?,
                sentence: row.read(2)?,
            })
        })
        .collect()
}

/// A PIN that was made for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pin {
    pub(super) store_id: String,
    pub(super) name: String,
    pub(super) pin: String,
}

pub(super) fn put_pin(tx: &mut Tx, id: [u8; 16], pin: &Pin, now_ms: i64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO import_pins (import_id, store_id, name, pin, made_at_ms)
         VALUES ($1, $2, $3, $4, $5)",
        params![id, &pin.store_id, &pin.name, &pin.pin, now_ms],
    )?;
    Ok(())
}

pub(super) fn pins(tx: &mut Tx, id: [u8; 16]) -> Result<i64, DbError> {
    let sql = "SELECT COUNT(*) FROM import_pins WHERE import_id = $1";
    tx.query_one(sql, params![id])?.read(0)
}

/// Hands the PINs of a file out and forgets them.
pub(super) fn take_pins(tx: &mut Tx, id: [u8; 16]) -> Result<Vec<Pin>, DbError> {
    let rows = tx.query_all(
        "SELECT store_id, name, pin FROM import_pins WHERE import_id = $1
         ORDER BY store_id, name",
        params![id],
    )?;
    tx.execute("DELETE FROM import_pins WHERE import_id = $1", params![id])?;
    rows.iter()
        .map(|row| {
            Ok(Pin {
                store_id: row.read(0)?,
                name: row.read(1)?,
                pin: row.read(2)?,
            })
        })
        .collect()
}
