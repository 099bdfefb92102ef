//! Stories of the parts: what is read aloud, what is escaped, what is tied together.

use std::sync::Arc;

use maud::{Render, html};

use super::*;
use crate::web::text::{Lang, Locale, Texts};

fn lang() -> Lang {
    Lang::new(Arc::new(Texts::new(&[]).unwrap()), Locale::En)
}

#[track_caller]
fn check_contains(markup: &impl Render, expected: &str) {
    let text = markup.render().into_string();
    assert!(text.contains(expected), "{expected:?} is not in {text}");
}

#[test]
fn a_button_says_its_key_to_the_eye_the_script_and_the_screen_reader() {
    let button = Button::submit("Pay")
        .emphasis(Emphasis::Pay)
        .key("F9")
        .amount("$12.34");
    insta::assert_snapshot!(button.render().into_string().replace('>', ">\n"), @r#"
    <button class="button pay" type="submit" data-key="F9" aria-keyshortcuts="F9">
    <span class="label">
    Pay</span>
    <span class="amount">
    $12.34</span>
    <kbd>
    F9</kbd>
    </button>
    "#);
}

#[test]
fn a_barred_button_tells_why_and_goes_nowhere() {
    let link = Button::link("Close the till", "/close").barred(Some("2 sales are parked"));
    let text = link.render().into_string();
    assert!(text.contains(r#"aria-disabled="true""#), "{text}");
    assert!(text.contains("2 sales are parked"), "{text}");
    assert!(!text.contains("href"), "{text}");
}

#[test]
fn a_field_is_tied_to_its_hint_and_its_mistake() {
    let field = Field::amount("cash", "Cash given")
        .hint("What the customer handed over")
        .error(Some("at least $12.34"));
    check_contains(
        &field,
        r#"aria-describedby="field-cash-hint field-cash-error""#,
    );
    check_contains(&field, r#"aria-invalid="true""#);
    check_contains(&field, r#"<label for="field-cash">"#);
}

#[test]
fn a_product_name_cannot_become_markup() {
    let name = r#"Tee "<b>" & Co"#;
    for text in [
        Button::submit(name).read_as(name).render().into_string(),
        Field::text("a", name).value(name).render().into_string(),
        Stat::new(name, name).note(name).render().into_string(),
        badge(Tone::Bad, name).into_string(),
        paper_text(&lang(), name, 42).into_string(),
        Empty::new(name).todo(name).render().into_string(),
    ] {
        assert!(!text.contains("<b>"), "{text}");
        assert!(!text.contains(r#""<b"#), "{text}");
    }
}

#[test]
fn a_state_is_a_word_a_shape_and_a_colour() {
    let text = badge(Tone::Waiting, "3 waiting").into_string();
    assert!(
        text.contains("<svg") && text.contains("3 waiting"),
        "{text}"
    );
    assert!(text.contains(r#"data-tone="waiting""#), "{text}");
}

#[test]
fn an_empty_table_says_what_fills_it() {
    let columns = [Column::words("Store"), Column::numbers("Sales")];
    let empty = Table::new("Stores", &columns, Vec::new())
        .empty(Empty::new("No store yet").todo("Enrol one with a code."));
    check_contains(&empty, "Enrol one with a code.");
    let full = Table::new(
        "Stores",
        &columns,
        vec![Row::new("store-1", vec![html! { "Berlin" }, html! { "12" }]).href("/stores/1")],
    );
    check_contains(&full, r#"<a href="/stores/1">Berlin</a>"#);
    check_contains(&full, r#"<td data-numeric data-head="Sales">12</td>"#);
}

#[test]
fn a_plot_carries_its_numbers_and_its_gaps() {
    let lang = lang();
    let chart = LineChart::new(
        &lang,
        "Sales by hour",
        vec!["9:00".into(), "10:00".into(), "11:00".into()],
        vec![Series {
            label: "Today",
            values: vec![Some(1_200), None, Some(800)],
        }],
    );
    check_contains(&chart, "1,200");
    check_contains(&chart, "<td data-numeric>–</td>");
    check_contains(&chart, r#"role="img" aria-label="Sales by hour""#);
}

#[test]
fn a_plot_of_nothing_is_still_a_plot() {
    let lang = lang();
    check_contains(
        &LineChart::new(&lang, "Sales", Vec::new(), Vec::new()),
        "<svg",
    );
    check_contains(&Bars::new(&lang, "Sales", Vec::new()), "<svg");
    check_contains(&sparkline(&[]), "<svg");
    check_contains(&sparkline(&[4]), "<svg");
}

#[test]
fn a_code_too_long_to_draw_is_refused() {
    assert!(
        qr(&lang(), "CP1:7F3K")
            .unwrap()
            .into_string()
            .contains("<path")
    );
    let refused = qr(&lang(), &"x".repeat(4_000)).unwrap_err();
    assert_eq!(refused.to_string(), "drawing a QR code of 4000 bytes");
}

#[test]
fn a_pin_is_never_readable() {
    let pad = pin_pad(&lang(), "pin", html! { (Button::submit("Sign in")) });
    check_contains(&pad, r#"type="password""#);
}

#[test]
fn the_decimal_key_types_what_the_language_writes() {
    let texts = Arc::new(Texts::new(&[]).unwrap());
    let german = Lang::new(texts, Locale::De);
    check_contains(&numpad(&german, "amount", html! {}), r#"data-pad=",""#);
    check_contains(&numpad(&lang(), "amount", html! {}), r#"data-pad=".""#);
}

#[test]
fn a_board_has_every_letter_of_its_language_once() {
    let texts = Arc::new(Texts::new(&[]).unwrap());
    for (locale, own) in [(Locale::En, ""), (Locale::De, "äöüß"), (Locale::Fr, "éèàç")] {
        let board = touch_pad(&Lang::new(texts.clone(), locale)).into_string();
        let (_, board) = board.split_once("board").unwrap();
        for letter in ('a'..='z')
            .chain('0'..='9')
            .chain(own.chars())
            .chain(['-', ' '])
        {
            let key = format!(r#"data-pad="{letter}""#);
            assert_eq!(board.matches(&key).count(), 1, "{letter} in {locale:?}");
        }
    }
}
