//! Every command, byte for byte, from the Epson ESC/POS command reference.

use super::*;

#[track_caller]
fn check(write: impl FnOnce(&mut CommandWriter), expected: &[u8]) {
    let mut writer = CommandWriter::new();
    write(&mut writer);
    assert_eq!(writer.len(), expected.len());
    assert_eq!(writer.into_bytes(), expected);
}

fn written(write: impl FnOnce(&mut CommandWriter)) -> Vec<u8> {
    let mut writer = CommandWriter::new();
    write(&mut writer);
    writer.into_bytes()
}

fn face(bold: bool, wide: bool, tall: bool) -> Face {
    Face { bold, wide, tall }
}

#[test]
fn start_and_tables() {
    check(CommandWriter::initialise, &[0x1B, 0x40]);
    check(|writer| writer.select_page(19), &[0x1B, 0x74, 19]);
    check(CommandWriter::report_changes, &[0x1D, 0x61, 0x0F]);
}

#[test]
fn only_what_differs_between_two_faces_is_written() {
    let plain = Face::default();
    check(|writer| writer.change_face(plain, plain), &[]);
    check(
        |writer| writer.change_face(plain, face(true, false, false)),
        &[0x1B, 0x45, 1],
    );
    check(
        |writer| writer.change_face(face(true, false, false), plain),
        &[0x1B, 0x45, 0],
    );
    check(
        |writer| writer.change_face(plain, face(false, true, true)),
        &[0x1D, 0x21, 0x11],
    );
    check(
        |writer| writer.change_face(plain, face(false, true, false)),
        &[0x1D, 0x21, 0x10],
    );
    check(
        |writer| writer.change_face(plain, face(false, false, true)),
        &[0x1D, 0x21, 0x01],
    );
    check(
        |writer| writer.change_face(face(false, true, true), plain),
        &[0x1D, 0x21, 0x00],
    );
}

#[test]
fn places_lines_and_cuts() {
    check(CommandWriter::centre, &[0x1B, 0x61, 1]);
    check(CommandWriter::left, &[0x1B, 0x61, 0]);
    check(CommandWriter::line_feed, &[0x0A]);
    check(|writer| writer.characters(b"7 \xD5"), b"7 \xD5");
    check(|writer| writer.cut(Cut::Full), &[0x1D, 0x56, 65, 0]);
    check(|writer| writer.cut(Cut::Partial), &[0x1D, 0x56, 66, 0]);
    check(|writer| writer.cut(Cut::None), &[0x1B, 0x64, 4]);
}

#[test]
fn an_ean_is_drawn_by_its_digits_with_the_code_below() {
    let ean13 = Barcode::ean13("4006381333931").unwrap();
    let setup = [0x1D, 0x77, 3, 0x1D, 0x68, 102, 0x1D, 0x66, 0, 0x1D, 0x48, 2];
    let expected = [&setup[..], &[0x1D, 0x6B, 2], b"4006381333931\0"].concat();
    check(|writer| writer.barcode(&ean13, 3), &expected);
    let ean8 = Barcode::ean8("96385074").unwrap();
    let setup = [0x1D, 0x77, 2, 0x1D, 0x68, 102, 0x1D, 0x66, 0, 0x1D, 0x48, 2];
    let expected = [&setup[..], &[0x1D, 0x6B, 3], b"96385074\0"].concat();
    check(|writer| writer.barcode(&ean8, 2), &expected);
}

#[test]
fn code128_chooses_its_set_and_doubles_its_brace() {
    let setup = [0x1D, 0x77, 2, 0x1D, 0x68, 102, 0x1D, 0x66, 0, 0x1D, 0x48, 2];
    let text = Barcode::code128("S01-{42").unwrap();
    let expected = [&setup[..], &[0x1D, 0x6B, 73, 10], b"{BS01-{{42"].concat();
    check(|writer| writer.barcode(&text, 2), &expected);
    let digits = Barcode::code128("00429910").unwrap();
    let expected = [&setup[..], &[0x1D, 0x6B, 73, 6], b"{C", &[0, 42, 99, 10]].concat();
    check(|writer| writer.barcode(&digits, 2), &expected);
}

#[test]
fn a_qr_code_is_model_2_at_level_m() {
    let qr = Qr::new("R42").unwrap();
    let expected = [
        &[0x1D, 0x28, 0x6B, 4, 0, 49, 65, 50, 0][..],
        &[0x1D, 0x28, 0x6B, 3, 0, 49, 67, 6],
        &[0x1D, 0x28, 0x6B, 3, 0, 49, 69, 49],
        &[0x1D, 0x28, 0x6B, 6, 0, 49, 80, 48],
        b"R42",
        &[0x1D, 0x28, 0x6B, 3, 0, 49, 81, 48],
    ]
    .concat();
    check(|writer| writer.qr(&qr, 6), &expected);
}

#[test]
fn a_long_qr_payload_has_its_length_in_two_bytes() {
    let mut writer = CommandWriter::new();
    writer.qr(&Qr::new(&"x".repeat(512)).unwrap(), 3);
    let bytes = writer.into_bytes();
    let store = [0x1D, 0x28, 0x6B, 0x03, 0x02, 49, 80, 48];
    assert!(
        bytes.windows(store.len()).any(|window| window == store),
        "515 is 0x0203"
    );
}

#[track_caller]
fn check_pulse(wiring: DrawerWiring, expected: [u8; 5], expected_now: [u8; 5]) {
    assert_eq!(drawer_pulse(&wiring), expected);
    assert_eq!(drawer_pulse_now(&wiring), expected_now);
}

#[test]
fn a_drawer_pulse_is_always_five_bytes() {
    let usual = DrawerWiring::default();
    check_pulse(usual, [0x1B, 0x70, 0, 25, 250], [0x10, 0x14, 1, 0, 1]);
    let second = DrawerWiring {
        pin: DrawerPin::Pin5,
        pulse_ms: 200,
        ..usual
    };
    check_pulse(second, [0x1B, 0x70, 1, 100, 250], [0x10, 0x14, 1, 1, 2]);
    let absurd = DrawerWiring {
        pulse_ms: 0,
        rest_ms: 60_000,
        ..usual
    };
    check_pulse(absurd, [0x1B, 0x70, 0, 1, 255], [0x10, 0x14, 1, 0, 1]);
    let long = DrawerWiring {
        pulse_ms: 60_000,
        ..usual
    };
    check_pulse(long, [0x1B, 0x70, 0, 255, 250], [0x10, 0x14, 1, 0, 8]);
}

#[test]
fn questions_have_no_byte_too_many() {
    assert_eq!(status_request(4), [0x10, 0x04, 4]);
    assert_eq!(in_order_status_request(), [0x1D, 0x72, 1]);
    let asked = process_id_request(*b"  ~!");
    assert_eq!(
        asked,
        [0x1D, 0x28, 0x48, 6, 0, 48, 48, 0x20, 0x20, 0x7E, 0x21]
    );
}

#[test]
fn a_torn_job_is_ended_by_more_nuls_than_any_payload_and_a_cut() {
    let bytes = resynchronise(Cut::Full);
    let nuls = bytes.iter().take_while(|byte| **byte == 0).count();
    assert!(nuls > Qr::PAYLOAD_BYTES_MAX + 3);
    assert!(nuls > RASTER_BYTES_MAX);
    assert_eq!(bytes[nuls..], [0x1B, 0x40, 0x1D, 0x56, 65, 0]);
}

#[test]
fn a_picture_is_sent_in_pieces_a_torn_one_can_be_ended_by() {
    let picture = Picture::of_rows(12, vec![0xA5; 2 * 500]).unwrap();
    let bytes = written(|writer| writer.picture(&picture));
    let heads: Vec<&[u8]> = bytes
        .windows(8)
        .filter(|part| part.starts_with(b"\x1Dv0\x00"))
        .collect();
    assert_eq!(
        heads,
        [
            b"\x1Dv0\x00\x02\x00\xF0\x00",
            b"\x1Dv0\x00\x02\x00\xF0\x00",
            b"\x1Dv0\x00\x02\x00\x14\x00",
        ]
    );
    assert_eq!(bytes.len(), 3 * 8 + 2 * 500);
    assert_eq!(bytes[8..12], [0xA5, 0xA0, 0xA5, 0xA0]);
    let wide = Picture::blank(576, 100);
    let bytes = written(|writer| writer.picture(&wide));
    assert_eq!(bytes[..8], *b"\x1Dv0\x00\x48\x00\x38\x00", "72 by 56");
    assert!(written(|writer| writer.picture(&Picture::blank(0, 9))).is_empty());
}

#[test]
fn no_dots_are_a_real_time_command() {
    // Each would tell the status or open the drawer in the middle of a picture.
    let rows = vec![0x10, 0x04, 0x01, 0x10, 0x14, 0x01, 0x10, 0x05, 0x02];
    let picture = Picture::of_rows(24, rows).unwrap();
    let bytes = written(|writer| writer.picture(&picture));
    assert_eq!(
        bytes[8..],
        [0x18, 0x04, 0x01, 0x18, 0x14, 0x01, 0x18, 0x05, 0x02]
    );
}
