//! Looking at a replica: is it whole, what is in a document, what stands in a feed, what was set
//! aside. For a person who must know at night, so every answer is also a text to read.
//!
//! Nothing here changes what is stored, but [`Replica::readmit`].
//!
//! [`Replica::readmit`]: super::Replica::readmit

mod aside;
mod asking;
mod inspect;
mod listing;
mod readmit;
mod verify;
mod views;

pub use aside::{AsideListed, AsideShown};
pub use asking::{AskFailed, FeedAsked, Question, Told};
pub use inspect::{InspectFailed, Inspected, Said, Statement};
pub use listing::{FeedListed, RecordListed};
pub use readmit::{ReadmitRefused, Readmitted};
pub use verify::{Broken, Verified};

use std::fmt;

use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::FeedId;
use jiff::Timestamp;

use super::feeds::{Direction, Stream};

/// A run of a feed, as people read it.
struct Named(Stream, FeedId);

impl Named {
    const fn of(direction: Direction, peer: EdgeNumber, run: u32) -> Self {
        Self(Stream { direction, peer }, FeedId(run))
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(stream, feed) = self;
        let way = match stream.direction {
            Direction::Out => "to",
            Direction::In => "from",
        };
        write!(f, "feed {way} {}, run {}", Who(stream.peer), feed.0)
    }
}

/// A node, as people read it.
struct Who(EdgeNumber);

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            EdgeNumber::HUB => f.write_str("the hub"),
            EdgeNumber(number) => write!(f, "edge {number}"),
        }
    }
}

/// Returns a time as RFC 3339 in UTC; one that no calendar has as its milliseconds.
fn time(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).map_or_else(|_| format!("{at_ms} ms"), |at| at.to_string())
}
