//! The page of the journal: what is asked above, what was found below, and what can be done with
//! it. Markup from views, no decision.

mod found;

use counterpart_daemon::db::DbError;
use counterpart_daemon::web::parts::{Button, Choice, Field, Icon};
use counterpart_daemon::web::shell::{Density, ScanTarget, SignedIn};
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::staff::Member;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use super::rules::{After, EntryKind};
use super::store::Found;
use crate::context::Context;
use crate::reference;
use crate::staff::Person;
use crate::web::{self, Screen};

/// The fields of the page as they were typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    pub number: String,
    pub amount: String,
    pub from: String,
    pub from_time: String,
    pub to: String,
    pub to_time: String,
    pub item: String,
    pub card: String,
    pub staff: String,
    pub kind: String,
}

impl Typed {
    fn fields(&self) -> [(&'static str, &str); 10] {
        [
            ("number", &self.number),
            ("amount", &self.amount),
            ("from", &self.from),
            ("from_time", &self.from_time),
            ("to", &self.to),
            ("to_time", &self.to_time),
            ("item", &self.item),
            ("card", &self.card),
            ("staff", &self.staff),
            ("kind", &self.kind),
        ]
    }
}

/// Returns the address of a search, on the page that begins after `before`.
#[must_use]
pub(crate) fn address(typed: &Typed, before: &str) -> String {
    let asked = typed.fields().into_iter().chain([("before", before)]);
    let pairs: Vec<String> = asked
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    match pairs.is_empty() {
        true => "/journal".to_owned(),
        false => format!("/journal?{}", pairs.join("&")),
    }
}

/// Escapes what stands in an address: everything but letters, digits and `-._~` (RFC 3986).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// Returns where older entries than the found ones begin, if there are any.
#[must_use]
pub(crate) fn next(found: &Found) -> Option<After> {
    let last = found.entries.last().filter(|_| found.more)?;
    Some(After {
        hlc: last.hlc,
        fact_id: last.fact_id,
        kind: last.kind,
    })
}

/// Makes the page: `found` is what fits, or which field cannot be read and why.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn journal(
    ctx: &Context,
    person: &Person,
    typed: &Typed,
    found: Result<Found, (&'static str, String)>,
) -> Result<Markup, DbError> {
    let version = ctx.live().version();
    let lang = ctx.lang();
    let members = ctx.db().read(reference::members).await?;
    let wrong = found.as_ref().err();
    let title = lang.word("journal-title");
    let body = html! {
        div.console {
            div.page-head {
                h1 { (title) }
                div.actions {
                    (Button::link(&lang.word("journal-sales"), "/sales").icon(Icon::Receipt))
                }
            }
            (form(&lang, typed, &members, wrong))
            @if let Ok(found) = &found {
                (found::results(ctx, person, typed, &members, found))
            }
        }
    };
    let register = person.register;
    let signed_in = SignedIn {
        name: person.name.clone(),
        sign_out_to: format!("/register/{register}/sign-out"),
    };
    let scan = ScanTarget {
        post_to: format!("/register/{register}/journal/scan"),
        prefix: None,
    };
    let screen = Screen {
        title: &title,
        current: "/sales",
        density: Density::Console,
        register: Some(register),
        signed_in: Some(&signed_in),
        stream: None,
        scan: Some(&scan),
    };
    web::page(ctx, version, &screen, body).await
}

fn form(
    lang: &Lang,
    typed: &Typed,
    members: &[Member],
    wrong: Option<&(&'static str, String)>,
) -> Markup {
    let word = |key: &str| lang.word(&format!("journal-{key}"));
    let error = |name: &str| {
        wrong
            .filter(|(field, _)| *field == name)
            .map(|(_, sentence)| sentence.as_str())
    };
    let ids: Vec<String> = members.iter().map(|it| it.id.to_string()).collect();
    let (anybody, anything) = (word("anybody"), word("anything"));
    let mut people = vec![Choice {
        value: "",
        label: &anybody,
    }];
    people.extend(ids.iter().zip(members).map(|(id, member)| Choice {
        value: id,
        label: &member.name,
    }));
    let labels = EntryKind::ALL.map(|kind| found::kind_word(lang, kind));
    let mut kinds = vec![Choice {
        value: "",
        label: &anything,
    }];
    kinds.extend(
        EntryKind::ALL
            .iter()
            .zip(&labels)
            .map(|(kind, label)| Choice {
                value: kind.word(),
                label,
            }),
    );
    let labels = [
        "number", "item", "amount", "card", "from", "to", "time", "who", "what",
    ]
    .map(word);
    let [number, item, amount, card, from, to, time, who, what] =
        labels.each_ref().map(String::as_str);
    let (from_time, to_time) = (format!("{from}, {time}"), format!("{to}, {time}"));
    html! {
        form.filters method="get" action="/journal" {
            (Field::text("number", number).value(&typed.number).key("F2").error(error("number"))
                .placeholder("1-1-000042").focused())
            (Field::text("item", item).value(&typed.item).error(error("item")))
            (Field::amount("amount", amount).value(&typed.amount).error(error("amount")))
            (Field::digits("card", card).value(&typed.card).error(error("card"))
                .placeholder("4242"))
            (Field::date("from", from).value(&typed.from).error(error("from")))
            (Field::text("from_time", &from_time).value(&typed.from_time).placeholder("09:00"))
            (Field::date("to", to).value(&typed.to).error(error("to")))
            (Field::text("to_time", &to_time).value(&typed.to_time).placeholder("18:30"))
            (Field::choice("staff", who, &people).value(&typed.staff).error(error("staff")))
            (Field::choice("kind", what, &kinds).value(&typed.kind).error(error("kind")))
            div.row {
                (Button::submit(&word("find")).icon(Icon::Search).primary())
                (Button::link(&word("clear"), "/journal"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use counterpart_daemon::web::text::{Lang, Locale, Texts};

    use super::found::{WORDS, kind_word, why_word};
    use super::{EntryKind, Typed, address};

    #[test]
    fn what_is_shown_has_its_words_in_every_language() {
        let words = [
            (Locale::En, include_str!("../../locales/en/journal.ftl")),
            (Locale::De, include_str!("../../locales/de/journal.ftl")),
            (Locale::Fr, include_str!("../../locales/fr/journal.ftl")),
        ];
        for (locale, text) in words {
            let texts = Arc::new(Texts::new(&[(locale, &[text])]).unwrap());
            let lang = Lang::new(texts, locale);
            let kinds = EntryKind::ALL.map(|kind| kind_word(&lang, kind));
            let whys = WORDS.map(|word| why_word(&lang, word));
            for word in kinds.iter().chain(&whys) {
                assert!(!word.contains("journal-"), "{word}");
            }
        }
    }

    #[test]
    fn an_address_holds_what_was_typed_whatever_it_is() {
        let typed = Typed {
            item: "Käse & Brot".to_owned(),
            card: "4242".to_owned(),
            ..Typed::default()
        };
        assert_eq!(
            address(&typed, "1.2.sale"),
            "/journal?item=K%C3%A4se%20%26%20Brot&card=4242&before=1.2.sale"
        );
        assert_eq!(address(&Typed::default(), ""), "/journal");
    }
}
