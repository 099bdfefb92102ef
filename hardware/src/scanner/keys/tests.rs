//! Keys as scanners press them, and what they mean.

use super::*;

const PRESS: i32 = 1;
const RELEASE: i32 = 0;
const SHIFT: u16 = 42;
const CTRL: u16 = 29;
const ALT: u16 = 56;
const ALT_GR: u16 = 100;

fn key(code: u16, value: i32) -> InputEvent {
    InputEvent {
        kind: 1,
        code,
        value,
    }
}

/// Presses a key with others held, and lets all of them go.
fn tap(keys: &[u16]) -> Vec<InputEvent> {
    let down = keys.iter().map(|code| key(*code, PRESS));
    let up = keys.iter().rev().map(|code| key(*code, RELEASE));
    down.chain(up).collect()
}

fn typed(layout: KeyLayout, events: &[InputEvent]) -> Vec<Typed> {
    let mut decoder = KeyDecoder::new(layout);
    let mut typed = Vec::new();
    for event in events {
        decoder.push(*event, &mut typed);
    }
    typed
}

#[track_caller]
fn check(layout: KeyLayout, taps: &[&[u16]], expected: &str) {
    let events: Vec<InputEvent> = taps.iter().flat_map(|keys| tap(keys)).collect();
    let expected: Vec<Typed> = expected.chars().map(Typed::Character).collect();
    assert_eq!(typed(layout, &events), expected, "{layout:?}");
}

#[test]
fn the_same_keys_mean_what_the_layout_says() {
    let keys: &[&[u16]] = &[&[2], &[SHIFT, 16], &[21], &[12], &[28]];
    check(KeyLayout::Us, keys, "1Qy-\r");
    check(KeyLayout::De, keys, "1Qzß\r");
    check(KeyLayout::Fr, keys, "&Ay)\r");
}

#[test]
fn an_identifier_and_a_separator_come_through_in_every_layout() {
    // ]C1, GS, 7: the bracket stands elsewhere on each keyboard.
    let us: &[&[u16]] = &[&[27], &[SHIFT, 46], &[2], &[CTRL, 27], &[8]];
    check(KeyLayout::Us, us, "]C1\u{1D}7");
    let de: &[&[u16]] = &[&[ALT_GR, 10], &[SHIFT, 46], &[2], &[CTRL, 27], &[8]];
    check(KeyLayout::De, de, "]C1\u{1D}7");
    let fr: &[&[u16]] = &[
        &[ALT_GR, 12],
        &[SHIFT, 46],
        &[SHIFT, 2],
        &[CTRL, 27],
        &[SHIFT, 8],
    ];
    check(KeyLayout::Fr, fr, "]C1\u{1D}7");
    // Scanners that know AltGr only as Ctrl with Alt; GS as Ctrl with the bracket itself.
    check(
        KeyLayout::De,
        &[&[CTRL, ALT, 10], &[CTRL, ALT_GR, 10]],
        "]\u{1D}",
    );
}

#[test]
fn control_characters_come_by_ctrl_or_by_number() {
    check(
        KeyLayout::Us,
        &[
            &[CTRL, 32],
            &[CTRL, 43],
            &[CTRL, SHIFT, 7],
            &[CTRL, SHIFT, 12],
        ],
        "\u{4}\u{1C}\u{1E}\u{1F}",
    );
    check(KeyLayout::Us, &[&[CTRL, 50]], "\r");
    // Alt with 0, 2, 9 of the keypad is GS; with 0, 2, 2, 8 an ä.
    let mut events = vec![key(ALT, PRESS)];
    events.extend([82, 80, 73].iter().flat_map(|code| tap(&[*code])));
    events.push(key(ALT, RELEASE));
    assert_eq!(typed(KeyLayout::Us, &events), [Typed::Character('\u{1D}')]);
    let mut events = vec![key(ALT, PRESS)];
    events.extend([82, 80, 80, 72].iter().flat_map(|code| tap(&[*code])));
    events.push(key(ALT, RELEASE));
    assert_eq!(typed(KeyLayout::Fr, &events), [Typed::Character('ä')]);
}

#[test]
fn accents_wait_for_their_letter() {
    check(KeyLayout::Fr, &[&[26], &[18], &[26], &[57]], "ê^");
    check(
        KeyLayout::De,
        &[&[41], &[2], &[41], &[41], &[13], &[18]],
        "^1^é",
    );
    check(KeyLayout::De, &[&[41], &[28]], "^\r");
}

#[test]
fn caps_lock_turns_letters_only() {
    check(
        KeyLayout::De,
        &[&[58], &[30], &[40], &[2], &[SHIFT, 30], &[58], &[30]],
        "AÄ1aa",
    );
}

#[test]
fn the_keypad_means_digits() {
    check(
        KeyLayout::Us,
        &[&[79], &[80], &[55], &[98], &[74], &[78], &[83], &[96]],
        "12*/-+.\r",
    );
}

#[test]
fn a_key_that_repeats_is_one_character() {
    let events = [key(2, PRESS), key(2, 2), key(2, 2), key(2, RELEASE)];
    assert_eq!(typed(KeyLayout::Us, &events), [Typed::Character('1')]);
}

#[test]
fn a_key_without_a_character_is_a_loss() {
    let unknown = [Typed::Lost(LostReason::KeyUnknown)];
    assert_eq!(typed(KeyLayout::Us, &tap(&[59])), unknown, "F1");
    let third = tap(&[ALT_GR, 10]);
    assert_eq!(typed(KeyLayout::Us, &third), unknown, "a German scanner");
}

#[test]
fn a_shift_that_was_never_let_go_is_noticed_at_the_end_of_the_code() {
    let mut events = vec![key(SHIFT, PRESS)];
    events.extend(tap(&[2]));
    events.extend(tap(&[28]));
    events.extend(tap(&[2]));
    assert_eq!(
        typed(KeyLayout::Us, &events),
        [
            Typed::Character('!'),
            Typed::Lost(LostReason::KeyStuck),
            Typed::Character('\r'),
            Typed::Character('1'),
        ]
    );
}

#[test]
fn after_lost_events_nothing_is_believed_up_to_the_next_report() {
    let report = InputEvent {
        kind: 0,
        code: 0,
        value: 0,
    };
    let dropped = InputEvent { code: 3, ..report };
    let events = [
        key(SHIFT, PRESS),
        key(2, PRESS),
        dropped,
        key(3, PRESS),
        report,
        key(4, PRESS),
    ];
    assert_eq!(
        typed(KeyLayout::Us, &events),
        [
            Typed::Character('!'),
            Typed::Lost(LostReason::Overrun),
            Typed::Character('3'),
        ]
    );
}

#[test]
fn a_pause_lets_every_key_go() {
    let mut decoder = KeyDecoder::new(KeyLayout::Us);
    let mut typed = Vec::new();
    decoder.push(key(SHIFT, PRESS), &mut typed);
    decoder.rest();
    decoder.push(key(2, PRESS), &mut typed);
    assert_eq!(typed, [Typed::Character('1')]);
}
