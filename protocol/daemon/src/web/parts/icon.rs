//! The icons, drawn for this project on a 24 × 24 grid with a 2-unit pen.
//!
//! An icon never stands alone: the word beside it carries the meaning, so all are hidden from
//! screen readers.

use maud::{Markup, PreEscaped, html};

/// One drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A left-pointing key with a cross.
    Backspace,
    /// A closed box.
    Box,
    /// A bank note.
    Cash,
    /// A tick.
    Check,
    /// A chevron to the end side.
    Forward,
    /// A chevron to the start side.
    Back,
    /// A cross.
    Cross,
    /// A clock face.
    Clock,
    /// A drawer below a till.
    Drawer,
    /// A horizontal bar.
    Minus,
    /// Two vertical bars: parked.
    Park,
    /// Head and shoulders.
    Person,
    /// A vertical and a horizontal bar.
    Plus,
    /// A printer.
    Printer,
    /// A paper slip with a torn edge.
    Receipt,
    /// Bars of a code between corners.
    Scan,
    /// A lens.
    Search,
    /// A shop front.
    Store,
    /// A triangle with a stroke and a dot.
    Warning,
    /// An arrow turning back.
    Undo,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Backspace => {
                "M9 5h11a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H9l-6-7zM12 9.5l5 5M17 9.5l-5 5"
            }
            Self::Box => "M3.5 8 12 3.5 20.5 8v8.5L12 21l-8.5-4.5zM3.5 8 12 12.5 20.5 8M12 12.5V21",
            Self::Cash => "M3 7h18v10H3zM12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5M6 10v4M18 10v4",
            Self::Check => "M4.5 12.5 10 18 19.5 7",
            Self::Forward => "M9 5l7 7-7 7",
            Self::Back => "M15 5l-7 7 7 7",
            Self::Cross => "M6 6l12 12M18 6 6 18",
            Self::Clock => "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17M12 7.5V12l3 2.5",
            Self::Drawer => "M6 4h12v7H6zM3 11h18v8H3zM10 15h4",
            Self::Minus => "M5 12h14",
            Self::Park => "M8.5 5v14M15.5 5v14",
            Self::Person => {
                "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8M4.5 20.5c.8-4 3.6-6 7.5-6s6.7 2 7.5 6"
            }
            Self::Plus => "M5 12h14M12 5v14",
            Self::Printer => "M7 9V3.5h10V9M7 17H3.5V9h17v8H17M7 14h10v6.5H7z",
            Self::Receipt => "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
            Self::Scan => "M3.5 8V4H8M16 4h4.5v4M20.5 16v4H16M8 20H3.5v-4M8 9v6M12 9v6M16 9v6",
            Self::Search => "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13M15.5 15.5 21 21",
            Self::Store => "M4 10v10h16V10M3 10l2-6h14l2 6zM9.5 20v-5.5h5V20",
            Self::Warning => "M12 4 2.5 20h19zM12 10v5M12 17.5v.1",
            Self::Undo => "M8.5 5 4 9.5 8.5 14M4 9.5h10a5 5 0 0 1 0 10H9",
        }
    }
}

/// Draws `icon` at the size of the text around it.
pub fn icon(icon: Icon) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" aria-hidden="true" focusable="false" {
            (PreEscaped(format!("<path d=\"{}\"/>", icon.path())))
        }
    }
}
