//! Stories of the frame: what a page says about where it is and how it stands.

use std::sync::Arc;

use super::*;
use crate::web::text::{Locale, Texts};

fn lang(locale: Locale) -> Lang {
    Lang::new(Arc::new(Texts::new(&[]).unwrap()), locale)
}

fn nav() -> Vec<NavItem> {
    ["Sale", "Pickup"]
        .into_iter()
        .map(|label| NavItem {
            label: label.to_owned(),
            href: format!("/{}", label.to_lowercase()),
            waiting: 0,
        })
        .collect()
}

fn register_page(lang: &Lang, place: &str, body: Markup) -> String {
    let nav = nav();
    let shell = Shell {
        lang,
        title: "Sale",
        place,
        density: Density::Till,
        hand: Hand::Left,
        theme: Theme::Dark,
        nav: &nav,
        current: "/sale",
        signed_in: Some(&SignedIn {
            name: "Ada".into(),
            sign_out_to: "/sign-out".into(),
        }),
        stream: Some("/sale/stream"),
        scan: Some(&ScanTarget {
            post_to: "/sale/scan".into(),
            prefix: Some("F13".into()),
        }),
        badges: None,
        banner: None,
        hub_link: Some(hub_link(lang, &HubLink::Connected, 0)),
    };
    page(&shell, body).into_string()
}

#[test]
fn a_page_says_where_its_stream_and_its_scans_go() {
    let text = register_page(&lang(Locale::De), "Berlin · Kasse 2", html! { "x" });
    for expected in [
        r#"<html lang="de" data-density="till" data-hand="left" data-theme="dark""#,
        r#"data-stream="/sale/stream""#,
        r#"data-scan-url="/sale/scan""#,
        r#"data-scan-prefix="F13""#,
        r#"href="/sale" aria-current="page" data-key="Alt+1""#,
        "Zentrale verbunden",
        "alles gesendet",
    ] {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
}

#[test]
fn a_page_carries_no_inline_script_or_style() {
    let english = lang(Locale::En);
    let plain = plain_page(&english, "Sign in", "Store 7", html! { "x" }).into_string();
    for text in [register_page(&english, "Store 7", html! { "x" }), plain] {
        assert!(!text.contains(" style="), "{text}");
        assert!(!text.contains(" onclick="), "{text}");
        assert!(!text.contains("<style"), "{text}");
        for script in text.split("<script").skip(1) {
            let inert = script.contains(r#"type="application/json""#);
            let ours = script.contains(r#"type="module" src="/assets/"#);
            assert!(inert || ours, "{script}");
        }
    }
}

#[test]
fn a_store_name_cannot_break_out_of_the_page() {
    let name = "</script><script>alert(1)</script>";
    let text = register_page(&lang(Locale::En), name, html! { (name) });
    assert!(!text.contains("<script>alert"), "{text}");
}

#[track_caller]
fn check_link(link: &HubLink, waiting: i64, words: [&str; 2]) {
    let text = hub_link(&lang(Locale::En), link, waiting).into_string();
    for word in words {
        assert!(text.contains(word), "{word} is not in {text}");
    }
}

#[test]
fn the_hub_being_away_is_told_with_what_waits() {
    check_link(&HubLink::Connected, 0, ["Hub connected", "all sent"]);
    let away = HubLink::Away {
        last_seen: "12:04".into(),
    };
    check_link(&away, 3, ["Hub last seen 12:04", "3 waiting"]);
    check_link(
        &HubLink::NeverReached,
        1,
        ["Hub not reached yet", "1 waiting"],
    );
}

#[test]
fn the_mark_in_the_tab_is_the_mark_on_the_page() {
    let file = include_str!("../../../assets/mark.svg");
    for path in MARK.split(r#"d=""#).skip(1) {
        let drawing = path.split('"').next().unwrap();
        assert!(file.contains(drawing), "{drawing} is not in mark.svg");
    }
}
