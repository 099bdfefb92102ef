//! A label becomes ZPL; pure.
//!
//! Every text goes through `^FH`, so that a product called `^XZ` cannot end its label, and one
//! called
//! `~JA` cannot empty the printer. Source: Zebra, ZPL II programming guide, P1099958.

use std::fmt::Write;

use counterpart_paper::{Barcode, CodeSet, Label, LabelPart, Symbology};

/// Returns the bytes that print a label so many times.
///
/// ```
/// use counterpart_hardware::zpl;
/// use counterpart_paper::{LabelMedia, ShelfLabel};
///
/// let label = ShelfLabel {
///     name: "Oat milk ^XZ~JA".to_owned(),
///     price: "1.99 €".to_owned(),
///     sku: "OAT-1".to_owned(),
///     ..ShelfLabel::default()
/// };
/// let bytes = zpl(&label.label(LabelMedia::SHELF)?, 1);
/// let text = String::from_utf8(bytes)?;
/// assert!(text.contains("^FDOat milk _5EXZ_7EJA^FS"), "{text}");
/// assert_eq!(text.matches("^XZ").count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn zpl(label: &Label, copies: u16) -> Vec<u8> {
    let (width, height) = (label.media.width_dots(), label.media.height_dots());
    // ^CI28: texts are UTF-8.
    let mut text = format!("^XA^CI28^PW{width}^LL{height}^LH0,0^FS\n");
    for part in &label.parts {
        write_part(part, &mut text);
    }
    put(&mut text, format_args!("^PQ{},0,1,Y^XZ\n", copies.max(1)));
    text.into_bytes()
}

fn write_part(part: &LabelPart, text: &mut String) {
    match part {
        LabelPart::Text {
            x,
            y,
            height,
            words,
        } => {
            // Font 0 is the one that scales; its letters are as wide as they are by themselves.
            put(text, format_args!("^FO{x},{y}^A0N,{height}^FH^FD"));
            escape(words.as_str(), text);
        }
        LabelPart::Barcode {
            x,
            y,
            height,
            module_dots,
            barcode,
        } => {
            put(text, format_args!("^FO{x},{y}^BY{module_dots},3,{height}"));
            write_barcode(barcode, *height, text);
        }
        LabelPart::Qr {
            x,
            y,
            module_dots,
            qr,
        } => {
            // Model 2; correction level M, the printer chooses the encoding.
            put(
                text,
                format_args!("^FO{x},{y}^BQN,2,{module_dots}^FH^FDMA,"),
            );
            escape(qr.payload(), text);
        }
        LabelPart::Rule {
            x,
            y,
            width,
            height,
        } => {
            let thick = (*width).min(*height);
            put(text, format_args!("^FO{x},{y}^GB{width},{height},{thick}"));
        }
    }
    text.push_str("^FS\n");
}

fn write_barcode(barcode: &Barcode, height: u16, text: &mut String) {
    let code = barcode.code();
    match barcode.symbology() {
        // The printer makes the check digit from the others.
        Symbology::Ean13 => put(text, format_args!("^BEN,{height},N,N^FD{}", &code[..12])),
        Symbology::Ean8 => put(text, format_args!("^B8N,{height},N,N^FD{}", &code[..7])),
        Symbology::Code128 | Symbology::Gs1128 => {
            put(text, format_args!("^BCN,{height},N,N,N,N^FH^FD"));
            text.push_str(match barcode.code_set() {
                CodeSet::B => ">:",
                CodeSet::C => ">;",
            });
            if barcode.symbology() == Symbology::Gs1128 {
                text.push_str(">8");
            }
            for character in code.chars() {
                match character {
                    // In mode N a > calls a function: >0 is itself, >8 is FNC1.
                    '>' => text.push_str(">0"),
                    '\u{1D}' => text.push_str(">8"),
                    other => escape(other.encode_utf8(&mut [0; 4]), text),
                }
            }
        }
    }
}

/// Writes what could be a command by its number: `^FH` reads `_5E` as `^`.
fn escape(words: &str, text: &mut String) {
    for character in words.chars() {
        match character {
            '^' | '~' | '_' | '\\' | '\0'..='\x1F' | '\x7F' => {
                put(text, format_args!("_{:02X}", u32::from(character)));
            }
            other => text.push(other),
        }
    }
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("a string grows");
}

#[cfg(test)]
mod tests {
    use counterpart_paper::{LabelMedia, Qr, Words};

    use super::*;

    fn of(part: LabelPart) -> String {
        let label = Label {
            media: LabelMedia::SHELF,
            parts: vec![part],
        };
        let text = String::from_utf8(zpl(&label, 2)).unwrap();
        let begin = "^XA^CI28^PW480^LL304^LH0,0^FS\n";
        let end = "^PQ2,0,1,Y^XZ\n";
        let middle = text
            .strip_prefix(begin)
            .and_then(|rest| rest.strip_suffix(end));
        middle.unwrap().to_owned()
    }

    fn bars(barcode: Barcode) -> String {
        of(LabelPart::Barcode {
            x: 10,
            y: 20,
            height: 80,
            module_dots: 2,
            barcode,
        })
    }

    #[test]
    fn every_part_has_its_golden_bytes() {
        let words = Words::new("50 % _ ^XA~JA\\& Müller");
        assert_eq!(
            of(LabelPart::Text {
                x: 1,
                y: 2,
                height: 32,
                words
            }),
            "^FO1,2^A0N,32^FH^FD50 % _5F _5EXA_7EJA_5C& Müller^FS\n"
        );
        assert_eq!(
            of(LabelPart::Rule {
                x: 0,
                y: 5,
                width: 400,
                height: 3
            }),
            "^FO0,5^GB400,3,3^FS\n"
        );
        let qr = Qr::new("https://example.org/_^").unwrap();
        assert_eq!(
            of(LabelPart::Qr {
                x: 3,
                y: 4,
                module_dots: 4,
                qr
            }),
            "^FO3,4^BQN,2,4^FH^FDMA,https://example.org/_5F_5E^FS\n"
        );
        assert_eq!(
            bars(Barcode::ean13("4006381333931").unwrap()),
            "^FO10,20^BY2,3,80^BEN,80,N,N^FD400638133393^FS\n"
        );
        assert_eq!(
            bars(Barcode::ean8("96385074").unwrap()),
            "^FO10,20^BY2,3,80^B8N,80,N,N^FD9638507^FS\n"
        );
        assert_eq!(
            bars(Barcode::code128("A>^1").unwrap()),
            "^FO10,20^BY2,3,80^BCN,80,N,N,N,N^FH^FD>:A>0_5E1^FS\n"
        );
        assert_eq!(
            bars(Barcode::gs1_128("00376104250021234569", "").unwrap()),
            "^FO10,20^BY2,3,80^BCN,80,N,N,N,N^FH^FD>;>800376104250021234569^FS\n"
        );
        assert_eq!(
            bars(Barcode::gs1_128("10AB\u{1d}21C", "").unwrap()),
            "^FO10,20^BY2,3,80^BCN,80,N,N,N,N^FH^FD>:>810AB>821C^FS\n"
        );
    }
}
