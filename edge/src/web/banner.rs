//! What stands across the top of every page of a training store.
//!
//! It says what cannot be missed and leads out; the shop's own pages have none.

use counterpart_daemon::web::shell::{PlainParts, plain_page_with};
use maud::{Markup, html};

use crate::context::{Context, TRAINING};

/// The page of a training store's virtual devices.
pub const TRAINING_PAGE: &str = "/training";
/// The address that leads back to the shop.
pub const SHOP_PAGE: &str = "/training/shop";

/// Returns what every page of this store begins with; nothing in the shop.
#[must_use]
pub fn banner(context: &Context) -> Option<Markup> {
    context.training()?;
    let lang = context.lang();
    Some(html! {
        b { (TRAINING) }
        span { (lang.word("training-banner")) }
        a href=(TRAINING_PAGE) { (lang.word("training-devices")) }
        a href=(SHOP_PAGE) { (lang.word("training-leave")) }
    })
}

/// Makes a page that works without script, such as the sign-in. `badges` is where a keyboard wedge
/// sends a staff badge, if the page takes any.
#[must_use]
pub fn plain(
    context: &Context,
    (title, place): (&str, &str),
    badges: Option<&str>,
    body: Markup,
) -> Markup {
    let banner = banner(context);
    let parts = PlainParts {
        banner: banner.as_ref(),
        badges,
        watches: None,
    };
    plain_page_with(&context.lang(), (title, place), &parts, body)
}

/// Makes the page of a screen that faces customers: no keys, one stream.
#[must_use]
pub fn facing(
    context: &Context,
    (title, place): (&str, &str),
    stream: &str,
    body: Markup,
) -> Markup {
    let banner = banner(context);
    let parts = PlainParts {
        banner: banner.as_ref(),
        badges: None,
        watches: Some(stream),
    };
    plain_page_with(&context.lang(), (title, place), &parts, body)
}
