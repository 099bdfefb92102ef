//! Keeps promotions, and publishes each store's book whenever it would be another one.
//!
//! Publishing takes no input and looks at every store: a new store, a promotion that is over and a
//! hub that was killed in between are the same case.

use std::collections::HashMap;
use std::sync::Arc;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::ids::{GroupId, StoreId};
use counterpart_protocol::pricing::{Coupon, Promotion, PromotionBook};
use counterpart_protocol::reference::packing::PackingFailed;

use super::rules::{self, PromotionDraft, PromotionRefused};
use super::store::{self, Kept};
use crate::context::Context;
use crate::sync::{Prepared, Scope, publish};
use crate::{customers, stores};

/// The topic of pages that show promotions.
pub(super) const PROMOTIONS: &str = "promotions";
/// Promotions that are on at once: a till keeps them all at hand.
const ON_MAX: u32 = 2_000;

/// Why a promotion was not kept or published.
#[derive(Debug, thiserror::Error)]
pub enum PromotionsFailed {
    /// A field is wrong.
    #[error(transparent)]
    Refused(#[from] PromotionRefused),
    /// There is no such promotion.
    #[error("there is no promotion called {0}")]
    Unknown(String),
    /// Too many are on.
    #[error("{ON_MAX} promotions are on: switch one off first")]
    TooMany,
    /// The promotions of a store are larger than it takes.
    #[error("the promotions of a store are too large together: switch one off")]
    Packing(#[from] PackingFailed),
    /// A fact could not be stated.
    #[error("could not tell a store of its promotions")]
    Replica(#[from] ReplicaFailed),
    /// The database.
    #[error("could not store a promotion")]
    Db(#[from] DbError),
}

impl ToProblem for PromotionsFailed {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::Refused(refused) => {
                Problem::refused("promotion_refused", &sentence).field(refused.field, sentence)
            }
            Self::Unknown(_) => Problem::not_found(sentence),
            Self::TooMany => Problem::refused("too_many_promotions", sentence),
            Self::Packing(_) => Problem::refused("promotions_too_large", sentence),
            Self::Replica(_) => Problem::failed("replica_failed", sentence),
            Self::Db(error) => error.to_problem(),
        }
    }
}

/// Whether a promotion is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Switch {
    /// Stores take it off.
    On,
    /// They do not.
    Off,
}

/// Puts a promotion in the place of the one with its id and switches it on; the same again changes
/// nothing.
pub(super) fn put(
    context: &Context,
    tx: &mut Tx,
    draft: PromotionDraft,
    by: &str,
) -> Result<Kept, PromotionsFailed> {
    let known: Vec<StoreId> = stores::names(context, tx)?
        .into_iter()
        .map(|store| store.store_id)
        .collect();
    let terms = rules::check(draft, &known, &customers::known_groups(tx)?)?;
    check_code(tx, &terms.promotion)?;
    let before = store::by_id(tx, &terms.promotion.id)?;
    if let Some(before) = &before
        && before.is_on
        && before.terms == terms
    {
        return Ok(before.clone());
    }
    if before.as_ref().is_none_or(|before| !before.is_on) {
        room_for_one(tx)?;
    }
    let kept = Kept {
        terms,
        is_on: true,
        generation: before.map_or(0, |before| before.generation) + 1,
        changed_at_ms: context.now_ms(),
        changed_by: by.to_owned(),
    };
    store::put(tx, &kept)?;
    tracing::info!(promotion = kept.terms.promotion.id, by, "put a promotion");
    wake_on_commit(context, tx);
    Ok(kept)
}

/// Switches a promotion on or off.
pub(super) fn switch(
    context: &Context,
    tx: &mut Tx,
    promotion_id: &str,
    to: Switch,
    by: &str,
) -> Result<Kept, PromotionsFailed> {
    let unknown = || PromotionsFailed::Unknown(promotion_id.to_owned());
    let before = store::by_id(tx, promotion_id)?.ok_or_else(unknown)?;
    let is_on = to == Switch::On;
    if before.is_on == is_on {
        return Ok(before);
    }
    if is_on {
        // A group may have been removed while nothing that is on was for it.
        let groups = customers::known_groups(tx)?;
        rules::check_groups(&before.terms.promotion, &groups)?;
        check_code(tx, &before.terms.promotion)?;
        room_for_one(tx)?;
    }
    let kept = Kept {
        is_on,
        generation: before.generation + 1,
        changed_at_ms: context.now_ms(),
        changed_by: by.to_owned(),
        ..before
    };
    store::put(tx, &kept)?;
    tracing::info!(promotion = promotion_id, by, is_on, "switched a promotion");
    wake_on_commit(context, tx);
    Ok(kept)
}

/// Returns the promotion with a short name, without the dates of its window, whether it is on or
/// not.
///
/// # Errors
/// Those of the database.
pub fn named(tx: &mut Tx, promotion_id: &str) -> Result<Option<Promotion>, DbError> {
    Ok(store::by_id(tx, promotion_id)?.map(|kept| kept.terms.promotion))
}

/// Checks that no other promotion that is on asks for the same code: a till could not tell which
/// is meant.
fn check_code(tx: &mut Tx, promotion: &Promotion) -> Result<(), PromotionsFailed> {
    let Some(Coupon::Open { code }) = &promotion.coupon else {
        return Ok(());
    };
    let asked = promotion.coupon.as_ref();
    let mut on = store::on(tx, ON_MAX)?.into_iter();
    let is_other = |kept: &Kept| {
        let other = &kept.terms.promotion;
        other.id != promotion.id && other.coupon.as_ref() == asked
    };
    match on.find(is_other) {
        Some(kept) => Err(PromotionRefused {
            field: "coupon_code",
            sentence: format!(
                "promotion {} asks for {code} already",
                kept.terms.promotion.id
            ),
        }
        .into()),
        None => Ok(()),
    }
}

/// Returns a promotion for a group that is on, if there is one.
///
/// # Errors
/// Those of the database.
pub fn on_for(tx: &mut Tx, group: &GroupId) -> Result<Option<String>, DbError> {
    let mut on = store::on(tx, ON_MAX)?.into_iter();
    let found = on.find(|kept| kept.terms.promotion.groups.contains(group));
    Ok(found.map(|kept| kept.terms.promotion.id))
}

fn room_for_one(tx: &mut Tx) -> Result<(), PromotionsFailed> {
    match store::count_on(tx)? >= i64::from(ON_MAX) {
        true => Err(PromotionsFailed::TooMany),
        false => Ok(()),
    }
}

fn wake_on_commit(context: &Context, tx: &mut Tx) {
    let context = context.clone();
    tx.on_commit(Box::new(move || {
        context.upkeep().wake.notify_one();
        context.live().publish(PROMOTIONS);
    }));
}

/// A store whose book is another one than the one it was sent.
struct Stale {
    store_id: StoreId,
    marks: String,
    book: PromotionBook,
}

/// Publishes the book of every store that has not got it; returns of how many.
///
/// # Errors
/// [`PromotionsFailed`]; doing it again goes on where it stopped.
pub async fn run_once(context: &Context) -> Result<usize, PromotionsFailed> {
    let within = context.clone();
    let stale = context.db().read(move |tx| stale(&within, tx));
    let stale: Vec<Stale> = stale.await?;
    // Stores with the same promotions in the same zone read the same book.
    let mut books: HashMap<String, Arc<Prepared>> = HashMap::new();
    let count = stale.len();
    for store in stale {
        let book = match books.get(&store.marks) {
            Some(book) => Arc::clone(book),
            None => {
                let book = Arc::new(Prepared::of(&store.book)?);
                books.insert(store.marks.clone(), Arc::clone(&book));
                book
            }
        };
        let within = context.clone();
        let published = context.db().write(move |tx| {
            publish(&within, tx, &Scope::Store(store.store_id.clone()), &book)?;
            store::put_marks(tx, &store.store_id, &store.marks)?;
            Ok::<_, PromotionsFailed>(())
        });
        published.await?;
    }
    Ok(count)
}

fn stale(context: &Context, tx: &mut Tx) -> Result<Vec<Stale>, DbError> {
    let on = store::on(tx, ON_MAX)?;
    let now_ms = context.now_ms();
    let mut stale = Vec::new();
    for named in stores::names(context, tx)? {
        let zone = &named.zone;
        let ours: Vec<&Kept> = on
            .iter()
            .filter(|kept| kept.terms.is_for(&named.store_id, zone, now_ms))
            .collect();
        let mut marks = zone.iana_name().unwrap_or("UTC").to_owned();
        for kept in &ours {
            marks += &format!(" {}@{}", kept.terms.promotion.id, kept.generation);
        }
        let before = store::marks(tx, &named.store_id)?;
        let unheard = before.is_none() && ours.is_empty();
        if !unheard && before.as_deref() != Some(&marks) {
            let promotions = ours.iter().map(|kept| kept.terms.in_zone(zone)).collect();
            stale.push(Stale {
                store_id: named.store_id,
                marks,
                book: PromotionBook { promotions },
            });
        }
    }
    Ok(stale)
}
