//! The routes people and programs reach: pages, API, enrolment, health, assets.

use axum::Router;
use axum::extract::Extension;
use axum::middleware::{from_fn, from_fn_with_state};
use counterpart_daemon::http::openapi::{About, Document, described};
use counterpart_daemon::http::{Limits, method_not_allowed, not_found, observed};
use counterpart_daemon::web::problem_page::{self, ProblemPages};
use counterpart_daemon::web::reference;
use counterpart_daemon::web::shell::NavItem;
use counterpart_daemon::web::text::Texts;
use counterpart_daemon::web::{assets, security};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

use crate::context::Context;
use crate::web::{Served, health_router, remember_origin};
use crate::{
    availability, catalog, coupons, customers, days, exceptions, imports, keys, notices, openings,
    orders, policies, prices, promotions, quarantine, sales, status, stock, stored, stores, tills,
    transfers, unlisted, users,
};

/// What the hub is called on pages for everybody.
const PLACE: &str = "Counterpart hub";

/// Returns the routes of every slice with what they say about themselves.
fn operations() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .merge(users::router())
        .merge(stores::public_router())
        .merge(stores::router())
        .merge(sales::router())
        .merge(days::router())
        .merge(tills::router())
        .merge(orders::router())
        .merge(availability::router())
        .merge(exceptions::router())
        .merge(transfers::router())
        .merge(customers::router())
        .merge(stock::router())
        .merge(catalog::router())
        .merge(unlisted::router())
        .merge(stored::router())
        .merge(coupons::router())
        .merge(imports::router())
        .merge(prices::router())
        .merge(promotions::router())
        .merge(openings::router())
        .merge(keys::router())
        .merge(notices::router())
        .merge(policies::router())
        .merge(status::router())
        .merge(quarantine::router())
}

/// Returns the description of the API, with the routes files come in by.
#[must_use]
pub fn document() -> Document {
    let all = operations().merge(imports::upload_router());
    described(all, &about()).1
}

fn about() -> About {
    About {
        title: "Counterpart hub",
        description: "What stores recorded, what they sell and who may do what. Sign in with \
                      `POST /v1/sign-in` and send the token with every request. Amounts are in \
                      minor units of the currency beside them, quantities in thousandths, times \
                      in RFC 3339 UTC. A refusal is a problem (RFC 9457) whose `type` a program \
                      decides by and whose `detail` says what to do.",
        version: env!("CARGO_PKG_VERSION"),
        cookie: users::COOKIE_NAME.to_owned(),
        token: "What `POST /v1/sign-in` answered.",
    }
}

/// Returns all routes of the public listener, or of its loopback twin.
pub(super) fn public(context: &Context, served: Served) -> Router {
    let slices: Router<Context> = operations().into();
    let document = document();
    let texts = Arc::new(Texts::new(&[]).expect("the kit's own words were read at the start"));
    let back = NavItem {
        label: "Console".to_owned(),
        href: "/".to_owned(),
        waiting: 0,
    };
    let reference = reference::router(&document, Arc::clone(&texts), PLACE, &back);
    let uploads: Router<Context> = imports::upload_router().into();
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
            .with_state(context.clone())
            .merge(health_router(context))
            .merge(assets::router())
            .merge(document.router())
            .merge(reference)
            .fallback(not_found)
            .method_not_allowed_fallback(method_not_allowed),
    );
    let pages = ProblemPages {
        texts,
        place: PLACE.to_owned(),
        banner: None,
    };
    let router = limited
        .merge(imports::upload_limits().around(uploads.with_state(context.clone())))
        .layer(from_fn_with_state(pages, problem_page::for_people))
        .layer(from_fn(security::guard))
        .layer(from_fn(remember_origin))
        .layer(Extension(served));
    match served {
        Served::Tls => observed(router, "hub public"),
        Served::Loopback => observed(router, "hub loopback"),
    }
}
