//! What the hubs on one database call to each other: a feed grew, a page changed, an edge called.
//!
//! It is a hint each time: where it is lost, a long poll ends by itself and a page is told when it
//! is next published. On SQLite there is no other hub, and nothing is said.

use counterpart_daemon::db::{Db, Hint};
use counterpart_daemon::replica::Replica;
use counterpart_daemon::web::live::Live;
use counterpart_protocol::enrolment::FeedNews;
use counterpart_protocol::ids::EdgeNumber;

use crate::sync::Presence;

/// Something worth calling out.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    /// The hub's feed for an edge goes up to this record.
    Feed(EdgeNumber, u64),
    /// What pages with this topic show has changed.
    Page(String),
    /// An edge has called and said how far it holds the hub's feed.
    Call(EdgeNumber, FeedNews),
}

impl Word {
    fn written(&self) -> String {
        match self {
            Self::Feed(edge, seq) => format!("feed {} {seq}", edge.0),
            Self::Page(topic) => format!("page {topic}"),
            Self::Call(edge, news) => format!("call {} {} {}", edge.0, news.feed, news.seq),
        }
    }

    /// Reads a word; nothing if a hub of another version has one that is not known here.
    fn read(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(' ')?;
        let mut parts = rest.split(' ');
        match kind {
            "page" => Some(Self::Page(rest.to_owned())),
            "feed" => {
                let edge = EdgeNumber(parts.next()?.parse().ok()?);
                Some(Self::Feed(edge, parts.next()?.parse().ok()?))
            }
            "call" => {
                let edge = EdgeNumber(parts.next()?.parse().ok()?);
                let news = FeedNews {
                    feed: parts.next()?.parse().ok()?,
                    seq: parts.next()?.parse().ok()?,
                };
                Some(Self::Call(edge, news))
            }
            _ => None,
        }
    }
}

/// Calls out what happens here from now on, and hears what happens elsewhere.
pub(super) fn meet(db: &Db, replica: &Replica, live: &Live, presence: &Presence) {
    let hints = db.hints().clone();
    replica.relay_feeds(move |edge, seq| hints.tell(&Word::Feed(edge, seq).written()));
    let hints = db.hints().clone();
    live.relay(move |topic| hints.tell(&Word::Page(topic.as_str().to_owned()).written()));
    let hints = db.hints().clone();
    presence.relay(move |edge, holds| hints.tell(&Word::Call(edge, holds).written()));
    let (replica, live, presence) = (replica.clone(), live.clone(), presence.clone());
    db.hints().hear(Box::new(move |hint| match hint {
        Hint::Told(text) => match Word::read(text) {
            Some(Word::Feed(edge, seq)) => replica.feed_grew(edge, seq),
            Some(Word::Page(topic)) => live.publish_here(topic),
            Some(Word::Call(edge, holds)) => presence.called_elsewhere(edge, holds),
            None => tracing::debug!(text, "another hub says something unknown here"),
        },
        Hint::Missed => {
            replica.feeds_may_have_grown();
            live.publish_everything_here();
        }
    }));
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::enrolment::FeedNews;
    use counterpart_protocol::ids::EdgeNumber;

    use super::Word;

    #[test]
    fn a_word_is_understood_as_it_was_meant_and_a_strange_one_is_not() {
        for word in [
            Word::Feed(EdgeNumber(7), u64::MAX),
            Word::Page("orders/one two".to_owned()),
            Word::Call(EdgeNumber(7), FeedNews { feed: 2, seq: 9 }),
        ] {
            assert_eq!(Word::read(&word.written()), Some(word));
        }
        for strange in ["", "feed", "feed x 1", "feed 7", "call 7 1", "order 7"] {
            assert_eq!(Word::read(strange), None, "{strange}");
        }
    }
}
