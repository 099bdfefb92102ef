//! The inbox of exceptions: each with the facts that met side by side, and how it may be settled.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::web::live::{Region, Version};
use counterpart_daemon::web::parts::{
    Button, Choice, Empty, Field, FilterTab, Icon, Pager, Tone, badge, command_id, filter_tabs,
};
use counterpart_daemon::web::shell::{Density, SignedIn};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::exceptions::{Resolution, Standing};
use counterpart_protocol::ids::CommandId;
use counterpart_protocol::policies::Operation;
use maud::{Markup, html};

use super::service::{self, ExceptionError, ExceptionView, FactView};
use super::store::standing_word;
use crate::context::Context;
use crate::staff::{self, Gates, Offered, Person};
use crate::web::{self, Alert, Screen, status_bar};

/// Returns what the status bar of every page says of open exceptions.
///
/// # Errors
///
/// Those of the database.
pub fn alert(tx: &mut Tx, lang: &Lang) -> Result<Option<Alert>, DbError> {
    let (count, worst) = service::open_now(tx)?;
    if count == 0 {
        return Ok(None);
    }
    Ok(Some(Alert {
        tone: if worst > 0 { Tone::Bad } else { Tone::Waiting },
        word: lang.t("exception-open", &[("count", count.into())]),
        href: "/exceptions",
        cue: None,
        shown_at: None,
    }))
}

/// Makes the page of a standing's exceptions.
///
/// # Errors
///
/// [`ExceptionError`].
pub(crate) async fn page(
    ctx: &Context,
    person: &Person,
    shown: (Standing, u32),
) -> Result<Markup, ExceptionError> {
    let version = ctx.live().version();
    let region = region(ctx, &person.gates, version, shown).await?;
    let lang = ctx.lang();
    let title = lang.word("exception-title");
    let body = html! {
        div.console {
            div.page-head {
                h1 { (title) }
                div.actions {
                    (Button::link(&lang.word("pickup-all"), "/pickups").icon(Icon::Back))
                }
            }
            (region)
        }
    };
    let register = person.register;
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("/register/{register}/sign-out"),
    };
    let stream = format!(
        "/exceptions/stream?standing={}&page={}",
        standing_word(shown.0),
        shown.1
    );
    let screen = Screen {
        title: &title,
        current: "/exceptions",
        density: Density::Console,
        register: Some(register),
        signed_in: Some(&signed_in),
        stream: Some(&stream),
        scan: None,
    };
    Ok(web::page(ctx, version, &screen, body).await?)
}

/// Renders what changes on the page.
///
/// # Errors
///
/// [`ExceptionError`].
pub(crate) async fn live(
    ctx: &Context,
    person: &Person,
    version: Version,
    shown: (Standing, u32),
) -> Result<Vec<Region>, ExceptionError> {
    let region = region(ctx, &person.gates, version, shown).await?;
    let bar = status_bar(ctx, version, Some(person.register)).await?;
    Ok(vec![region, bar])
}

async fn region(
    ctx: &Context,
    gates: &Gates,
    version: Version,
    (standing, page): (Standing, u32),
) -> Result<Region, ExceptionError> {
    let read = ctx.db().read(move |tx| service::list(tx, standing, page));
    let (exceptions, has_more) = read.await?;
    let lang = ctx.lang();
    let href = |standing: Standing, page: u32| {
        format!(
            "/exceptions?standing={}&page={page}",
            standing_word(standing)
        )
    };
    let all = [Standing::Open, Standing::Settled, Standing::Resolved];
    let named = all.map(|one| {
        let key = format!("exception-standing-{}", standing_word(one));
        (lang.word(&key), href(one, 0))
    });
    let tabs: Vec<FilterTab<'_>> = named
        .iter()
        .map(|(label, href)| FilterTab {
            label,
            href,
            count: None,
        })
        .collect();
    let older = has_more.then(|| href(standing, page.saturating_add(1)));
    let newer = page.checked_sub(1).map(|page| href(standing, page));
    let count = i64::try_from(exceptions.len()).unwrap_or(i64::MAX);
    let shown = lang.t("exception-shown", &[("count", count.into())]);
    let empty = lang.word("exception-none");
    let fresh = fresh_id(ctx);
    let settle = lang.word("exception-settle");
    let key = staff::offered(&lang, gates, Operation::ResolveException, &settle);
    let markup = html! {
        (filter_tabs(&lang, &lang.word("exception-title"), &tabs, &href(standing, 0)))
        @if exceptions.is_empty() {
            (Empty::new(&empty).icon(Icon::Check))
        } @else {
            @for one in &exceptions { (card(ctx, &key, one, &fresh)) }
            (Pager::new(&lang, &shown).newer(newer.as_deref()).older(older.as_deref()))
        }
    };
    Ok(Region::new("exceptions", version, markup))
}

fn card(ctx: &Context, key: &Offered, one: &ExceptionView, fresh_id: &str) -> Markup {
    let lang = &ctx.lang();
    let tone = match one.severity {
        1 => Tone::Bad,
        2 => Tone::Waiting,
        _ => Tone::Busy,
    };
    let rule = one.rule.replace('_', "-");
    html! {
        section.panel.exception id={ "exception-" (one.exception_id) } {
            header {
                h2 {
                    (badge(tone, &lang.word(&format!("exception-rule-{rule}"))))
                    " "
                    @match (one.fulfilment_id, one.transfer_id) {
                        (Some(id), _) => a href={ "/pickups/" (id) } { (one.reference) },
                        (None, Some(id)) => a href={ "/transfers/" (id) } { (one.reference) },
                        (None, None) => (one.reference),
                    }
                }
                p { (lang.date_time(one.raised_at_ms, &ctx.profile().time_zone)) }
            }
            p {
                (lang.word(&format!("exception-todo-{rule}")))
                @for unit in &one.units {
                    " " strong { (lang.quantity(unit.quantity_milli.0)) " × " (unit.name) }
                }
            }
            div.columns.exception-facts {
                @for fact in &one.facts { (fact_card(ctx, lang, fact)) }
            }
            @if one.standing == "open" { (resolve_form(lang, key, one, fresh_id)) }
        }
    }
}

fn fact_card(ctx: &Context, lang: &Lang, fact: &FactView) -> Markup {
    html! {
        article.exception-fact {
            p { strong { (fact.says) } }
            p {
                @if let Some(at_ms) = fact.at_ms {
                    (lang.date_time(at_ms, &ctx.profile().time_zone)) " · "
                }
                (fact.by)
                @if let Some(staff) = &fact.staff { " · " (staff) }
            }
        }
    }
}

fn resolve_form(lang: &Lang, key: &Offered, one: &ExceptionView, fresh_id: &str) -> Markup {
    let words = one.ways.iter().map(|how| way_word(*how));
    let labels: Vec<(&str, String)> = words
        .map(|word| {
            let key = format!("exception-how-{}", word.replace('_', "-"));
            (word, lang.word(&key))
        })
        .collect();
    let choices: Vec<Choice<'_>> = labels
        .iter()
        .map(|(value, label)| Choice { value, label })
        .collect();
    let field = format!("how-{}", one.exception_id);
    html! {
        form.filters method="post" action={ "/exceptions/" (one.exception_id) } data-live {
            (command_id(fresh_id))
            (Field::choice("how", &lang.word("exception-how"), &choices).id(field))
            (Button::submit(&key.label).icon(Icon::Check).barred(key.barred.as_deref()))
        }
    }
}

const fn way_word(how: Resolution) -> &'static str {
    match how {
        Resolution::Accepted => "accepted",
        Resolution::CustomerTold => "customer_told",
        Resolution::Refunded => "refunded",
        Resolution::Recounted => "recounted",
        Resolution::Rerouted => "rerouted",
    }
}

fn fresh_id(ctx: &Context) -> String {
    let (at_ms, random) = ctx.new_ulid();
    CommandId::from_parts(at_ms, random).to_string()
}

#[cfg(test)]
mod tests {
    use counterpart_daemon::web::text::{Locale, Texts};
    use counterpart_protocol::exceptions::Rule;

    #[test]
    fn every_rule_has_its_words() {
        let words = include_str!("../../locales/en/exceptions.ftl");
        let texts = Texts::new(&[(Locale::En, &[words])]).unwrap();
        for rule in Rule::ALL.map(Rule::word) {
            for kind in ["rule", "todo"] {
                let key = format!("exception-{kind}-{}", rule.replace('_', "-"));
                assert_ne!(texts.text(Locale::En, &key, &[]), key);
            }
        }
    }
}
