//! Label printers that speak ZPL: our own labels become bytes, carriers' go through unchanged.
//!
//! ```text
//! Label ── zpl ──┐
//! carrier's ZPL ─┼─► LabelJob ── LabelLink::print ─┬─► Confirmed
//! carrier's PDF ─┘                                 ├─► Unconfirmed(doubt)   a label may be out
//!                                                  └─► NotStarted(obstacle) none is
//! ```
//! Nothing here stores a job or decides to print one again. A carrier's label is certified as it
//! is: its bytes are not touched.

mod link;
mod status;
mod zpl;

use thiserror::Error;

use crate::port::PortAddress;
use crate::printer::Timeouts;

pub use link::LabelLink;
pub use status::HostStatus;
pub use zpl::zpl;

/// The longest label that is taken, in bytes: a carrier's page with pictures has a fraction of it.
const JOB_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Everything an installer says about a label printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelConfig {
    /// Where it is.
    pub address: PortAddress,
    /// Whether it answers `~HS`; without it, no label is ever confirmed.
    pub replies: LabelReplies,
    /// Whether it prints PDF by itself.
    pub pdf: PdfPrinting,
    /// How long it may take.
    pub timeouts: Timeouts,
}

/// Whether a label printer tells its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LabelReplies {
    /// It answers `~HS`.
    HostStatus,
    /// It answers nothing.
    None,
}

/// Whether a label printer prints PDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PdfPrinting {
    /// It does (`PDF Direct` on Zebra's).
    Direct,
    /// It does not.
    None,
}

/// What a label printer is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelJob {
    bytes: Vec<u8>,
    format: LabelFormat,
}

/// What a job's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LabelFormat {
    /// ZPL.
    Zpl,
    /// PDF.
    Pdf,
}

/// Why bytes are no label.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LabelRefused {
    /// It is neither ZPL nor PDF.
    #[error("the label is neither ZPL nor PDF: ask the carrier for one of them")]
    FormatUnknown,
    /// It begins a label and does not end it.
    #[error("the label is cut short: fetch it from the carrier again")]
    CutShort,
    /// It is larger than any label.
    #[error("the label has {0} bytes, which no label has")]
    TooLarge(usize),
}

impl LabelConfig {
    /// Returns the usual settings of a Zebra printer: it answers, and prints no PDF.
    #[must_use]
    pub fn new(address: PortAddress) -> Self {
        Self {
            address,
            replies: LabelReplies::HostStatus,
            pdf: PdfPrinting::None,
            timeouts: Timeouts::default(),
        }
    }
}

impl LabelJob {
    /// Takes what a carrier sent, as it is.
    ///
    /// # Errors
    /// [`LabelRefused`].
    pub fn of_carrier(bytes: Vec<u8>) -> Result<Self, LabelRefused> {
        if bytes.len() > JOB_BYTES_MAX {
            return Err(LabelRefused::TooLarge(bytes.len()));
        }
        let has = |what: &[u8]| {
            bytes
                .windows(what.len())
                .any(|part| part.eq_ignore_ascii_case(what))
        };
        let format = if bytes.starts_with(b"%PDF-") {
            if !has(b"%%EOF") {
                return Err(LabelRefused::CutShort);
            }
            LabelFormat::Pdf
        } else if has(b"^XA") {
            if !has(b"^XZ") {
                return Err(LabelRefused::CutShort);
            }
            LabelFormat::Zpl
        } else {
            return Err(LabelRefused::FormatUnknown);
        };
        Ok(Self { bytes, format })
    }

    /// Makes a job of a label of ours, printed so many times.
    #[must_use]
    pub fn of_ours(label: &counterpart_paper::Label, copies: u16) -> Self {
        Self {
            bytes: zpl(label, copies),
            format: LabelFormat::Zpl,
        }
    }

    /// Returns the label with a word printed across its top, in capital letters and digits; what
    /// is no ZPL stays as it is.
    #[must_use]
    pub fn marked(&self, word: &str) -> Self {
        let end = b"^XZ";
        let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        let mark = format!("^FO16,4^A0N,40^FD{word}^FS\n");
        let mut bytes = Vec::with_capacity(self.bytes.len() + mark.len());
        let mut rest = self.bytes.as_slice();
        let is_zpl = self.format == LabelFormat::Zpl;
        let found = |rest: &[u8]| {
            let at = rest.windows(end.len());
            at.enumerate()
                .find(|(_, part)| part.eq_ignore_ascii_case(end))
                .map(|(at, _)| at)
        };
        while let Some(at) = found(rest).filter(|_| is_zpl) {
            bytes.extend_from_slice(&rest[..at]);
            bytes.extend_from_slice(mark.as_bytes());
            bytes.extend_from_slice(&rest[at..at + end.len()]);
            rest = &rest[at + end.len()..];
        }
        bytes.extend_from_slice(rest);
        Self {
            bytes,
            format: self.format,
        }
    }

    /// Returns the bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns what they are.
    #[must_use]
    pub fn format(&self) -> LabelFormat {
        self.format
    }
}

#[cfg(test)]
mod tests {
    use super::{LabelFormat, LabelJob, LabelRefused};

    #[test]
    fn a_carrier_s_label_goes_through_as_it_is() {
        let sent = b"\x02~SD20^XA^FO10,10^FDx^FS^XZ\n".to_vec();
        let job = LabelJob::of_carrier(sent.clone()).unwrap();
        assert_eq!(
            (job.bytes(), job.format()),
            (sent.as_slice(), LabelFormat::Zpl)
        );
        let pdf = b"%PDF-1.7 ... %%EOF".to_vec();
        assert_eq!(
            LabelJob::of_carrier(pdf).unwrap().format(),
            LabelFormat::Pdf
        );
    }

    #[test]
    fn every_label_of_a_job_is_marked() {
        let two = LabelJob::of_carrier(b"^XA^FDa^FS^XZ ^XA^FDb^FS^xz\n".to_vec()).unwrap();
        let marked = two.marked("TRAINING^XZ");
        let text = String::from_utf8(marked.bytes().to_vec()).unwrap();
        assert_eq!(text.matches("^FDTRAININGXZ^FS").count(), 2, "{text}");
        assert_eq!(text.to_ascii_uppercase().matches("^XZ").count(), 2);
        let pdf = LabelJob::of_carrier(b"%PDF-1.7 ... %%EOF".to_vec()).unwrap();
        assert_eq!(pdf.marked("TRAINING"), pdf);
    }

    #[test]
    fn what_is_no_label_is_refused_before_it_is_sent() {
        let refused = |bytes: &[u8]| LabelJob::of_carrier(bytes.to_vec()).unwrap_err();
        assert_eq!(
            refused(b"<html>not found</html>"),
            LabelRefused::FormatUnknown
        );
        assert_eq!(refused(b"^XA^FO10,10^FDx"), LabelRefused::CutShort);
        assert_eq!(refused(b"%PDF-1.7 ..."), LabelRefused::CutShort);
        assert_eq!(refused(b""), LabelRefused::FormatUnknown);
    }
}
