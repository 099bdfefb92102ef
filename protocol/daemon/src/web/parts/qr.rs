//! QR codes as SVG, for pickup codes and enrolment.
//!
//! It draws what it is given; what a code means and who signed it is decided elsewhere.

use std::fmt::Write;

use maud::{Markup, PreEscaped, html};
use qrcode::{Color, EcLevel, QrCode};

use crate::web::text::Lang;

/// Quiet modules around a code (ISO/IEC 18004, section 6.3.8).
const QUIET_MODULES: usize = 4;

/// A content that no QR code can hold.
#[derive(Debug, thiserror::Error)]
#[error("drawing a QR code of {bytes} bytes")]
pub struct QrRefused {
    bytes: usize,
    #[source]
    source: qrcode::types::QrError,
}

/// Draws `content` as a QR code with error correction level M (15 % may be lost).
///
/// # Errors
/// [`QrRefused`] if the content is longer than the largest code holds (2,331 bytes at level M).
pub fn qr(lang: &Lang, content: &str) -> Result<Markup, QrRefused> {
    let code =
        QrCode::with_error_correction_level(content, EcLevel::M).map_err(|source| QrRefused {
            bytes: content.len(),
            source,
        })?;
    let side = code.width() + 2 * QUIET_MODULES;
    let mut path = String::new();
    for (row, modules) in code.to_colors().chunks(code.width()).enumerate() {
        for (column, _) in modules
            .iter()
            .enumerate()
            .filter(|(_, color)| **color == Color::Dark)
        {
            write!(
                path,
                "M{} {}h1v1h-1z",
                column + QUIET_MODULES,
                row + QUIET_MODULES
            )
            .expect("writing into a String never fails");
        }
    }
    Ok(html! {
        svg.qr viewBox={ "0 0 " (side) " " (side) } role="img"
            aria-label=(lang.word("kit-qr")) shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            (PreEscaped(format!("<path fill=\"#000\" d=\"{path}\"/>")))
        }
    })
}
