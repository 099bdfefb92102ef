//! A scanner as an installer sets it, and what is wrong with it.

use std::time::Duration;

use counterpart_hardware::{AimIds, FrameEnd, ScannerAddress, ScannerConfig};
use serde::Deserialize;

use super::SettingRefused;

/// The control characters some scanners put around a code (ASCII).
const STX: u8 = 0x02;
const ETX: u8 = 0x03;
/// The longest pause that may end a code, in milliseconds: a person would scan again.
pub(super) const GAP_MAX_MS: u64 = 2_000;

/// A scanner as it is set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ScannerSettings {
    /// Where it is: `serial:/dev/pos/scanner-1`, or `evdev:/dev/pos/scanner-1?layout=de` for one
    /// that acts as a keyboard.
    pub address: String,
    /// The same code again within this time, in milliseconds, is one read; 150 unless set.
    pub repeat_window_ms: Option<u64>,
    /// The byte before each code, such as 0x02 for STX; none unless set.
    pub prefix: Option<u8>,
    /// What ends a code; `line` unless set.
    pub end: Option<EndSetting>,
    /// A pause this long ends a code, in milliseconds from 1 to 2000; 50 unless set, or 100 for one
    /// that acts as a keyboard.
    pub gap_ms: Option<u64>,
    /// Whether it says before each code what it read, as `]E0`; `detect` unless set.
    pub aim: Option<AimSetting>,
}

/// Whether a scanner sends symbology identifiers (ISO/IEC 15424).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AimSetting {
    /// What looks like one is one.
    Detect,
    /// It always does.
    On,
    /// It never does: the shop's own codes begin with brackets.
    Off,
}

/// What ends a code on a scanner's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndSetting {
    /// CR, LF or both.
    Line,
    /// ETX.
    Etx,
    /// STX comes before, ETX after.
    StxEtx,
    /// A tab.
    Tab,
    /// Nothing but a pause.
    Gap,
}

/// Checks a scanner's settings and returns what it is opened with.
pub(super) fn scanner(
    register: u16,
    set: &ScannerSettings,
) -> Result<ScannerConfig, SettingRefused> {
    let address: ScannerAddress = set
        .address
        .parse()
        .map_err(|refused| SettingRefused::ScannerAddress { register, refused })?;
    let mut config = ScannerConfig::new(address);
    if let Some(window_ms) = set.repeat_window_ms {
        config.repeat_window = Duration::from_millis(window_ms);
    }
    config.aim = match set.aim {
        None | Some(AimSetting::Detect) => AimIds::Detected,
        Some(AimSetting::On) => AimIds::Sent,
        Some(AimSetting::Off) => AimIds::Off,
    };
    let framing = &mut config.framing;
    framing.prefix = set.prefix;
    framing.end = match set.end {
        None | Some(EndSetting::Line) => FrameEnd::LineEnd,
        Some(EndSetting::Etx | EndSetting::StxEtx) => FrameEnd::Byte(ETX),
        Some(EndSetting::Tab) => FrameEnd::Byte(b'\t'),
        Some(EndSetting::Gap) => FrameEnd::Gap,
    };
    if set.end == Some(EndSetting::StxEtx) {
        framing.prefix = Some(set.prefix.unwrap_or(STX));
    }
    if let Some(prefix) = framing.prefix {
        let fits = match framing.end {
            FrameEnd::LineEnd => !matches!(prefix, b'\r' | b'\n'),
            FrameEnd::Byte(end) => prefix != end,
            FrameEnd::Gap => true,
        };
        if !fits || (set.end == Some(EndSetting::StxEtx) && prefix != STX) {
            return Err(SettingRefused::ScannerPrefix { register, prefix });
        }
    }
    if let Some(gap_ms) = set.gap_ms {
        if !(1..=GAP_MAX_MS).contains(&gap_ms) {
            return Err(SettingRefused::ScannerGap { register, gap_ms });
        }
        framing.gap = Duration::from_millis(gap_ms);
    }
    Ok(config)
}
