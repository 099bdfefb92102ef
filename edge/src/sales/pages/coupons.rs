//! The coupons of a basket: what each takes off or why it takes nothing, above the lines, and the
//! dialog in which one is typed.

use counterpart_daemon::web::parts::{
    Button, Dialog, Emphasis, Field, Icon, Tone, badge, command_id,
};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::ids::RegisterId;
use maud::{Markup, html};

use super::desk::Desk;
use crate::sales::service::CouponView;

/// Draws the coupons that lie in the basket; nothing where none does.
pub(super) fn strip(desk: &Desk<'_>) -> Markup {
    html! {
        @for coupon in &desk.view.basket.coupons { (lying(desk, coupon)) }
    }
}

fn lying(desk: &Desk<'_>, coupon: &CouponView) -> Markup {
    let lang = &desk.lang;
    let takes_off = coupon.stands == "takes_off";
    let out = lang.t(
        "coupon-take-out-which",
        &[("name", coupon.name.as_str().into())],
    );
    html! {
        section.sold-to id={ "coupon-" (coupon.promotion) } aria-label=(lang.word("coupon-title")) {
            p.strong-text { (coupon.name) " " span.code { (coupon.shown) } }
            @if takes_off {
                (badge(Tone::Good, &format!("−{}", desk.money(coupon.off_minor))))
            } @else {
                (badge(Tone::Waiting, &lang.word(&word_of(coupon.stands))))
            }
            form method="post" action=(desk.to(&format!("coupons/{}/out", coupon.promotion)))
                data-live {
                (command_id(&desk.fresh_id))
                (Button::submit(&lang.word("coupon-take-out")).icon(Icon::Cross)
                    .emphasis(Emphasis::Quiet).read_as(&out))
            }
        }
    }
}

/// Returns the key of the words for what a coupon does.
fn word_of(stands: &str) -> String {
    format!("coupon-stands-{}", stands.replace('_', "-"))
}

/// Draws the dialog in which a coupon is typed.
pub(super) fn dialog(lang: &Lang, register: RegisterId) -> Markup {
    let body = html! {
        form.stack #coupon-form method="post" action={ "/register/" (register) "/coupons" }
            data-live data-reset {
            (command_id(""))
            (Field::text("code", &lang.word("coupon-code")).id("coupon-code").autocomplete("off")
                .hint(&lang.word("coupon-code-hint")))
        }
    };
    let lay = lang.word("coupon-lay");
    let actions = html! { (Button::submit(&lay).form("coupon-form").primary()) };
    html! { (Dialog::new(lang, "coupon", &lang.word("coupon-title"), body).actions(actions)) }
}

#[cfg(test)]
mod tests {
    use super::word_of;

    #[test]
    fn whatever_keeps_a_coupon_from_counting_has_words() {
        let words = include_str!("../../../locales/en/coupons.ftl");
        for stands in [
            "not_begun",
            "over",
            "not_now",
            "not_for_customer",
            "no_goods",
            "not_reached",
            "outdone",
            "used",
        ] {
            let key = format!("\n{} =", word_of(stands));
            assert!(words.contains(&key), "{key}");
        }
    }
}
