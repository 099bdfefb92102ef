//! Long runs of lines that stand twice. Two short likenesses are cheaper than a wrong abstraction;
//! a screenful that must be mended in two places is not.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::tree::{Finding, SourceFile, Tree};
use super::{bites, holds, passes};

/// Lines that say something, in a row, that may not stand twice.
const RUN_LINES: usize = 25;

#[test]
fn no_long_run_of_lines_stands_twice() {
    holds(copied_runs);
}

fn copied_runs(tree: &Tree) -> Vec<Finding> {
    let texts: Vec<(&SourceFile, Vec<(usize, &str)>)> = tree
        .files
        .iter()
        .filter(|file| matches!(file.extension(), "rs" | "js" | "css" | "sql") && !file.is_test())
        .map(|file| (file, telling_lines(file)))
        .collect();
    let mut seen: HashMap<u64, (usize, usize)> = HashMap::new();
    let mut findings = Vec::new();
    for (which, (file, lines)) in texts.iter().enumerate() {
        let mut at = 0;
        while at + RUN_LINES <= lines.len() {
            let key = hash(&lines[at..at + RUN_LINES]);
            let first = *seen.entry(key).or_insert((which, at));
            let (other, original) = &texts[first.0];
            let overlaps = first.0 == which && at < first.1 + RUN_LINES;
            let length = common_run(&original[first.1..], &lines[at..]);
            if overlaps || length < RUN_LINES {
                at += 1;
                continue;
            }
            let sentence = format!(
                "{length} lines also stand at {}:{}: keep them once",
                other.path, original[first.1].0
            );
            findings.push(Finding::at(file, lines[at].0, sentence));
            at += length;
        }
    }
    findings
}

/// The lines that say something, trimmed: no blanks, comments, imports, lone brackets or test code.
fn telling_lines(file: &SourceFile) -> Vec<(usize, &str)> {
    let skipped = [
        "//", "/*", "*", "--", "use ", "pub use ", "mod ", "pub mod ", "import ", "#[",
    ];
    file.lines()
        .map(|(at, line)| (at, line.trim()))
        .filter(|(at, line)| {
            line.contains(char::is_alphanumeric)
                && !skipped.iter().any(|start| line.starts_with(start))
                && !file.code().is_some_and(|code| code.is_test(*at))
        })
        .collect()
}

fn hash(lines: &[(usize, &str)]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (_, line) in lines {
        line.hash(&mut hasher);
    }
    hasher.finish()
}

fn common_run(left: &[(usize, &str)], right: &[(usize, &str)]) -> usize {
    let pairs = left.iter().zip(right);
    pairs
        .take_while(|((_, left), (_, right))| left == right)
        .count()
}

#[test]
fn a_copied_screenful_is_found_once_and_a_short_likeness_is_not() {
    let body = |from: usize, to: usize| -> String {
        (from..to)
            .map(|n| format!("    step_{n}();\n\n    // Why {n}.\n"))
            .collect()
    };
    let original = format!("fn a() {{\n{}}}\n", body(0, 40));
    let copy = format!("fn b() {{\n    other();\n{}}}\n", body(5, 35));
    bites(
        copied_runs,
        &[("edge/src/a.rs", &original), ("hub/src/b.rs", &copy)],
        "hub/src/b.rs:3: 30 lines also stand at edge/src/a.rs:17",
    );
    let likeness = format!("fn b() {{\n{}}}\n", body(5, 29));
    let as_test = format!("#[cfg(test)]\nmod tests {{\n{copy}}}\n");
    passes(
        copied_runs,
        &[
            ("edge/src/a.rs", &original),
            ("hub/src/b.rs", &likeness),
            ("hub/src/c.rs", &as_test),
            ("tests/src/d.rs", &copy),
        ],
    );
}

#[test]
fn a_run_that_repeats_itself_inside_one_file_is_found() {
    let body: String = (0..RUN_LINES)
        .map(|n| format!("    step_{n}();\n"))
        .collect();
    let twice = format!("fn a() {{\n{body}}}\nfn b() {{\n{body}}}\n");
    bites(
        copied_runs,
        &[("edge/src/a.rs", &twice)],
        "25 lines also stand at edge/src/a.rs:2",
    );
}
