//! The routes of the shop.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use counterpart_daemon::entropy::random_bytes;
use counterpart_daemon::http::{Form, Path, Problem, Query};
use serde::Deserialize;

use super::{Street, act, shop, shop_page};
use crate::devices::Wanted;
use crate::hub::Orderer;
use crate::picture::picture;

/// The cookie a visitor is known by.
const COOKIE: &str = "cp_demo_shop";
/// Pictures may be kept for a day; they change only with the program.
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// Returns the shop's routes.
pub(super) fn router() -> Router<Street> {
    Router::new()
        .route("/shop", get(window))
        .route("/shop/basket", get(basket).post(change))
        .route("/shop/order", post(place))
        .route("/shop/show", post(show))
        .route("/shop/orders/{id}", get(order))
        .route("/pictures/{sku}", get(drawn))
}

async fn window(
    State(street): State<Street>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Response {
    let basket = visitor(&headers).map_or_else(Vec::new, |visitor| street.baskets.of(&visitor));
    let count = shop_page::count(&street, &basket);
    shop_page::window(&street, &wanted, count).into_response()
}

/// A button of the window or the basket.
#[derive(Debug, Deserialize)]
struct Changed {
    sku: String,
    by: i64,
    #[serde(default)]
    query: String,
    #[serde(default)]
    back: String,
}

async fn change(
    State(street): State<Street>,
    headers: HeaderMap,
    Form(changed): Form<Changed>,
) -> Result<Response, Problem> {
    if street.parts.shelf.by_sku(&changed.sku).is_none() {
        let sku = &changed.sku;
        return Err(Problem::not_found(format!("the shop sells no {sku}")));
    }
    let known = visitor(&headers);
    let visitor = known.unwrap_or_else(|| fresh_visitor(&street));
    street.baskets.change(&visitor, &changed.sku, changed.by)?;
    let back = match (changed.back.as_str(), changed.query.is_empty()) {
        ("basket", _) => "/shop/basket".to_owned(),
        (_, true) => "/shop".to_owned(),
        (_, false) => format!("/shop?query={}", percent(&changed.query)),
    };
    let cookie = format!("{COOKIE}={visitor}; Path=/; HttpOnly; SameSite=Lax");
    let cookie = HeaderValue::from_str(&cookie).expect("hex digits are a header's value");
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&back)).into_response())
}

async fn basket(State(street): State<Street>, headers: HeaderMap) -> Result<Response, Problem> {
    let basket = visitor(&headers).map_or_else(Vec::new, |visitor| street.baskets.of(&visitor));
    let lines = shop::lines(&street, &basket);
    let stores = match lines.is_empty() {
        true => Vec::new(),
        false => {
            let asked = shop::who_has(&street, &lines).await;
            asked.map_err(|failed| shop::problem(&failed))?
        }
    };
    Ok(shop_page::basket(&street, &lines, &stores).into_response())
}

/// What a visitor typed below the basket.
#[derive(Debug, Deserialize)]
struct Ordered {
    #[serde(default)]
    store: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
}

async fn place(
    State(street): State<Street>,
    headers: HeaderMap,
    Form(ordered): Form<Ordered>,
) -> Result<Response, Problem> {
    let visitor = visitor(&headers).unwrap_or_default();
    let orderer = Orderer {
        name: ordered.name,
        email: ordered.email,
    };
    let id = shop::order(&street, &visitor, &ordered.store, orderer).await?;
    Ok(Redirect::to(&format!("/shop/orders/{id}")).into_response())
}

/// A code the customer holds under a store's scanner.
#[derive(Debug, Deserialize)]
struct Shown {
    store: String,
    code: String,
}

async fn show(
    State(street): State<Street>,
    headers: HeaderMap,
    Form(shown): Form<Shown>,
) -> Result<Response, Problem> {
    act::show_code(&street, &shown.store, &shown.code).await?;
    let back = headers
        .get(header::REFERER)
        .and_then(|from| from.to_str().ok());
    // Only a path of our own: where the form stood, or the shop.
    let path = back.and_then(|from| from.find("/shop/").map(|at| &from[at..]));
    Ok(Redirect::to(path.unwrap_or("/shop")).into_response())
}

async fn order(State(street): State<Street>, Path(id): Path<String>) -> Result<Response, Problem> {
    let order = shop::look_up(&street, &id).await?;
    Ok(shop_page::order(&street, &order).into_response())
}

async fn drawn(State(street): State<Street>, Path(file): Path<String>) -> Response {
    let sku = file.strip_suffix(".svg").unwrap_or(&file);
    match street.parts.shelf.by_sku(sku) {
        Some(product) => {
            let kind = HeaderValue::from_static("image/svg+xml");
            let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, A_DAY)];
            (headers, picture(product)).into_response()
        }
        None => Problem::not_found(format!("there is no product {sku}")).into_response(),
    }
}

fn visitor(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    let of_ours = |pair: &str| {
        let (name, value) = pair.trim().split_once('=')?;
        let plain = value.len() == 32 && value.bytes().all(|b| b.is_ascii_hexdigit());
        (name == COOKIE && plain).then(|| value.to_owned())
    };
    cookies.split(';').find_map(of_ours)
}

fn fresh_visitor(street: &Street) -> String {
    let random: [u8; 16] = random_bytes(street.parts.entropy.as_ref());
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes words into an address.
fn percent(words: &str) -> String {
    let spelled = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    words.bytes().map(spelled).collect()
}
