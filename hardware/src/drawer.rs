//! The cash drawer: a lock on the printer's cable that a pulse opens.
//!
//! A kick is not part of a print job: it expires, it is never replayed, and a reprint never opens
//! a drawer. Whether somebody may open it, and why, is recorded by whoever asks.

use std::time::Duration;

use tokio::time::Instant;

use crate::clock;
use crate::printer::Obstacle;

/// How a drawer hangs on its printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawerWiring {
    /// Which of the two lines opens it.
    pub pin: DrawerPin,
    /// How long the pulse lasts, 2 to 510 ms.
    pub pulse_ms: u16,
    /// How long the line rests after it, 2 to 510 ms.
    pub rest_ms: u16,
    /// What its sensor says when it is open; nothing for a drawer without one.
    pub open_level: Option<SensorLevel>,
}

/// The line of the drawer connector that carries the pulse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawerPin {
    /// The first drawer.
    Pin2,
    /// The second drawer.
    Pin5,
}

/// What a sensor line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SensorLevel {
    /// High.
    High,
    /// Low.
    Low,
}

impl Default for DrawerWiring {
    /// The first drawer, 50 ms on and 500 ms off, as most drawers want it, without a sensor.
    fn default() -> Self {
        Self {
            pin: DrawerPin::Pin2,
            pulse_ms: 50,
            rest_ms: 500,
            open_level: None,
        }
    }
}

impl DrawerWiring {
    /// Returns whether the drawer is open, if it has a sensor.
    pub fn is_open(&self, line_is_high: impl Into<SensorLevel>) -> Option<bool> {
        self.open_level.map(|open| open == line_is_high.into())
    }
}

impl From<bool> for SensorLevel {
    fn from(high: bool) -> Self {
        if high { Self::High } else { Self::Low }
    }
}

/// A wish to open the drawer now.
#[derive(Debug, Clone, Copy)]
pub struct Kick {
    asked_at: Instant,
}

impl Kick {
    /// How long a wish lasts: a drawer that opens later than that surprises somebody.
    pub const LIFETIME: Duration = Duration::from_secs(10);

    /// Wishes the drawer open now.
    pub fn now() -> Self {
        Self {
            asked_at: clock::now(),
        }
    }

    /// Returns whether it is too late to open the drawer.
    pub fn is_expired(&self) -> bool {
        clock::now().duration_since(self.asked_at) >= Self::LIFETIME
    }

    /// Returns how long the wish still lasts.
    pub fn left(&self) -> Duration {
        Self::LIFETIME.saturating_sub(clock::now().duration_since(self.asked_at))
    }
}

/// What became of a wish to open the drawer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KickOutcome {
    /// The sensor says it is open.
    Opened,
    /// The pulse was sent; there is no sensor to ask.
    Sent,
    /// The pulse was sent and the sensor still says closed: locked with the key, or unplugged.
    StillClosed,
    /// The printer could not be reached within the lifetime; nothing will open later.
    Expired,
    /// The printer could not be reached; nothing will open later.
    NotSent(Obstacle),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PrinterConfig, PrinterLink, Profile, VirtualPrinter, VirtualPrinterOptions};

    #[tokio::test]
    async fn a_kick_that_waited_too_long_opens_nothing() {
        let printer = VirtualPrinter::spawn(VirtualPrinterOptions::default())
            .await
            .unwrap();
        let config = PrinterConfig::new(printer.port_address(), Profile::epson_80mm());
        let mut link = PrinterLink::new(config);
        let asked_at = clock::now() - Kick::LIFETIME;
        assert_eq!(link.kick(Kick { asked_at }).await, KickOutcome::Expired);
        assert_eq!(link.kick(Kick::now()).await, KickOutcome::Sent);
        let seen = printer.until(|seen| !seen.pulses.is_empty()).await;
        assert_eq!(seen.pulses.len(), 1, "only the second");
    }

    #[test]
    fn a_sensor_may_be_wired_either_way() {
        let wired = |open_level| DrawerWiring {
            open_level,
            ..DrawerWiring::default()
        };
        assert_eq!(wired(None).is_open(true), None);
        assert_eq!(wired(Some(SensorLevel::High)).is_open(true), Some(true));
        assert_eq!(wired(Some(SensorLevel::High)).is_open(false), Some(false));
        assert_eq!(wired(Some(SensorLevel::Low)).is_open(false), Some(true));
    }
}
