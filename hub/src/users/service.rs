//! Signs operators in and out, and keeps their passwords.
//!
//! Hashing takes a processor for some ten milliseconds, so it happens outside every transaction.

mod caller;
mod changes;
mod keys;
mod operators;
mod watching;

pub use caller::Caller;
pub(super) use changes::{NewOperator, NewPassword, same_password};
pub(super) use keys::{
    KEYS, KeyDraft, NewKey, is_key, key_caller, known_key, revoke, scopes_for_keys, shown_before,
    usual_rate,
};
pub(super) use operators::{Change, OPERATORS, change, known, operators};
pub(super) use watching::viewer;

use counterpart_daemon::db::DbError;
use counterpart_daemon::entropy::{SharedEntropy, random_bytes};
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::password::{self, PasswordError, Strength};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::rules::{self, ConsoleRole, NameRefused, PasswordRefused};
use super::store::{self, Failures};
use crate::context::Context;

/// How long a session lives after its last use, in milliseconds.
const SESSION_MS: i64 = 12 * 3_600_000;
/// A session is prolonged when an hour of it has passed, not at every click.
const PROLONGED_AFTER_MS: i64 = 3_600_000;
/// Wrong passwords are forgotten after a day.
const FAILURES_KEPT_MS: i64 = 24 * 3_600_000;
/// How long the audit log is kept, in milliseconds: a year, and the month in which it is looked at.
const AUDIT_KEPT_MS: i64 = 400 * 86_400_000;
/// Lines of it deleted in one go, every hour.
const AUDIT_PURGED_MAX: u32 = 10_000;
/// The operator of the first start.
const FIRST_OPERATOR: &str = "admin";

/// A session that has just begun.
#[derive(Clone)]
pub struct Session {
    /// The secret the browser or program keeps.
    pub token: String,
    /// Whose it is.
    pub operator: String,
    /// Until when, in milliseconds UTC, unless it is used.
    pub until_ms: i64,
}

/// Why somebody was not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInRefused {
    /// Name or password is wrong; which one is not said.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many wrong ones in a row.
    #[error("too many wrong passwords for this name: try again in {} s", seconds(*.held_up_ms))]
    HeldUp {
        /// How much longer, in milliseconds.
        held_up_ms: i64,
    },
    /// It could not be looked up.
    #[error("could not sign in")]
    Failed(#[from] UserFailed),
}

/// Why an operator could not be added or changed.
#[derive(Debug, thiserror::Error)]
pub enum UserFailed {
    /// The name.
    #[error(transparent)]
    Name(#[from] NameRefused),
    /// The password.
    #[error(transparent)]
    Password(#[from] PasswordRefused),
    /// The name is taken.
    #[error("there is an operator called {0} already")]
    Taken(String),
    /// There is no such operator.
    #[error("there is no operator called {0}")]
    Unknown(String),
    /// Nobody could let people in any more.
    #[error("{0} is the only admin who may sign in: make another one first")]
    LastAdmin(String),
    /// The hash could not be made or read.
    #[error("could not hash a password")]
    Hash(#[from] PasswordError),
    /// The thread that hashed is gone.
    #[error("could not hash a password: the program is stopping")]
    Stopping,
    /// The database.
    #[error("could not store an operator")]
    Db(#[from] DbError),
}

/// What the first start made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstStart {
    /// The first operator.
    Made {
        /// The operator.
        name: String,
        /// The password that was drawn, known now and never again; nothing if the settings had one.
        drawn_password: Option<String>,
    },
    /// There were operators already.
    Before,
}

/// Makes the first operator if there is none, with `password` or a random one.
///
/// # Errors
/// [`UserFailed`]; a set password is held to the same rules as any other.
pub async fn begin(context: &Context, password: Option<String>) -> Result<FirstStart, UserFailed> {
    let any = context.db().read(store::any_operator).await;
    if any? {
        return Ok(FirstStart::Before);
    }
    let (password, drawn_password) = match password {
        Some(set) => (set, None),
        None => {
            let drawn = random_password(context.entropy());
            (drawn.clone(), Some(drawn))
        }
    };
    add(context, FIRST_OPERATOR, ConsoleRole::Admin, &password).await?;
    Ok(FirstStart::Made {
        name: FIRST_OPERATOR.to_owned(),
        drawn_password,
    })
}

/// Adds an operator.
///
/// # Errors
/// [`UserFailed`].
pub async fn add(
    context: &Context,
    name: &str,
    role: ConsoleRole,
    password: &str,
) -> Result<(), UserFailed> {
    let new = NewOperator::prepare(context, name, role, password).await?;
    let now_ms = context.now_ms();
    context.db().write(move |tx| new.add_in(tx, now_ms)).await
}

/// Signs an operator in.
///
/// # Errors
/// [`SignInRefused`].
pub(super) async fn sign_in(
    context: &Context,
    name: &str,
    password: &str,
) -> Result<Session, SignInRefused> {
    let name = name.trim().to_lowercase();
    // What cannot be a name costs nobody a hash and leaves no row behind.
    if rules::check_name(&name).is_err() {
        return Err(SignInRefused::Wrong);
    }
    let stored = charge(context, &name).await?;
    // An unknown name costs as much time as a known one, and so cannot be told from it.
    let is_known = stored.is_some();
    let stored = stored.unwrap_or_else(|| NOBODYS_HASH.to_owned());
    if !(matches(password, stored).await? && is_known) {
        return Err(SignInRefused::Wrong);
    }
    let now_ms = context.now_ms();
    let session = Session {
        token: hex(&random_bytes::<32>(context.entropy().as_ref())),
        operator: name.clone(),
        until_ms: now_ms + SESSION_MS,
    };
    let token_sha256 = token_hash(&session.token);
    let until_ms = session.until_ms;
    let written: Result<(), UserFailed> = context
        .db()
        .write(move |tx| {
            store::forget_failures(tx, &name)?;
            store::add_session(tx, token_sha256, &name, now_ms, until_ms)?;
            Ok(())
        })
        .await;
    written?;
    Ok(session)
}

/// Counts the try as a failure before it is looked at, so that guesses made at once count one by
/// one, and returns the stored hash; a right password forgets the count.
async fn charge(context: &Context, name: &str) -> Result<Option<String>, SignInRefused> {
    let (name, now_ms) = (name.to_owned(), context.now_ms());
    let charged: Result<_, UserFailed> = context
        .db()
        .write(move |tx| {
            let failures = store::failures(tx, &name)?;
            let held_up_ms = failures.locked_until_ms - now_ms;
            if held_up_ms > 0 {
                return Ok(Err(held_up_ms));
            }
            let count = failures.count.saturating_add(1);
            let locked_until_ms = now_ms + rules::held_up_ms(count);
            let failures = Failures {
                count,
                locked_until_ms,
            };
            store::put_failures(tx, &name, failures)?;
            Ok(Ok(store::hash_to_sign_in(tx, &name)?))
        })
        .await;
    charged?.map_err(|held_up_ms| SignInRefused::HeldUp { held_up_ms })
}

/// Returns whose token it is, and prolongs the session when it is an hour old.
///
/// # Errors
/// Those of the database.
pub(super) async fn who(context: &Context, token: &str) -> Result<Option<Caller>, DbError> {
    let (hash, now_ms) = (token_hash(token), context.now_ms());
    let found = context
        .db()
        .read(move |tx| store::session(tx, hash, now_ms));
    let Some((operator, role, until_ms)) = found.await? else {
        return Ok(None);
    };
    if until_ms - now_ms < SESSION_MS - PROLONGED_AFTER_MS {
        let until_ms = now_ms + SESSION_MS;
        let prolonged = context
            .db()
            .write(move |tx| store::prolong(tx, hash, until_ms));
        prolonged.await?;
    }
    Ok(Some(Caller::operator(operator, role)))
}

/// Ends a session, and the streams of its pages.
///
/// # Errors
/// Those of the database.
pub(super) async fn sign_out(context: &Context, token: &str) -> Result<(), DbError> {
    let (hash, live) = (token_hash(token), context.live().clone());
    context
        .db()
        .write(move |tx| {
            tx.on_commit(Box::new(move || live.sessions_changed()));
            store::end_session(tx, hash)
        })
        .await
}

/// Deletes what is over; returns how many rows.
///
/// # Errors
/// Those of the database.
pub async fn purge(context: &Context) -> Result<u64, DbError> {
    let now_ms = context.now_ms();
    let purged = context.db().write(move |tx| {
        let over = store::purge(tx, now_ms, now_ms - FAILURES_KEPT_MS)?;
        Ok(over + store::purge_audit(tx, now_ms - AUDIT_KEPT_MS, AUDIT_PURGED_MAX)?)
    });
    purged.await
}

/// The hash of a password nobody was ever told.
const NOBODYS_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA\
    $AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

async fn hash(context: &Context, password: &str) -> Result<String, UserFailed> {
    let (password, entropy) = (password.to_owned(), context.entropy().clone());
    let hashed = tokio::task::spawn_blocking(move || {
        password::hash(&password, Strength::Password, entropy.as_ref())
    });
    Ok(hashed.await.map_err(|_| UserFailed::Stopping)??)
}

/// Passwords compared at once: each takes 19 MiB and a core, and strangers may ask for many.
static COMPARING: Semaphore = Semaphore::const_new(2);

async fn matches(password: &str, stored: String) -> Result<bool, UserFailed> {
    let _turn = COMPARING
        .acquire()
        .await
        .map_err(|_| UserFailed::Stopping)?;
    let password = password.to_owned();
    let compared = tokio::task::spawn_blocking(move || password::matches(&password, &stored));
    Ok(compared.await.map_err(|_| UserFailed::Stopping)??)
}

/// Four groups of four letters and digits without look-alikes: 78 bits.
fn random_password(entropy: &SharedEntropy) -> String {
    const ALPHABET: &[u8; 30] = b"abcdefghjkmnpqrstvwxyz23456789";
    let mut password = String::new();
    while password.len() < 19 {
        if password.len() % 5 == 4 {
            password.push('-');
            continue;
        }
        let [byte] = random_bytes::<1>(entropy.as_ref());
        // Bytes beyond the last whole run of the alphabet would favour its first letters.
        if usize::from(byte) < 240 {
            password.push(char::from(ALPHABET[usize::from(byte) % 30]));
        }
    }
    password
}

fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn seconds(ms: i64) -> i64 {
    ms.div_euclid(1_000) + 1
}

impl ToProblem for UserFailed {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::Name(_) => Problem::refused("name_refused", &sentence).field("name", sentence),
            Self::Password(_) => {
                Problem::refused("password_refused", &sentence).field("password", sentence)
            }
            Self::Taken(_) => Problem::refused("name_taken", &sentence).field("name", sentence),
            Self::Unknown(_) => Problem::not_found(sentence),
            Self::LastAdmin(_) => Problem::refused("last_admin", sentence),
            Self::Hash(_) | Self::Stopping => Problem::failed("not_hashed", sentence),
            Self::Db(error) => error.to_problem(),
        }
    }
}

impl ToProblem for SignInRefused {
    fn to_problem(&self) -> Problem {
        match self {
            Self::Wrong => Problem::unauthenticated(self.to_string()),
            Self::HeldUp { held_up_ms } => {
                let wait_s = u32::try_from(seconds(*held_up_ms)).unwrap_or(u32::MAX);
                Problem::throttled(self.to_string(), wait_s)
            }
            Self::Failed(failed) => failed.to_problem(),
        }
    }
}
