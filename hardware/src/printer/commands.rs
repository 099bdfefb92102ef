//! The ESC/POS command vocabulary: every byte that is a command is made here and nowhere else.
//!
//! The `escpos` crate builds what it builds right, through a driver that only remembers. What it
//! builds wrong at 0.20.1 (drawer pulse, partial cut, code pages, CODE128, status requests) is
//! written out below from the Epson ESC/POS command reference; `DESIGN.md` lists each defect.
//! Nothing here is sent.

use std::cell::RefCell;
use std::rc::Rc;

use counterpart_paper::{Barcode, CodeSet, Face, Picture, Qr, Symbology};
use escpos::driver::Driver;
use escpos::errors::Result as EscposResult;
use escpos::printer::Printer as EscposPrinter;
use escpos::utils::{
    BarcodeFont, BarcodeHeight, BarcodeOption, BarcodePosition, BarcodeWidth, JustifyMode,
    Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption,
};

use super::Cut;
use crate::drawer::{DrawerPin, DrawerWiring};

const NEVER_FAILS: &str = "writing to memory cannot fail and the arguments are in range";

/// Lines from the print head to the tear bar of a printer without a cutter.
const TEAR_LINES: u8 = 4;

/// The longest payload of one raster command: a line of double height over 576 dots fits, and what
/// a torn one waits for stays short.
const RASTER_BYTES_MAX: usize = 4_096;
/// Rows of one raster command: a clone reads the low byte of their number alone (`DESIGN.md`).
const RASTER_ROWS_MAX: usize = 240;

/// Commands written one after the other into memory.
pub(crate) struct CommandWriter {
    printer: EscposPrinter<MemoryDriver>,
    written: Rc<RefCell<Vec<u8>>>,
}

struct MemoryDriver {
    written: Rc<RefCell<Vec<u8>>>,
}

impl CommandWriter {
    pub(crate) fn new() -> Self {
        let written = Rc::new(RefCell::new(Vec::new()));
        let driver = MemoryDriver {
            written: Rc::clone(&written),
        };
        Self {
            printer: EscposPrinter::new(driver, Protocol::default(), None),
            written,
        }
    }

    /// Returns how many bytes have been written.
    pub(crate) fn len(&self) -> usize {
        self.written.borrow().len()
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.written.take()
    }

    /// `ESC @`: back to the state after switching on, print buffer emptied.
    pub(crate) fn initialise(&mut self) {
        self.build(|printer| printer.init().map(drop));
    }

    /// `ESC E` and `GS !`: writes only what differs between two looks.
    pub(crate) fn change_face(&mut self, from: Face, to: Face) {
        if from.bold != to.bold {
            self.build(|printer| printer.bold(to.bold).map(drop));
        }
        if (from.wide, from.tall) != (to.wide, to.tall) {
            let (across, down) = (1 + u8::from(to.wide), 1 + u8::from(to.tall));
            self.build(|printer| printer.size(across, down).map(drop));
        }
    }

    /// `ESC a`: puts symbols in the middle; text is placed by its spaces.
    pub(crate) fn centre(&mut self) {
        self.build(|printer| printer.justify(JustifyMode::CENTER).map(drop));
    }

    /// `ESC a`: back to the left edge.
    pub(crate) fn left(&mut self) {
        self.build(|printer| printer.justify(JustifyMode::LEFT).map(drop));
    }

    /// `ESC t n`. By number and not by the crate's names: clones use other numbers.
    pub(crate) fn select_page(&mut self, number: u8) {
        self.raw(&[0x1B, b't', number]);
    }

    /// `GS a 15`: report every change of drawer, line, errors and paper. `ESC @` ends it, so it
    /// has to follow that within the job.
    pub(crate) fn report_changes(&mut self) {
        self.raw(&[0x1D, b'a', 0x0F]);
    }

    /// Bytes of the selected code page.
    pub(crate) fn characters(&mut self, bytes: &[u8]) {
        debug_assert!(
            bytes.iter().all(|byte| *byte >= 0x20),
            "text holds no command"
        );
        self.raw(bytes);
    }

    /// `LF`: prints the line.
    pub(crate) fn line_feed(&mut self) {
        self.raw(b"\n");
    }

    /// `GS V` function B: feeds to the cutter and cuts. The crate's partial cut is a full one.
    pub(crate) fn cut(&mut self, cut: Cut) {
        match cut {
            Cut::Full => self.build(|printer| printer.cut().map(drop)),
            Cut::Partial => self.raw(&[0x1D, b'V', 66, 0]),
            Cut::None => self.build(|printer| printer.feeds(TEAR_LINES).map(drop)),
        }
    }

    /// Bars with the code below them.
    pub(crate) fn barcode(&mut self, barcode: &Barcode, module_dots: u8) {
        let width = if module_dots >= 3 {
            BarcodeWidth::M
        } else {
            BarcodeWidth::S
        };
        let option = BarcodeOption::new(
            width,
            BarcodeHeight::S,
            BarcodeFont::A,
            BarcodePosition::Below,
        );
        match barcode.symbology() {
            Symbology::Ean13 => {
                self.build(|printer| printer.ean13_option(barcode.code(), option).map(drop));
            }
            Symbology::Ean8 => {
                self.build(|printer| printer.ean8_option(barcode.code(), option).map(drop));
            }
            Symbology::Code128 | Symbology::Gs1128 => {
                self.raw(&[0x1D, b'w', module_dots]);
                self.raw(&[0x1D, b'h', 102]);
                self.raw(&[0x1D, b'f', 0]);
                self.raw(&[0x1D, b'H', 2]);
                self.raw(&code128(barcode));
            }
        }
    }

    /// A QR code of model 2 at correction level M; the crate's default is the abandoned model 1.
    pub(crate) fn qr(&mut self, qr: &Qr, module_dots: u8) {
        let (model, level) = (QRCodeModel::Model2, QRCodeCorrectionLevel::M);
        let option = QRCodeOption::new(model, module_dots, level);
        self.build(|printer| printer.qrcode_option(qr.payload(), option).map(drop));
    }

    /// `GS v 0`: a picture from the left edge, at the beginning of a line. The crate sends it in
    /// one piece, behind a `CAN`.
    pub(crate) fn picture(&mut self, picture: &Picture) {
        let across = picture.bytes_across();
        if across == 0 {
            return;
        }
        let rows_max = (RASTER_BYTES_MAX / across).clamp(1, RASTER_ROWS_MAX);
        for piece in picture.rows().chunks(rows_max * across) {
            let word = |count: usize| u16::try_from(count).expect("no paper is that wide");
            let ([xl, xh], [yl, yh]) = (
                word(across).to_le_bytes(),
                word(piece.len() / across).to_le_bytes(),
            );
            self.raw(&[0x1D, b'v', b'0', 0, xl, xh, yl, yh]);
            self.raw(&without_real_time(piece));
        }
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.build(|printer| printer.custom(bytes).map(drop));
    }

    /// Flushes after each command, so that [`CommandWriter::len`] is true at once; the crate
    /// keeps its instructions on an error and would write them twice, but memory does not fail.
    fn build(
        &mut self,
        command: impl FnOnce(&mut EscposPrinter<MemoryDriver>) -> EscposResult<()>,
    ) {
        command(&mut self.printer).expect(NEVER_FAILS);
        self.printer.print().expect(NEVER_FAILS);
    }
}

/// `ESC p m t1 t2`, always five bytes, in units of 2 ms: the crate leaves out both times, and the
/// printer takes the next two bytes of the receipt for them.
pub(crate) fn drawer_pulse(wiring: &DrawerWiring) -> [u8; 5] {
    let units = |ms: u16| u8::try_from((ms / 2).clamp(1, 255)).expect("clamped to a byte");
    [
        0x1B,
        b'p',
        pin_number(wiring.pin),
        units(wiring.pulse_ms),
        units(wiring.rest_ms),
    ]
}

/// `DLE DC4 1 m t`: the same pulse in units of 100 ms, executed at once even without paper.
pub(crate) fn drawer_pulse_now(wiring: &DrawerWiring) -> [u8; 5] {
    let units = wiring.pulse_ms.div_ceil(100).clamp(1, 8);
    let units = u8::try_from(units).expect("clamped to 8");
    [0x10, 0x14, 0x01, pin_number(wiring.pin), units]
}

/// `DLE EOT n`, three bytes: the crate's fourth would stay in the data.
pub(crate) fn status_request(topic: u8) -> [u8; 3] {
    [0x10, 0x04, topic]
}

/// `GS ( H` function 48: asks for `id` back when everything before has been printed.
pub(crate) fn process_id_request(id: [u8; 4]) -> Vec<u8> {
    let mut request = vec![0x1D, b'(', b'H', 6, 0, 48, 48];
    request.extend(id);
    request
}

/// `GS r 1`: asks for the paper state in its turn.
pub(crate) fn in_order_status_request() -> [u8; 3] {
    [0x1D, b'r', 1]
}

/// Ends whatever a torn job left behind, so that its tail cannot stand on the next receipt: as
/// many NUL as the longest payload a command may still be waiting for (ignored as text), then
/// `ESC @` and a cut of its own.
pub(crate) fn resynchronise(cut: Cut) -> Vec<u8> {
    let mut bytes = vec![0; Qr::PAYLOAD_BYTES_MAX.max(RASTER_BYTES_MAX) + 16];
    let mut writer = CommandWriter::new();
    writer.initialise();
    writer.cut(cut);
    bytes.extend(writer.into_bytes());
    bytes
}

/// Keeps dots from being a real-time command, which a printer obeys also inside a picture:
/// `DLE EOT` and `DLE ENQ` would be answered, `DLE DC4` opens the drawer. Such a dot gets a
/// neighbour.
fn without_real_time(dots: &[u8]) -> Vec<u8> {
    const DLE: u8 = 0x10;
    let mut safe = dots.to_vec();
    for place in 1..safe.len() {
        if safe[place - 1] == DLE && matches!(safe[place], 0x04 | 0x05 | 0x14) {
            safe[place - 1] = DLE | DLE >> 1;
        }
    }
    safe
}

/// `GS k 73 n`, with the code set chosen in the data; `{` itself is written twice.
fn code128(barcode: &Barcode) -> Vec<u8> {
    const FNC1: &[u8] = b"{1";
    const GS: u8 = 0x1D;
    let mut payload = Vec::new();
    let first = match barcode.symbology() {
        Symbology::Gs1128 => FNC1,
        Symbology::Ean13 | Symbology::Ean8 | Symbology::Code128 => &[],
    };
    match barcode.code_set() {
        CodeSet::B => {
            payload.extend(b"{B");
            payload.extend(first);
            for byte in barcode.code().bytes() {
                match byte {
                    b'{' => payload.extend(b"{{"),
                    GS => payload.extend(FNC1),
                    other => payload.push(other),
                }
            }
        }
        CodeSet::C => {
            payload.extend(b"{C");
            payload.extend(first);
            for pair in barcode.code().as_bytes().chunks(2) {
                payload.push((pair[0] - b'0') * 10 + (pair[1] - b'0'));
            }
        }
    }
    let length = u8::try_from(payload.len()).expect("48 characters at most, doubled, and 4");
    let mut command = vec![0x1D, b'k', 73, length];
    command.extend(payload);
    command
}

fn pin_number(pin: DrawerPin) -> u8 {
    match pin {
        DrawerPin::Pin2 => 0,
        DrawerPin::Pin5 => 1,
    }
}

impl Driver for MemoryDriver {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn write(&self, bytes: &[u8]) -> EscposResult<()> {
        self.written.borrow_mut().extend_from_slice(bytes);
        Ok(())
    }

    fn read(&self, _buffer: &mut [u8]) -> EscposResult<usize> {
        Ok(0)
    }

    fn flush(&self) -> EscposResult<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
