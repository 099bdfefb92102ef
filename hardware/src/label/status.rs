//! What a ZPL printer says about itself when it is asked `~HS`; pure.
//!
//! Source: Zebra, ZPL II programming guide, `~HS`: three strings between STX and ETX CR LF, the
//! fields
//! `aaa,b,c,dddd,eee,f,g,h,iii,j,k,l` and `mmm,n,o,p,q,r,s,t,uuuuuuuu,v,www` of the first two.

use crate::state::Trouble;

/// The question.
pub(super) const ASK: &[u8] = b"~HS";

const STX: u8 = 0x02;
const ETX: u8 = 0x03;

/// How a label printer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HostStatus {
    /// The roll is at its end.
    pub paper_out: bool,
    /// Somebody pressed pause.
    pub paused: bool,
    /// Labels in its buffer that are not printed.
    pub formats_waiting: u32,
    /// It takes nothing more.
    pub buffer_full: bool,
    /// It has the beginning of a label, and waits for the rest.
    pub is_inside_format: bool,
    /// It has lost its settings.
    pub settings_lost: bool,
    /// Its head is too cold.
    pub too_cold: bool,
    /// Its head is too hot.
    pub too_hot: bool,
    /// Its head is lifted: the cover is open.
    pub head_open: bool,
    /// The ink ribbon is at its end.
    pub ribbon_out: bool,
    /// Copies of the label being printed that are still to come.
    pub labels_remaining: u32,
}

impl HostStatus {
    /// Reads an answer; nothing while it is not whole, or when it is none.
    #[must_use]
    pub fn parse(answer: &[u8]) -> Option<Self> {
        let mut strings = answer.split(|byte| *byte == STX).skip(1);
        let mut next = || {
            let string = strings.next()?;
            let end = string.iter().position(|byte| *byte == ETX)?;
            std::str::from_utf8(&string[..end]).ok()
        };
        let (first, second, _third) = (next()?, next()?, next()?);
        let first: Vec<&str> = first.split(',').map(str::trim).collect();
        let second: Vec<&str> = second.split(',').map(str::trim).collect();
        let ([_, b, c, _, e, f, _, h, _, j, k, l], [_, _, o, p, _, _, _, _, u, ..]) =
            (first.as_slice(), second.as_slice())
        else {
            return None;
        };
        let flag = |text: &str| match text {
            "0" => Some(false),
            "1" => Some(true),
            _ => None,
        };
        Some(Self {
            paper_out: flag(b)?,
            paused: flag(c)?,
            formats_waiting: e.parse().ok()?,
            buffer_full: flag(f)?,
            is_inside_format: flag(h)?,
            settings_lost: flag(j)?,
            too_cold: flag(k)?,
            too_hot: flag(l)?,
            head_open: flag(o)?,
            ribbon_out: flag(p)?,
            labels_remaining: u.parse().ok()?,
        })
    }

    /// Returns what stops it, worst first.
    #[must_use]
    pub fn troubles(&self) -> Vec<Trouble> {
        let table = [
            (self.settings_lost, Trouble::Broken),
            (self.head_open, Trouble::CoverOpen),
            (self.paper_out, Trouble::PaperOut),
            (self.ribbon_out, Trouble::RibbonOut),
            (self.too_hot, Trouble::TooHot),
            (self.paused, Trouble::Paused),
        ];
        let there = table.into_iter().filter(|(is_there, _)| *is_there);
        there.map(|(_, trouble)| trouble).collect()
    }

    /// Tells whether everything it was sent is printed.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.formats_waiting == 0 && self.labels_remaining == 0 && !self.is_inside_format
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: &[u8] = b"\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\
        \x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n";

    #[test]
    fn an_answer_is_read_when_it_is_whole() {
        for cut in 0..READY.len() - 3 {
            assert_eq!(HostStatus::parse(&READY[..cut]), None, "{cut}");
        }
        let read = HostStatus::parse(READY).unwrap();
        assert_eq!(read, HostStatus::default());
        assert!(read.is_done() && read.troubles().is_empty());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let answer = b"\x02030,1,1,1245,002,1,0,1,000,1,0,1\x03\r\n\
            \x02000,0,1,1,0,2,4,0,00000003,1,000\x03\r\n\x021234,0\x03\r\n";
        let read = HostStatus::parse(answer).unwrap();
        assert_eq!(
            read.troubles(),
            [
                Trouble::Broken,
                Trouble::CoverOpen,
                Trouble::PaperOut,
                Trouble::RibbonOut,
                Trouble::TooHot,
                Trouble::Paused
            ]
        );
        assert_eq!((read.formats_waiting, read.labels_remaining), (2, 3));
        assert!(!read.is_done() && read.buffer_full && read.is_inside_format);
    }

    #[test]
    fn what_is_no_answer_is_not_guessed_at() {
        for noise in [
            &b""[..],
            b"\x02\x03\x02\x03\x02\x03",
            b"~HS",
            b"\x02030,2,0,1245,000,0,0,0,000,0,0,0\x03\x02000,0,0,0,0,2,4,0,0,1,0\x03\x021,0\x03",
        ] {
            assert_eq!(HostStatus::parse(noise), None, "{noise:?}");
        }
    }
}
