//! The labels a shop prints itself: on the shelf, on a carton, on the bag of a picked order.
//!
//! Everything fits or is cut at a word; what must be read by a machine is never cut.

use super::{Label, LabelMedia, LabelPart, dots, text_width};
use crate::{Barcode, Qr, SymbolRefused, Words, cells};

/// White at the edge of every label, in millimetres: the least a printer keeps.
const MARGIN_MM: u16 = 2;
/// White beside bars, in modules (GS1 General Specifications, section 5.2.3.4).
const QUIET_MODULES: u16 = 11;

/// What stands at a shelf.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShelfLabel {
    /// The product's name.
    pub name: String,
    /// Its price as it is read, such as `12.99 €`.
    pub price: String,
    /// The price of a kilogram or litre, such as `25.98 € / kg`.
    pub unit_price: Option<String>,
    /// What else is said: since when, until when, for members.
    pub note: Option<String>,
    /// The shop's own number.
    pub sku: String,
    /// The trade item number, if it has one: 8 or 13 digits, 12 of a UPC-A.
    pub gtin: Option<String>,
}

/// What stands on a carton that leaves the shop.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CartonLabel {
    /// Who sends it, line by line.
    pub from: Vec<String>,
    /// Who gets it, line by line.
    pub to: Vec<String>,
    /// The order's number.
    pub order: String,
    /// Which of how many: `1 / 3`.
    pub carton: String,
    /// What else is said, such as that it is a copy.
    pub note: Option<String>,
    /// What a scanner reads.
    pub code: CartonCode,
}

/// What a scanner reads on a carton.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CartonCode {
    /// The 18 digits of a serial shipping container code, as GS1-128.
    Sscc(String),
    /// A number of the shop's own, as CODE128.
    Own(String),
}

impl Default for CartonCode {
    fn default() -> Self {
        Self::Own(String::new())
    }
}

impl CartonCode {
    /// Returns the bars and what stands below them.
    fn barcode(&self) -> Result<(Barcode, String), SymbolRefused> {
        match self {
            Self::Sscc(digits) => {
                let caption = format!("(00){digits}");
                Ok((Barcode::gs1_128(&format!("00{digits}"), &caption)?, caption))
            }
            Self::Own(number) => Ok((Barcode::code128(number)?, number.clone())),
        }
    }
}

/// What stands on the bag of a picked order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PickLabel {
    /// The order's number.
    pub order: String,
    /// Whom it is for, as short as people call it.
    pub customer: String,
    /// The shelf it waits on.
    pub slot: Option<String>,
    /// Which bag of how many, and until when it waits.
    pub note: String,
    /// What a scanner reads: the order's own code.
    pub code: String,
}

/// Puts parts below each other.
struct Sheet {
    label: Label,
    margin: u16,
    y: u16,
}

impl ShelfLabel {
    /// Lays it out.
    ///
    /// # Errors
    /// [`SymbolRefused`] when the number is none.
    pub fn label(&self, media: LabelMedia) -> Result<Label, SymbolRefused> {
        let mut sheet = Sheet::new(media);
        let mm = media.dots_per_mm;
        sheet.wrapped(&self.name, 4 * mm, 2);
        let bars = self.gtin.as_deref().map(ean).transpose()?;
        let bottom = media.height_dots() - sheet.margin;
        let price_height = 11 * mm;
        let price = Words::new(&self.price);
        // The price stands at the right: it is what people look for.
        let width = text_width(price.as_str(), price_height);
        let left = (media.width_dots() - sheet.margin)
            .saturating_sub(width)
            .max(sheet.margin);
        sheet.text_at(left, sheet.y + mm, price_height, &self.price);
        sheet.y += price_height + 2 * mm;
        if let Some(unit_price) = &self.unit_price {
            let width = text_width(unit_price, 3 * mm);
            let left = (media.width_dots() - sheet.margin).saturating_sub(width);
            sheet.text_at(left.max(sheet.margin), sheet.y, 3 * mm, unit_price);
        }
        let foot = [Some(self.sku.as_str()), self.note.as_deref()];
        let foot: Vec<&str> = foot.into_iter().flatten().collect();
        let foot_top = bottom - 3 * mm;
        sheet.text_at(sheet.margin, foot_top, 3 * mm, &foot.join("  "));
        if let Some(barcode) = bars {
            let module_dots = (mm / 4).max(2);
            let height = 7 * mm;
            sheet.label.parts.push(LabelPart::Barcode {
                x: sheet.margin + QUIET_MODULES * module_dots / 2,
                y: foot_top - height - mm / 2,
                height,
                module_dots,
                barcode,
            });
        }
        Ok(sheet.label)
    }
}

impl CartonLabel {
    /// Lays it out.
    ///
    /// # Errors
    /// [`SymbolRefused`] when the code cannot be drawn.
    pub fn label(&self, media: LabelMedia) -> Result<Label, SymbolRefused> {
        let mut sheet = Sheet::new(media);
        let mm = media.dots_per_mm;
        for line in self.from.iter().take(4) {
            sheet.line(line, 3 * mm);
        }
        sheet.rule();
        for line in self.to.iter().take(6) {
            sheet.wrapped(line, 6 * mm, 2);
        }
        sheet.rule();
        sheet.line(&self.order, 7 * mm);
        sheet.line(&self.carton, 9 * mm);
        if let Some(note) = &self.note {
            sheet.line(note, 7 * mm);
        }
        sheet.rule();
        let (barcode, caption) = self.code.barcode()?;
        // As wide as fits, and as high as the standard asks: 32 mm (section 6.6.4.6).
        let room = media.width_dots().saturating_sub(2 * sheet.margin);
        let modules = barcode.modules().width + 2 * usize::from(QUIET_MODULES);
        let widest = (1..=8).rev().find(|each| dots(modules, *each) <= room);
        let module_dots = widest.unwrap_or(1);
        let width = dots(barcode.modules().width, module_dots);
        sheet.label.parts.push(LabelPart::Barcode {
            x: (media.width_dots().saturating_sub(width)) / 2,
            y: sheet.y,
            height: 32 * mm,
            module_dots,
            barcode,
        });
        sheet.y += 33 * mm;
        sheet.line(&caption, 4 * mm);
        Ok(sheet.label)
    }
}

impl PickLabel {
    /// Lays it out.
    ///
    /// # Errors
    /// [`SymbolRefused`] when the code cannot be drawn.
    pub fn label(&self, media: LabelMedia) -> Result<Label, SymbolRefused> {
        let mut sheet = Sheet::new(media);
        let mm = media.dots_per_mm;
        let qr = Qr::new(&self.code)?;
        let modules = qr.modules().width;
        let side_max = 20 * mm;
        let module_dots = (2..=8)
            .rev()
            .find(|each| dots(modules, *each) <= side_max)
            .unwrap_or(2);
        let side = dots(modules, module_dots);
        let left = (media.width_dots() - sheet.margin).saturating_sub(side);
        sheet.label.parts.push(LabelPart::Qr {
            x: left,
            y: sheet.margin,
            module_dots,
            qr,
        });
        let room = left.saturating_sub(sheet.margin + mm);
        // What people look for is written smaller rather than cut.
        sheet.shrunk(&self.order, &[6, 5, 4, 3], room);
        sheet.fitted(&self.customer, 5 * mm, room);
        if let Some(slot) = &self.slot {
            sheet.shrunk(slot, &[9, 7, 5, 4, 3], room);
        }
        let foot = media.height_dots() - sheet.margin - 4 * mm;
        sheet.text_at(sheet.margin, foot, 4 * mm, &self.note);
        Ok(sheet.label)
    }
}

impl Sheet {
    fn new(media: LabelMedia) -> Self {
        let margin = MARGIN_MM * media.dots_per_mm;
        Self {
            label: Label {
                media,
                parts: Vec::new(),
            },
            margin,
            y: margin,
        }
    }

    fn room(&self) -> u16 {
        self.label
            .media
            .width_dots()
            .saturating_sub(2 * self.margin)
    }

    fn text_at(&mut self, x: u16, y: u16, height: u16, text: &str) {
        let words = Words::new(text);
        let room = (self.label.media.width_dots() - self.margin).saturating_sub(x);
        let words = Words::new(&fitting(words.as_str(), height, room));
        if !words.as_str().trim().is_empty() {
            self.label.parts.push(LabelPart::Text {
                x,
                y,
                height,
                words,
            });
        }
    }

    fn line(&mut self, text: &str, height: u16) {
        self.fitted(text, height, self.room());
    }

    /// One line, cut where its room ends.
    fn fitted(&mut self, text: &str, height: u16, room: u16) {
        let cut = fitting(Words::new(text).as_str(), height, room);
        self.text_at(self.margin, self.y, height, &cut);
        self.y += height + height / 4;
    }

    /// One line of the first height, in millimetres, in which it fits; cut at the last.
    fn shrunk(&mut self, text: &str, heights_mm: &[u16], room: u16) {
        let mm = self.label.media.dots_per_mm;
        let words = Words::new(text);
        let fits = |height: &&u16| text_width(words.as_str(), **height * mm) <= room;
        let height = heights_mm.iter().find(fits).or(heights_mm.last());
        self.fitted(text, height.map_or(mm, |height| height * mm), room);
    }

    /// As many lines as it takes, but no more than `lines_max`; the last is cut.
    fn wrapped(&mut self, text: &str, height: u16, lines_max: usize) {
        let words = Words::new(text);
        let mut lines = vec![String::new()];
        for word in words.as_str().split_whitespace() {
            let is_last = lines.len() >= lines_max;
            let last = lines.last_mut().expect("there is one from the start");
            let longer = if last.is_empty() {
                word.to_owned()
            } else {
                format!("{last} {word}")
            };
            if text_width(&longer, height) <= self.room() || last.is_empty() || is_last {
                *last = longer;
            } else {
                lines.push(word.to_owned());
            }
        }
        for line in lines {
            self.line(&line, height);
        }
    }

    fn rule(&mut self) {
        let thick = (self.label.media.dots_per_mm / 3).max(2);
        self.label.parts.push(LabelPart::Rule {
            x: self.margin,
            y: self.y,
            width: self.room(),
            height: thick,
        });
        self.y += thick + self.label.media.dots_per_mm * 2;
    }
}

/// Returns what of a text fits, with an ellipsis for what does not.
fn fitting(text: &str, height: u16, room: u16) -> String {
    if text_width(text, height) <= room {
        return text.to_owned();
    }
    let cells_max = usize::from(room) * 10 / (usize::from(height).max(1) * 6);
    let mut kept = String::new();
    let mut used = 1;
    for character in text.chars() {
        used += cells(character);
        if used > cells_max {
            break;
        }
        kept.push(character);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// A number below bars: 8 or 13 digits, or 12, which is 13 with a zero in front.
fn ean(digits: &str) -> Result<Barcode, SymbolRefused> {
    match digits.len() {
        8 => Barcode::ean8(digits),
        12 => Barcode::ean13(&format!("0{digits}")),
        14 => Barcode::ean13(digits.strip_prefix('0').unwrap_or(digits)),
        _ => Barcode::ean13(digits),
    }
}
