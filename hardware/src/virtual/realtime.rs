//! Takes real-time commands out of what a printer receives, before they reach the buffer.
//!
//! `DLE EOT n`, `DLE ENQ n` and `DLE DC4 1 m t`; all else passes.

/// What one received byte led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RealTime {
    /// A byte for the buffer.
    Data(u8),
    /// `DLE EOT n`.
    Status(u8),
    /// `DLE DC4 1 m t`: the pin, and tenths of a second.
    Pulse {
        /// 2 or 5.
        pin: u8,
        /// Tenths of a second on, and as long off.
        tenths: u8,
    },
    /// `DLE ENQ n`.
    Recover,
}

/// Remembers the beginning of what may be a real-time command.
#[derive(Debug, Default)]
pub(super) struct RealTimeFilter {
    begun: Vec<u8>,
}

impl RealTimeFilter {
    /// Returns whether a byte passes as it is: nothing has begun, and it begins nothing.
    pub(super) fn passes(&self, byte: u8) -> bool {
        self.begun.is_empty() && byte != 0x10
    }

    /// Takes one byte; returns what it led to, in order.
    pub(super) fn push(&mut self, byte: u8) -> Vec<RealTime> {
        self.begun.push(byte);
        match self.begun.as_slice() {
            [0x10] | [0x10, 0x04 | 0x05] | [0x10, 0x14] | [0x10, 0x14, 1] => Vec::new(),
            [0x10, 0x14, 1, 0 | 1] => Vec::new(),
            [0x10, 0x04, topic] => {
                let told = RealTime::Status(*topic);
                self.done(told)
            }
            [0x10, 0x05, _] => self.done(RealTime::Recover),
            [0x10, 0x14, 1, m, tenths] => {
                let pulse = RealTime::Pulse {
                    pin: if *m == 0 { 2 } else { 5 },
                    tenths: *tenths,
                };
                self.done(pulse)
            }
            _ => self.begun.drain(..).map(RealTime::Data).collect(),
        }
    }

    fn done(&mut self, told: RealTime) -> Vec<RealTime> {
        self.begun.clear();
        vec![told]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: &[RealTime]) {
        let mut filter = RealTimeFilter::default();
        let found: Vec<RealTime> = bytes.iter().flat_map(|byte| filter.push(*byte)).collect();
        assert_eq!(found, expected, "{bytes:02x?}");
    }

    #[test]
    fn real_time_commands_never_reach_the_buffer() {
        check(&[0x10, 0x04, 0x01], &[RealTime::Status(1)]);
        check(
            &[0x10, 0x14, 1, 1, 2],
            &[RealTime::Pulse { pin: 5, tenths: 2 }],
        );
        check(&[0x10, 0x05, 2], &[RealTime::Recover]);
    }

    #[test]
    fn everything_else_passes_in_order() {
        let data = [0x41, 0x10, 0x42, 0x0A].map(RealTime::Data);
        check(&[0x41, 0x10, 0x42, 0x0A], &data);
        check(&[0x10, 0x14, 2, 1], &[0x10, 0x14, 2, 1].map(RealTime::Data));
    }
}
