//! The arrows out of a program that may exist in one file only, read from the paths the sources
//! name: the protocol does no I/O, the clock and the environment are each read in one place. Arrows
//! inside a slice are in `duties.rs`, between slices in `slices.rs`.

use super::code::Code;
use super::tokens::Mention;
use super::tree::{Finding, SourceFile, Tree};
use super::{bites, holds, passes};

/// What reads the system clock. `tokio::time::Instant` is not among them: it is the timer tests
/// pause, not the time of day.
const CLOCKS: &[&str] = &[
    "std::time::SystemTime::now",
    "std::time::Instant::now",
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "jiff::tz::TimeZone::system",
    "chrono::Utc::now",
    "chrono::Local::now",
    "time::OffsetDateTime::now_utc",
    "time::OffsetDateTime::now_local",
    "ulid::Ulid::generate",
];

/// What reads or changes the environment, or reads a configuration file.
const CONFIGURATION: &[&str] = &[
    "std::env::var",
    "std::env::var_os",
    "std::env::vars",
    "std::env::vars_os",
    "std::env::set_var",
    "std::env::remove_var",
    "toml::from_str",
    "toml::from_slice",
    "toml::de",
];

/// What the protocol must not touch: its caller hands it time, bytes and randomness.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time::SystemTime",
    "std::time::Instant",
    "std::os",
    "tokio",
    "getrandom",
    "rand",
    "automerge::ActorId::random",
    "ulid::Ulid::generate",
    "ulid::Ulid::from_datetime",
    "ulid::Generator",
];

#[test]
fn the_protocol_does_no_io() {
    holds(protocol_io);
}

fn protocol_io(tree: &Tree) -> Vec<Finding> {
    let files = tree
        .rust()
        .filter(|(file, _)| file.path.starts_with("protocol/src/"));
    let mut findings = Vec::new();
    for (file, code) in files {
        let why = "the protocol takes time, bytes and randomness as arguments";
        findings.extend(named(file, code.shipped_mentions(), OUTSIDE, why));
        findings.extend(asynchronous(
            file,
            code,
            "the protocol is driven, it never waits",
        ));
    }
    findings
}

#[test]
fn a_protocol_that_looks_outside_is_found() {
    let file = |text| [("protocol/src/hlc.rs", text)];
    bites(
        protocol_io,
        &file("fn f() { std::fs::read(p); }"),
        "std::fs::read",
    );
    bites(
        protocol_io,
        &file("use std::time::Instant;"),
        "std::time::Instant",
    );
    bites(protocol_io, &file("async fn f() {}"), "it never waits");
    passes(
        protocol_io,
        &file("use std::time::Duration;\n#[cfg(test)] use std::fs;"),
    );
    passes(
        protocol_io,
        &[("protocol/daemon/src/db.rs", "use std::fs;")],
    );
}

#[test]
fn only_clock_rs_reads_the_system_clock() {
    holds(clock_readers);
}

fn clock_readers(tree: &Tree) -> Vec<Finding> {
    let files = tree.rust().filter(|(file, _)| !is_about(file, "clock"));
    let why = "only clock.rs reads the system clock";
    files
        .flat_map(|(file, code)| named(file, code.mentions().iter(), CLOCKS, why))
        .collect()
}

#[test]
fn a_glance_at_the_clock_is_found_however_it_was_imported() {
    let bad = "use std::time as t;\nfn f() { t::Instant::now(); }";
    bites(
        clock_readers,
        &[("edge/src/sales/service.rs", bad)],
        "service.rs:2: names std::time",
    );
    let in_test = "#[cfg(test)] mod tests { fn f() { jiff::Timestamp::now(); } }";
    bites(
        clock_readers,
        &[("hub/src/a.rs", in_test)],
        "jiff::Timestamp::now",
    );
    let good = "use tokio::time::Instant;\nfn f() { Instant::now(); clock.now_ms(); }";
    passes(
        clock_readers,
        &[("edge/src/a.rs", good), ("edge/src/clock.rs", bad)],
    );
}

#[test]
fn only_config_rs_reads_the_environment() {
    holds(environment_readers);
}

fn environment_readers(tree: &Tree) -> Vec<Finding> {
    // The rules themselves read manifests, and printers their profiles: TOML, but nobody's
    // configuration.
    let elsewhere = |file: &SourceFile| {
        let is_data = file.path == "hardware/src/printer/profiles.rs";
        !is_about(file, "config") && !is_data && !file.path.starts_with("tests/it/tidy/")
    };
    let why = "only config.rs reads the environment and configuration files";
    let mut findings = Vec::new();
    for (file, code) in tree.rust().filter(|(file, _)| elsewhere(file)) {
        findings.extend(named(file, code.mentions().iter(), CONFIGURATION, why));
        let flags = code.attributes().iter().filter(|found| {
            let words: Vec<&str> = found.value.split(|c: char| !c.is_alphanumeric()).collect();
            matches!(words[0], "arg" | "clap" | "command") && words.contains(&"env")
        });
        findings.extend(flags.map(|found| {
            Finding::at(
                file,
                found.line,
                format!("a flag with an environment variable: {why}"),
            )
        }));
    }
    findings
}

#[test]
fn a_glance_at_the_environment_is_found() {
    let file = |text| [("edge/src/app.rs", text)];
    bites(
        environment_readers,
        &file("fn f() { std::env::var(\"X\"); }"),
        "std::env::var",
    );
    bites(
        environment_readers,
        &file("use std::env::var_os as v; "),
        "std::env::var_os",
    );
    bites(
        environment_readers,
        &file("fn f() { toml::from_str(x); }"),
        "toml::from_str",
    );
    bites(
        environment_readers,
        &file("struct A { #[arg(long, env = \"X\")] a: u8 }"),
        "a flag",
    );
    passes(
        environment_readers,
        &file("fn f() { std::env::current_exe(); env!(\"X\"); }"),
    );
    passes(
        environment_readers,
        &[("hub/src/config.rs", "use std::env::vars;")],
    );
}

/// The mentions that lie within one of the forbidden paths.
pub(super) fn named<'a>(
    file: &'a SourceFile,
    mentions: impl Iterator<Item = &'a Mention>,
    forbidden: &[&str],
    why: &str,
) -> Vec<Finding> {
    mentions
        .filter(|mention| forbidden.iter().any(|path| mention.is_within(path)))
        .map(|mention| Finding::at(file, mention.line, format!("names {}: {why}", mention.path)))
        .collect()
}

/// The places that wait or make something that waits.
pub(super) fn asynchronous(file: &SourceFile, code: &Code, why: &str) -> Vec<Finding> {
    code.shipped_words()
        .filter(|word| matches!(word.text.as_str(), "async" | "await"))
        .map(|word| Finding::at(file, word.line, format!("says {}: {why}", word.text)))
        .collect()
}

/// Whether the file, or the folder it is a part of, has this name: `clock.rs`, `config/file.rs`.
fn is_about(file: &SourceFile, subject: &str) -> bool {
    file.path
        .split('/')
        .any(|part| part.trim_end_matches(".rs") == subject)
}
