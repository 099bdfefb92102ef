//! Goods sold by weight whose code says none: the scale is asked, by itself when they are scanned
//! and again by a key.
//!
//! A weight is taken only while the line still wants one: what a person typed meanwhile stays.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_hardware::Weight;
use counterpart_protocol::ids::{RegisterId, SaleId};
use counterpart_protocol::quantity::Milli;
use tokio_util::sync::CancellationToken;

use super::{SalesError, loaded, topic, wake};
use crate::context::Context;
use crate::devices::{CounterFailed, WEIGH_LIMIT};
use crate::sales::store;

/// A line that wants a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wanting {
    sale_id: SaleId,
    line: u16,
}

/// Asks the scale of `register` for each line that comes to want a weight, once, until `stop`;
/// asks nothing where there is no scale.
pub async fn keep_weighing(context: Context, register: RegisterId, stop: CancellationToken) {
    let (mut changes, topic) = (context.live().changes(), topic(register));
    let mut asked = None;
    loop {
        let setup = context.register(register);
        let has_scale = setup.is_some_and(|setup| setup.counter.scale.is_some());
        let wanting = match has_scale {
            true => wanting(&context, register).await,
            false => Ok(None),
        };
        match wanting {
            Ok(Some(line)) if asked != Some(line) => {
                asked = Some(line);
                let weighing = context.devices().weigh(register, WEIGH_LIMIT);
                match stop.run_until_cancelled(weighing).await {
                    None => return,
                    Some(weighed) => take(&context, register, line, weighed).await,
                }
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(register.id = register.0, error = %error, "could not weigh");
            }
        }
        let topics = [topic.as_str()];
        let changed = changes.any_of(&topics);
        if stop.run_until_cancelled(changed).await.is_none() {
            return;
        }
    }
}

async fn take(
    context: &Context,
    register: RegisterId,
    line: Wanting,
    weighed: Result<Weight, CounterFailed>,
) {
    let put = match weighed {
        Ok(weight) => put(context, register, line, weight).await,
        // Nothing lies on it yet, or it moves: the line says so, and the key asks again.
        Err(failed) => {
            tracing::info!(register.id = register.0, reason = %failed, "no weight for a line");
            Ok(())
        }
    };
    if let Err(error) = put {
        tracing::warn!(register.id = register.0, error = %error, "a weight was not taken");
    }
}

/// Returns the line scanned or changed last, if it wants a weight.
async fn wanting(context: &Context, register: RegisterId) -> Result<Option<Wanting>, DbError> {
    let ctx = context.clone();
    let read = context.db().read(move |tx| {
        let basket = loaded(&ctx, tx, register)?;
        Ok::<_, DbError>(basket.and_then(|basket| {
            let newest = basket.newest();
            let line = basket
                .standing_lines()
                .find(|line| Some(line.line) == newest && line.wants_weight())?;
            Some(Wanting {
                sale_id: basket.sale_id,
                line: line.line,
            })
        }))
    });
    read.await
}

async fn put(
    context: &Context,
    register: RegisterId,
    wanted: Wanting,
    weight: Weight,
) -> Result<(), SalesError> {
    let ctx = context.clone();
    let work = move |tx: &mut Tx| {
        let Some(before) = loaded(&ctx, tx, register)? else {
            return Ok(());
        };
        let still = before
            .standing_lines()
            .any(|line| line.line == wanted.line && line.wants_weight());
        if before.sale_id != wanted.sale_id || !still {
            return Ok(());
        }
        let mut basket = before.clone();
        basket.set_quantity(wanted.line, Milli(i64::from(weight.grams)))?;
        store::save_basket(tx, register, Some(&before), &basket, ctx.now_ms())?;
        wake(&ctx, tx, register);
        Ok(())
    };
    context.db().write(work).await
}
