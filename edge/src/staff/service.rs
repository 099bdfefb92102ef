//! Signing in and out: counts the try, checks the PIN on a thread of its own, then opens the
//! session and lets what waited at the register go on.

mod approving;
mod badges;
mod permitting;
mod visitors;

pub use approving::{ApprovalFailed, approve};
pub use badges::{badge_shown, keep_forgetting};
pub(crate) use permitting::{Asked, AtHand, permit, permit_with, shown};
pub use visitors::Visitor;
pub(crate) use visitors::visitor;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::entropy::random_bytes;
use counterpart_daemon::password;
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::badges::Badge;
use counterpart_protocol::ids::{RegisterId, StaffId};
use counterpart_protocol::policies::{Operation, Permission, Permissions};
use counterpart_protocol::staff::{Member, Role};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::rules::{self, Gates, Left, SESSION_MS_MAX, SignInRefused};
use super::store::{self, SignIn};
use crate::context::Context;
use crate::reference;

/// The secret a browser or program shows to be known again: 64 hex digits, stored only as a hash.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

/// Somebody who is signed in at a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The pseudonym facts use.
    pub staff_id: StaffId,
    /// The name colleagues use.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The register.
    pub register: RegisterId,
    /// How they may do each operation.
    pub gates: Gates,
    /// What their request brought along to have something approved.
    pub(crate) at_hand: AtHand,
}

/// What somebody types to sign in.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    /// The register.
    pub register: RegisterId,
    /// Who they say they are; nothing when the PIN alone shall tell.
    pub member: Option<StaffId>,
    /// The PIN, or the badge that was shown.
    pub pin: String,
}

/// A member of staff as the API shows one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MemberView {
    /// The id.
    pub id: StaffId,
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// Why a sign-in or sign-out failed.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] SignInRefused),
    /// The database failed.
    #[error("could not read or store who is signed in")]
    Db(#[from] DbError),
    /// What waited at the register could not go on.
    #[error("could not go on with what waited at the register")]
    Resume(#[source] Box<crate::sales::SalesError>),
    /// What happened could not be stated.
    #[error("could not state that an approval was refused")]
    Replica(#[from] ReplicaFailed),
    /// The thread that checks PINs ended.
    #[error("could not check the PIN")]
    NotChecked(#[source] tokio::task::JoinError),
}

impl Token {
    /// Takes a token a caller sent.
    #[must_use]
    pub(crate) fn sent(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Returns its text, for the caller alone.
    #[must_use]
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Makes one nobody has.
    #[must_use]
    pub(crate) fn new(ctx: &Context) -> Self {
        Self(hex(&random_bytes::<32>(ctx.entropy().as_ref())))
    }

    /// Returns its hash, which alone is stored.
    #[must_use]
    pub(crate) fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// Returns its hash as text: a name for whoever holds it that gives nothing away.
    #[must_use]
    pub(crate) fn hash_text(&self) -> String {
        hex(&self.sha256())
    }
}

impl Person {
    /// Returns a member of staff as they stand at a register under these permissions.
    #[must_use]
    pub fn new(member: Member, register: RegisterId, permissions: &Permissions) -> Self {
        Self {
            gates: Gates::of_member(permissions, &member),
            staff_id: member.id,
            name: member.name,
            role: member.role,
            register,
            at_hand: AtHand::default(),
        }
    }

    /// Returns how the person may do something.
    #[must_use]
    pub fn may(&self, operation: Operation) -> Permission {
        self.gates.of(operation)
    }

    /// Returns the member as the API shows one.
    #[must_use]
    pub fn view(&self) -> MemberView {
        MemberView {
            id: self.staff_id,
            name: self.name.clone(),
            role: self.role,
        }
    }
}

/// Signs somebody in and returns a fresh token; what `held` was signed in at moves to it.
///
/// # Errors
///
/// [`StaffError::Refused`] says why not; the others failed.
pub(crate) async fn sign_in(
    ctx: &Context,
    credentials: Credentials,
    held: Option<Token>,
) -> Result<(Token, Person), StaffError> {
    let register = credentials.register;
    if ctx.register(register).is_none() {
        let register = register.0;
        return Err(SignInRefused::NoSuchRegister { register }.into());
    }
    let credentials = or_shown(ctx, credentials);
    let (left, candidates) = charge(ctx, &credentials).await?;
    let member = check(credentials, left, candidates).await?;
    let permissions = ctx.db().read(reference::permissions).await?;
    let person = Person::new(member, register, &permissions);
    let token = Token::new(ctx);
    let sign_in = SignIn {
        register,
        staff_id: person.staff_id,
        signed_in_at_ms: ctx.now_ms(),
    };
    let (context, opened) = (ctx.clone(), token.clone());
    ctx.db()
        .write(move |tx| open(&context, tx, &opened, held.as_ref(), sign_in))
        .await?;
    ctx.forget_shown(register);
    tracing::info!(register.id = register.0, staff.id = %person.staff_id, "signed in");
    Ok((token, person))
}

/// Returns what somebody signs in with: the badge that was shown there, where no PIN was typed. A
/// badge says whose it is, whoever was chosen.
fn or_shown(ctx: &Context, mut credentials: Credentials) -> Credentials {
    if credentials.pin.is_empty() {
        credentials.pin = ctx.shown_badge(credentials.register).unwrap_or_default();
    }
    if Badge::is_one(&credentials.pin) {
        credentials.member = None;
    }
    credentials
}

/// Takes back a try that was charged, because it was right.
async fn give_back(ctx: &Context, register: RegisterId) -> Result<(), DbError> {
    let given_back = ctx.db().write(move |tx| {
        let attempts = store::attempts(tx, register)?.given_back();
        store::put_attempts(tx, register, attempts)
    });
    given_back.await
}

/// Returns somebody by who they are to facts, as if they stood at a register: what a machine goes
/// on with is theirs, whoever is signed in by now.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn person_of(
    tx: &mut Tx,
    staff_id: StaffId,
    register: RegisterId,
) -> Result<Person, DbError> {
    if let Some(member) = reference::member_by_id(tx, staff_id)? {
        let permissions = reference::permissions(tx)?;
        return Ok(Person::new(member, register, &permissions));
    }
    Ok(Person {
        staff_id,
        name: String::new(),
        role: Role::Associate,
        register,
        gates: Gates::nobody(),
        at_hand: AtHand::default(),
    })
}

/// Returns who is signed in at a register, if anybody is.
///
/// # Errors
///
/// Those of the database.
pub fn person_at(
    tx: &mut Tx,
    register: RegisterId,
    now_ms: i64,
) -> Result<Option<Member>, DbError> {
    let latest = store::latest_at(tx, register)?
        .filter(|sign_in| rules::lasts(sign_in.signed_in_at_ms, now_ms));
    match latest {
        Some(sign_in) => reference::member_by_id(tx, sign_in.staff_id),
        None => Ok(None),
    }
}

/// Signs everybody out at a register; its basket stays.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn sign_out(ctx: &Context, register: RegisterId) -> Result<(), StaffError> {
    let live = ctx.live().clone();
    ctx.db()
        .write(move |tx| {
            store::sign_out(tx, register)?;
            tx.on_commit(Box::new(move || {
                live.sessions_changed();
                live.publish(crate::sales::topic(register));
            }));
            Ok(())
        })
        .await
}

/// Counts the try as wrong for now and returns who may be meant.
async fn charge(
    ctx: &Context,
    credentials: &Credentials,
) -> Result<(Left, Vec<Member>), StaffError> {
    let (now_ms, register, chosen) = (ctx.now_ms(), credentials.register, credentials.member);
    ctx.db()
        .write(move |tx| {
            let mut members = reference::members(tx)?;
            if members.is_empty() {
                return Err(SignInRefused::NoRoster.into());
            }
            members.retain(|member| chosen.is_none_or(|chosen| member.id == chosen));
            if members.is_empty() {
                return Err(SignInRefused::NotOnRoster.into());
            }
            let attempts = store::attempts(tx, register)?.charged(now_ms)?;
            store::put_attempts(tx, register, attempts)?;
            Ok((attempts.left(now_ms), members))
        })
        .await
}

async fn check(
    credentials: Credentials,
    left: Left,
    mut candidates: Vec<Member>,
) -> Result<Member, StaffError> {
    let Credentials { member, pin, .. } = credentials;
    if Badge::is_one(&pin) {
        return Ok(badges::owner(&pin, candidates, left)?);
    }
    let checked = tokio::task::spawn_blocking(move || {
        candidates.retain(|member| has_pin(member, &pin));
        candidates
    });
    let matching = checked.await.map_err(StaffError::NotChecked)?;
    let ids: Vec<StaffId> = matching.iter().map(|member| member.id).collect();
    let found = match (rules::the_one(&ids, left), member) {
        (Err(SignInRefused::WrongPin { left }), Some(_)) => Err(SignInRefused::NotTheirs { left }),
        (found, _) => found,
    }?;
    let one = matching.into_iter().find(|member| member.id == found);
    Ok(one.expect("the one is among those who match"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn has_pin(member: &Member, pin: &str) -> bool {
    password::matches(pin, &member.pin_hash).unwrap_or_else(|error| {
        tracing::warn!(staff.id = %member.id, error = %error, "a PIN could not be checked");
        false
    })
}

/// Opens the session, and lets what waited for a person at the register go on.
fn open(
    ctx: &Context,
    tx: &mut Tx,
    token: &Token,
    held: Option<&Token>,
    sign_in: SignIn,
) -> Result<(), StaffError> {
    let register = sign_in.register;
    store::forget_older(tx, ctx.now_ms() - SESSION_MS_MAX)?;
    // The try was right; guesses at other people's PINs stay counted.
    let attempts = store::attempts(tx, register)?.given_back();
    store::put_attempts(tx, register, attempts)?;
    if let Some(held) = held {
        store::rename_token(tx, held.sha256(), token.sha256())?;
    }
    store::put_sign_in(tx, token.sha256(), sign_in)?;
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.sessions_changed()));
    crate::sales::resume(ctx, tx, register).map_err(|failed| StaffError::Resume(Box::new(failed)))
}
