//! What lies where: the names visible at the root, released migrations, which never change, and
//! snapshots, which each belong to a test. It does not judge what they say.

use sha2::{Digest, Sha256};

use super::tree::{Finding, Tree};
use super::{bites, holds, passes};

/// Everything that may be seen at the root; files beginning with a dot are not seen.
const TOP_LEVEL: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "edge",
    "hub",
    "protocol",
    "hardware",
    "deploy",
    "tests",
];

/// The list of released migrations: `<sha256>  <path>` a line, as `sha256sum` writes it.
const FROZEN: &str = "tests/it/tidy/migrations.sha256";

#[test]
fn the_root_shows_only_the_fixed_names() {
    holds(stray_top_level);
}

fn stray_top_level(tree: &Tree) -> Vec<Finding> {
    let files = tree.files.iter();
    files
        .filter(|file| {
            let first = file.path.split('/').next().unwrap_or_default();
            !first.starts_with('.') && !TOP_LEVEL.contains(&first)
        })
        .map(|file| {
            Finding::at(
                file,
                1,
                "the top level is fixed: put it inside one of its folders",
            )
        })
        .collect()
}

#[test]
fn a_new_folder_at_the_root_is_found() {
    bites(
        stray_top_level,
        &[("docs/plan.md", "")],
        "the top level is fixed",
    );
    bites(
        stray_top_level,
        &[("Makefile", "")],
        "the top level is fixed",
    );
    passes(
        stray_top_level,
        &[(".ci/run", ""), ("edge/DESIGN.md", ""), ("README.md", "")],
    );
}

#[test]
fn released_migrations_never_change() {
    holds(edited_migrations);
}

/// A migration is listed in the release that first ships it; from then on a store somewhere has run
/// it, and a change is another migration.
fn edited_migrations(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(list) = tree.file(FROZEN) else {
        return vec![Finding::of_path(
            FROZEN,
            1,
            "the list of released migrations is missing",
        )];
    };
    let entries = list
        .lines()
        .filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty());
    for (at, line) in entries {
        let Some((sum, path)) = line.split_once("  ") else {
            findings.push(Finding::at(list, at, "not `<sha256>  <path>`"));
            continue;
        };
        let sentence = match tree.file(path.trim()) {
            None => format!("{path} was released and is gone"),
            Some(file) if sha256_hex(&file.text) != sum => {
                format!("{path} was released and is edited: write a new migration instead")
            }
            Some(_) => continue,
        };
        findings.push(Finding::at(list, at, sentence));
    }
    findings
}

fn sha256_hex(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn an_edited_or_lost_migration_is_found() {
    let sql = (
        "edge/migrations/0001_sales.sql",
        "CREATE TABLE sales (id BLOB) STRICT;\n",
    );
    let list = format!("# Released.\n{}  {}\n", sha256_hex(sql.1), sql.0);
    passes(edited_migrations, &[(FROZEN, &list), sql]);
    let edited = (sql.0, "CREATE TABLE sales (id TEXT) STRICT;\n");
    bites(edited_migrations, &[(FROZEN, &list), edited], "is edited");
    bites(edited_migrations, &[(FROZEN, &list)], "is gone");
    bites(
        edited_migrations,
        &[sql],
        "list of released migrations is missing",
    );
}

#[test]
fn the_checksum_is_the_one_sha256sum_prints() {
    // FIPS 180-2, appendix B.1: the digest of "abc".
    let wanted = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(sha256_hex("abc"), wanted);
}

#[test]
fn every_snapshot_belongs_to_a_test() {
    holds(orphaned_snapshots);
}

/// A snapshot whose test was renamed passes for ever without being compared to anything.
fn orphaned_snapshots(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let Some(stem) = file.name().strip_suffix(".snap") else {
            if file.name().ends_with(".snap.new") {
                findings.push(Finding::at(file, 1, "an answer nobody has accepted"));
            }
            continue;
        };
        let source = file
            .lines()
            .find_map(|(_, line)| line.strip_prefix("source: "));
        let test = snapshot_subject(stem);
        let belongs = source
            .and_then(|path| tree.file(path.trim_matches('"')))
            .is_some_and(|source| source.text.contains(test));
        if !belongs {
            let sentence = format!("no test called {test} in the file it names as its source");
            findings.push(Finding::at(file, 1, sentence));
        }
    }
    findings
}

/// What insta calls a snapshot after: `edge__sales__receipt__two_lines@58mm-2` is of `two_lines`.
fn snapshot_subject(stem: &str) -> &str {
    let named = stem.split('@').next().unwrap_or(stem);
    let named = named.rsplit("__").next().unwrap_or(named);
    let counter = |c: char| c.is_ascii_digit();
    match named.rsplit_once('-') {
        Some((subject, number)) if number.chars().all(counter) => subject,
        _ => named,
    }
}

#[test]
fn a_snapshot_without_its_test_is_found() {
    let test = ("edge/src/a.rs", "fn two_lines_fit() {}\n");
    let text = "---\nsource: edge/src/a.rs\n---\nA\n";
    let kept = ("edge/src/snapshots/edge__a__two_lines_fit-2.snap", text);
    let renamed = ("edge/src/snapshots/edge__a__two_lines.snap.new", text);
    let lost = ("edge/src/snapshots/edge__a__three_lines_fit.snap", text);
    passes(orphaned_snapshots, &[test, kept]);
    bites(
        orphaned_snapshots,
        &[test, lost],
        "no test called three_lines_fit",
    );
    bites(orphaned_snapshots, &[kept], "no test called two_lines_fit");
    bites(orphaned_snapshots, &[renamed], "nobody has accepted");
}
