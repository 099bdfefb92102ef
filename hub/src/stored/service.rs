//! Folds facts into cards, answers edges and names what was redeemed over.

mod telling;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::ids::{DocumentId, EdgeNumber, FactId, SaleId, StoredId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::sales::SaleRecorded;
use counterpart_protocol::stored::{
    StoredAnswer, StoredAnswered, StoredAsk, StoredAsked, StoredNumber, StoredTold, StoredWhy,
    moves, over_redeem,
};

use super::rules::{self, Card, StoredRefused};
use super::store::{self, Moved, Owed};
use crate::context::Context;
use crate::exceptions;
use crate::stores::{self, StoreName};

pub use telling::{run_once, told};

/// Cards listed.
const LISTED: u32 = 100;

/// Why something about a card was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoredFailed {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] StoredRefused),
    /// The database.
    #[error("could not use a card")]
    Db(#[from] DbError),
}

impl ToProblem for StoredFailed {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::Refused(StoredRefused::Number(_)) => {
                Problem::refused("stored_number_unfit", &sentence).field("number", sentence)
            }
            Self::Refused(StoredRefused::Unknown) => Problem::not_found(sentence),
            Self::Refused(StoredRefused::Blocked) => Problem::refused("stored_blocked", sentence),
            Self::Refused(StoredRefused::NotBlocked) => {
                Problem::refused("stored_not_blocked", sentence)
            }
            Self::Db(error) => error.to_problem(),
        }
    }
}

/// Returns the views this slice keeps.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Stored)]
}

/// The views of cards.
struct Stored;

impl Projection for Stored {
    fn name(&self) -> &'static str {
        "stored"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::SaleRecorded, Kind::ReturnRecorded, Kind::StoredTold]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        if fact.kind() == Some(Kind::StoredTold) {
            let told: StoredTold = fact.read()?;
            let about = match projected.document {
                DocumentId::Segment(segment) => segment.about,
                DocumentId::Order(_) => None,
            };
            return match about {
                Some(edge) => Ok(store::put_told(tx, edge, &told)?),
                None => Ok(()),
            };
        }
        let moves = moves(fact)?;
        if moves.is_empty() {
            return Ok(());
        }
        let sale_id = sale_of(fact)?;
        let edge = projected.origin.writer.edge;
        let at_ms = i64::try_from(fact.header.hlc.at_ms()).unwrap_or(i64::MAX);
        for moved in &moves {
            let card = moved.card.id;
            store::put_move(tx, (fact.header.id, edge, at_ms), moved, sale_id)?;
            if let Some(hold) = moved.hold {
                store::end_hold(tx, hold, (card, edge), at_ms)?;
            }
            name_excess(tx, card)?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        store::VIEWS
    }
}

fn sale_of(fact: &Fact) -> Result<Option<SaleId>, ProjectionFailed> {
    Ok(match fact.kind() {
        Some(Kind::SaleRecorded) => Some(fact.read::<SaleRecorded>()?.sale_id),
        Some(Kind::ReturnRecorded) => Some(fact.read::<ReturnRecorded>()?.sale_id),
        Some(_) | None => None,
    })
}

/// Raises the exception of a card, or takes it back: it is what all its facts say, in whatever
/// order they came.
fn name_excess(tx: &mut Tx, card: StoredId) -> Result<(), DbError> {
    let Some(known) = store::by_id(tx, card)? else {
        return Ok(());
    };
    let used = redeemed(store::moves(tx, card)?);
    let uses: Vec<FactId> = used.iter().map(|it| it.fact_id).collect();
    let raised = over_redeem(known.balance_minor, &uses);
    let last = used.iter().max_by_key(|it| it.fact_id);
    let about = last.map_or((EdgeNumber::HUB, 0), |it| (it.edge, it.at_ms));
    exceptions::of_card(tx, card, about, raised)
}

fn redeemed(moves: Vec<Moved>) -> Vec<Moved> {
    let mut used = moves;
    used.retain(|it| it.why == StoredWhy::Redeemed.word());
    used
}

/// Answers an edge's question about a card, in one transaction that holds the card's row.
///
/// # Errors
/// Those of the database.
pub(super) fn answer(
    context: &Context,
    tx: &mut Tx,
    edge: EdgeNumber,
    asked: &StoredAsked,
) -> Result<StoredAnswer, DbError> {
    let now_ms = context.now_ms();
    let known = store::locked(tx, asked.card)?;
    if let StoredAsk::Release { hold } = asked.ask {
        store::end_hold(tx, hold, (asked.card, edge), now_ms)?;
    }
    let Some(card) = known else {
        return Ok(StoredAnswer { known: None });
    };
    let own = match asked.ask {
        StoredAsk::Hold { hold, .. } => Some(hold),
        StoredAsk::Balance | StoredAsk::Release { .. } => None,
    };
    let held_by_others = store::held(tx, asked.card, own)?;
    let free_minor = Minor(card.balance_minor.0.saturating_sub(held_by_others.0));
    let is_blocked = store::block(tx, asked.card)?.is_some();
    let held_minor = match asked.ask {
        StoredAsk::Hold {
            hold,
            wanted_minor,
            currency,
        } => match store::hold(tx, hold)? {
            Some(before) if before.is_open => before.amount_minor,
            // What has ended is not held again: the question came late.
            Some(_) => Minor::ZERO,
            None => {
                let wanted = (wanted_minor, currency);
                let held = rules::held(&card, (free_minor, is_blocked), wanted);
                if held > Minor::ZERO {
                    store::put_hold(tx, hold, (asked.card, edge), held, now_ms)?;
                }
                held
            }
        },
        StoredAsk::Balance | StoredAsk::Release { .. } => Minor::ZERO,
    };
    let moves = store::moves(tx, asked.card)?;
    let own = moves.iter().filter(|it| it.edge == edge);
    let own_minor = own.map(|it| it.amount_minor.0).fold(0, i64::saturating_add);
    Ok(StoredAnswer {
        known: Some(StoredAnswered {
            card: card.card,
            currency: card.currency,
            free_minor,
            held_minor,
            own_minor: Minor(own_minor),
            is_blocked,
        }),
    })
}

/// A card with everything that makes its balance.
pub(super) struct View {
    pub(super) card: Card,
    pub(super) moves: Vec<Moved>,
    pub(super) held_minor: Minor,
    /// Who blocked it and when.
    pub(super) blocked: Option<(String, i64)>,
    pub(super) stores: Vec<StoreName>,
    pub(super) now_ms: i64,
}

/// Returns a card.
pub(super) fn view(context: &Context, tx: &mut Tx, id: StoredId) -> Result<View, StoredFailed> {
    let card = store::by_id(tx, id)?.ok_or(StoredRefused::Unknown)?;
    Ok(View {
        moves: store::moves(tx, id)?,
        held_minor: store::held(tx, id, None)?,
        blocked: store::block(tx, id)?,
        stores: stores::names(context, tx)?,
        now_ms: context.now_ms(),
        card,
    })
}

/// Finds the card with a number.
pub(super) fn find(tx: &mut Tx, number: &str) -> Result<StoredId, StoredFailed> {
    let number = StoredNumber::read(number).map_err(StoredRefused::from)?;
    let id = number.card().id;
    match store::by_id(tx, id)? {
        Some(_) => Ok(id),
        None => Err(StoredRefused::Unknown.into()),
    }
}

/// What is owed, and the cards that moved last.
pub(super) struct Overview {
    pub(super) owed: Vec<Owed>,
    pub(super) cards: Vec<Card>,
    pub(super) now_ms: i64,
}

/// Returns what is owed, and the cards that moved last; those that end in these digits, if any are
/// given.
pub(super) fn overview(
    context: &Context,
    tx: &mut Tx,
    last_four: Option<&str>,
) -> Result<Overview, DbError> {
    Ok(Overview {
        owed: store::owed(tx)?,
        cards: store::latest(tx, last_four, LISTED)?,
        now_ms: context.now_ms(),
    })
}

/// Blocks a card: nothing is paid with it from now on where the hub is asked, and elsewhere once
/// the store has heard.
pub(super) fn block_in(
    context: &Context,
    tx: &mut Tx,
    id: StoredId,
    by: &str,
) -> Result<(), StoredFailed> {
    let card = store::locked(tx, id)?.ok_or(StoredRefused::Unknown)?;
    if store::block(tx, id)?.is_some() {
        return Err(StoredRefused::Blocked.into());
    }
    store::put_block(tx, id, by, context.now_ms())?;
    tracing::info!(card.last_four = card.card.last_four, by, "blocked a card");
    settle_soon(context, tx);
    Ok(())
}

/// Takes a block back.
pub(super) fn unblock_in(
    context: &Context,
    tx: &mut Tx,
    id: StoredId,
    by: &str,
) -> Result<(), StoredFailed> {
    let card = store::locked(tx, id)?.ok_or(StoredRefused::Unknown)?;
    if store::block(tx, id)?.is_none() {
        return Err(StoredRefused::NotBlocked.into());
    }
    store::drop_block(tx, id)?;
    tracing::info!(
        card.last_four = card.card.last_four,
        by,
        "a card is no longer blocked"
    );
    settle_soon(context, tx);
    Ok(())
}

fn settle_soon(context: &Context, tx: &mut Tx) {
    let context = context.clone();
    tx.on_commit(Box::new(move || context.settling().wake.notify_one()));
}
