//! What a stream of bytes may become, and what it may never become.

use proptest::prelude::*;

use super::*;

fn code(text: &str) -> Framed {
    Framed::Code(text.to_owned())
}

fn lost(reason: LostReason) -> Framed {
    Framed::Lost(reason)
}

/// Feeds reads of `(at_ms, bytes)` and lets a second pass at the end.
#[track_caller]
fn check(framing: Framing, reads: &[(u64, &[u8])], expected: &[Framed]) {
    let mut framer = Framer::new(framing);
    let mut found = Vec::new();
    for (at_ms, bytes) in reads {
        framer.push(bytes, *at_ms, &mut found);
    }
    let end_ms = reads.last().map_or(0, |(at_ms, _)| at_ms + 1000);
    framer.expire(end_ms, &mut found);
    assert_eq!(found, expected);
    assert_eq!(framer.deadline_ms(), None, "nothing is left waiting");
}

fn stx_etx() -> Framing {
    Framing {
        prefix: Some(0x02),
        end: FrameEnd::Byte(0x03),
        ..Framing::default()
    }
}

fn gap() -> Framing {
    Framing {
        end: FrameEnd::Gap,
        ..Framing::default()
    }
}

#[test]
fn a_line_end_ends_a_code_however_it_is_written() {
    let lines = Framing::default();
    check(lines, &[(0, b"4006381333931\r")], &[code("4006381333931")]);
    check(
        lines,
        &[(0, b"4006381333931\r\n")],
        &[code("4006381333931")],
    );
    check(
        lines,
        &[(0, b"111\n222\r\n\r\n333\r")],
        &[code("111"), code("222"), code("333")],
    );
}

#[test]
fn a_code_may_come_in_pieces() {
    let reads: [(u64, &[u8]); 3] = [(0, b"40063"), (20, b"8133"), (60, b"3931\r")];
    check(Framing::default(), &reads, &[code("4006381333931")]);
}

#[test]
fn half_a_code_is_never_delivered() {
    let reads: [(u64, &[u8]); 2] = [(0, b"40063"), (200, b"8133\r")];
    // The second half looks like a code of its own: only a prefix can tell.
    let expected = [lost(LostReason::Unfinished), code("8133")];
    check(Framing::default(), &reads, &expected);
    let reads: [(u64, &[u8]); 2] = [(0, b"\x0240063"), (200, b"8133\x03")];
    let expected = [lost(LostReason::Unfinished), lost(LostReason::NoBeginning)];
    check(stx_etx(), &reads, &expected);
}

#[test]
fn a_frame_needs_its_beginning() {
    check(
        stx_etx(),
        &[(0, b"\x02123\x03\r\n\x02456\x03")],
        &[code("123"), code("456")],
    );
    check(
        stx_etx(),
        &[(0, b"99\x03\x02123\x03")],
        &[lost(LostReason::NoBeginning), code("123")],
    );
    check(
        stx_etx(),
        &[(0, b"\x0212\x02123\x03")],
        &[lost(LostReason::Interrupted), code("123")],
    );
    check(stx_etx(), &[(0, b"\x02\x03")], &[]);
}

#[test]
fn a_pause_ends_a_code_where_nothing_else_does() {
    check(
        gap(),
        &[(0, b"123"), (100, b"456")],
        &[code("123"), code("456")],
    );
    check(gap(), &[(0, b"12"), (30, b"3")], &[code("123")]);
}

#[test]
fn group_separators_are_kept() {
    let read = b"]d2010400638133393110LOT\x1D21SERIAL\r";
    check(
        Framing::default(),
        &[(0, read)],
        &[code("]d2010400638133393110LOT\u{1D}21SERIAL")],
    );
}

#[test]
fn noise_is_lost_not_a_code() {
    check(
        Framing::default(),
        &[(0, b"40\x0063\r")],
        &[lost(LostReason::Garbled)],
    );
    check(
        Framing::default(),
        &[(0, b"\xFF\xFE\x80\r")],
        &[lost(LostReason::Garbled)],
    );
    check(
        Framing::default(),
        &[(0, b"40\x1Bp63\r")],
        &[lost(LostReason::Garbled)],
    );
    check(
        Framing::default(),
        &[(0, "Bücher\r".as_bytes())],
        &[code("Bücher")],
    );
}

#[test]
fn four_kilobytes_of_garbage_are_one_loss_and_the_next_code_is_whole() {
    let mut garbage = vec![b'#'; 5000];
    garbage.extend_from_slice(b"\r4006381333931\r");
    let expected = [lost(LostReason::TooLong), code("4006381333931")];
    check(Framing::default(), &[(0, &garbage)], &expected);
}

#[test]
fn the_longest_code_is_delivered_and_one_byte_more_is_not() {
    let framing = Framing {
        length_max: 8,
        ..Framing::default()
    };
    check(framing, &[(0, b"12345678\r")], &[code("12345678")]);
    check(
        framing,
        &[(0, b"123456789\r")],
        &[lost(LostReason::TooLong)],
    );
}

#[test]
fn a_scanner_yanked_in_the_middle_of_a_code_loses_it() {
    let mut framer = Framer::new(Framing::default());
    let mut found = Vec::new();
    framer.push(b"40063", 0, &mut found);
    framer.gone(&mut found);
    framer.push(b"81\r", 5, &mut found);
    assert_eq!(found, [lost(LostReason::DeviceGone), code("81")]);
}

proptest! {
    #[test]
    fn how_the_bytes_are_cut_changes_nothing(
        codes in proptest::collection::vec("[ -~\u{1D}]{1,40}", 1..8),
        cuts in proptest::collection::vec(1..20_usize, 1..40),
    ) {
        let lines = codes.iter().map(|code| format!("{code}\r"));
        let stream: Vec<u8> = lines.collect::<String>().into_bytes();
        let mut framer = Framer::new(Framing::default());
        let mut found = Vec::new();
        let mut rest = stream.as_slice();
        for cut in cuts.into_iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (read, after) = rest.split_at(cut.min(rest.len()));
            framer.push(read, 0, &mut found);
            rest = after;
        }
        let expected: Vec<Framed> = codes.into_iter().map(Framed::Code).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_noise_makes_a_framer_forget_how_to_read(
        noise in proptest::collection::vec(any::<u8>(), 0..6000),
        prefix in proptest::option::of(Just(0x02_u8)),
    ) {
        let framing = Framing { prefix, ..Framing::default() };
        let mut framer = Framer::new(framing);
        let mut found = Vec::new();
        framer.push(&noise, 0, &mut found);
        found.clear();
        framer.push(b"\r\x024006381333931\r", 5000, &mut found);
        let whole = match prefix {
            Some(_) => code("4006381333931"),
            None => lost(LostReason::Garbled),
        };
        prop_assert_eq!(found.last(), Some(&whole));
        prop_assert!(found.len() <= 2);
    }
}
