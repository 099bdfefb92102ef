//! The frame of the console's pages: navigation, who is signed in, the stream.
//!
//! What stands inside is the slices' business.

use std::future::Future;

use axum::response::{Html, IntoResponse, Response};
use counterpart_daemon::web::live::{Region, Version, Viewer, stream};
use counterpart_daemon::web::shell::{
    Density, Hand, NavItem, Shell, SignedIn, Theme, page, plain_page,
};
use counterpart_daemon::web::text::Lang;
use jiff::tz::TimeZone;
use maud::Markup;

use crate::context::{Context, business_date};

/// A screen of the console's navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// What the stores did today.
    Today,
    /// The stores and their edges.
    Stores,
    /// What customers ordered.
    Orders,
    /// Who buys, and whom tills know.
    Customers,
    /// What needs a person.
    Exceptions,
    /// What is on hand where.
    Stock,
    /// What is between stores.
    Transfers,
    /// The receipts.
    Sales,
    /// The stores' business days, and what they prove.
    Days,
    /// What can be sold.
    Catalog,
    /// What it costs for a time.
    Prices,
    /// Files on their way in.
    Imports,
    /// What the region decides for its stores.
    Policies,
    /// What the stores were told.
    Notices,
    /// Who works at the console.
    Operators,
    /// How the hub itself is.
    Status,
}

impl Screen {
    const ALL: [Self; 16] = [
        Self::Today,
        Self::Orders,
        Self::Customers,
        Self::Exceptions,
        Self::Stores,
        Self::Stock,
        Self::Transfers,
        Self::Sales,
        Self::Days,
        Self::Catalog,
        Self::Prices,
        Self::Imports,
        Self::Policies,
        Self::Notices,
        Self::Operators,
        Self::Status,
    ];

    const fn label(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Stores => "Stores",
            Self::Orders => "Orders",
            Self::Customers => "Customers",
            Self::Exceptions => "Exceptions",
            Self::Stock => "Stock",
            Self::Transfers => "Transfers",
            Self::Sales => "Receipts",
            Self::Days => "Days",
            Self::Catalog => "Catalogue",
            Self::Prices => "Prices",
            Self::Imports => "Imports",
            Self::Policies => "Policies",
            Self::Notices => "Notices",
            Self::Operators => "Operators",
            Self::Status => "Status",
        }
    }

    const fn href(self) -> &'static str {
        match self {
            Self::Today => "/",
            Self::Stores => "/stores",
            Self::Orders => "/orders",
            Self::Customers => "/customers",
            Self::Exceptions => "/exceptions",
            Self::Stock => "/stock",
            Self::Transfers => "/transfers",
            Self::Sales => "/sales",
            Self::Days => "/days",
            Self::Catalog => "/catalog",
            Self::Prices => "/prices",
            Self::Imports => "/imports",
            Self::Policies => "/policies",
            Self::Notices => "/notices",
            Self::Operators => "/operators",
            Self::Status => "/status",
        }
    }
}

/// A page of the console.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Its name, in the browser's tab.
    pub title: &'a str,
    /// The screen it belongs to.
    pub screen: Screen,
    /// Who is signed in.
    pub operator: &'a str,
    /// The address of its event stream, if it is live.
    pub stream: Option<&'a str>,
}

/// Answers with a page of the console around `body`.
pub fn console_page(lang: &Lang, shown: Page<'_>, body: Markup) -> Response {
    let nav: Vec<NavItem> = Screen::ALL
        .into_iter()
        .map(|screen| NavItem {
            label: screen.label().to_owned(),
            href: screen.href().to_owned(),
            waiting: 0,
        })
        .collect();
    let signed_in = SignedIn {
        name: shown.operator.to_owned(),
        sign_out_to: "/sign-out".to_owned(),
    };
    let shell = Shell {
        lang,
        title: shown.title,
        place: "Counterpart hub",
        density: Density::Console,
        hand: Hand::Right,
        theme: Theme::System,
        nav: &nav,
        current: shown.screen.href(),
        signed_in: Some(&signed_in),
        stream: shown.stream,
        scan: None,
        badges: None,
        banner: None,
        hub_link: None,
    };
    Html(page(&shell, body).into_string()).into_response()
}

/// Answers with a page for somebody who is not signed in; it works without script.
pub fn entry_page(lang: &Lang, title: &str, body: Markup) -> Response {
    Html(plain_page(lang, title, "Counterpart hub", body).into_string()).into_response()
}

/// Answers with the event stream of a page that is rendered whole at every change, for as long as
/// its viewer is signed in.
pub fn live<F, E>(
    context: &Context,
    viewer: Viewer,
    topics: impl IntoIterator<Item = &'static str>,
    render: impl Fn(Context, Version) -> F + Send + 'static,
) -> Response
where
    F: Future<Output = Result<Vec<Region>, E>> + Send + 'static,
    E: std::fmt::Display + Send + 'static,
{
    let streams = context.streams().clone();
    let within = context.clone();
    let render = move |version, _changed| render(within.clone(), version);
    stream(context.live(), viewer, topics, streams, render)
}

/// Returns how old something is for a tile or cell: `just now`, `3 min ago`, `never`.
#[must_use]
pub fn stat_age(lang: &Lang, age_ms: Option<i64>) -> String {
    age_ms.map_or_else(|| "never".to_owned(), |age_ms| lang.age(age_ms))
}

/// Writes when something was: the time alone, if it was on the day it is now in `zone`.
#[must_use]
pub fn moment(lang: &Lang, at_ms: i64, now_ms: i64, zone: &TimeZone) -> String {
    match business_date(at_ms, zone) == business_date(now_ms, zone) {
        true => lang.time(at_ms, zone),
        false => lang.date_time(at_ms, zone),
    }
}
