//! Many people at once, as a file brings them: who is there already is not added again.

use std::collections::BTreeSet;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::entropy::{Entropy, random_bytes};
use counterpart_daemon::password::{self, Strength};
use counterpart_protocol::badges::Badges;
use counterpart_protocol::ids::{StaffId, StoreId};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::staff::{Member, Role};

use super::{StoreFailed, members, publish_roster};
use crate::context::Context;
use crate::stores::store::{self, MemberRow};

/// Somebody a file brings to a store; the name has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    /// The name colleagues use.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// How they sign in.
    pub pin: PinBrought,
    /// What they do alone beyond their role.
    pub may: BTreeSet<Operation>,
}

/// What a file says of a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PinBrought {
    /// Its digits.
    Digits(String),
    /// Its Argon2 hash.
    Hash(String),
    /// Nothing: one is made.
    Make,
}

/// What became of a newcomer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brought {
    /// They work there now.
    Added,
    /// They worked there already.
    Known,
    /// A colleague has the PIN, and a till asks for the PIN alone.
    PinTaken,
    /// Somebody of this name works there in another role.
    OtherRole,
}

/// Somebody who was just added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The name.
    pub name: String,
    /// The PIN that was made for them.
    pub pin_made: Option<String>,
}

/// Adds people to a store and publishes its roster; `joined` hears of each within the transaction.
/// Returns what became of each, in their order. Doing it again adds nobody.
///
/// # Errors
/// [`StoreFailed::Unknown`]; those of the database.
pub async fn bring_in(
    context: &Context,
    store_id: &StoreId,
    newcomers: Vec<Newcomer>,
    joined: impl Fn(&mut Tx, &Joined) -> Result<(), DbError> + Send + 'static,
) -> Result<Vec<Brought>, StoreFailed> {
    let wanted = store_id.clone();
    let colleagues = context.db().read(move |tx| members(tx, &wanted)).await?;
    let within = context.clone();
    let preparing = tokio::task::spawn_blocking(move || prepare(&within, newcomers, colleagues));
    let prepared = preparing.await.map_err(|_| StoreFailed::Stopping)??;
    let (within, store_id) = (context.clone(), store_id.clone());
    let added = context.db().write(move |tx| {
        // Somebody may have been added meanwhile.
        let there = members(tx, &store_id)?;
        let mut brought = Vec::with_capacity(prepared.len());
        for prepared in prepared {
            brought.push(match prepared {
                Prepared::Not(why) => why,
                Prepared::New(member, _) if named(&there, &member.name).is_some() => Brought::Known,
                Prepared::New(member, pin_made) => {
                    store::add_member(tx, &store_id, &member, within.now_ms())?;
                    let name = member.name;
                    joined(tx, &Joined { name, pin_made })?;
                    Brought::Added
                }
            });
        }
        if brought.contains(&Brought::Added) {
            publish_roster(&within, tx, &store_id)?;
        }
        Ok::<_, StoreFailed>(brought)
    });
    added.await
}

/// A newcomer whose PIN was hashed, which takes too long for a transaction.
enum Prepared {
    New(Member, Option<String>),
    Not(Brought),
}

fn named<'a>(there: &'a [MemberRow], name: &str) -> Option<&'a MemberRow> {
    let name = name.to_lowercase();
    there
        .iter()
        .find(|row| row.member.name.to_lowercase() == name)
}

fn prepare(
    context: &Context,
    newcomers: Vec<Newcomer>,
    colleagues: Vec<MemberRow>,
) -> Result<Vec<Prepared>, StoreFailed> {
    let mut hashes: Vec<String> = colleagues
        .iter()
        .map(|row| row.member.pin_hash.clone())
        .collect();
    let mut prepared = Vec::with_capacity(newcomers.len());
    for newcomer in newcomers {
        let known = named(&colleagues, &newcomer.name).map(|row| row.member.role);
        prepared.push(match known {
            Some(role) if role == newcomer.role => Prepared::Not(Brought::Known),
            Some(_) => Prepared::Not(Brought::OtherRole),
            None => {
                let entropy = context.entropy().as_ref();
                match hashed(newcomer.pin, &hashes, entropy)? {
                    None => Prepared::Not(Brought::PinTaken),
                    Some((pin_hash, pin_made)) => {
                        hashes.push(pin_hash.clone());
                        let member = Member {
                            id: StaffId::from_bytes(context.new_id()),
                            name: newcomer.name,
                            role: newcomer.role,
                            pin_hash,
                            badges: Badges::default(),
                            may: newcomer.may.iter().map(|it| it.word().to_owned()).collect(),
                        };
                        Prepared::New(member, pin_made)
                    }
                }
            }
        });
    }
    Ok(prepared)
}

/// Returns the hash of a PIN nobody in the store has, and the PIN itself if it was made here.
fn hashed(
    pin: PinBrought,
    taken: &[String],
    entropy: &dyn Entropy,
) -> Result<Option<(String, Option<String>)>, StoreFailed> {
    match pin {
        PinBrought::Hash(hash) => Ok(Some((hash, None))),
        PinBrought::Digits(digits) => match is_free(&digits, taken)? {
            true => Ok(Some((
                password::hash(&digits, Strength::Pin, entropy)?,
                None,
            ))),
            false => Ok(None),
        },
        PinBrought::Make => loop {
            let drawn = u64::from_be_bytes(random_bytes(entropy)) % 1_000_000;
            let digits = format!("{drawn:06}");
            if is_free(&digits, taken)? {
                let hash = password::hash(&digits, Strength::Pin, entropy)?;
                return Ok(Some((hash, Some(digits))));
            }
        },
    }
}

fn is_free(digits: &str, taken: &[String]) -> Result<bool, StoreFailed> {
    for hash in taken {
        if password::matches(digits, hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}
