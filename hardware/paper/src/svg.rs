//! The document as a picture: the same lines as on paper, drawn in dots.
//!
//! It draws what the printer would, not what would be prettier; colours and shadows around the
//! paper belong to the page that shows it.

use std::fmt::Write;

use crate::grid::{CELL_DOTS, COLUMNS_MIN, GridLine, runs};
use crate::{Barcode, Document, Face, Modules, Picture, Qr, cells};

/// Height of a line of font A with its spacing, in dots (1/6 inch at 180 dpi, the default of
/// `ESC 2`).
const LINE_DOTS: usize = 30;
/// Height of a character of font A.
const CHARACTER_DOTS: usize = 24;
/// White around the printable part.
const MARGIN_DOTS: usize = 24;
/// Height of a barcode's bars.
const BARS_DOTS: usize = 80;

/// Renders a document as a self-contained SVG of light paper, `columns` characters wide.
///
/// All text is escaped; nothing outside the picture is referred to.
pub fn svg(document: &Document, columns: usize) -> String {
    let columns = columns.max(COLUMNS_MIN);
    let mut sheet = Sheet {
        body: String::new(),
        top: MARGIN_DOTS,
        dots: columns * CELL_DOTS,
    };
    for line in document.grid(columns) {
        match line {
            GridLine::Text { text, face } => sheet.text(&text, face),
            GridLine::Barcode {
                barcode,
                module_dots,
            } => sheet.barcode(&barcode, module_dots),
            GridLine::Qr { qr, module_dots } => sheet.qr(&qr, module_dots),
            GridLine::Picture {
                picture,
                before_dots,
            } => sheet.picture(&picture, before_dots),
            GridLine::Cut => sheet.cut(),
        }
    }
    let width = sheet.dots + 2 * MARGIN_DOTS;
    let height = sheet.top + MARGIN_DOTS;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"receipt\" role=\"img\" \
         viewBox=\"0 0 {width} {height}\" width=\"{shown}\"><title>Receipt</title>\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fffdf8\"/>\
         <g fill=\"#1c1b19\" font-family=\"'DejaVu Sans Mono',ui-monospace,Menlo,Consolas,\
         monospace\" font-size=\"20\">{}</g></svg>",
        sheet.body,
        // 203 dots per inch on paper, 96 pixels per inch on a screen, enlarged to be read.
        shown = width * 2 / 3,
    )
}

struct Sheet {
    body: String,
    top: usize,
    dots: usize,
}

impl Sheet {
    fn text(&mut self, text: &str, face: Face) {
        let (across, down) = (1 + usize::from(face.wide), 1 + usize::from(face.tall));
        // Characters stand on the line of 19 of their 24 dots.
        let baseline = self.top + 19 * down;
        for (column, run) in runs(text) {
            let left = MARGIN_DOTS + column * CELL_DOTS * across;
            let length = run.chars().map(cells).sum::<usize>() * CELL_DOTS;
            let weight = if face.bold {
                " font-weight=\"700\""
            } else {
                ""
            };
            self.put(format_args!(
                "<text transform=\"translate({left} {baseline}) scale({across} {down})\" \
                 textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\"{weight}>{}</text>",
                escaped(run)
            ));
        }
        self.top += LINE_DOTS + CHARACTER_DOTS * (down - 1);
    }

    fn barcode(&mut self, barcode: &Barcode, module_dots: u8) {
        let modules = barcode.modules();
        let left = self.centre(modules.width * usize::from(module_dots));
        self.modules(&modules, usize::from(module_dots), BARS_DOTS, left);
        self.top += BARS_DOTS + 4;
        let code = barcode.caption();
        let room = self.dots / CELL_DOTS;
        let before = room.saturating_sub(code.chars().count()) / 2;
        self.text(&format!("{}{code}", " ".repeat(before)), Face::default());
    }

    fn qr(&mut self, qr: &Qr, module_dots: u8) {
        let modules = qr.modules();
        let square = usize::from(module_dots);
        let left = self.centre(modules.width * square);
        self.top += LINE_DOTS / 2;
        self.modules(&modules, square, square, left);
        self.top += modules.width * square + LINE_DOTS / 2;
    }

    fn picture(&mut self, picture: &Picture, before_dots: usize) {
        let (width, height) = (picture.width(), picture.height());
        let dots = (0..height).flat_map(|row| (0..width).map(move |column| (column, row)));
        let modules = Modules {
            width,
            dark: dots
                .map(|(column, row)| picture.is_dark(column, row))
                .collect(),
        };
        if height > 0 {
            self.modules(&modules, 1, 1, MARGIN_DOTS + before_dots);
        }
        self.top += height;
    }

    fn cut(&mut self) {
        let (left, right) = (MARGIN_DOTS / 2, self.dots + MARGIN_DOTS * 3 / 2);
        self.top += LINE_DOTS / 2;
        let top = self.top;
        self.put(format_args!(
            "<path d=\"M{left} {top}H{right}\" fill=\"none\" stroke=\"#b9b3a6\" \
             stroke-width=\"2\" stroke-dasharray=\"8 8\"/>"
        ));
        self.top += LINE_DOTS / 2;
    }

    /// Draws dark runs as one path, so that a QR code is one element.
    fn modules(&mut self, modules: &Modules, across: usize, down: usize, left: usize) {
        let mut path = String::new();
        for (row, squares) in modules.dark.chunks(modules.width).enumerate() {
            let mut column = 0;
            for run in squares.chunk_by(|one, next| one == next) {
                if run[0] {
                    let (x, y) = (left + column * across, self.top + row * down);
                    let wide = run.len() * across;
                    write!(path, "M{x} {y}h{wide}v{down}h-{wide}z").expect("a string grows");
                }
                column += run.len();
            }
        }
        self.put(format_args!(
            "<path shape-rendering=\"crispEdges\" d=\"{path}\"/>"
        ));
    }

    fn centre(&self, width: usize) -> usize {
        MARGIN_DOTS + self.dots.saturating_sub(width) / 2
    }

    fn put(&mut self, element: std::fmt::Arguments<'_>) {
        self.body.write_fmt(element).expect("a string grows");
    }
}

pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_name_cannot_become_a_script() {
        let mut receipt = Document::new();
        receipt.columns("<script>alert('x')</script> & co", "1.00");
        let picture = svg(&receipt, 48);
        assert!(!picture.contains("<script"), "{picture}");
        assert!(picture.contains("&lt;script&gt;"), "{picture}");
    }

    #[test]
    fn a_receipt_is_drawn_with_its_symbols() {
        let mut receipt = Document::new();
        receipt
            .styled("SHOP", crate::Style::title())
            .barcode(Barcode::ean8("96385074").unwrap())
            .qr(Qr::new("R1").unwrap())
            .cut();
        let picture = svg(&receipt, 32);
        assert_eq!(
            picture.matches("<path").count(),
            3,
            "bars, squares and the cut"
        );
        assert!(picture.contains("scale(2 2)"), "{picture}");
        assert!(picture.contains(">96385074<"), "{picture}");
    }
}
