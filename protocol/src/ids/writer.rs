//! Who writes, and the documents they write: incarnations, keys and segment names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{EdgeNumber, IdRefused, Incarnation};

/// One writer of facts: an edge, or the hub, in one of its lives. Two replicas never share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Writer {
    /// Whose.
    pub edge: EdgeNumber,
    /// Which of its lives; for the hub, its generation.
    pub incarnation: Incarnation,
}

impl Writer {
    /// Returns the key of this writer's fact number `seq`: `<edge>/<incarnation>/<8 hex digits>`,
    /// fixed by `replication.md` §9.
    #[must_use]
    pub fn key(&self, seq: u64) -> String {
        format!("{}/{}/{seq:08x}", self.edge, self.incarnation)
    }
}

/// Names a document: a writer's journal segment.
///
/// Its text is `<edge>/<incarnation>/<segment>`; the hub keeps one journal for each store, so its
/// text goes on with `/<edge it is about>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId {
    /// Who writes it.
    pub writer: Writer,
    /// The edge it is about, when the hub writes it.
    pub about: Option<EdgeNumber>,
    /// Counts the segments of this journal from 0.
    pub segment: u32,
}

impl DocumentId {
    /// Returns the next segment's id.
    #[must_use]
    pub fn next_segment(self) -> Self {
        Self {
            segment: self.segment + 1,
            ..self
        }
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}/{}",
            self.writer.edge, self.writer.incarnation, self.segment
        )?;
        match self.about {
            Some(edge) => write!(f, "/{edge}"),
            None => Ok(()),
        }
    }
}

impl FromStr for DocumentId {
    type Err = IdRefused;

    fn from_str(text: &str) -> Result<Self, IdRefused> {
        let refused = || IdRefused::NotDocument(text.to_owned());
        let mut parts = text.split('/').map(|part| {
            let canonical = part == "0" || !part.starts_with('0');
            part.parse::<u32>()
                .ok()
                .filter(|_| canonical && !part.starts_with('+'))
        });
        let mut required = || parts.next().flatten().ok_or_else(refused);
        let (edge, incarnation, segment) = (required()?, required()?, required()?);
        let about = match parts.next() {
            None => None,
            Some(part) => Some(EdgeNumber(part.ok_or_else(refused)?)),
        };
        if parts.next().is_some() || about.is_some() != (edge == 0) {
            return Err(refused());
        }
        let writer = Writer {
            edge: EdgeNumber(edge),
            incarnation: Incarnation(incarnation),
        };
        Ok(Self {
            writer,
            about,
            segment,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::DocumentId;

    #[test]
    fn a_document_id_has_one_spelling() {
        for good in ["7/1/0", "7/2/13", "0/3/1/7"] {
            assert_eq!(good.parse::<DocumentId>().unwrap().to_string(), good);
        }
        for bad in [
            "", "7/1", "07/1/0", "+7/1/0", "7/1/0/2", "0/1/0", "7/1/0/", "a/b/c",
        ] {
            assert!(
                bad.parse::<DocumentId>().is_err(),
                "{bad:?} must be refused"
            );
        }
    }
}
