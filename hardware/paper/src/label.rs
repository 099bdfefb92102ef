//! Labels: what stands where on one, in dots, and the three this shop prints itself.
//!
//! It knows no printer language: ZPL is made in `counterpart-hardware` from the same [`Label`], and
//! [`label_svg`](crate::label_svg) draws it. What is printed on one is text by then; prices and
//! orders are their owners'.

mod card;
mod designs;
mod draw;

use crate::{Barcode, Qr, Words, cells};

pub use card::BadgeCard;
pub use designs::{CartonCode, CartonLabel, PickLabel, ShelfLabel};
pub use draw::label_svg;

/// The piece of paper a label is printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LabelMedia {
    /// Millimetres across, at most 104 on the usual four-inch printers.
    pub width_mm: u16,
    /// Millimetres down.
    pub height_mm: u16,
    /// Dots a millimetre: 8 on a 203 dpi printer, 12 on one of 300 dpi.
    pub dots_per_mm: u16,
}

/// What stands on a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// On what.
    pub media: LabelMedia,
    /// The parts, in the order they are printed.
    pub parts: Vec<LabelPart>,
}

/// One part of a label; all measures in dots from the top left corner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelPart {
    /// One line of text.
    Text {
        /// Left end.
        x: u16,
        /// Top of the line.
        y: u16,
        /// Height of a capital letter with its descender.
        height: u16,
        /// What it says.
        words: Words,
    },
    /// Bars.
    Barcode {
        /// Left end of the bars.
        x: u16,
        /// Top of the bars.
        y: u16,
        /// Height of the bars.
        height: u16,
        /// Width of the narrowest bar.
        module_dots: u16,
        /// What they say.
        barcode: Barcode,
    },
    /// A QR code.
    Qr {
        /// Left end.
        x: u16,
        /// Top.
        y: u16,
        /// Width of one square.
        module_dots: u16,
        /// What it says.
        qr: Qr,
    },
    /// A filled rectangle: a line.
    Rule {
        /// Left end.
        x: u16,
        /// Top.
        y: u16,
        /// Across.
        width: u16,
        /// Down.
        height: u16,
    },
}

impl LabelMedia {
    /// A shelf label as it slides into the rail.
    pub const SHELF: Self = Self {
        width_mm: 60,
        height_mm: 38,
        dots_per_mm: 8,
    };
    /// A carton label, four inches by six: the size carriers print on.
    pub const CARTON: Self = Self {
        width_mm: 102,
        height_mm: 152,
        dots_per_mm: 8,
    };
    /// A label for the bag of a picked order.
    pub const PICK: Self = Self {
        width_mm: 60,
        height_mm: 38,
        dots_per_mm: 8,
    };

    /// Returns the dots across.
    #[must_use]
    pub fn width_dots(self) -> u16 {
        self.width_mm.saturating_mul(self.dots_per_mm)
    }

    /// Returns the dots down.
    #[must_use]
    pub fn height_dots(self) -> u16 {
        self.height_mm.saturating_mul(self.dots_per_mm)
    }
}

impl LabelPart {
    /// Returns the rectangle the part fills, as left, top, right and bottom; text by a generous
    /// guess.
    #[must_use]
    pub fn place(&self) -> (u16, u16, u16, u16) {
        let (x, y, width, height) = match self {
            Self::Text {
                x,
                y,
                height,
                words,
            } => (*x, *y, text_width(words.as_str(), *height), *height),
            Self::Barcode {
                x,
                y,
                height,
                module_dots,
                barcode,
            } => (*x, *y, dots(barcode.modules().width, *module_dots), *height),
            Self::Qr {
                x,
                y,
                module_dots,
                qr,
            } => {
                let side = dots(qr.modules().width, *module_dots);
                (*x, *y, side, side)
            }
            Self::Rule {
                x,
                y,
                width,
                height,
            } => (*x, *y, *width, *height),
        };
        (x, y, x.saturating_add(width), y.saturating_add(height))
    }
}

pub(crate) fn dots(modules: usize, module_dots: u16) -> u16 {
    u16::try_from(modules)
        .unwrap_or(u16::MAX)
        .saturating_mul(module_dots)
}

/// Returns how wide a text is at most in a printer's scalable font: its widest letters take six
/// tenths of its height (measured on the condensed font every ZPL printer has as `0`).
pub(crate) fn text_width(text: &str, height: u16) -> u16 {
    let cells: usize = text.chars().map(cells).sum();
    let width = cells * usize::from(height) * 6 / 10;
    u16::try_from(width).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests;
