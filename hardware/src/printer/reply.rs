//! Takes apart what a printer sends back: answers, reports and blocks without any framing.
//!
//! Which question an answer belongs to is known only to whoever asked: one real-time question
//! is outstanding at a time. The classes are those measured in the evidence behind `DESIGN.md`.

/// What a first byte announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteKind {
    /// An answer to `DLE EOT`: one byte.
    RealTime,
    /// A report the printer sends by itself: four bytes.
    Report,
    /// An answer to `GS r`: one byte.
    InOrder,
    /// A block that goes on to a NUL: `7` (0x37) or `_` (0x5F).
    Block,
    /// Flow control: XON or XOFF.
    FlowControl,
    /// Nothing a printer sends.
    Noise,
}

/// One complete thing a printer said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The answer to the `DLE EOT` that is outstanding.
    RealTime(u8),
    /// A report of its state.
    Report([u8; 4]),
    /// The answer to `GS r`.
    InOrder(u8),
    /// The number of `GS ( H` that everything before has been printed.
    ProcessId([u8; 4]),
    /// Another block, without its NUL.
    Block(Vec<u8>),
}

/// The longest block waited for; the longest documented one is a model name of 80 bytes.
const BLOCK_BYTES_MAX: usize = 96;

/// Returns what a first byte announces.
pub fn classify(byte: u8) -> ByteKind {
    match byte {
        0x11 | 0x13 => ByteKind::FlowControl,
        0x37 | 0x5F => ByteKind::Block,
        _ if byte & 0x93 == 0x12 => ByteKind::RealTime,
        _ if byte & 0x93 == 0x10 => ByteKind::Report,
        _ if byte & 0x90 == 0 => ByteKind::InOrder,
        _ => ByteKind::Noise,
    }
}

/// Puts replies together byte by byte.
#[derive(Debug, Default)]
pub struct ReplyReader {
    begun: Vec<u8>,
}

impl ReplyReader {
    /// Takes one byte; returns what it completed.
    pub fn push(&mut self, byte: u8) -> Option<Reply> {
        match self.begun.first().map(|first| classify(*first)) {
            Some(ByteKind::Report) => self.push_report(byte),
            Some(ByteKind::Block) => self.push_block(byte),
            _ => self.push_first(byte),
        }
    }

    fn push_first(&mut self, byte: u8) -> Option<Reply> {
        match classify(byte) {
            ByteKind::RealTime => Some(Reply::RealTime(byte)),
            ByteKind::InOrder => Some(Reply::InOrder(byte)),
            ByteKind::Report | ByteKind::Block => {
                self.begun.push(byte);
                None
            }
            ByteKind::FlowControl | ByteKind::Noise => None,
        }
    }

    /// Bytes 2 to 4 of a report have bits 4 and 7 clear; anything else is a reply of its own and
    /// the report was noise.
    fn push_report(&mut self, byte: u8) -> Option<Reply> {
        if byte & 0x90 != 0 {
            self.begun.clear();
            return self.push_first(byte);
        }
        self.begun.push(byte);
        let report = <[u8; 4]>::try_from(self.begun.as_slice()).ok()?;
        self.begun.clear();
        Some(Reply::Report(report))
    }

    fn push_block(&mut self, byte: u8) -> Option<Reply> {
        if byte == 0 {
            let block = std::mem::take(&mut self.begun);
            return Some(match block.as_slice() {
                &[0x37, 0x22, a, b, c, d] => Reply::ProcessId([a, b, c, d]),
                _ => Reply::Block(block),
            });
        }
        self.begun.push(byte);
        if self.begun.len() > BLOCK_BYTES_MAX {
            self.begun.clear();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: &[Reply]) {
        let mut reader = ReplyReader::default();
        let replies: Vec<Reply> = bytes.iter().filter_map(|byte| reader.push(*byte)).collect();
        assert_eq!(replies, expected, "{bytes:02x?}");
    }

    #[test]
    fn answers_and_reports_are_told_apart() {
        check(&[0x12], &[Reply::RealTime(0x12)]);
        check(&[0x7E], &[Reply::RealTime(0x7E)]);
        check(&[0x14, 0, 0, 0x0F], &[Reply::Report([0x14, 0, 0, 0x0F])]);
        check(&[0x0C], &[Reply::InOrder(0x0C)]);
        check(b"\x37\x22abcd\0", &[Reply::ProcessId(*b"abcd")]);
        check(b"_TM-T20III\0", &[Reply::Block(b"_TM-T20III".to_vec())]);
    }

    #[test]
    fn a_report_between_two_answers_belongs_to_neither() {
        let bytes = [0x12, 0x18, 0, 0x0C, 0x0F, 0x1A, 0x00];
        let report = Reply::Report([0x18, 0, 0x0C, 0x0F]);
        check(
            &bytes,
            &[
                Reply::RealTime(0x12),
                report,
                Reply::RealTime(0x1A),
                Reply::InOrder(0),
            ],
        );
    }

    #[test]
    fn a_cut_off_report_does_not_swallow_the_next_answer() {
        check(&[0x10, 0x00, 0x12], &[Reply::RealTime(0x12)]);
    }

    #[test]
    fn flow_control_and_noise_say_nothing() {
        check(&[0x11, 0x13, 0xFF, 0x80, 0x91], &[]);
    }

    proptest! {
        #[test]
        fn after_any_noise_a_block_end_brings_the_next_answer_through(
            noise in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let mut reader = ReplyReader::default();
            for byte in noise {
                reader.push(byte);
            }
            // At worst a block is open: its NUL ends it. At worst then a report is: three more.
            let end = [0x00, 0x00, 0x00, 0x00, 0x12];
            let replies: Vec<Reply> = end.iter().filter_map(|byte| reader.push(*byte)).collect();
            prop_assert_eq!(replies.last(), Some(&Reply::RealTime(0x12)));
        }
    }
}
