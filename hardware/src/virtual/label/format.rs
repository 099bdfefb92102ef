//! Reads one ZPL format the way a printer does: fields become parts at their places.
//!
//! It follows Zebra's programming guide and shares no code with the encoder.

use counterpart_paper::{Barcode, Label, LabelMedia, LabelPart, Qr, Words};

/// Dots a millimetre of this printer: 203 dpi.
const DOTS_PER_MM: u16 = 8;

/// What a format says: a label, its copies, and what was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) label: Label,
    pub(super) copies: u16,
    pub(super) unknown: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Code128,
    Ean13,
    Ean8,
    Qr,
}

struct Reader {
    width: u16,
    height: u16,
    parts: Vec<LabelPart>,
    unknown: Vec<String>,
    copies: u16,
    x: u16,
    y: u16,
    font: u16,
    module: u16,
    bars: u16,
    kind: Kind,
    is_hex: bool,
    data: Option<String>,
}

/// Reads what stands between `^XA` and `^XZ`.
pub(super) fn read(format: &str) -> Format {
    let mut reader = Reader {
        width: LabelMedia::CARTON.width_dots(),
        height: LabelMedia::CARTON.height_dots(),
        parts: Vec::new(),
        unknown: Vec::new(),
        copies: 1,
        x: 0,
        y: 0,
        font: 20,
        module: 2,
        bars: 10,
        kind: Kind::Text,
        is_hex: false,
        data: None,
    };
    for command in format.split(['^', '~']).skip(1) {
        reader.obey(command);
    }
    Format {
        label: Label {
            media: LabelMedia {
                width_mm: reader.width.div_ceil(DOTS_PER_MM),
                height_mm: reader.height.div_ceil(DOTS_PER_MM),
                dots_per_mm: DOTS_PER_MM,
            },
            parts: reader.parts,
        },
        copies: reader.copies,
        unknown: reader.unknown,
    }
}

impl Reader {
    fn obey(&mut self, command: &str) {
        let command = command.trim_end_matches(['\r', '\n']);
        let Some((name, rest)) = command.split_at_checked(2) else {
            return;
        };
        let numbers: Vec<Option<u16>> = rest
            .split(',')
            .map(|field| field.trim().parse().ok())
            .collect();
        let number = |at: usize| numbers.get(at).copied().flatten();
        match name.to_ascii_uppercase().as_str() {
            "PW" => self.width = number(0).unwrap_or(self.width),
            "LL" => self.height = number(0).unwrap_or(self.height),
            "PQ" => self.copies = number(0).unwrap_or(1),
            "FO" | "FT" => (self.x, self.y) = (number(0).unwrap_or(0), number(1).unwrap_or(0)),
            "BY" => {
                self.module = number(0).unwrap_or(self.module);
                self.bars = number(2).unwrap_or(self.bars);
            }
            "BC" => self.bars_of(Kind::Code128, number(1)),
            "BE" => self.bars_of(Kind::Ean13, number(1)),
            "B8" => self.bars_of(Kind::Ean8, number(1)),
            "BQ" => {
                self.kind = Kind::Qr;
                self.module = number(2).unwrap_or(self.module);
            }
            "GB" => self.parts.push(LabelPart::Rule {
                x: self.x,
                y: self.y,
                width: number(0).unwrap_or(1),
                height: number(1).unwrap_or(1),
            }),
            "FH" => self.is_hex = true,
            "FD" | "FV" => self.data = Some(rest.to_owned()),
            "FS" => self.end_field(),
            name if name.starts_with('A') => self.font = number(1).unwrap_or(self.font),
            // Understood, and without effect on a picture.
            "CI" | "LH" | "FX" | "MD" | "SD" | "PR" | "PO" | "CF" | "LT" | "LS" | "MM" | "MN" => {}
            _ => self.unknown.push(command.chars().take(16).collect()),
        }
    }

    fn bars_of(&mut self, kind: Kind, height: Option<u16>) {
        self.kind = kind;
        self.bars = height.unwrap_or(self.bars);
    }

    fn end_field(&mut self) {
        let (kind, is_hex) = (self.kind, self.is_hex);
        self.kind = Kind::Text;
        self.is_hex = false;
        let Some(data) = self.data.take() else {
            return;
        };
        let text = if is_hex { unhexed(&data) } else { data };
        let barcode = match kind {
            Kind::Text => {
                return self.parts.push(LabelPart::Text {
                    x: self.x,
                    y: self.y,
                    height: self.font,
                    words: Words::new(&text),
                });
            }
            Kind::Qr => {
                // Error level and input mode stand before the payload: "MA,".
                let payload = text
                    .split_once(',')
                    .map_or(text.as_str(), |(_, payload)| payload);
                match Qr::new(payload) {
                    Ok(qr) => self.parts.push(LabelPart::Qr {
                        x: self.x,
                        y: self.y,
                        module_dots: self.module,
                        qr,
                    }),
                    Err(refused) => self.unknown.push(format!("QR: {refused}")),
                }
                return;
            }
            Kind::Code128 => code128(&text),
            Kind::Ean13 => Barcode::ean13(&with_check_digit(&text)),
            Kind::Ean8 => Barcode::ean8(&with_check_digit(&text)),
        };
        match barcode {
            Ok(barcode) => self.parts.push(LabelPart::Barcode {
                x: self.x,
                y: self.y,
                height: self.bars,
                module_dots: self.module,
                barcode,
            }),
            Err(refused) => self.unknown.push(format!("bars: {refused}")),
        }
    }
}

/// Reads `_5E` as the byte 5E, and all of it as UTF-8.
fn unhexed(data: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = data.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let number = behind.get(..2).and_then(|two| {
            let two = std::str::from_utf8(two).ok()?;
            u8::from_str_radix(two, 16).ok()
        });
        match (first, number) {
            (b'_', Some(byte)) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads the calls of mode N: start sets, FNC1, and `>0` for itself.
fn code128(data: &str) -> Result<Barcode, counterpart_paper::SymbolRefused> {
    let mut code = String::new();
    let mut letters = data.chars();
    while let Some(letter) = letters.next() {
        if letter != '>' {
            code.push(letter);
            continue;
        }
        match letters.next() {
            Some('8') => code.push('\u{1D}'),
            Some('0') => code.push('>'),
            // Start and change of sets: what they carry is the same.
            Some(_) | None => {}
        }
    }
    match code.strip_prefix('\u{1D}') {
        Some(elements) => Barcode::gs1_128(elements, &elements.replace('\u{1D}', " ")),
        None => Barcode::code128(&code),
    }
}

fn with_check_digit(digits: &str) -> String {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| u32::from(byte.wrapping_sub(b'0')) * if at % 2 == 0 { 3 } else { 1 })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}
