//! The routes of availability: one SKU everywhere, and a basket.

use axum::extract::State;
use counterpart_daemon::http::{Json, Problem, Query};
use counterpart_protocol::ids::{Sku, StoreId};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::stores::GeoPoint;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::rules::Judged;
use super::service::{AtStore, at_stores};
use crate::context::Context;
use crate::stores;
use crate::users::{AvailabilityRead, Permitted};

/// Stores of one answer unless fewer are asked for.
const STORES: usize = 1_000;
/// Lines of a basket: more than that is a delivery.
const LINES_MAX: usize = 100;

/// Returns the routes of channels and operators.
pub fn router() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(routes!(one, basket))
}

/// What is asked of one SKU.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    sku: String,
    /// A store's slug.
    #[serde(default)]
    store: Option<String>,
    /// Degrees of latitude and longitude, a comma between them: the nearest stores first.
    #[serde(default)]
    near: Option<String>,
    #[serde(default)]
    limit: Option<usize>,
}

/// What is asked of a basket.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Basket {
    lines: Vec<BasketLine>,
    #[serde(default)]
    store: Option<String>,
    #[serde(default)]
    near: Option<String>,
    #[serde(default)]
    limit: Option<usize>,
}

/// One line of a basket.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BasketLine {
    sku: String,
    quantity_milli: i64,
}

/// What may be promised of one SKU.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AvailabilityJson)]
struct OneJson {
    sku: Sku,
    as_of: Timestamp,
    /// Everywhere together.
    available_milli: i64,
    stores: Vec<StoreJson>,
}

/// What one store may promise.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AvailableAtJson)]
struct StoreJson {
    store_id: StoreId,
    /// How far it is from where was asked, in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_m: Option<u32>,
    /// How long ago the store was last heard of, in milliseconds.
    age_ms: Option<i64>,
    #[serde(flatten)]
    judged: JudgedJson,
}

/// How much may be promised, and why it is not more.
#[derive(Debug, Serialize, ToSchema)]
struct JudgedJson {
    available_milli: i64,
    held_milli: i64,
    reserved_milli: i64,
    freshness_permille: u16,
    why: &'static str,
    because: String,
}

/// Which stores have a basket.
#[derive(Debug, Serialize, ToSchema)]
struct BasketJson {
    as_of: Timestamp,
    stores: Vec<BasketStoreJson>,
}

/// What one store has of a basket.
#[derive(Debug, Serialize, ToSchema)]
struct BasketStoreJson {
    store_id: StoreId,
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_m: Option<u32>,
    age_ms: Option<i64>,
    /// Whether it has the whole basket.
    complete: bool,
    lines: Vec<BasketLineJson>,
}

/// One SKU of a basket at one store.
#[derive(Debug, Serialize, ToSchema)]
struct BasketLineJson {
    sku: Sku,
    quantity_milli: i64,
    #[serde(flatten)]
    judged: JudgedJson,
}

fn judged_json(judged: &Judged) -> JudgedJson {
    JudgedJson {
        available_milli: judged.available.0,
        held_milli: judged.held.0,
        reserved_milli: judged.reserved.0,
        freshness_permille: judged.freshness_permille,
        why: judged.why.word(),
        because: judged.why.sentence(),
    }
}

/// A place asked from, and a store asked for, as read.
struct Where {
    store: Option<StoreId>,
    near: Option<GeoPoint>,
    limit: usize,
}

fn read_where(
    store: Option<&str>,
    near: Option<&str>,
    limit: Option<usize>,
) -> Result<Where, Problem> {
    let refuse = |field: &str, sentence: String| {
        Problem::unreadable(sentence.clone()).field(field, sentence)
    };
    let store = store.filter(|slug| !slug.is_empty()).map(str::parse);
    let near = near.filter(|text| !text.is_empty()).map(str::parse);
    Ok(Where {
        store: store
            .transpose()
            .map_err(|wrong: counterpart_protocol::ids::IdRefused| {
                refuse("store", wrong.to_string())
            })?,
        near: near
            .transpose()
            .map_err(|wrong: counterpart_protocol::stores::DetailRefused| {
                refuse("near", wrong.to_string())
            })?,
        limit: limit.unwrap_or(STORES).clamp(1, STORES),
    })
}

fn read_sku(text: &str, field: &str) -> Result<Sku, Problem> {
    text.parse()
        .map_err(|wrong: counterpart_protocol::ids::IdRefused| {
            Problem::unreadable(wrong.to_string()).field(field, wrong.to_string())
        })
}

/// Judges, with the distance of each store if a place was asked from; the nearest first.
async fn judged(
    context: &Context,
    skus: Vec<Sku>,
    asked: Where,
) -> Result<Vec<(AtStore, Option<u32>)>, Problem> {
    let within = context.clone();
    let limit = asked.limit;
    let read = context.db().read(move |tx| {
        let at = at_stores(&within, tx, &skus, asked.store.as_ref())?;
        if let (true, Some(store)) = (at.is_empty(), &asked.store) {
            let sentence = format!("there is no store called {store} that has an edge");
            return Err(Problem::not_found(sentence));
        }
        let distances = match asked.near {
            Some(near) => crate::routing::distances(&stores::places(tx)?, near),
            None => std::collections::BTreeMap::new(),
        };
        Ok(at
            .into_iter()
            .map(|at| {
                let distance_m = distances.get(&at.store_id).copied();
                (at, distance_m)
            })
            .collect::<Vec<_>>())
    });
    let mut all: Vec<(AtStore, Option<u32>)> = read.await?;
    // A store nobody placed comes last.
    all.sort_by_key(|(_, distance_m)| distance_m.unwrap_or(u32::MAX));
    all.truncate(limit);
    Ok(all)
}

/// Tells what may be promised of one SKU, store by store, and why it is not more.
#[utoipa::path(
    get, path = "/v1/availability", tag = "availability",
    params(Asked),
    responses(
        (status = 200, description = "what may be promised now", body = OneJson),
        (status = 404, description = "`not_found`: there is no such store, or it has no server"),
    )
)]
async fn one(
    State(context): State<Context>,
    _: Permitted<AvailabilityRead>,
    Query(asked): Query<Asked>,
) -> Result<Json<OneJson>, Problem> {
    let sku = read_sku(&asked.sku, "sku")?;
    let place = read_where(asked.store.as_deref(), asked.near.as_deref(), asked.limit)?;
    let named = place.store.is_some();
    let all = judged(&context, vec![sku.clone()], place).await?;
    let stores = all.into_iter().filter_map(|(at, distance_m)| {
        let judged = at.lines.first()?;
        // Of a thousand stores most have never let the hub promise it.
        (named || judged.held.0 != 0).then(|| StoreJson {
            judged: judged_json(judged),
            store_id: at.store_id,
            distance_m,
            age_ms: at.age_ms,
        })
    });
    let stores: Vec<StoreJson> = stores.collect();
    let available = stores.iter().fold(0_i64, |sum, at| {
        sum.saturating_add(at.judged.available_milli)
    });
    Ok(Json(OneJson {
        sku,
        as_of: as_of(&context),
        available_milli: available,
        stores,
    }))
}

/// Tells which stores may promise a whole basket. It changes nothing and reserves nothing.
#[utoipa::path(
    post, path = "/v1/availability", tag = "availability",
    request_body = Basket,
    responses(
        (status = 200, description = "what may be promised now", body = BasketJson),
        (status = 404, description = "`not_found`: there is no such store, or it has no server"),
    )
)]
async fn basket(
    State(context): State<Context>,
    _: Permitted<AvailabilityRead>,
    Json(asked): Json<Basket>,
) -> Result<Json<BasketJson>, Problem> {
    if asked.lines.is_empty() || asked.lines.len() > LINES_MAX {
        let sentence = format!("a basket has 1 to {LINES_MAX} lines");
        return Err(Problem::unreadable(sentence.clone()).field("lines", sentence));
    }
    // One line a SKU: the same units would be promised twice otherwise.
    let mut wanted: Vec<(Sku, Milli)> = Vec::new();
    for (at, line) in asked.lines.iter().enumerate() {
        let sku = read_sku(&line.sku, &format!("lines.{at}.sku"))?;
        if line.quantity_milli <= 0 {
            let sentence = "ask for more than nothing";
            let field = format!("lines.{at}.quantity_milli");
            return Err(Problem::unreadable(sentence).field(field, sentence));
        }
        match wanted.iter_mut().find(|(known, _)| *known == sku) {
            Some((_, quantity)) => quantity.0 = quantity.0.saturating_add(line.quantity_milli),
            None => wanted.push((sku, Milli(line.quantity_milli))),
        }
    }
    let place = read_where(asked.store.as_deref(), asked.near.as_deref(), asked.limit)?;
    let skus = wanted.iter().map(|(sku, _)| sku.clone()).collect();
    let all = judged(&context, skus, place).await?;
    let stores = all.into_iter().map(|(at, distance_m)| {
        let lines = wanted.iter().zip(&at.lines);
        let lines: Vec<BasketLineJson> = lines
            .map(|((sku, quantity), judged)| BasketLineJson {
                sku: sku.clone(),
                quantity_milli: quantity.0,
                judged: judged_json(judged),
            })
            .collect();
        BasketStoreJson {
            store_id: at.store_id,
            distance_m,
            age_ms: at.age_ms,
            complete: lines
                .iter()
                .all(|line| line.judged.available_milli >= line.quantity_milli),
            lines,
        }
    });
    Ok(Json(BasketJson {
        as_of: as_of(&context),
        stores: stores.collect(),
    }))
}

fn as_of(context: &Context) -> Timestamp {
    Timestamp::from_millisecond(context.now_ms()).unwrap_or(Timestamp::UNIX_EPOCH)
}
