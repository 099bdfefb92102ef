//! The printer's inside: receive buffer, real-time commands, sensors, faults. No I/O and no time.
//!
//! Real-time commands are executed as they arrive, even without paper; everything else waits in
//! the buffer for its turn, as in the device.

use std::collections::VecDeque;

use super::VirtualPrinterOptions;
use super::answers;
use super::decoder::{Command, Decoder};
use super::platen::{Effect, Platen};
use super::realtime::{RealTime, RealTimeFilter};
use super::snapshot::{Answers, DrawerPulse, PaperState, PrinterSnapshot};

/// Receipts, pulses and unknown commands kept to be looked at; older ones are forgotten.
const KEPT_MAX: usize = 200;

/// The printer's inside.
#[derive(Debug)]
pub(super) struct Machine {
    options: VirtualPrinterOptions,
    buffer: VecDeque<Unit>,
    filter: RealTimeFilter,
    decoder: Decoder,
    platen: Platen,
    seen: PrinterSnapshot,
    answers: Answers,
    report_mask: u8,
    replies: Vec<u8>,
    lines_left: Option<u32>,
    drop_after: Option<usize>,
    power_after: Option<usize>,
    stall_after: Option<usize>,
    outages: u64,
}

#[derive(Debug, Clone, Copy)]
enum Unit {
    Byte(u8),
    /// The connection ended here.
    Boundary,
}

/// What receiving bytes led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Received {
    All,
    /// The connection is to be cut; the rest of the bytes never arrived.
    Cut,
}

/// What one step of work was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A line was printed; the next takes its time.
    Line,
    /// There is nothing to do, or something is in the way.
    Idle,
}

impl Machine {
    pub(super) fn new(options: VirtualPrinterOptions) -> Self {
        Self {
            options,
            buffer: VecDeque::new(),
            filter: RealTimeFilter::default(),
            decoder: Decoder::default(),
            platen: Platen::new(options.paper, options.end),
            seen: PrinterSnapshot {
                powered: true,
                ..PrinterSnapshot::default()
            },
            answers: options.answers,
            report_mask: 0,
            replies: Vec::new(),
            lines_left: None,
            drop_after: None,
            power_after: None,
            stall_after: None,
            outages: 0,
        }
    }

    pub(super) fn snapshot(&self) -> PrinterSnapshot {
        PrinterSnapshot {
            buffered: self.buffered(),
            printing: self.platen.unfinished(),
            ..self.seen.clone()
        }
    }

    pub(super) fn is_powered(&self) -> bool {
        self.seen.powered
    }

    /// Counts how often its power went: no connection outlives that, however short it was.
    pub(super) fn outages(&self) -> u64 {
        self.outages
    }

    pub(super) fn is_stalled(&self) -> bool {
        self.seen.stalled
    }

    /// Returns how many bytes it would take now.
    pub(super) fn room(&self) -> usize {
        if self.seen.stalled || !self.seen.powered {
            return 0;
        }
        self.options.buffer_bytes.saturating_sub(self.buffered())
    }

    pub(super) fn connect(&mut self) {
        self.seen.connected = true;
    }

    pub(super) fn disconnect(&mut self) {
        self.seen.connected = false;
        self.replies.clear();
        self.filter = RealTimeFilter::default();
        self.buffer.push_back(Unit::Boundary);
    }

    pub(super) fn receive(&mut self, bytes: &[u8]) -> Received {
        for byte in bytes {
            if self.filter.passes(*byte) {
                if self.take_in(*byte) == Received::Cut {
                    return Received::Cut;
                }
                continue;
            }
            for passed in self.filter.push(*byte) {
                match passed {
                    RealTime::Data(byte) => {
                        if self.take_in(byte) == Received::Cut {
                            return Received::Cut;
                        }
                    }
                    RealTime::Status(topic) => {
                        self.replies.extend(answers::real_time(&self.seen, topic));
                    }
                    RealTime::Pulse { pin, tenths } => {
                        let ms = 100 * u16::from(tenths);
                        self.pulse(DrawerPulse {
                            pin,
                            on_ms: ms,
                            off_ms: ms,
                        });
                    }
                    RealTime::Recover => {}
                }
            }
        }
        Received::All
    }

    /// Puts one byte of data into the buffer, and lets happen what was set to happen with it.
    fn take_in(&mut self, byte: u8) -> Received {
        self.buffer.push_back(Unit::Byte(byte));
        if counted_down(&mut self.power_after) {
            self.lose_power_now();
            return Received::Cut;
        }
        if counted_down(&mut self.stall_after) {
            self.seen.stalled = true;
        }
        if counted_down(&mut self.drop_after) {
            return Received::Cut;
        }
        Received::All
    }

    /// Works through the buffer up to the end of the next line.
    pub(super) fn step(&mut self) -> Step {
        while self.can_work() {
            let Some(unit) = self.buffer.pop_front() else {
                break;
            };
            let command = match unit {
                Unit::Byte(byte) => self.decoder.push(byte),
                Unit::Boundary => {
                    self.platen.tear();
                    None
                }
            };
            if let Some(command) = command
                && self.execute(&command) == Step::Line
            {
                return Step::Line;
            }
        }
        Step::Idle
    }

    pub(super) fn has_work(&self) -> bool {
        self.can_work() && !self.buffer.is_empty()
    }

    pub(super) fn take_replies(&mut self) -> Vec<u8> {
        if self.seen.stalled || self.answers == Answers::None {
            self.replies.clear();
        }
        std::mem::take(&mut self.replies)
    }

    pub(super) fn say(&mut self, bytes: &[u8]) {
        self.replies.extend_from_slice(bytes);
    }

    pub(super) fn set_answers(&mut self, answers: Answers) {
        self.answers = answers;
    }

    pub(super) fn set_paper(&mut self, paper: PaperState) {
        self.seen.paper = paper;
        self.lines_left = None;
        self.report();
    }

    pub(super) fn end_paper_after(&mut self, lines: u32) {
        self.lines_left = Some(lines);
    }

    pub(super) fn set_cover_open(&mut self, open: bool) {
        self.seen.cover_open = open;
        self.report();
    }

    pub(super) fn set_stalled(&mut self, stalled: bool) {
        self.seen.stalled = stalled;
    }

    pub(super) fn drop_after(&mut self, bytes: usize) {
        self.drop_after = Some(bytes);
    }

    pub(super) fn stall_after(&mut self, bytes: usize) {
        self.stall_after = Some(bytes);
    }

    pub(super) fn lose_power_after(&mut self, bytes: usize) {
        self.power_after = Some(bytes);
    }

    pub(super) fn lock_drawer(&mut self) {
        self.seen.drawer_locked = true;
    }

    pub(super) fn unlock_drawer(&mut self) {
        self.seen.drawer_locked = false;
    }

    pub(super) fn close_drawer(&mut self) {
        self.seen.drawer_open = false;
        self.report();
    }

    pub(super) fn forget_receipts(&mut self) {
        self.seen.receipts.clear();
    }

    /// The head prints what it can until the lights go out; the rest of the buffer is gone.
    pub(super) fn lose_power_now(&mut self) {
        while self.options.line_time.is_zero() && self.step() == Step::Line {}
        if self.decoder.is_inside_command() || self.buffered() > 0 {
            self.platen.tear();
        }
        self.buffer.clear();
        self.decoder.clear();
        self.platen.lose_power();
        self.report_mask = 0;
        self.seen.powered = false;
        self.outages += 1;
        self.seen.connected = false;
        self.replies.clear();
    }

    pub(super) fn power_on(&mut self) {
        self.seen.powered = true;
    }

    fn buffered(&self) -> usize {
        self.buffer
            .iter()
            .filter(|unit| matches!(unit, Unit::Byte(_)))
            .count()
    }

    fn can_work(&self) -> bool {
        self.seen.powered && !self.seen.stalled && !self.seen.is_offline()
    }

    fn execute(&mut self, command: &Command) -> Step {
        self.execute_inside(command);
        match self.platen.obey(command) {
            Effect::None => Step::Idle,
            Effect::Line => {
                if let Some(left) = self.lines_left.as_mut() {
                    *left = left.saturating_sub(1);
                    if *left == 0 {
                        self.set_paper(PaperState::Out);
                    }
                }
                Step::Line
            }
            Effect::Piece(receipt) => {
                keep_last(&mut self.seen.receipts, receipt);
                Step::Line
            }
        }
    }

    /// Does what has nothing to do with paper.
    fn execute_inside(&mut self, command: &Command) {
        let tells = self.answers == Answers::All;
        match command {
            Command::Initialise => self.report_mask = 0,
            Command::DrawerPulse(m, on, off) => self.pulse(DrawerPulse {
                pin: if *m == 0 { 2 } else { 5 },
                on_ms: 2 * u16::from(*on),
                off_ms: 2 * u16::from(*off),
            }),
            Command::ReportProcess(id) if tells => {
                self.replies
                    .extend(answers::process(*id).into_iter().flatten());
            }
            Command::ReportChanges(mask) => {
                self.report_mask = *mask;
                self.report();
            }
            Command::TellStatus(topic) if tells => {
                self.replies.extend(answers::in_order(&self.seen, *topic));
            }
            Command::TellIdentity(topic) => self.replies.extend(answers::identity(*topic)),
            Command::Unknown(bytes) => keep_last(&mut self.seen.not_understood, bytes.clone()),
            Command::ReportProcess(_)
            | Command::TellStatus(_)
            | Command::Character(_)
            | Command::LineFeed
            | Command::Bold(_)
            | Command::Size(..)
            | Command::Mode(_)
            | Command::Justify(_)
            | Command::SelectTable(_)
            | Command::FeedLines(_)
            | Command::Cut
            | Command::Barcode(..)
            | Command::GraphicsStore(_)
            | Command::GraphicsPrint
            | Command::MoveTo(_)
            | Command::MoveBy(_)
            | Command::ModuleWidth(_)
            | Command::QrSquare(_)
            | Command::QrStore(_)
            | Command::QrPrint
            | Command::Picture(..)
            | Command::Setting => {}
        }
    }

    fn pulse(&mut self, pulse: DrawerPulse) {
        keep_last(&mut self.seen.pulses, pulse);
        self.seen.drawer_open = self.seen.drawer_open || !self.seen.drawer_locked;
        self.report();
    }

    /// Reports the state by itself, once it has been asked to.
    fn report(&mut self) {
        if self.report_mask != 0 {
            self.replies.extend(answers::report(&self.seen));
        }
    }
}

fn keep_last<T>(kept: &mut Vec<T>, newest: T) {
    if kept.len() >= KEPT_MAX {
        kept.remove(0);
    }
    kept.push(newest);
}

fn counted_down(left: &mut Option<usize>) -> bool {
    let Some(count) = left.as_mut() else {
        return false;
    };
    *count = count.saturating_sub(1);
    let reached = *count == 0;
    if reached {
        *left = None;
    }
    reached
}
