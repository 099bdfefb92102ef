//! What differs between printers, as data: paper, character tables, cutter, what they answer.
//!
//! A printer not listed is the nearest one with the fields changed; nothing here is code.

use counterpart_paper::Paper;

use super::CodePage;

/// What a printer model can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// What an installer calls it in a configuration.
    pub name: String,
    /// How wide it prints.
    pub paper: Paper,
    /// Its character tables with the numbers it knows them by; the first is used at the start.
    pub pages: Vec<(CodePage, u8)>,
    /// How it cuts.
    pub cut: Cut,
    /// How it says that everything before has been printed.
    pub barrier: Barrier,
    /// How it tells its state.
    pub status: StatusReplies,
}

/// How a printer cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Through the whole paper.
    Full,
    /// All but a bridge in the middle.
    Partial,
    /// It has a tear bar: the paper is moved past it.
    None,
}

/// How a printer says that everything before has been printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barrier {
    /// `GS ( H` function 48: it repeats a number when the data before has been printed (Epson
    /// ESC/POS command reference, "Specify the process ID response").
    ProcessId,
    /// `GS r 1`, a status request that is answered in its turn, after everything before.
    InOrderStatus,
    /// It says nothing; its jobs are never confirmed.
    None,
}

/// How a printer tells its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusReplies {
    /// It answers `DLE EOT` and, once asked by `GS a`, reports every change by itself.
    PushedAndPolled,
    /// It answers `DLE EOT`.
    Polled,
    /// It answers nothing.
    None,
}

impl Profile {
    /// The names [`Profile::by_name`] knows.
    pub const NAMES: [&'static str; 4] = ["epson-80mm", "epson-58mm", "generic-80mm", "clone-80mm"];

    /// Returns a profile by its name.
    pub fn by_name(name: &str) -> Option<Self> {
        match name {
            "epson-80mm" => Some(Self::epson_80mm()),
            "epson-58mm" => Some(Self::epson_58mm()),
            "generic-80mm" => Some(Self::generic_80mm()),
            "clone-80mm" => Some(Self::clone_80mm()),
            _ => None,
        }
    }

    /// Returns the common 80 mm counter printer of the Epson kind (TM-T20III, TM-T88VI, m30).
    pub fn epson_80mm() -> Self {
        Self {
            name: "epson-80mm".to_owned(),
            paper: Paper::MM80,
            pages: epson_pages(),
            cut: Cut::Partial,
            barrier: Barrier::ProcessId,
            status: StatusReplies::PushedAndPolled,
        }
    }

    /// Returns a 58 mm printer of the Epson kind, with a tear bar (TM-P20, m10).
    pub fn epson_58mm() -> Self {
        Self {
            name: "epson-58mm".to_owned(),
            paper: Paper::MM58,
            pages: epson_pages(),
            cut: Cut::None,
            barrier: Barrier::InOrderStatus,
            status: StatusReplies::PushedAndPolled,
        }
    }

    /// Returns an 80 mm printer that follows Epson where most do: the common tables, status
    /// reports, and a status answered in its turn instead of `GS ( H`.
    pub fn generic_80mm() -> Self {
        Self {
            name: "generic-80mm".to_owned(),
            paper: Paper::MM80,
            pages: vec![
                (CodePage::Pc858, 19),
                (CodePage::Pc852, 18),
                (CodePage::Pc866, 17),
                (CodePage::Pc437, 0),
                (CodePage::Pc850, 2),
            ],
            cut: Cut::Full,
            barrier: Barrier::InOrderStatus,
            status: StatusReplies::PushedAndPolled,
        }
    }

    /// Returns an inexpensive 80 mm printer: two character tables, polled status, no barrier.
    pub fn clone_80mm() -> Self {
        Self {
            name: "clone-80mm".to_owned(),
            paper: Paper::MM80,
            pages: vec![(CodePage::Pc437, 0), (CodePage::Pc850, 2)],
            cut: Cut::Full,
            barrier: Barrier::None,
            status: StatusReplies::Polled,
        }
    }
}

/// By preference: what western Europe needs first, the older tables last.
fn epson_pages() -> Vec<(CodePage, u8)> {
    [
        CodePage::Pc858,
        CodePage::Pc852,
        CodePage::Pc866,
        CodePage::Pc857,
        CodePage::Pc737,
        CodePage::Pc775,
        CodePage::Pc437,
        CodePage::Pc850,
        CodePage::Wpc1252,
    ]
    .map(|page| (page, page.epson_table()))
    .to_vec()
}
