//! The frame of this store's pages: its name, the screens, the status bar.
//!
//! It draws; the body and the names of who is signed in are the slices'.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::live::Version;
use counterpart_daemon::web::shell::{
    self, Density, Hand, NavItem, ScanTarget, Shell, SignedIn, Theme,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::RegisterId;
use maud::{Markup, Render as _};

use super::status_bar;
use crate::context::Context;

/// A page of this store.
#[derive(Debug, Clone)]
pub struct Screen<'a> {
    /// Its name, in the browser's tab.
    pub title: &'a str,
    /// Its address among the screens: `/register/1`, `/stock`.
    pub current: &'a str,
    /// How tightly it is set.
    pub density: Density,
    /// The register this browser stands at, if it stands at one.
    pub register: Option<RegisterId>,
    /// Who is signed in, if anyone.
    pub signed_in: Option<&'a SignedIn>,
    /// The address of its event stream, if it is live; the stream sends the status bar too.
    pub stream: Option<&'a str>,
    /// Where scans of a keyboard wedge go, if the page takes any.
    pub scan: Option<&'a ScanTarget>,
}

/// Makes a whole page around `body`, with the status bar as it is now. `version` was taken before
/// the body's state was read.
///
/// # Errors
///
/// Those of the database: the status bar reads what is unsent.
pub async fn page(
    context: &Context,
    version: Version,
    screen: &Screen<'_>,
    body: Markup,
) -> Result<Markup, DbError> {
    let lang = context.lang();
    let bar = status_bar(context, version, screen.register).await?;
    let place = place(context, screen.register);
    let nav = screens(&lang, screen.register);
    let badges = screen.register.map(|id| format!("/register/{id}/badge"));
    let shell = Shell {
        lang: &lang,
        title: screen.title,
        place: &place,
        density: screen.density,
        hand: Hand::Right,
        theme: Theme::System,
        nav: &nav,
        current: screen.current,
        signed_in: screen.signed_in,
        stream: screen.stream,
        scan: screen.scan,
        badges: badges.as_deref(),
        banner: super::banner(context),
        hub_link: Some(bar.render()),
    };
    Ok(shell::page(&shell, body))
}

fn place(context: &Context, register: Option<RegisterId>) -> String {
    let store = context.profile().name.clone();
    match register.and_then(|id| context.register(id)) {
        Some(register) => format!("{store} · {}", register.name),
        None => store,
    }
}

fn screens(lang: &Lang, register: Option<RegisterId>) -> Vec<NavItem> {
    let till = register.map_or_else(|| "/".to_owned(), |id| format!("/register/{id}"));
    let mut items = vec![("edge-nav-register", till)];
    if let Some(id) = register {
        items.push(("edge-nav-shift", format!("/register/{id}/shift")));
    }
    items.extend([
        ("edge-nav-pickups", "/pickups".to_owned()),
        ("edge-nav-sales", "/sales".to_owned()),
        ("edge-nav-stock", "/stock".to_owned()),
        ("edge-nav-status", "/status".to_owned()),
    ]);
    items
        .into_iter()
        .map(|(key, href)| NavItem {
            label: lang.word(key),
            href,
            waiting: 0,
        })
        .collect()
}
