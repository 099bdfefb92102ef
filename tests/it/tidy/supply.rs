//! What the shipped programs are made of: every foreign crate's licence, the crates that must not
//! come in, and those that may be there once only. Security advisories need a list fetched from
//! elsewhere and are not looked at here.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use super::tree::root;

/// Licences the shipped programs may contain: permissive, or weak copyleft per file.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// Crates that must not be built, each with why.
const BANNED: &[(&str, &str)] = &[
    (
        "aws-lc-rs",
        "a second crypto library beside ring, and cmake to build it",
    ),
    (
        "aws-lc-sys",
        "a second crypto library beside ring, and cmake to build it",
    ),
    (
        "openssl-sys",
        "a system library: a fresh machine has only a C compiler",
    ),
    (
        "native-tls",
        "a system library: a fresh machine has only a C compiler",
    ),
    (
        "libudev-sys",
        "a system library: a fresh machine has only a C compiler",
    ),
    (
        "sqlite-wasm-rs",
        "SQLite is built from source, for the machine it runs on",
    ),
    (
        "chrono",
        "time is jiff's business here: one calendar, one time zone database",
    ),
];

/// Crates that link C code or hold global state: two of one would be two worlds.
const ONCE: &[&str] = &[
    "libsqlite3-sys",
    "ring",
    "rustls",
    "tokio",
    "automerge",
    "zstd-sys",
];

#[test]
fn every_dependency_may_be_shipped() {
    let unfit: Vec<String> = built()
        .iter()
        .filter(|package| !package.ours && !may_ship(&package.licence))
        .map(|package| {
            format!(
                "{} {}: {:?}",
                package.name, package.version, package.licence
            )
        })
        .collect();
    assert!(
        unfit.is_empty(),
        "licences not on the list in supply.rs:\n{}",
        unfit.join("\n")
    );
}

#[test]
fn a_licence_expression_is_read_as_written() {
    #[track_caller]
    fn check(expression: &str, wanted: bool) {
        assert_eq!(may_ship(expression), wanted, "{expression}");
    }
    check("MIT", true);
    check("MIT/Apache-2.0", true);
    check("GPL-3.0-only OR MIT", true);
    check("MIT AND GPL-3.0-only", false);
    check("(MIT OR Apache-2.0) AND Unicode-3.0", true);
    check("(MIT OR Apache-2.0) AND AGPL-3.0", false);
    check("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true);
    check("GPL-2.0 WITH Classpath-exception-2.0", false);
    check("", false);
}

#[test]
fn no_banned_crate_is_built() {
    let packages = built();
    for (name, why) in BANNED {
        let present = packages.iter().any(|package| package.name == *name);
        assert!(
            !present,
            "{name} came in: {why} (`cargo tree -i {name}` shows by whom)"
        );
    }
}

#[test]
fn crates_that_may_be_there_once_are_there_once() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in built() {
        versions
            .entry(package.name)
            .or_default()
            .insert(package.version);
    }
    for name in ONCE {
        let found = versions.get(*name).cloned().unwrap_or_default();
        assert_eq!(found.len(), 1, "{name} is built in versions {found:?}");
    }
}

/// One package of the build on this machine, tests' tools included.
struct Package {
    name: String,
    version: String,
    licence: String,
    ours: bool,
}

/// What cargo would build here, with the features it would build it with.
fn built() -> Vec<Package> {
    let metadata = cargo_metadata();
    let nodes = metadata["resolve"]["nodes"]
        .as_array()
        .expect("metadata has a resolved graph");
    let ids: BTreeSet<&str> = nodes
        .iter()
        .filter_map(|node| node["id"].as_str())
        .collect();
    let packages = metadata["packages"]
        .as_array()
        .expect("metadata lists packages");
    packages
        .iter()
        .filter(|package| package["id"].as_str().is_some_and(|id| ids.contains(id)))
        .map(|package| {
            let text = |key: &str| package[key].as_str().unwrap_or("").to_owned();
            Package {
                name: text("name"),
                version: text("version"),
                licence: text("license"),
                ours: package["source"].is_null(),
            }
        })
        .collect()
}

fn cargo_metadata() -> Value {
    let host = output("rustc", &["-vV"]);
    let host = host
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("rustc -vV names its host");
    // Offline and locked: the build that runs this test has fetched what is needed for this host.
    let arguments = [
        "metadata",
        "--format-version=1",
        "--locked",
        "--offline",
        "--filter-platform",
    ];
    let text = output("cargo", &[arguments.as_slice(), &[host]].concat());
    serde_json::from_str(&text).expect("cargo metadata answers JSON")
}

#[track_caller]
fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("the tool chain that built this test is on the path");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{program} {arguments:?} failed: {complaint}"
    );
    String::from_utf8(output.stdout).expect("the tool chain answers UTF-8")
}

/// Whether an SPDX expression (SPDX 2.3, annex D) can be met from the list; `/` is the old `OR`.
fn may_ship(expression: &str) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    any_of(&mut words) && words.is_empty()
}

/// `a OR b`: binds weakest. The words are a stack, the next one last.
fn any_of(words: &mut Vec<&str>) -> bool {
    let mut met = all_of(words);
    while words.pop_if(|word| *word == "OR").is_some() {
        met |= all_of(words);
    }
    met
}

fn all_of(words: &mut Vec<&str>) -> bool {
    let mut met = one_of_list(words);
    while words.pop_if(|word| *word == "AND").is_some() {
        met &= one_of_list(words);
    }
    met
}

fn one_of_list(words: &mut Vec<&str>) -> bool {
    let Some(word) = words.pop() else {
        return false;
    };
    if word == "(" {
        let met = any_of(words);
        return words.pop() == Some(")") && met;
    }
    if words.pop_if(|next| *next == "WITH").is_some() {
        let exception = words.pop().unwrap_or("");
        return LICENCES.contains(&format!("{word} WITH {exception}").as_str());
    }
    LICENCES.contains(&word)
}
