//! The frame every page stands in: head, top bar, navigation, link states, main, messages.
//!
//! It draws and links; it knows no session and opens no stream. [`page`] is for the daemons' own
//! live screens, [`plain_page`] for sign-in and customer pages, which work without script.

mod link;

pub use link::{HubLink, hub_link};

use maud::{DOCTYPE, Markup, PreEscaped, Render, html};
use serde_json::json;

use super::assets;
use super::parts::{Button, Dialog, Emphasis, Icon, icon, touch_pad};
use super::text::{Arg, Lang};

/// The id of the region in which a page shows the edge-to-hub link ([`hub_link`]).
pub const HUB_LINK_REGION: &str = "link-hub";

/// How tightly a page is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Density {
    /// For fingers at arm's length: 56 px targets, larger type.
    Till,
    /// For desks: 48 px targets where it acts, dense tables.
    Console,
}

/// Which hand works the till; the keys stand on its side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hand {
    /// Sale left, keys right.
    #[default]
    Right,
    /// Sale right, keys left.
    Left,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the device is set.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// One screen in the navigation; the first seven get Alt+1 to Alt+7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Its name.
    pub label: String,
    /// Where it is.
    pub href: String,
    /// How many things wait there; 0 shows nothing.
    pub waiting: u32,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The name to show.
    pub name: String,
    /// The address a sign-out is posted to.
    pub sign_out_to: String,
}

/// Where scans of a keyboard wedge go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanTarget {
    /// The address scans are posted to, with the fields `code` and `command_id`.
    pub post_to: String,
    /// The key a configured scanner sends first, as in `KeyboardEvent.key`; none if only timing
    /// can tell a scanner from a person.
    pub prefix: Option<String>,
}

/// Everything around the content of a page.
#[derive(Clone, Debug)]
pub struct Shell<'a> {
    /// The language of the page.
    pub lang: &'a Lang,
    /// The page's name, in the browser's tab.
    pub title: &'a str,
    /// Where the person is: `Berlin Mitte · Register 2`.
    pub place: &'a str,
    /// How tightly it is set.
    pub density: Density,
    /// Which hand works it.
    pub hand: Hand,
    /// Light or dark.
    pub theme: Theme,
    /// The screens, and which of them this is (its `href`).
    pub nav: &'a [NavItem],
    /// The address of the screen being shown.
    pub current: &'a str,
    /// Who is signed in, if anyone.
    pub signed_in: Option<&'a SignedIn>,
    /// The address of this tab's event stream, if the page is live.
    pub stream: Option<&'a str>,
    /// Where scans go, if this page takes any.
    pub scan: Option<&'a ScanTarget>,
    /// Where staff badges of a keyboard wedge go, if this page takes any.
    pub badges: Option<&'a str>,
    /// What must be read before anything else, across the top of the page; nothing on most.
    pub banner: Option<Markup>,
    /// The edge-to-hub link as a region named [`HUB_LINK_REGION`], if the page shows it.
    pub hub_link: Option<Markup>,
}

/// Makes a whole live page around `body`, which becomes the content of `<main>`.
pub fn page(shell: &Shell<'_>, body: Markup) -> Markup {
    let lang = shell.lang;
    let density = match shell.density {
        Density::Till => "till",
        Density::Console => "console",
    };
    let hand = match shell.hand {
        Hand::Right => "right",
        Hand::Left => "left",
    };
    html! {
        (DOCTYPE)
        html lang=(lang.locale().tag()) data-density=(density) data-hand=(hand)
            data-theme=[shell.theme.name()] data-build=(assets::build())
            data-stream=[shell.stream]
            data-scan-url=[shell.scan.map(|scan| scan.post_to.as_str())]
            data-scan-prefix=[shell.scan.and_then(|scan| scan.prefix.as_deref())]
            data-badge-url=[shell.badges] {
            (head(shell.title, shell.place))
            body {
                a.skip href="#main" { (lang.word("kit-skip")) }
                @if let Some(banner) = &shell.banner { aside.banner role="note" { (banner) } }
                (top_bar(shell))
                main #main tabindex="-1" { (body) }
                div.toasts #toasts role="status" aria-live="polite" {}
                (help(lang))
                (touch_pad(lang))
                noscript { p.noscript { (lang.word("kit-noscript")) } }
                (script_texts(lang))
            }
        }
    }
}

/// Makes a whole page that works without script: sign-in and everything customers see.
///
/// Scripts are still offered, so that a PIN pad's keys type; nothing depends on them.
pub fn plain_page(lang: &Lang, title: &str, place: &str, body: Markup) -> Markup {
    plain_page_with(lang, (title, place), &PlainParts::default(), body)
}

/// What a page that works without script may have besides its body.
#[derive(Clone, Debug, Default)]
pub struct PlainParts<'a> {
    /// What must be read before anything else; nothing on most.
    pub banner: Option<&'a Markup>,
    /// Where staff badges of a keyboard wedge go, if this page takes any.
    pub badges: Option<&'a str>,
    /// The event stream of a screen nobody types at, such as one that faces customers: it is set
    /// to be read from afar, and says by itself when it lost its line.
    pub watches: Option<&'a str>,
}

/// Makes a page as [`plain_page`] does, with what else it has.
pub fn plain_page_with(
    lang: &Lang,
    (title, place): (&str, &str),
    parts: &PlainParts<'_>,
    body: Markup,
) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang.locale().tag()) data-build=(assets::build()) data-stream=[parts.watches]
            data-density=(if parts.watches.is_some() { "facing" } else { "plain" })
            data-badge-url=[parts.badges] {
            (head(title, place))
            body {
                a.skip href="#main" { (lang.word("kit-skip")) }
                @if let Some(banner) = parts.banner { aside.banner role="note" { (banner) } }
                header.plain-bar { span.brand { (mark()) span { (place) } } }
                main.plain #main tabindex="-1" { (body) }
                div.toasts #toasts role="status" aria-live="polite" {}
                (script_texts(lang))
            }
        }
    }
}

/// Draws the product's mark: two halves of one document, cut so that only they fit together.
pub fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 32 32" aria-hidden="true" focusable="false" {
            (PreEscaped(MARK))
        }
    }
}

/// The counterfoil and its counterpart; `assets/mark.svg` is the same drawing.
const MARK: &str = concat!(
    r#"<path d="M6 3h9v5l3 3-3 3 3 3-3 3 3 3-3 3v3H6a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z"/>"#,
    r#"<path fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round" "#,
    r#"d="M19 4h7a2 2 0 0 1 2 2v20a2 2 0 0 1-2 2h-7v-2l3-3-3-3 3-3-3-3 3-3-3-3z"/>"#,
);

fn head(title: &str, place: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) " · " (place) }
            link rel="icon" href=(assets::url("mark.svg")) type="image/svg+xml";
            @for style in assets::STYLES { link rel="stylesheet" href=(assets::url(style)); }
            script type="module" src=(assets::url("js/app.js")) {}
        }
    }
}

fn top_bar(shell: &Shell<'_>) -> Markup {
    let lang = shell.lang;
    html! {
        header.top-bar {
            span.brand { (mark()) span.place { (shell.place) } }
            @if !shell.nav.is_empty() {
                nav.screens aria-label=(lang.word("kit-nav")) {
                    @for (index, item) in shell.nav.iter().enumerate() {
                        (nav_link(item, index, shell.current))
                    }
                }
            }
            div.links {
                @if shell.stream.is_some() { (edge_link(lang)) }
                @if let Some(hub_link) = &shell.hub_link { (hub_link) }
            }
            @if let Some(signed_in) = shell.signed_in { (sign_out(lang, signed_in)) }
            button.help-key type="button" data-opens="help" data-key="?" aria-haspopup="dialog"
                aria-label=(lang.word("kit-help")) { kbd { "?" } }
        }
    }
}

fn nav_link(item: &NavItem, index: usize, current: &str) -> Markup {
    let key = (index < 7).then(|| format!("Alt+{}", index + 1));
    html! {
        a href=(item.href) aria-current=[(item.href == current).then_some("page")]
            data-key=[key.as_deref()] aria-keyshortcuts=[key.as_deref()] {
            span { (item.label) }
            @if item.waiting > 0 { span.count { (item.waiting) } }
        }
    }
}

/// The page's own line to its daemon; the script rewrites it, so no patch may.
fn edge_link(lang: &Lang) -> Markup {
    html! {
        x-link #link-edge.link data-state="connecting" data-kept role="status"
            title=(lang.word("kit-link-edge")) {
            span.link-shape aria-hidden="true" {}
            span.link-word { (lang.word("kit-link-edge-live")) }
            span.link-note {}
        }
    }
}

fn sign_out(lang: &Lang, signed_in: &SignedIn) -> Markup {
    html! {
        form.sign-out method="post" action=(signed_in.sign_out_to) {
            span.person { (icon(Icon::Person)) span { (signed_in.name) } }
            (Button::submit(&lang.word("kit-sign-out")).emphasis(Emphasis::Quiet))
        }
    }
}

/// The dialog behind `?`; the script lists the keys of whatever is on the page just then.
fn help(lang: &Lang) -> Markup {
    let body = html! { dl.keys data-kept data-empty=(lang.word("kit-help-empty")) {} };
    Dialog::new(lang, "help", &lang.word("kit-help-title"), body).render()
}

/// The few sentences the script itself says, as inert JSON (a block that no policy need allow).
fn script_texts(lang: &Lang) -> Markup {
    let hole = [("count", Arg::from("{n}"))];
    let texts = json!({
        "live": lang.word("kit-link-edge-live"),
        "lost": lang.word("kit-link-edge-lost"),
        "held_one": lang.word("kit-link-held-one"),
        "held_other": lang.t("kit-link-held-other", &hole),
        "no_answer": lang.word("kit-no-answer"),
        "no_answer_title": lang.word("kit-no-answer-title"),
        "refused": lang.word("kit-refused"),
        "unreadable": lang.word("kit-unreadable"),
        "dismiss": lang.word("kit-dismiss"),
    });
    let inert = texts.to_string().replace('<', "\\u003c");
    html! {
        script #page-texts type="application/json" { (PreEscaped(inert)) }
    }
}

#[cfg(test)]
mod tests;
