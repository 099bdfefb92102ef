//! Words that may not stand in the repository: work left undone, lints silenced, results dropped
//! without a word, paths of somebody's machine, hosts of registries. It reads lines and attributes;
//! spelling and tone are for the reviewer.

use super::code::Code;
use super::tokens::Followed;
use super::tree::{Finding, SourceFile, Tree, root};
use super::{bites, holds, passes};

/// Written in two parts, so that this file does not hold what it looks for.
const UNDONE: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];
const UNDONE_MACROS: &[&str] = &["todo", "unimplemented"];

/// Folders under which people's own folders lie on Linux and macOS.
const HOMES: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/ro", "ot/"),
];
/// Parts of a host's name that tell a package registry or a mirror of one.
const REGISTRY_LABELS: &[&str] = &[
    "registry",
    "mirror",
    "mirrors",
    "artifactory",
    "nexus",
    "verdaccio",
    "goproxy",
    "pypi",
    "npm",
    "npmjs",
];
/// The only place crates come from, as every public lock file names it.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

#[test]
fn nothing_is_left_to_do() {
    holds(undone);
}

fn undone(tree: &Tree) -> Vec<Finding> {
    let files = tree.files.iter().filter(|file| is_written_by_hand(file));
    let mut findings = Vec::new();
    for file in files {
        for (at, line) in file.lines() {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            if let Some(word) = words.find(|word| UNDONE.contains(word)) {
                findings.push(Finding::at(
                    file,
                    at,
                    format!("{word}: do it, or open an issue"),
                ));
            }
        }
        let macros = file
            .code()
            .into_iter()
            .flat_map(Code::words)
            .filter(|word| {
                word.followed == Followed::Bang && UNDONE_MACROS.contains(&word.text.as_str())
            });
        findings.extend(
            macros.map(|word| Finding::at(file, word.line, format!("{}! is no answer", word.text))),
        );
    }
    findings
}

/// Lock files and licence texts hold other people's words and hashes.
fn is_written_by_hand(file: &SourceFile) -> bool {
    !matches!(file.name(), "Cargo.lock" | "package-lock.json" | "LICENSE")
}

#[test]
fn undone_work_is_found_in_comments_scripts_and_macros() {
    let comment = format!("-- {}: index\n", UNDONE[0]);
    bites(
        undone,
        &[("hub/migrations/0001.sql", &comment)],
        "open an issue",
    );
    bites(
        undone,
        &[("a.rs", "fn f() { todo!() }\n")],
        "todo! is no answer",
    );
    passes(
        undone,
        &[("a.rs", "fn f() { let todo = 1; if todo != 2 {} }\n")],
    );
}

#[test]
fn no_lint_is_silenced_without_a_reason() {
    holds(silenced_lints);
}

fn silenced_lints(tree: &Tree) -> Vec<Finding> {
    let attributes = tree
        .rust()
        .flat_map(|(file, code)| code.attributes().iter().map(move |found| (file, found)));
    attributes
        .filter_map(|(file, found)| {
            let words: Vec<&str> = found
                .value
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .collect();
            let conditional = words.first() == Some(&"cfg_attr");
            let says = |word: &str| words[0] == word || (conditional && words.contains(&word));
            let sentence = if says("allow") {
                "allow hides what expect would report as gone: use #[expect(…, reason = \"…\")]"
            } else if says("expect") && !words.contains(&"reason") {
                "an expected lint says why: add reason = \"…\""
            } else {
                return None;
            };
            Some(Finding::at(file, found.line, sentence))
        })
        .collect()
}

#[test]
fn a_silenced_lint_is_found_in_every_spelling() {
    for bad in [
        "#[allow(dead_code)]\nfn f() {}\n",
        "#![allow(dead_code)]\n",
        "#[cfg_attr(test, allow(dead_code))]\nfn f() {}\n",
    ] {
        bites(silenced_lints, &[("a.rs", bad)], "allow hides");
    }
    bites(
        silenced_lints,
        &[("a.rs", "#[expect(dead_code)]\nfn f() {}\n")],
        "says why",
    );
    let good = "#[expect(dead_code, reason = \"the wire has it\")]\n/// We allow it.\nfn f() {}\n";
    passes(silenced_lints, &[("a.rs", good)]);
}

#[test]
fn a_dropped_result_says_why() {
    holds(dropped_results);
}

/// Types are not known here, so every `let _ =` outside tests wants its comment there or above.
fn dropped_results(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, code) in tree.rust() {
        let mut commented = false;
        for (at, line) in file.lines() {
            let drops = line.trim_start().starts_with("let _ =");
            if drops && !commented && !line.contains("//") && !code.is_test(at) {
                findings.push(Finding::at(
                    file,
                    at,
                    "say in a comment why this may be dropped",
                ));
            }
            commented = line.trim_start().starts_with("//") || (drops && commented);
        }
    }
    findings
}

#[test]
fn a_result_dropped_in_silence_is_found() {
    let silent = "fn f() {\n    let _ = send();\n}\n";
    let said = "fn f() {\n    // Nobody may listen any more.\n    let _ = send();\n}\n";
    bites(
        dropped_results,
        &[("edge/src/a.rs", silent)],
        "a.rs:2: say in a comment",
    );
    passes(
        dropped_results,
        &[("edge/src/a.rs", said), ("tests/src/a.rs", silent)],
    );
}

#[test]
fn no_machine_is_named() {
    holds(machine_paths);
}

fn machine_paths(tree: &Tree) -> Vec<Finding> {
    let here = root().to_string_lossy().into_owned();
    let files = tree.files.iter().filter(|file| file.name() != "LICENSE");
    let lines = files.flat_map(|file| file.lines().map(move |(at, line)| (file, at, line)));
    lines
        .filter(|(_, _, line)| line.contains(&here) || HOMES.iter().any(|home| in_home(line, home)))
        .map(|(file, at, _)| Finding::at(file, at, "a path of one machine: make it relative"))
        .collect()
}

/// Whether a line names a folder below somebody's home: `/home/` alone may be a page's address.
fn in_home(line: &str, home: &str) -> bool {
    line.match_indices(home).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let begins = before.is_none_or(|c| !c.is_alphanumeric() && !"./-_}".contains(c));
        let name: String = line[at + home.len()..]
            .chars()
            .take_while(|c| c.is_alphanumeric() || "._-".contains(*c))
            .collect();
        let deeper = line[at + home.len() + name.len()..].starts_with('/');
        begins && !name.is_empty() && (deeper || home == HOMES[2])
    })
}

#[test]
fn a_path_of_a_machine_is_found_and_an_address_is_not() {
    let home = format!("path = \"{}ann/counterpart\"\n", HOMES[0]);
    bites(machine_paths, &[("a.toml", &home)], "one machine");
    let root_home = format!("cd {}.cargo\n", HOMES[2]);
    bites(machine_paths, &[("tests/run", &root_home)], "one machine");
    let here = format!("// {}\n", root().display());
    bites(machine_paths, &[("a.rs", &here)], "one machine");
    let pages = "\"/home/\" https://example.org/home/x/y \"/v1/home/a/b\"\n";
    passes(
        machine_paths,
        &[("a.rs", &format!("//! Pages.\n// {pages}"))],
    );
}

#[test]
fn no_registry_host_is_named() {
    holds(registry_hosts);
}

fn registry_hosts(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        for (at, line) in file.lines() {
            let from_elsewhere = file.name() == "Cargo.lock"
                && line.starts_with("source = ")
                && !line.contains(CRATES_IO);
            if from_elsewhere {
                findings.push(Finding::at(
                    file,
                    at,
                    "a crate that does not come from crates.io",
                ));
            }
            if file.name() == "package-lock.json" && line.contains("\"resolved\"") {
                let sentence = "names where it was fetched: .npmrc omits that, lock it again";
                findings.push(Finding::at(file, at, sentence));
            } else if hosts(line).any(is_registry) {
                findings.push(Finding::at(
                    file,
                    at,
                    "names the host of a package registry",
                ));
            }
        }
    }
    findings
}

/// The hosts of the addresses in a line.
fn hosts(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("://").map(|(at, found)| {
        let rest = &line[at + found.len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && !".-".contains(c));
        &rest[..end.unwrap_or(rest.len())]
    })
}

fn is_registry(host: &str) -> bool {
    let mut labels = host.split(['.', '-']);
    host.contains('.') && labels.any(|label| REGISTRY_LABELS.contains(&label))
}

#[test]
fn a_registry_is_found_by_its_host_and_by_where_a_lock_file_points() {
    let npmrc = format!("always=https://{}.example.org/\n", REGISTRY_LABELS[0]);
    bites(
        registry_hosts,
        &[("tests/.npmrc", &npmrc)],
        "host of a package registry",
    );
    let lock = "source = \"sparse+https://crates.example.org/\"\n";
    bites(registry_hosts, &[("Cargo.lock", lock)], "crates.io");
    let npm = "  \"resolved\": \"https://example.org/a.tgz\",\n";
    bites(
        registry_hosts,
        &[("tests/package-lock.json", npm)],
        "lock it again",
    );
    let good = format!("source = \"{CRATES_IO}\"\n");
    passes(
        registry_hosts,
        &[("Cargo.lock", &good), ("a.rs", "//! https://docs.rs/x.\n")],
    );
}
