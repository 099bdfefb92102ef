//! The routes people and programs reach: pages, API, enrolment, health, assets.

use axum::Router;
use axum::extract::Extension;
use axum::middleware::{from_fn, from_fn_with_state};
use counterpart_daemon::http::{Limits, method_not_allowed, not_found, observed};
use counterpart_daemon::web::problem_page::{self, ProblemPages};
use counterpart_daemon::web::text::Texts;
use counterpart_daemon::web::{assets, security};
use std::sync::Arc;

use super::status;
use crate::context::Context;
use crate::web::{Health, Served, health_router};
use crate::{catalog, notices, sales, stock, stores, users};

/// Returns all routes of the public listener, or of its loopback twin.
pub(super) fn public(context: &Context, served: Served) -> Router {
    let slices = Router::new()
        .merge(users::router())
        .merge(stores::public_router())
        .merge(stores::router())
        .merge(sales::router())
        .merge(stock::router())
        .merge(catalog::router())
        .merge(notices::router())
        .merge(status::router())
        .with_state(context.clone());
    let limits = match served {
        Served::Tls => Limits::default(),
        // Behind a proxy on this machine may stand a whole company.
        Served::Loopback => Limits {
            requests_per_address_max: Limits::default().requests_max,
            ..Limits::default()
        },
    };
    let limited = limits.around(
        slices
            .merge(health_router(Health::new(context.clone())))
            .merge(assets::router())
            .fallback(not_found)
            .method_not_allowed_fallback(method_not_allowed),
    );
    let pages = ProblemPages {
        texts: Arc::new(Texts::new(&[]).expect("the kit's own words were read at the start")),
        place: "Counterpart hub".to_owned(),
    };
    let router = limited
        .merge(catalog::upload_router(context))
        .layer(from_fn_with_state(pages, problem_page::for_people))
        .layer(from_fn(security::guard))
        .layer(Extension(served));
    match served {
        Served::Tls => observed(router, "hub public"),
        Served::Loopback => observed(router, "hub loopback"),
    }
}
