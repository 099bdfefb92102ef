//! What lies where: the names visible at the root, and released migrations, which never change. It
//! does not judge what a migration says.

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
