//! The pages of the stores: today, the list, one store, adding one; and of the companies that run
//! them and the jurisdictions they are taxed in.

mod badges;
mod details;
mod editing;
mod entities;
mod forms;
mod giving;
mod inside;
mod jurisdictions;
mod list;
mod one;
mod parts;
mod today;

use axum::Router;
use axum::routing::{get, post};

use crate::context::Context;

/// Returns the pages' routes.
pub(super) fn router() -> Router<Context> {
    Router::new()
        .route("/", get(today::page))
        .route("/stream", get(today::stream))
        .route("/stores", get(list::page).post(forms::add))
        .route("/stores/stream", get(list::stream))
        .route("/stores/new", get(forms::new_page))
        .route("/legal-entities", get(entities::list).post(entities::add))
        .route("/legal-entities/new", get(entities::new_page))
        .route(
            "/legal-entities/{entity}",
            get(entities::page).post(entities::change),
        )
        .route(
            "/jurisdictions",
            get(jurisdictions::list).post(jurisdictions::add),
        )
        .route("/jurisdictions/new", get(jurisdictions::new_page))
        .route(
            "/jurisdictions/{jurisdiction}",
            get(jurisdictions::page).post(jurisdictions::change),
        )
        .route("/stores/{store}", get(one::page))
        .route("/stores/{store}/stream", get(one::stream))
        .route(
            "/stores/{store}/edit",
            get(editing::page).post(editing::change),
        )
        .route("/stores/{store}/codes", post(forms::make_code))
        .route("/stores/{store}/members", post(forms::add_member))
        .route("/stores/{store}/badges", post(badges::make_missing))
        .route("/stores/{store}/members/{member}/badge", post(badges::make))
        .route(
            "/stores/{store}/members/{member}/badge/revoke",
            post(badges::take_back),
        )
        .route(
            "/stores/{store}/members/{member}/may",
            get(giving::page).post(giving::change),
        )
        .route(
            "/stores/{store}/members/{member}/leave",
            post(forms::member_leaves),
        )
        .route(
            "/stores/{store}/edges/{edge}/access",
            post(forms::change_access),
        )
}
