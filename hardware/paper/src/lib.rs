//! The pure document a receipt is made of, the labels a shop prints, and their text and SVG forms.
//!
//! It knows no printer: bytes for a device are made in `counterpart-hardware` from the same
//! [`Document::grid`], which is why the preview is the print.
//!
//! ```
//! use counterpart_paper::{text, Barcode, Document, Paper, Style};
//!
//! let mut receipt = Document::new();
//! receipt
//!     .styled("CORNER SHOP", Style::title())
//!     .rule()
//!     .columns("Oat milk 1 l", "2.49")
//!     .columns_styled("TOTAL", "2.49", Style::bold())
//!     .barcode(Barcode::ean13("4006381333931")?)
//!     .cut();
//! assert!(text(&receipt, Paper::MM80.columns).contains("Oat milk 1 l"));
//! # Ok::<(), counterpart_paper::SymbolRefused>(())
//! ```

mod compose;
mod document;
mod grid;
mod label;
mod picture;
mod plain;
mod svg;
mod symbol;
mod words;

pub use document::{Align, Block, Document, Face, Paper, RuleKind, Style};
pub use grid::{COLUMNS_MIN, GridLine};
pub use label::{
    BadgeCard, CartonCode, CartonLabel, Label, LabelMedia, LabelPart, PickLabel, ShelfLabel,
    label_svg,
};
pub use picture::Picture;
pub use plain::text;
pub use svg::svg;
pub use symbol::{Barcode, CodeSet, Modules, Qr, SymbolRefused, Symbology};
pub use words::{Words, cells};
