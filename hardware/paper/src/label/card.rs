//! A staff badge as it is printed: name, role, shop, and one secret in two kinds of code.

use super::{Label, LabelMedia, LabelPart, dots, text_width};
use crate::{Barcode, Qr, SymbolRefused, Words};

/// A bank card (ISO/IEC 7810, ID-1), in whole millimetres.
const CARD: LabelMedia = LabelMedia {
    width_mm: 86,
    height_mm: 54,
    dots_per_mm: 8,
};
/// White at the edge, in dots: 4 mm, as cards are cut by hand.
const MARGIN: u16 = 32;
/// Width of the narrowest bar, in dots: 0.25 mm, the least GS1 allows at a till.
const BAR_DOTS: u16 = 2;
/// Width of a square of the QR code, in dots: a hand scanner reads 0.75 mm from an arm's length.
const SQUARE_DOTS: u16 = 6;

/// What stands on a badge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BadgeCard {
    /// Whose it is.
    pub name: String,
    /// What they may do, in a word.
    pub role: String,
    /// The shop.
    pub place: String,
    /// What a scanner reads.
    pub code: String,
}

impl BadgeCard {
    /// Lays the card out.
    ///
    /// # Errors
    /// [`SymbolRefused`] when the code cannot be printed.
    pub fn label(&self) -> Result<Label, SymbolRefused> {
        let (barcode, qr) = (Barcode::code128(&self.code)?, Qr::new(&self.code)?);
        let side = dots(qr.modules().width, SQUARE_DOTS);
        let right = CARD.width_dots().saturating_sub(MARGIN + side);
        let text = |y: u16, height: u16, words: &str| LabelPart::Text {
            x: MARGIN,
            y,
            height: fitting(words, height, right.saturating_sub(2 * MARGIN)),
            words: Words::new(words),
        };
        Ok(Label {
            media: CARD,
            parts: vec![
                text(MARGIN, 52, &self.name),
                text(MARGIN + 64, 36, &self.role),
                text(MARGIN + 112, 32, &self.place),
                LabelPart::Qr {
                    x: right,
                    y: MARGIN,
                    module_dots: SQUARE_DOTS,
                    qr,
                },
                LabelPart::Barcode {
                    x: MARGIN,
                    y: 264,
                    height: 112,
                    module_dots: BAR_DOTS,
                    barcode,
                },
            ],
        })
    }
}

/// Returns the height at which a text is no wider than this: a name is never cut, but small.
fn fitting(words: &str, height: u16, width: u16) -> u16 {
    let wide = text_width(words, height).max(1);
    match wide <= width {
        true => height,
        false => {
            u16::try_from(u32::from(height) * u32::from(width) / u32::from(wide)).unwrap_or(height)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BadgeCard, CARD};
    use crate::label_svg;

    #[test]
    fn everything_stands_on_the_card() {
        let card = BadgeCard {
            name: "Noor Wilhelmina de Vries van der Meulen".to_owned(),
            role: "Manager".to_owned(),
            place: "Utrecht".to_owned(),
            code: "CPB1ABCDEFGHIJKLMNOP".to_owned(),
        };
        let label = card.label().unwrap();
        for part in &label.parts {
            let (_, _, right, bottom) = part.place();
            assert!(right <= CARD.width_dots(), "{part:?}");
            assert!(bottom <= CARD.height_dots(), "{part:?}");
        }
        assert!(label_svg(&label).contains("van der Meulen"));
        let odd = BadgeCard {
            code: "é".to_owned(),
            ..card
        };
        assert!(odd.label().is_err());
    }
}
