//! The page on which somebody puts the number of one product right.

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::parts::{Button, Choice, Field, Icon, Stat, command_id};
use counterpart_daemon::web::shell::{Density, SignedIn};
use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::{CommandId, Sku};
use counterpart_protocol::policies::Operation;
use maud::{Markup, html};

use super::service::Shown;
use crate::context::Context;
use crate::staff::{self, Person};
use crate::stock;
use crate::web::{self, Screen};

/// What a person may choose, in the words of the form; the likeliest first.
const CHOICES: [&str; 7] = [
    "damaged",
    "expired",
    "missing",
    "own_use",
    "found",
    "other_less",
    "other_more",
];

/// Returns the address of a product's page.
pub(super) fn product(sku: &Sku) -> String {
    format!("/stock/product/{}", stock::escaped(sku.as_str()))
}

/// Makes the page of one product.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn one(ctx: &Context, person: &Person, shown: &Shown) -> Result<Markup, DbError> {
    let (lang, version) = (ctx.lang(), ctx.live().version());
    let title = lang.t("adjust-title", &[("name", shown.name.as_str().into())]);
    let words = CHOICES.map(|word| {
        let key = format!("adjust-choice-{}", word.replace('_', "-"));
        (word, lang.word(&key))
    });
    let choices: Vec<Choice<'_>> = words
        .iter()
        .map(|(value, label)| Choice { value, label })
        .collect();
    let (at_ms, random) = ctx.new_ulid();
    let fresh = CommandId::from_parts(at_ms, random).to_string();
    let on_hand = match shown.unit {
        Some(Unit::Kilogram) => format!("{} kg", lang.quantity(shown.on_hand.0)),
        Some(Unit::Piece) | None => lang.quantity(shown.on_hand.0),
    };
    let back = product(&shown.sku);
    let body = html! {
        div.console {
            div.page-head {
                h1 { (title) }
                div.actions { (Button::link(&lang.word("adjust-back"), &back).icon(Icon::Back)) }
            }
            div.stats {
                (Stat::new(&lang.word("adjust-on-hand"), &on_hand))
                (Stat::new(&lang.word("adjust-sku"), shown.sku.as_str()))
            }
            p { (lang.word("adjust-hint")) }
            form.filters method="post"
                action={ "/stock/adjust/" (stock::escaped(shown.sku.as_str())) } data-live {
                (command_id(&fresh))
                (Field::choice("what", &lang.word("adjust-what"), &choices))
                (Field::text("quantity", &lang.word("adjust-how-many")).autocomplete("off"))
                @if staff::needs_manager(&person.gates, Operation::AdjustStock) {
                    (Field::pin("pin", &lang.word("pickup-manager-pin")))
                }
                (Button::submit(&lang.word("adjust-do")).primary().icon(Icon::Check))
            }
        }
    };
    let register = person.register;
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("/register/{register}/sign-out"),
    };
    let screen = Screen {
        title: &title,
        current: "/stock",
        density: Density::Console,
        register: Some(register),
        signed_in: Some(&signed_in),
        stream: None,
        scan: None,
    };
    web::page(ctx, version, &screen, body).await
}

#[cfg(test)]
mod tests {
    use counterpart_daemon::web::text::{Locale, Texts};
    use counterpart_protocol::stock::AdjustReason;

    use super::CHOICES;

    #[test]
    fn every_reason_and_choice_has_its_words() {
        let words = include_str!("../../locales/en/adjustments.ftl");
        let texts = Texts::new(&[(Locale::En, &[words])]).unwrap();
        let said = |kind: &str, word: &str| {
            let key = format!("adjust-{kind}-{}", word.replace('_', "-"));
            assert_ne!(texts.text(Locale::En, &key, &[]), key);
        };
        for because in AdjustReason::ALL {
            said("because", because.word());
        }
        for choice in CHOICES {
            said("choice", choice);
        }
    }
}
