//! The states every device goes through, and what can be wrong with one that is there.
//!
//! ```text
//! absent → present → claimed → ready ⇄ degraded(troubles)
//!    ↑________________________|   faulted: a person must act; disabled: a person switched it off
//! ```
//! It does not say what a device is for.

use std::fmt;

/// Where a device stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DeviceState {
    /// It is not plugged in or does not answer at its address.
    #[default]
    Absent,
    /// It is there, but not ours yet.
    Present,
    /// It is open and locked, and has not shown that it works.
    Claimed,
    /// It works.
    Ready,
    /// It works, or will when a person has dealt with the troubles.
    Degraded(Vec<Trouble>),
    /// It cannot be used until a person has done something; the sentence says what is wrong.
    Faulted(String),
    /// A person switched it off.
    Disabled,
}

/// What is wrong with a device that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trouble {
    /// The roll is at its end; nothing more is printed until there is paper.
    PaperOut,
    /// The roll will be at its end soon.
    PaperNearEnd,
    /// The cover is open.
    CoverOpen,
    /// The cutter is blocked.
    CutterBlocked,
    /// The head is too hot and will go on when it has cooled down.
    TooHot,
    /// An error only switching off and on can end.
    Broken,
    /// It says it is off line and gives no reason.
    Offline,
    /// It takes commands and answers no question.
    Silent,
    /// Several reads in a row could not be understood.
    ReadsLost,
    /// What it answers is nonsense: another device, or another setting of its line.
    Garbled,
    /// The scale is not at zero with nothing on it.
    NotZeroed,
    /// The ink ribbon of a label printer is at its end.
    RibbonOut,
    /// Somebody pressed the pause key of a label printer.
    Paused,
}

impl Trouble {
    /// Returns whether nothing is printed while it lasts.
    pub fn stops_printing(self) -> bool {
        match self {
            Self::PaperOut
            | Self::CoverOpen
            | Self::CutterBlocked
            | Self::TooHot
            | Self::Broken
            | Self::Offline
            | Self::RibbonOut
            | Self::Paused => true,
            Self::PaperNearEnd
            | Self::Silent
            | Self::ReadsLost
            | Self::Garbled
            | Self::NotZeroed => false,
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::PaperOut => "paper out",
            Self::PaperNearEnd => "paper nearly out",
            Self::CoverOpen => "cover open",
            Self::CutterBlocked => "cutter blocked",
            Self::TooHot => "too hot, cooling down",
            Self::Broken => "broken, switch it off and on",
            Self::Offline => "off line",
            Self::Silent => "not answering",
            Self::ReadsLost => "losing reads",
            Self::Garbled => "answering nonsense",
            Self::NotZeroed => "not at zero",
            Self::RibbonOut => "ribbon out",
            Self::Paused => "paused",
        })
    }
}

impl fmt::Display for DeviceState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => formatter.write_str("not connected"),
            Self::Present => formatter.write_str("connecting"),
            Self::Claimed => formatter.write_str("starting"),
            Self::Ready => formatter.write_str("ready"),
            Self::Degraded(troubles) => {
                let sentences: Vec<String> = troubles.iter().map(Trouble::to_string).collect();
                formatter.write_str(&sentences.join(", "))
            }
            Self::Faulted(sentence) => formatter.write_str(sentence),
            Self::Disabled => formatter.write_str("switched off"),
        }
    }
}
