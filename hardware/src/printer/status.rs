//! What a printer says about itself, out of single bits.
//!
//! It asks nothing; `DLE EOT`, `GS r` and `GS a` are asked by the link. Bits are those of the
//! Epson ESC/POS command reference, "Transmit real-time status" and "Automatic Status Back".

use crate::state::Trouble;

/// What is known about a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PrinterStatus {
    /// It takes no data.
    pub offline: bool,
    /// Its cover is open.
    pub cover_open: bool,
    /// How much paper there is.
    pub paper: PaperLevel,
    /// The cutter is blocked.
    pub cutter_blocked: bool,
    /// The head is too hot; it goes on by itself.
    pub too_hot: bool,
    /// Only switching off and on helps.
    pub broken: bool,
    /// The drawer's sensor line is high; which that means depends on the drawer.
    pub drawer_line_high: bool,
}

/// How much paper there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub enum PaperLevel {
    /// Enough.
    #[default]
    Present,
    /// The roll ends soon.
    NearEnd,
    /// None.
    Out,
}

impl PrinterStatus {
    /// Takes in the answer to `DLE EOT topic`; other topics than 1 to 4 say nothing.
    pub fn absorb_answer(&mut self, topic: u8, byte: u8) {
        match topic {
            1 => {
                self.drawer_line_high = bit(byte, 2);
                self.offline = bit(byte, 3);
            }
            2 => {
                self.cover_open = bit(byte, 2);
                if bit(byte, 5) {
                    self.paper = PaperLevel::Out;
                }
                if !bit(byte, 6) {
                    self.cutter_blocked = false;
                    self.broken = false;
                    self.too_hot = false;
                }
            }
            3 => {
                self.cutter_blocked = bit(byte, 2) || bit(byte, 3);
                self.broken = bit(byte, 5);
                self.too_hot = bit(byte, 6);
            }
            4 => self.paper = paper(bit(byte, 5) || bit(byte, 6), bit(byte, 2) || bit(byte, 3)),
            _ => {}
        }
    }

    /// Takes in a report the printer sent by itself: 4 bytes.
    pub fn absorb_report(&mut self, report: [u8; 4]) {
        let [line, errors, sensors, _] = report;
        self.drawer_line_high = bit(line, 2);
        self.offline = bit(line, 3);
        self.cover_open = bit(line, 5);
        self.cutter_blocked = bit(errors, 2) || bit(errors, 3);
        self.broken = bit(errors, 5);
        self.too_hot = bit(errors, 6);
        self.paper = paper(
            bit(sensors, 2) || bit(sensors, 3),
            bit(sensors, 0) || bit(sensors, 1),
        );
    }

    /// Returns what is wrong, worst first; nothing when all is well.
    pub fn troubles(&self) -> Vec<Trouble> {
        let mut troubles = Vec::new();
        let mut note = |wrong: bool, trouble: Trouble| {
            if wrong {
                troubles.push(trouble);
            }
        };
        note(self.broken, Trouble::Broken);
        note(self.cutter_blocked, Trouble::CutterBlocked);
        note(self.cover_open, Trouble::CoverOpen);
        note(self.paper == PaperLevel::Out, Trouble::PaperOut);
        note(self.too_hot, Trouble::TooHot);
        note(self.paper == PaperLevel::NearEnd, Trouble::PaperNearEnd);
        if self.offline && !troubles.iter().any(|trouble| trouble.stops_printing()) {
            troubles.insert(0, Trouble::Offline);
        }
        troubles
    }

    /// Returns the worst thing that keeps it from printing.
    pub fn stopped_by(&self) -> Option<Trouble> {
        self.troubles()
            .into_iter()
            .find(|trouble| trouble.stops_printing())
    }
}

fn bit(byte: u8, place: u8) -> bool {
    byte >> place & 1 == 1
}

fn paper(out: bool, near_end: bool) -> PaperLevel {
    match (out, near_end) {
        (true, _) => PaperLevel::Out,
        (false, true) => PaperLevel::NearEnd,
        (false, false) => PaperLevel::Present,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_answer(topic: u8, byte: u8, expected: &[Trouble]) {
        let mut status = PrinterStatus::default();
        status.absorb_answer(topic, byte);
        assert_eq!(
            status.troubles(),
            expected,
            "DLE EOT {topic} answered {byte:#04x}"
        );
    }

    #[test]
    fn each_answer_names_its_troubles() {
        check_answer(1, 0x12, &[]);
        check_answer(1, 0x1A, &[Trouble::Offline]);
        check_answer(2, 0x12, &[]);
        check_answer(2, 0x16, &[Trouble::CoverOpen]);
        check_answer(2, 0x32, &[Trouble::PaperOut]);
        check_answer(3, 0x1A, &[Trouble::CutterBlocked]);
        check_answer(3, 0x32, &[Trouble::Broken]);
        check_answer(3, 0x52, &[Trouble::TooHot]);
        check_answer(4, 0x1E, &[Trouble::PaperNearEnd]);
        check_answer(4, 0x72, &[Trouble::PaperOut]);
    }

    #[test]
    fn a_report_replaces_everything_known_before() {
        let mut status = PrinterStatus::default();
        status.absorb_report([0x38, 0x00, 0x0C, 0x0F]);
        assert_eq!(
            status.troubles(),
            vec![Trouble::CoverOpen, Trouble::PaperOut]
        );
        status.absorb_report([0x10, 0x00, 0x00, 0x0F]);
        assert_eq!(status.troubles(), vec![]);
    }

    #[test]
    fn a_reason_for_being_off_line_is_said_instead_of_off_line() {
        let mut status = PrinterStatus {
            offline: true,
            ..PrinterStatus::default()
        };
        assert_eq!(status.stopped_by(), Some(Trouble::Offline));
        status.cover_open = true;
        assert_eq!(status.troubles(), vec![Trouble::CoverOpen]);
    }

    #[test]
    fn a_roll_that_ends_soon_does_not_stop_printing() {
        let status = PrinterStatus {
            paper: PaperLevel::NearEnd,
            ..PrinterStatus::default()
        };
        assert_eq!(status.stopped_by(), None);
    }
}
