//! Inside the two daemons: which files are slices, which are the spine, and what each may name of
//! the other. A slice is one workflow in one folder; the spine carries them and knows none; only
//! `app.rs` sees both.

use super::tokens::Mention;
use super::tree::{Finding, SourceFile, Tree};
use super::{bites, holds, passes};

/// Folders of the spine. Every other folder under `src` is a slice.
const SPINE: &[(&str, &[&str])] = &[
    ("edge", &["config", "context", "sync", "devices", "web"]),
    ("hub", &["sync", "web"]),
];

/// Files that put spine and slices together.
const ROOTS: &[&str] = &["app", "lib"];

/// The files of a slice in their reading order (README.md, "Inside edge and hub").
const SLICE_FILES: &[&str] = &[
    "mod", "rules", "store", "service", "http", "pages", "receipt", "slip", "label", "tests",
];

/// Files of one slice beyond the usual ones, each with why that slice needs it.
const ALSO_KNOWN: &[(&str, &str)] = &[];

/// Where a file of a daemon belongs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// `app.rs`, `lib.rs` and what is below `app/`.
    Root,
    Spine,
    Slice {
        name: &'a str,
    },
}

impl<'a> Place<'a> {
    /// The place of a path, or `None` if it is not a source of one of the daemons.
    pub(crate) fn of(path: &'a str) -> Option<Self> {
        let (daemon, inside) = path.split_once("/src/")?;
        let (_, spine) = SPINE.iter().find(|(name, _)| *name == daemon)?;
        let first = inside.split('/').next()?;
        let name = first.trim_end_matches(".rs");
        Some(if ROOTS.contains(&name) {
            Self::Root
        } else if name == first && name != "bin" && !spine.contains(&name) {
            Self::Slice { name }
        } else {
            Self::Spine
        })
    }
}

/// The job of a slice's file by its name: `rules` for `sales/rules.rs` and `sales/rules/tax.rs`.
pub(crate) fn role(path: &str) -> Option<&str> {
    let Some(Place::Slice { name }) = Place::of(path) else {
        return None;
    };
    let (_, inside) = path.split_once(&format!("/src/{name}/"))?;
    Some(inside.split('/').next()?.trim_end_matches(".rs"))
}

#[test]
fn a_path_tells_its_place_and_its_role() {
    let slice = Some(Place::Slice { name: "sales" });
    assert_eq!(Place::of("edge/src/sales/rules.rs"), slice);
    assert_eq!(
        Place::of("edge/src/devices/printing.rs"),
        Some(Place::Spine)
    );
    assert_eq!(Place::of("hub/src/main.rs"), Some(Place::Spine));
    assert_eq!(Place::of("hub/src/app.rs"), Some(Place::Root));
    assert_eq!(Place::of("protocol/src/sales/mod.rs"), None);
    assert_eq!(role("edge/src/sales/rules/tax.rs"), Some("rules"));
    assert_eq!(role("edge/src/sync/store.rs"), None);
}

#[test]
fn slices_hold_only_the_known_files() {
    holds(unknown_slice_files);
}

fn unknown_slice_files(tree: &Tree) -> Vec<Finding> {
    let files = tree.files.iter().filter(|file| file.extension() == "rs");
    let mut findings = Vec::new();
    for file in files {
        let Some(role) = role(&file.path) else {
            continue;
        };
        let listed = ALSO_KNOWN.iter().any(|(path, _)| *path == file.path);
        if !SLICE_FILES.contains(&role) && !listed {
            let sentence = format!(
                "a slice has no {role}.rs: use one of {}, or list it in slices.rs with its reason \
                 (a new folder of the spine is listed there too)",
                SLICE_FILES.join(", ")
            );
            findings.push(Finding::at(file, 1, sentence));
        }
    }
    findings
}

#[test]
fn a_file_of_an_unknown_name_is_found_in_a_slice() {
    bites(
        unknown_slice_files,
        &[("edge/src/sales/cart.rs", "")],
        "a slice has no cart.rs",
    );
    passes(
        unknown_slice_files,
        &[
            ("edge/src/sales/rules/cart.rs", ""),
            ("edge/src/sync/agent.rs", ""),
            ("hub/src/enrolment.rs", ""),
        ],
    );
}

#[test]
fn files_listed_beyond_the_usual_ones_still_exist() {
    let tree = Tree::tracked();
    for (path, why) in ALSO_KNOWN {
        assert!(tree.file(path).is_some(), "{path} is listed but gone");
        assert!(!why.is_empty(), "{path} is listed without its reason");
    }
}

#[test]
fn the_spine_knows_no_slice() {
    holds(spine_that_knows_a_slice);
}

fn spine_that_knows_a_slice(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, code) in tree.rust() {
        if Place::of(&file.path) != Some(Place::Spine) {
            continue;
        }
        let slices = slices_beside(tree, file);
        let arrows = code.mentions().iter().filter_map(|mention| {
            let slice = slices
                .iter()
                .find(|slice| Some(**slice) == first_segment(mention))?;
            let sentence = format!("the spine names the slice {slice}: join them in app.rs");
            Some(Finding::at(file, mention.line, sentence))
        });
        findings.extend(arrows);
    }
    findings
}

#[test]
fn a_spine_that_names_a_slice_is_found() {
    let sale = ("edge/src/sales/mod.rs", "");
    let agent = ("edge/src/sync/agent.rs", "use crate::sales::record;");
    bites(
        spine_that_knows_a_slice,
        &[sale, agent],
        "the spine names the slice sales",
    );
    let main = (
        "edge/src/main.rs",
        "fn main() { counterpart_edge::sales::run(); }",
    );
    bites(
        spine_that_knows_a_slice,
        &[sale, main],
        "the spine names the slice sales",
    );
    let app = (
        "edge/src/app.rs",
        "use crate::sales::router; use crate::sync::Agent;",
    );
    let other_daemon = ("hub/src/sync/agent.rs", "use crate::sales::record;");
    passes(spine_that_knows_a_slice, &[sale, app, other_daemon]);
}

#[test]
fn slices_meet_only_at_their_doors() {
    holds(back_doors);
}

/// One slice calls another through what its `mod.rs` exports, never through one of its files.
fn back_doors(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, code) in tree.rust() {
        let Some(Place::Slice { name }) = Place::of(&file.path) else {
            continue;
        };
        let others = slices_beside(tree, file);
        for mention in code.shipped_mentions() {
            let mut segments = mention.path.split("::").skip(1);
            let (Some(slice), Some(inner)) = (segments.next(), segments.next()) else {
                continue;
            };
            let other =
                first_segment(mention).is_some() && slice != name && others.contains(&slice);
            if other && SLICE_FILES.contains(&inner) {
                let sentence =
                    format!("reaches into {slice}'s {inner}.rs: call what {slice}/mod.rs exports");
                findings.push(Finding::at(file, mention.line, sentence));
            }
        }
    }
    findings
}

#[test]
fn a_slice_that_reaches_into_another_is_found() {
    let stock = ("edge/src/stock/mod.rs", "");
    let store = (
        "edge/src/sales/service.rs",
        "fn f() { crate::stock::store::on_hand(); }",
    );
    bites(back_doors, &[stock, store], "reaches into stock's store.rs");
    let relative = (
        "edge/src/sales/rules.rs",
        "use super::super::stock::rules::Refused;",
    );
    bites(
        back_doors,
        &[stock, relative],
        "reaches into stock's rules.rs",
    );
    let door = (
        "edge/src/sales/service.rs",
        "use crate::stock::on_hand; use super::store;",
    );
    passes(back_doors, &[stock, door]);
}

/// The slices of the daemon a file belongs to.
fn slices_beside<'a>(tree: &'a Tree, file: &SourceFile) -> Vec<&'a str> {
    let daemon = file.path.split('/').next().unwrap_or_default();
    let mut slices: Vec<&str> = tree
        .files
        .iter()
        .filter(|other| other.path.split('/').next() == Some(daemon))
        .filter_map(|other| match Place::of(&other.path) {
            Some(Place::Slice { name }) => Some(name),
            _ => None,
        })
        .collect();
    slices.sort_unstable();
    slices.dedup();
    slices
}

/// The module of its own crate that a mention leads into.
fn first_segment(mention: &Mention) -> Option<&str> {
    let mut segments = mention.path.split("::");
    (segments.next() == Some("crate")).then(|| segments.next())?
}
