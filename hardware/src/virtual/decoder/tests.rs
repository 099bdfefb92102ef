//! Bytes of the command reference and of other programs' receipts, read back.

use proptest::prelude::*;

use super::*;

fn read(bytes: &[u8]) -> Vec<Command> {
    let mut decoder = Decoder::default();
    bytes
        .iter()
        .filter_map(|byte| decoder.push(*byte))
        .collect()
}

#[track_caller]
fn check(bytes: &[u8], expected: &[Command]) {
    assert_eq!(read(bytes), expected, "{bytes:02x?}");
}

#[test]
fn text_and_its_looks() {
    let milk = [
        Command::Character(b'M'),
        Command::Character(0xD5),
        Command::LineFeed,
    ];
    check(b"M\xD5\r\n", &milk);
    check(
        b"\x1BE\x01\x1BE\x00",
        &[Command::Bold(true), Command::Bold(false)],
    );
    check(b"\x1D!\x11", &[Command::Size(2, 2)]);
    check(b"\x1B!\x38", &[Command::Mode(0x38)]);
    check(
        b"\x1Ba1\x1Ba\x02",
        &[Command::Justify(1), Command::Justify(2)],
    );
}

#[test]
fn cuts_with_and_without_feed() {
    check(b"\x1DV\x00A", &[Command::Cut, Command::Character(b'A')]);
    check(b"\x1DVA\x00A", &[Command::Cut, Command::Character(b'A')]);
    check(b"\x1DVB\x03", &[Command::Cut]);
}

#[test]
fn a_pulse_takes_two_times() {
    check(b"\x1Bp\x00\x19\xFA", &[Command::DrawerPulse(0, 25, 250)]);
    // What the escpos crate sends: the cut that follows is eaten, as on a real printer.
    let eaten = [
        Command::DrawerPulse(0, 0x1D, 0x56),
        Command::Character(b'A'),
    ];
    check(b"\x1Bp\x00\x1DVA\x00", &eaten);
}

#[test]
fn barcodes_of_both_functions() {
    let ean = Command::Barcode(SymbolKind::Ean13, b"4006381333931".to_vec());
    check(b"\x1Dk\x024006381333931\0", std::slice::from_ref(&ean));
    check(b"\x1Dk\x43\x0D4006381333931", &[ean]);
    let code = Command::Barcode(SymbolKind::Code128, b"S0{10042".to_vec());
    check(b"\x1Dk\x49\x0B{BS0{{1{C\x00\x2A", &[code]);
    let gs1 = Command::Barcode(SymbolKind::Code128, b"\x1D0104".to_vec());
    check(b"\x1Dk\x49\x06{C{1\x01\x04", &[gs1]);
}

#[test]
fn a_qr_code_in_its_five_steps() {
    let bytes = b"\x1D(k\x04\x001A2\x00\x1D(k\x03\x001C\x06\x1D(k\x03\x001E1\
        \x1D(k\x06\x001P0R42\x1D(k\x03\x001Q0";
    let expected = [
        Command::Setting,
        Command::QrSquare(6),
        Command::Setting,
        Command::QrStore(b"R42".to_vec()),
        Command::QrPrint,
    ];
    check(bytes, &expected);
}

#[test]
fn questions() {
    check(
        b"\x1Da\x0F\x1Dr\x01\x1DI\x43",
        &[
            Command::ReportChanges(15),
            Command::TellStatus(1),
            Command::TellIdentity(67),
        ],
    );
    check(b"\x1D(H\x06\x0000abcd", &[Command::ReportProcess(*b"abcd")]);
}

#[test]
fn a_picture_is_as_long_as_it_says() {
    let mut bytes = b"\x1Dv0\x00\x02\x00\x03\x00".to_vec();
    bytes.extend([0x1B; 6]);
    bytes.push(b'A');
    let picture = Picture::of_rows(16, vec![0x1B; 6]).unwrap();
    check(
        &bytes,
        &[Command::Picture(picture), Command::Character(b'A')],
    );
}

#[test]
fn a_picture_is_printed_as_large_as_its_mode_says() {
    let double = |mode| [b"\x1Dv0".as_slice(), &[mode, 1, 0, 1, 0, 0x80]].concat();
    let sizes = [(0, 8, 1), (1, 16, 1), (2, 8, 2), (51, 16, 2)];
    for (mode, width, height) in sizes {
        let mut large = Picture::blank(width, height);
        for (column, row) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            if column < width / 8 && row < height {
                large.darken(column, row);
            }
        }
        check(&double(mode), &[Command::Picture(large)]);
    }
}

#[test]
fn what_is_not_understood_is_kept_to_be_looked_at() {
    check(
        b"\x1BzA",
        &[
            Command::Unknown(b"\x1Bz".to_vec()),
            Command::Character(b'A'),
        ],
    );
}

proptest! {
    #[test]
    fn no_bytes_make_a_printer_fail(bytes in proptest::collection::vec(any::<u8>(), 0..4096)) {
        read(&bytes);
    }
}
