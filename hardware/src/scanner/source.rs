//! Where a scanner's characters come from: a line that sends them, or keys that are pressed.
//!
//! It does not cut them into codes.

use std::time::Duration;

use super::input::InputDevice;
use super::keys::{InputEvent, KeyDecoder, Typed};
use super::{LostReason, ScannerAddress, ScannerConfig};
use crate::port::{Port, PortError};

/// Bytes read from a line at once.
const LINE_BYTES: usize = 1_024;

/// An open scanner.
pub(super) enum Source {
    Line(Port),
    Keys(Keys),
}

/// A scanner that acts as a keyboard.
pub(super) struct Keys {
    device: InputDevice,
    decoder: KeyDecoder,
    /// A pause this long, in milliseconds, and no key is held any more.
    pause_ms: u64,
    last_ms: u64,
}

/// What was read, not yet understood.
pub(super) enum Read {
    Bytes(Vec<u8>),
    Events(Vec<InputEvent>),
}

/// What came from a scanner.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Characters, as UTF-8.
    Bytes(Vec<u8>),
    /// Something is missing here.
    Lost(LostReason),
}

impl Source {
    /// Opens a scanner for this program alone.
    pub(super) async fn open(config: &ScannerConfig, limit: Duration) -> Result<Self, PortError> {
        match &config.address {
            ScannerAddress::Line(address) => Port::open(address, limit).await.map(Self::Line),
            ScannerAddress::Keys { path, layout } => {
                let pause_ms = config.framing.gap.as_millis();
                Ok(Self::Keys(Keys {
                    device: InputDevice::open(path, limit).await?,
                    decoder: KeyDecoder::new(*layout),
                    pause_ms: u64::try_from(pause_ms).unwrap_or(u64::MAX),
                    last_ms: 0,
                }))
            }
        }
    }

    /// Waits for what comes next; cancelling loses nothing.
    pub(super) async fn read(&mut self, limit: Duration) -> Result<Read, PortError> {
        match self {
            Self::Line(port) => {
                let mut input = [0; LINE_BYTES];
                let count = port.read(&mut input, limit).await?;
                Ok(Read::Bytes(input[..count].to_vec()))
            }
            Self::Keys(keys) => keys.device.read(limit).await.map(Read::Events),
        }
    }

    /// Returns what it means that this was read at `at_ms`.
    pub(super) fn understand(&mut self, read: Read, at_ms: u64) -> Vec<Heard> {
        match (self, read) {
            (Self::Keys(keys), Read::Events(events)) => keys.understand(&events, at_ms),
            (_, Read::Bytes(bytes)) => vec![Heard::Bytes(bytes)],
            (Self::Line(_), Read::Events(_)) => unreachable!("a line sends bytes"),
        }
    }
}

impl Keys {
    fn understand(&mut self, events: &[InputEvent], at_ms: u64) -> Vec<Heard> {
        if at_ms.saturating_sub(self.last_ms) >= self.pause_ms {
            self.decoder.rest();
        }
        self.last_ms = at_ms;
        let mut typed = Vec::new();
        for event in events {
            self.decoder.push(*event, &mut typed);
        }
        let mut heard = Vec::new();
        for one in typed {
            match (one, heard.last_mut()) {
                (Typed::Character(character), Some(Heard::Bytes(bytes))) => {
                    let mut room = [0; 4];
                    bytes.extend_from_slice(character.encode_utf8(&mut room).as_bytes());
                }
                (Typed::Character(character), _) => {
                    heard.push(Heard::Bytes(character.to_string().into_bytes()));
                }
                (Typed::Lost(reason), _) => heard.push(Heard::Lost(reason)),
            }
        }
        heard
    }
}
