//! A label as a picture: the parts where a printer puts them, in its dots.

use std::fmt::Write;

use super::{Label, LabelPart, text_width};
use crate::svg::escaped;
use crate::{Modules, cells};

/// Renders a label as a self-contained SVG. All text is escaped; nothing outside is referred to.
#[must_use]
pub fn label_svg(label: &Label) -> String {
    let mut body = String::new();
    for part in &label.parts {
        draw(part, &mut body);
    }
    let (width, height) = (label.media.width_dots(), label.media.height_dots());
    // Millimetres at 96 pixels per inch, enlarged half as much again to be read on a screen.
    let shown = u32::from(label.media.width_mm) * 96 * 3 / 2 / 25;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"label\" role=\"img\" \
         viewBox=\"0 0 {width} {height}\" width=\"{shown}\"><title>Label</title>\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#fffdf8\" \
         stroke=\"#b9b3a6\"/><g fill=\"#1c1b19\" font-weight=\"700\" \
         font-family=\"'DejaVu Sans Condensed','Arial Narrow',Arial,sans-serif\">{body}</g></svg>"
    )
}

fn draw(part: &LabelPart, body: &mut String) {
    match part {
        LabelPart::Text {
            x,
            y,
            height,
            words,
        } => {
            // Letters stand on the line of three quarters of their height.
            let baseline = u32::from(*y) + u32::from(*height) * 3 / 4;
            let size = u32::from(*height) * 4 / 5;
            let fits = text_width(words.as_str(), *height);
            let narrow = words.as_str().chars().any(|c| cells(c) > 1);
            let length = if narrow {
                format!(" textLength=\"{fits}\" lengthAdjust=\"spacingAndGlyphs\"")
            } else {
                String::new()
            };
            put(
                body,
                format_args!(
                    "<text x=\"{x}\" y=\"{baseline}\" font-size=\"{size}\"{length}>{}</text>",
                    escaped(words.as_str())
                ),
            );
        }
        LabelPart::Barcode {
            x,
            y,
            height,
            module_dots,
            barcode,
        } => modules(&barcode.modules(), (*x, *y), (*module_dots, *height), body),
        LabelPart::Qr {
            x,
            y,
            module_dots,
            qr,
        } => modules(&qr.modules(), (*x, *y), (*module_dots, *module_dots), body),
        LabelPart::Rule {
            x,
            y,
            width,
            height,
        } => put(
            body,
            format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"),
        ),
    }
}

/// Draws dark runs as one path.
fn modules(modules: &Modules, place: (u16, u16), size: (u16, u16), body: &mut String) {
    let (across, down) = (usize::from(size.0), usize::from(size.1));
    let mut path = String::new();
    for (row, squares) in modules.dark.chunks(modules.width).enumerate() {
        let mut column = 0;
        for run in squares.chunk_by(|one, next| one == next) {
            if run[0] {
                let x = usize::from(place.0) + column * across;
                let y = usize::from(place.1) + row * down;
                let wide = run.len() * across;
                put(&mut path, format_args!("M{x} {y}h{wide}v{down}h-{wide}z"));
            }
            column += run.len();
        }
    }
    put(
        body,
        format_args!("<path shape-rendering=\"crispEdges\" d=\"{path}\"/>"),
    );
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("a string grows");
}
