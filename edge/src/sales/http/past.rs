//! The pages of past sales: the list, one sale with its receipt, and printing it again.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use counterpart_daemon::http::{Path, Problem, Query};
use counterpart_daemon::web::live::stream;
use counterpart_protocol::ids::SaleId;
use serde::Deserialize;

use crate::context::Context;
use crate::devices;
use crate::sales::pages;
use crate::sales::service::{SALES_TOPIC, SalesError};
use crate::staff::{self, Person, Visitor};
use crate::web::STATUS_TOPIC;

pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/sales", get(list))
        .route("/sales/stream", get(list_live))
        .route("/sales/{sale_id}", get(one))
        .route("/sales/{sale_id}/stream", get(one_live))
}

/// Which page of the list: the sales before this one.
#[derive(Debug, Clone, Copy, Deserialize)]
struct ListQuery {
    #[serde(default)]
    before_ms: Option<i64>,
    #[serde(default)]
    before: Option<SaleId>,
}

async fn list(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first("/sales"));
    };
    let before = query.before_ms.zip(query.before);
    let page = pages::past_sales(&ctx, visitor.latest(), before).await?;
    Ok(page.into_response())
}

async fn list_live(State(ctx): State<Context>, visitor: Visitor) -> Response {
    let person = visitor.latest().clone();
    let topics = [SALES_TOPIC, STATUS_TOPIC];
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let viewer = visitor.viewer(&ctx, &person);
    stream(&live, viewer, topics, stopping, move |version, _changed| {
        let (ctx, person) = (ctx.clone(), person.clone());
        async move { pages::past_regions(&ctx, &person, version, None).await }
    })
}

async fn one(
    State(ctx): State<Context>,
    visitor: Option<Visitor>,
    Path(sale_id): Path<SaleId>,
) -> Result<Response, Problem> {
    let Some(visitor) = visitor else {
        return Ok(staff::sign_in_first(&format!("/sales/{sale_id}")));
    };
    let page = pages::past_sale(&ctx, visitor.latest(), sale_id).await?;
    Ok(page.into_response())
}

async fn one_live(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(sale_id): Path<SaleId>,
) -> Response {
    let person: Person = visitor.latest().clone();
    // The prints of a sale go on while it is looked at.
    let devices = devices::topic(person.register);
    let topics = [SALES_TOPIC.to_owned(), STATUS_TOPIC.to_owned(), devices];
    let (live, stopping) = (ctx.live().clone(), ctx.stopping());
    let viewer = visitor.viewer(&ctx, &person);
    stream(&live, viewer, topics, stopping, move |version, _changed| {
        let (ctx, person) = (ctx.clone(), person.clone());
        async move {
            match pages::sale_regions(&ctx, &person, version, sale_id).await {
                Ok(regions) => Ok(regions),
                Err(SalesError::Db(failed)) => Err(failed),
                // The page was shown, so the sale is there: what else fails shows nothing new.
                Err(_) => Ok(Vec::new()),
            }
        }
    })
}
