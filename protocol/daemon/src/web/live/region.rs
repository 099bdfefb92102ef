//! A piece of a page that is sent as a whole and knows how fresh it is.
//!
//! It is markup already; what it shows and when it changes is the slice's business.

use std::fmt;

use maud::{Markup, Render, html};

/// How fresh a rendering is, comparable between stream and post answers of one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    started_at_ms: u64,
    count: u64,
}

impl Version {
    pub(super) fn new(started_at_ms: u64, count: u64) -> Self {
        Self {
            started_at_ms,
            count,
        }
    }
}

/// Written as `<start>.<count>`: the page compares counts of the same start, and takes anything
/// from another start, because only a newer process can be answering.
impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.started_at_ms, self.count)
    }
}

/// What a page lets the person hear and see for a moment when it shows a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cue {
    /// Something was taken: a short high note and a green edge.
    Accepted(String),
    /// Something was refused: a low double note, and a thick red edge.
    Refused(String),
    /// A sale was paid: a rising pair of notes.
    Paid(String),
    /// Something new waits for somebody: it is repeated while the page shows it.
    Bell(String),
}

impl Cue {
    fn word(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "accepted",
            Self::Refused(_) => "refused",
            Self::Paid(_) => "paid",
            Self::Bell(_) => "bell",
        }
    }

    fn id(&self) -> &str {
        match self {
            Self::Accepted(id) | Self::Refused(id) | Self::Paid(id) | Self::Bell(id) => id,
        }
    }
}

/// One region of a page: `<x-region id=… data-v=…>`, morphed in place by its id.
#[derive(Clone, Debug)]
pub struct Region {
    id: String,
    version: Version,
    cue: Option<Cue>,
    markup: Markup,
}

impl Region {
    /// Makes the region `id` (unique on its page) as rendered at `version`.
    ///
    /// Tables and lists go inside whole: a region cannot stand between `<table>` and `<tr>`.
    pub fn new(id: impl Into<String>, version: Version, markup: Markup) -> Self {
        Self {
            id: id.into(),
            version,
            cue: None,
            markup,
        }
    }

    /// Gives a cue, played once for each id the cue carries (the id of the scan, of the sale).
    #[must_use]
    pub fn with_cue(mut self, cue: Option<Cue>) -> Self {
        self.cue = cue;
        self
    }

    /// Returns the region's id.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl Render for Region {
    fn render(&self) -> Markup {
        let cue = self.cue.as_ref();
        html! {
            x-region id=(self.id) data-v=(self.version)
                data-cue=[cue.map(Cue::word)] data-cue-id=[cue.map(Cue::id)] {
                (self.markup)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Live;
    use super::*;

    #[test]
    fn a_region_says_how_fresh_it_is() {
        let live = Live::new(1_000);
        let (first, second) = (live.version(), live.version());
        assert!(first < second);
        let region = Region::new("sale", second, html! { p { "2 items" } });
        assert_eq!(
            region.render().into_string(),
            r#"<x-region id="sale" data-v="1000.2"><p>2 items</p></x-region>"#,
        );
    }

    #[test]
    fn clones_of_one_hub_never_give_a_version_twice() {
        let live = Live::new(7);
        let (mut given, threads): (Vec<Version>, Vec<_>) = (
            Vec::new(),
            (0..4)
                .map(|_| {
                    let live = live.clone();
                    std::thread::spawn(move || (0..100).map(|_| live.version()).collect())
                })
                .collect(),
        );
        for thread in threads {
            let versions: Vec<Version> = thread.join().unwrap();
            given.extend(versions);
        }
        given.sort();
        given.dedup();
        assert_eq!(given.len(), 400);
    }

    #[test]
    fn what_a_customer_typed_cannot_become_markup() {
        let live = Live::new(1);
        let name = r#""><script>alert(1)</script>"#;
        let region = Region::new(name, live.version(), html! { p title=(name) { (name) } })
            .with_cue(Some(Cue::Refused(name.to_owned())));
        let text = region.render().into_string();
        assert!(!text.contains("<script"), "{text}");
        assert!(!text.contains(r#"""#.repeat(2).as_str()), "{text}");
        assert!(text.contains(r#"data-cue="refused""#), "{text}");
    }
}
