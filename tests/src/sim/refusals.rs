//! What readers set aside, after healing: no more than what was damaged, and known to its writers.

use counterpart_daemon::db::Value;
use counterpart_protocol::ids::EdgeNumber;

use super::healing::unless;
use super::oracle::Violation;
use super::world::World;

impl World {
    /// One bad record costs itself alone, and its writer knows that its reader set it aside.
    pub(super) fn refusals(&mut self) -> Result<(), Violation> {
        let aside = "SELECT COUNT(*) FROM quarantine q JOIN feed_records r
             ON r.direction = q.direction AND r.peer = q.peer AND r.feed = q.feed AND r.seq = q.seq
             WHERE q.direction = 'in' AND r.document NOT LIKE 'order%' AND (q.peer = 0
                 OR q.feed = (SELECT MAX(feed) FROM feed_heads h
                     WHERE h.direction = q.direction AND h.peer = q.peer))";
        // Of a life that was replaced, what it promised is set aside too.
        let mut count = 0;
        for which in 0..=self.stores.len() {
            count += self.number(which, aside)?;
        }
        // What rotted at one end is set aside where it is sent again.
        let spoilt = self.spoilt + self.rotten.count();
        unless(count <= spoilt, || {
            format!("{count} records of journals are set aside and {spoilt} were damaged")
        })?;
        for which in 1..=self.stores.len() {
            let edge = self.stores[which - 1].node.edge;
            for (reader, writer) in [(0, which), (which, 0)] {
                let (from, to) = match reader {
                    0 => (edge, EdgeNumber::HUB),
                    _ => (EdgeNumber::HUB, edge),
                };
                let seqs = |direction: &str, peer: EdgeNumber| {
                    format!(
                        "SELECT feed, seq, reason FROM quarantine WHERE direction = '{direction}'
                         AND peer = {} ORDER BY 1, 2",
                        peer.0
                    )
                };
                let refused = self.rows(reader, seqs("in", from))?;
                let known = self.rows(writer, seqs("out", to))?;
                // A hub that was put back to before it heard so is told of the newest run alone,
                // and so is a store whose bytes of an earlier life rotted before they were sent.
                let sql = format!(
                    "SELECT MAX(feed) FROM feed_heads WHERE direction = 'in' AND peer = {}",
                    from.0
                );
                let newest = self.rows(reader, sql)?;
                let may_forget =
                    (writer == 0 && self.put_back.contains(&0)) || self.rotten.count() > 0;
                let knows = |seq: &Vec<Value>| {
                    known.iter().any(|one| one[..2] == seq[..2])
                        || (may_forget && seq[0] != newest[0][0])
                };
                let unknown = refused.iter().find(|seq| !knows(seq));
                unless(unknown.is_none(), || {
                    format!("node {writer} does not know that {reader} set {unknown:?} aside")
                })?;
            }
        }
        Ok(())
    }
}
