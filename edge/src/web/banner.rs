//! What stands across the top of every page of a training store.
//!
//! It says what cannot be missed and leads out; the shop's own pages have none.

use counterpart_daemon::web::shell::plain_page_below;
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

/// Makes a page that works without script, such as the sign-in.
#[must_use]
pub fn plain(context: &Context, title: &str, place: &str, body: Markup) -> Markup {
    plain_page_below(
        &context.lang(),
        banner(context).as_ref(),
        (title, place),
        body,
    )
}
