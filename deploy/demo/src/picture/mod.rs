//! A product's picture, drawn from what it is: a pure function to SVG, no file and no photograph.
//!
//! Every drawing stands on the same ground in the same light, so that a shelf of them looks like
//! one shop. Colours follow the flavour where it names one.

mod colour;
mod shapes;

use std::fmt::Write;

use crate::catalog::DemoProduct;

use self::colour::{Paint, ground, paint};
use self::shapes::{Label, Shape, shape};

/// Width and height of a picture in its own units.
const SIDE: u32 = 120;

/// Draws a product as a self-contained SVG, 120 by 120 units.
pub fn picture(product: &DemoProduct) -> String {
    let name = product.name.to_lowercase();
    let goods = name.split(',').next().unwrap_or_default();
    let flavour = product.flavour.as_deref().unwrap_or_default();
    let paint = paint([flavour, goods], product.variety);
    let Shape { drawing, label } = shape(product.kind);
    let (high, low) = ground(&product.department);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIDE} {SIDE}\">\
         <defs><linearGradient id=\"g\" x2=\"0\" y2=\"1\"><stop stop-color=\"{high}\"/>\
         <stop offset=\"1\" stop-color=\"{low}\"/></linearGradient></defs>\
         <rect width=\"{SIDE}\" height=\"{SIDE}\" fill=\"url(#g)\"/>\
         <ellipse cx=\"60\" cy=\"105\" rx=\"36\" ry=\"4.5\" opacity=\".13\"/>\
         <g stroke-linecap=\"round\" stroke-linejoin=\"round\">{}",
        coloured(drawing, paint),
    );
    if let Some(label) = label {
        motif(&mut svg, label, paint, product.variety);
    }
    svg.push_str("</g></svg>");
    svg
}

/// Puts colours in for the letters a drawing names them by.
fn coloured(drawing: &str, paint: Paint) -> String {
    drawing
        .replace("$m", paint.main)
        .replace("$d", paint.dark)
        .replace("$l", paint.light)
        .replace("$a", paint.accent)
}

/// Prints a brand's sign on a label; neighbours of one kind differ by it.
fn motif(svg: &mut String, label: Label, paint: Paint, variety: u64) {
    let Label {
        left,
        top,
        width,
        height,
    } = label;
    let (middle, centre) = (left + width / 2, top + height / 2);
    let (accent, dark) = (paint.accent, paint.dark);
    let radius = height.min(width) / 3;
    let drawn = match variety / 16 % 6 {
        0 => write!(
            svg,
            "<circle cx=\"{middle}\" cy=\"{centre}\" r=\"{radius}\" fill=\"{accent}\"/>"
        ),
        1 => write!(
            svg,
            "<path d=\"M{left} {}h{width}M{left} {}h{width}\" stroke=\"{accent}\" \
             stroke-width=\"3\" stroke-linecap=\"butt\"/>",
            centre - 3,
            centre + 4,
        ),
        2 => write!(
            svg,
            "<path d=\"M{} {}c0-{radius} {radius}-{radius} {} -{radius}c0 {radius}-{radius} {} \
             -{} {radius}z\" fill=\"{accent}\"/>",
            middle - radius,
            centre + radius,
            radius * 2,
            radius * 2,
            radius * 2,
        ),
        3 => write!(
            svg,
            "<path d=\"M{left} {centre}q{} -8 {} 0t{} 0\" fill=\"none\" stroke=\"{accent}\" \
             stroke-width=\"3\"/>",
            width / 4,
            width / 2,
            width / 2,
        ),
        4 => write!(
            svg,
            "<path d=\"M{middle} {}l{radius} {radius}-{radius} {radius}-{radius}-{radius}z\" \
             fill=\"{accent}\"/>",
            centre - radius,
        ),
        _ => write!(
            svg,
            "<path d=\"M{} {}h{}M{} {}h{}\" stroke=\"{dark}\" stroke-width=\"3\"/>",
            left + width / 5,
            centre - 3,
            width * 3 / 5,
            left + width / 5,
            centre + 4,
            width * 2 / 5,
        ),
    };
    drawn.expect("a string takes all that is written to it");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{PRODUCTS, SEED, generate};

    #[test]
    fn every_product_has_a_picture_that_is_whole_and_small() {
        for product in generate(SEED, PRODUCTS) {
            let svg = picture(&product);
            assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{svg}");
            assert!(!svg.contains('$'), "a colour was not put in: {svg}");
            assert!(svg.len() < 2_500, "{} bytes of {}", svg.len(), product.name);
            assert_eq!(svg.matches('<').count(), svg.matches('>').count());
        }
    }

    #[test]
    fn a_picture_is_drawn_from_the_product_alone() {
        let products = generate(SEED, 50);
        let once: Vec<String> = products.iter().map(picture).collect();
        let again: Vec<String> = generate(SEED, 50).iter().map(picture).collect();
        assert_eq!(once, again);
    }
}
