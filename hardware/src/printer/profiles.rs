//! The profiles an installer can choose from: the usual ones, and those of a file of one's own.
//!
//! Both are read from the same form, which `profiles.toml` explains; nothing of a printer stands in
//! code.

use counterpart_paper::Paper;
use serde::Deserialize;
use thiserror::Error;

use super::{Barrier, CodePage, Cut, Profile, StatusReplies};

/// The columns of a line, from a 2-inch roll in its large font to the widest rolls.
const COLUMNS: std::ops::RangeInclusive<usize> = 16..=96;
/// The dots of a line, up to 112 mm at 300 dpi.
const DOTS: std::ops::RangeInclusive<usize> = 128..=1328;
/// A character is at least so many dots wide (font C of the Epson kind).
const DOTS_PER_COLUMN_MIN: usize = 8;

/// Profiles by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profiles(Vec<Profile>);

/// Why a file of profiles cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProfilesRefused {
    /// It is no TOML of this form.
    #[error("{0}")]
    Unreadable(String),
    /// `like` names a profile that does not stand before it.
    #[error("the printer \"{name}\" is like \"{like}\", which does not stand before it")]
    LikeUnknown {
        /// The profile.
        name: String,
        /// What it should be like.
        like: String,
    },
    /// Neither its own value nor one of a profile it is like.
    #[error("the printer \"{name}\" says nothing of its {field}: write it, or what it is like")]
    Missing {
        /// The profile.
        name: String,
        /// What is missing.
        field: &'static str,
    },
    /// A line no printer has.
    #[error(
        "the printer \"{name}\" has {columns} columns in {dots} dots: 16 to 96 columns of at least 8 \
         dots, and dots in eights up to 1328"
    )]
    Line {
        /// The profile.
        name: String,
        /// Its columns.
        columns: usize,
        /// Its dots.
        dots: usize,
    },
    /// No character table, one that is not known here, or one twice.
    #[error(
        "the printer \"{name}\" has the code pages {pages:?}: name at least one, none twice, of {}",
        CodePage::ALL.map(|page| page.number().to_string()).join(", ")
    )]
    CodePages {
        /// The profile.
        name: String,
        /// The pages it was given.
        pages: Vec<u16>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    printer: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    like: Option<String>,
    columns: Option<usize>,
    dots: Option<usize>,
    code_pages: Option<Vec<(u16, u8)>>,
    cut: Option<Cut>,
    barrier: Option<Barrier>,
    status: Option<StatusReplies>,
}

impl Profiles {
    /// The usual profiles as a file, to begin one of one's own with.
    pub const USUAL: &'static str = include_str!("profiles.toml");

    /// Returns the usual profiles.
    pub fn usual() -> Self {
        let read = Self(Vec::new()).with(Self::USUAL);
        read.expect("a test reads the file that is compiled in")
    }

    /// Returns these profiles and those of a file; one of a name that is known takes its place.
    ///
    /// # Errors
    /// [`ProfilesRefused`], which says where in the file.
    pub fn with(mut self, file: &str) -> Result<Self, ProfilesRefused> {
        let file: File =
            toml::from_str(file).map_err(|error| ProfilesRefused::Unreadable(error.to_string()))?;
        for written in file.printer {
            let profile = self.read(written)?;
            self.0.retain(|known| known.name != profile.name);
            self.0.push(profile);
        }
        Ok(self)
    }

    /// Returns the names, in the order they were written.
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|profile| profile.name.as_str()).collect()
    }

    /// Returns a profile by its name.
    pub fn by_name(&self, name: &str) -> Option<Profile> {
        self.0.iter().find(|profile| profile.name == name).cloned()
    }

    fn read(&self, written: Written) -> Result<Profile, ProfilesRefused> {
        let name = written.name;
        let like = match written.like {
            None => None,
            Some(like) => match self.by_name(&like) {
                Some(profile) => Some(profile),
                None => return Err(ProfilesRefused::LikeUnknown { name, like }),
            },
        };
        let like = like.as_ref();
        let missing = |field| ProfilesRefused::Missing {
            name: name.clone(),
            field,
        };
        let columns = written.columns.or(like.map(|like| like.paper.columns));
        let dots = written.dots.or(like.map(|like| like.paper.dots));
        let pages = match written.code_pages {
            Some(numbers) => Some(pages(&name, &numbers)?),
            None => like.map(|like| like.pages.clone()),
        };
        let cut = written.cut.or(like.map(|like| like.cut));
        let barrier = written.barrier.or(like.map(|like| like.barrier));
        let status = written.status.or(like.map(|like| like.status));
        let paper = Paper {
            columns: columns.ok_or_else(|| missing("columns"))?,
            dots: dots.ok_or_else(|| missing("dots"))?,
        };
        Ok(Profile {
            paper: fitting(&name, paper)?,
            pages: pages.ok_or_else(|| missing("code_pages"))?,
            cut: cut.ok_or_else(|| missing("cut"))?,
            barrier: barrier.ok_or_else(|| missing("barrier"))?,
            status: status.ok_or_else(|| missing("status"))?,
            name,
        })
    }
}

fn fitting(name: &str, paper: Paper) -> Result<Paper, ProfilesRefused> {
    let Paper { columns, dots } = paper;
    let fits = COLUMNS.contains(&columns)
        && DOTS.contains(&dots)
        && dots.is_multiple_of(8)
        && dots >= columns * DOTS_PER_COLUMN_MIN;
    match fits {
        true => Ok(paper),
        false => Err(ProfilesRefused::Line {
            name: name.to_owned(),
            columns,
            dots,
        }),
    }
}

fn pages(name: &str, numbers: &[(u16, u8)]) -> Result<Vec<(CodePage, u8)>, ProfilesRefused> {
    let mut pages: Vec<(CodePage, u8)> = Vec::new();
    for &(number, table) in numbers {
        let page = CodePage::by_number(number);
        let page = page.filter(|page| pages.iter().all(|(known, _)| known != page));
        match page {
            Some(page) => pages.push((page, table)),
            None => return Err(pages_refused(name, numbers)),
        }
    }
    match pages.is_empty() {
        true => Err(pages_refused(name, numbers)),
        false => Ok(pages),
    }
}

fn pages_refused(name: &str, numbers: &[(u16, u8)]) -> ProfilesRefused {
    ProfilesRefused::CodePages {
        name: name.to_owned(),
        pages: numbers.iter().map(|(number, _)| *number).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_printers_are_read_from_the_file_that_is_compiled_in() {
        let usual = Profiles::usual();
        let known = [
            Profile::epson_80mm(),
            Profile::epson_58mm(),
            Profile::generic_80mm(),
            Profile::clone_80mm(),
        ];
        let names: Vec<&str> = known.iter().map(|profile| profile.name.as_str()).collect();
        assert_eq!(usual.names(), names);
        assert_eq!(known[0].paper, Paper::MM80);
        assert_eq!(known[1].paper, Paper::MM58);
        for (page, table) in &known[0].pages {
            assert_eq!(*table, page.epson_table(), "{page:?}");
        }
        assert_eq!(usual.by_name("toaster"), None);
    }

    #[test]
    fn a_printer_of_ones_own_is_like_another_with_what_differs() {
        let own = r#"
            [[printer]]
            name = "kitchen"
            like = "clone-80mm"
            columns = 42
            dots = 512
            code_pages = [[852, 72]]

            [[printer]]
            name = "epson-58mm"
            like = "epson-58mm"
            cut = "partial"
        "#;
        let profiles = Profiles::usual().with(own).unwrap();
        let kitchen = profiles.by_name("kitchen").unwrap();
        assert_eq!(kitchen.paper, Paper::MM80_NARROW);
        assert_eq!(kitchen.pages, [(CodePage::Pc852, 72)]);
        assert_eq!(kitchen.barrier, Profile::clone_80mm().barrier);
        assert_eq!(profiles.by_name("epson-58mm").unwrap().cut, Cut::Partial);
        assert_eq!(profiles.names().len(), 5);
    }

    #[track_caller]
    fn check_refused(fields: &str, sentence: &str) {
        let file = format!("[[printer]]\nname = \"kitchen\"\n{fields}");
        let refused = Profiles::usual().with(&file).expect_err("it is refused");
        assert_eq!(refused.to_string(), sentence);
    }

    #[test]
    fn what_no_printer_is_is_refused_by_name() {
        check_refused(
            "like = \"star\"",
            "the printer \"kitchen\" is like \"star\", which does not stand before it",
        );
        check_refused(
            "columns = 48\ndots = 576",
            "the printer \"kitchen\" says nothing of its code_pages: write it, or what it is like",
        );
        let line = "16 to 96 columns of at least 8 dots, and dots in eights up to 1328";
        for (columns, dots) in [(48, 380), (0, 576), (48, 577), (200, 1600)] {
            check_refused(
                &format!("like = \"clone-80mm\"\ncolumns = {columns}\ndots = {dots}"),
                &format!("the printer \"kitchen\" has {columns} columns in {dots} dots: {line}"),
            );
        }
        let choices = "437, 737, 775, 850, 852, 857, 858, 866, 1252";
        for pages in ["[]", "[[932, 1]]", "[[437, 0], [437, 1]]"] {
            let file = format!("like = \"clone-80mm\"\ncode_pages = {pages}");
            let file = format!("[[printer]]\nname = \"kitchen\"\n{file}");
            let refused = Profiles::usual().with(&file).expect_err("it is refused");
            assert!(refused.to_string().ends_with(choices), "{refused}");
        }
        let typo = "[[printer]]\nname = \"kitchen\"\nlike = \"clone-80mm\"\ncolums = 42";
        let refused = Profiles::usual().with(typo).expect_err("it is refused");
        assert!(refused.to_string().contains("colums"), "{refused}");
    }
}
