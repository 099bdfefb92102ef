//! Takes files in, and lets a person decide on them; the work on one file stands beside it.

mod applying;
mod failed;
mod work;

pub use failed::ImportFailed;
pub use work::{Progress, run_once};

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::money::Currency;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use ulid::Ulid;

use super::rules::{Afterwards, Form, RowProblem, Standing, State, Subject, Takes, may_apply};
use super::store::{self, Import};
use crate::context::Context;
use crate::{catalog, prices};

/// The topic of pages that show files.
pub(super) const IMPORTS: &str = "imports";
/// What a file about people is sealed for.
const PURPOSE: &str = "import";
/// The largest file, in bytes: 200,000 rows of 80 bytes.
pub(super) const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Problems kept and told of one file: whoever has more has the wrong file.
pub(super) const PROBLEMS_MAX: u32 = 10_000;
/// How long a file waits for a person's decision, in milliseconds.
const FILES_KEPT_MS: i64 = 35 * 86_400_000;
/// How long PINs wait to be fetched, in milliseconds.
const PINS_KEPT_MS: i64 = 86_400_000;

/// What is said beside a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Said {
    /// The currency of its prices; that of the catalogue and the stores unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The price list its prices become.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<prices::ListDraft>,
}

/// A file on its way in.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    /// What it is about.
    pub(super) subject: Subject,
    /// Its name, for people.
    pub(super) file_name: String,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// What was said beside it.
    pub(super) said: Said,
    /// Who brought it.
    pub(super) by: String,
    /// What happens once it is checked.
    pub(super) afterwards: Afterwards,
    /// Which rows are applied.
    pub(super) takes: Takes,
}

/// A file that was worked on, for the command line and the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// What became of it, in words.
    pub sentence: String,
    /// How many rows were good.
    pub rows_good: i64,
}

/// Checks and publishes a product file and waits until that is done: for the demo.
///
/// # Errors
/// [`ImportFailed`]; nothing is published then.
pub async fn import_now(
    context: &Context,
    file_name: &str,
    bytes: Vec<u8>,
    by: &str,
) -> Result<Applied, ImportFailed> {
    let upload = Upload {
        subject: Subject::Catalog,
        file_name: file_name.to_owned(),
        bytes,
        said: Said::default(),
        by: by.to_owned(),
        afterwards: Afterwards::Apply,
        takes: Takes::All,
    };
    let id = take(context, upload).await?;
    loop {
        let (import, problems) = import(context, id).await?;
        match import.state {
            State::Checking | State::Checked | State::Applying => {
                run_once(context).await?;
            }
            State::Applied => {
                return Ok(Applied {
                    sentence: import.sentence.unwrap_or_default(),
                    rows_good: import.rows_good,
                });
            }
            State::Refused => {
                return Err(ImportFailed::Refused {
                    rows_bad: import.rows_bad,
                    problems,
                });
            }
            State::Failed => {
                return Err(ImportFailed::Failed(import.sentence.unwrap_or_default()));
            }
        }
    }
}

/// Stores a file to be checked, and wakes who does it; returns the import's id.
async fn take(context: &Context, upload: Upload) -> Result<[u8; 16], ImportFailed> {
    let within = context.clone();
    let taken = context.db().write(move |tx| take_in(&within, tx, &upload));
    taken.await
}

/// Does what [`take`] does inside the caller's transaction. The very same file that is being worked
/// on, or waits for a person, is not taken again.
pub(super) fn take_in(
    context: &Context,
    tx: &mut Tx,
    upload: &Upload,
) -> Result<[u8; 16], ImportFailed> {
    if upload.bytes.len() > FILE_BYTES_MAX {
        return Err(ImportFailed::TooLarge {
            bytes: upload.bytes.len(),
        });
    }
    let mut said = upload.said.clone();
    match upload.subject {
        Subject::Catalog => said.currency = Some(currency_for(tx, said.currency)?),
        Subject::Prices => {
            let draft = said.list.as_ref().ok_or(ImportFailed::NoList)?;
            prices::check_draft(context, tx, draft)?;
        }
        Subject::Staff | Subject::Stock | Subject::Customers | Subject::Orders => {}
    }
    let mut import = Import {
        id: context.new_id(),
        subject: upload.subject,
        form: Form::of(&upload.bytes),
        content_sha256: [0; 32],
        file_name: upload.file_name.clone(),
        said: said_text(&said),
        uploaded_at_ms: context.now_ms(),
        uploaded_by: upload.by.clone(),
        state: State::Checking,
        rows_good: 0,
        rows_bad: 0,
        afterwards: upload.afterwards,
        takes: upload.takes,
        sentence: None,
    };
    import.content_sha256 = content_of(&import, &upload.bytes);
    if let Some(same) = store::same(tx, import.content_sha256)? {
        return Ok(same.id);
    }
    match import.subject.is_about_people() {
        true => store::add(tx, &import, &sealed(context, import.id, &upload.bytes))?,
        false => store::add(tx, &import, &upload.bytes)?,
    }
    wake_on_commit(context, tx);
    Ok(import.id)
}

/// Seals a file about people while it waits: the database holds nothing plain about anybody.
fn sealed(context: &Context, id: [u8; 16], bytes: &[u8]) -> Vec<u8> {
    let entropy = context.entropy().as_ref();
    context.vault().seal(PURPOSE, &id, bytes, entropy)
}

fn said_text(said: &Said) -> String {
    serde_json::to_string(said).expect("what is said has text keys only")
}

/// Returns the hash by which the same file with the same wishes is known.
fn content_of(import: &Import, bytes: &[u8]) -> [u8; 32] {
    let wishes = format!(
        "{} {:?} {:?} {}\n",
        import.subject.word(),
        import.afterwards,
        import.takes,
        import.said
    );
    let mut hash = Sha256::new();
    hash.update(wishes.as_bytes());
    hash.update(bytes);
    hash.finalize().into()
}

/// Returns the currency a new catalogue is in: the one asked for, if the stores sell in it.
fn currency_for(tx: &mut Tx, asked: Option<Currency>) -> Result<Currency, ImportFailed> {
    let stores = crate::stores::currency(tx)?;
    match (asked, stores) {
        (Some(asked), Some(stores)) if asked != stores => {
            Err(ImportFailed::OtherCurrency { stores, asked })
        }
        (Some(asked), _) => Ok(asked),
        (None, Some(stores)) => Ok(stores),
        (None, None) => Ok(catalog::currency(tx)?.unwrap_or(Currency::EUR)),
    }
}

/// Asks for a checked file to be applied.
pub(super) fn ask_to_apply(
    context: &Context,
    tx: &mut Tx,
    id: [u8; 16],
    takes: Takes,
) -> Result<(), ImportFailed> {
    let mut import = store::by_id(tx, id)?.ok_or(ImportFailed::Unknown)?;
    let standing = Standing {
        state: import.state,
        afterwards: import.afterwards,
        rows_good: import.rows_good,
    };
    if !may_apply(standing, takes)? {
        return Ok(());
    }
    import.state = State::Applying;
    import.takes = takes;
    store::put(tx, &import)?;
    wake_on_commit(context, tx);
    Ok(())
}

fn wake_on_commit(context: &Context, tx: &mut Tx) {
    let context = context.clone();
    tx.on_commit(Box::new(move || {
        context.imports().wake.notify_one();
        context.live().publish(IMPORTS);
    }));
}

/// Returns an import and what is wrong with its file.
pub(super) async fn import(
    context: &Context,
    id: [u8; 16],
) -> Result<(Import, Vec<RowProblem>), ImportFailed> {
    let found = context.db().read(move |tx| {
        let import = store::by_id(tx, id)?.ok_or(ImportFailed::Unknown)?;
        Ok((import, store::problems(tx, id, PROBLEMS_MAX)?))
    });
    found.await
}

/// Lets go what nobody decided on or fetched in time.
///
/// # Errors
/// Those of the database.
pub async fn purge(context: &Context) -> Result<(), DbError> {
    let now_ms = context.now_ms();
    let purged = context
        .db()
        .write(move |tx| store::purge(tx, now_ms - FILES_KEPT_MS, now_ms - PINS_KEPT_MS));
    purged.await
}

/// Returns the columns of a product file, in the usual order.
#[must_use]
pub fn product_columns() -> Vec<&'static str> {
    let columns = Subject::Catalog.columns().iter();
    columns.map(|column| column.word).collect()
}

/// Writes an import's id as people and addresses have it.
pub(super) fn id_text(id: [u8; 16]) -> String {
    Ulid::from_bytes(id).to_string()
}

/// Reads an import's id.
pub(super) fn id_of(text: &str) -> Result<[u8; 16], ImportFailed> {
    Ulid::from_string(text)
        .map(|id| id.to_bytes())
        .map_err(|_| ImportFailed::Unknown)
}
