//! The house rules the compiler cannot keep, as tests that read the tracked files. Each rule
//! returns findings `path:line: sentence`; beside each stands a test that shows it bite on a small
//! bad sample. It judges shape and arrows only; whether the code is right is for the other tests.

mod arrows;
mod code;
mod copies;
mod duties;
mod layers;
mod layout;
mod metrics;
mod mistakes;
mod names;
mod openapi;
mod shape;
mod slices;
mod supply;
mod tokens;
mod tree;
mod words;

use tree::{Finding, Tree};

/// A rule: reads the tree, says what is wrong with it.
type Rule = fn(&Tree) -> Vec<Finding>;

/// Fails with the whole list, so that one run shows everything there is to mend.
#[track_caller]
fn holds(rule: Rule) {
    let findings = rule(&Tree::tracked());
    let list: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(
        list.is_empty(),
        "{} to mend:\n{}\n",
        list.len(),
        list.join("\n")
    );
}

/// Asserts that the rule finds exactly one thing in the sample, and that it says `sentence` there.
#[track_caller]
fn bites(rule: Rule, files: &[(&str, &str)], sentence: &str) {
    let findings = rule(&Tree::of(files));
    let list: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(list.len(), 1, "wanted one finding, got {list:#?}");
    assert!(
        list[0].contains(sentence),
        "wanted {sentence:?} in {:?}",
        list[0]
    );
}

/// Asserts that the rule has nothing to say about the sample.
#[track_caller]
fn passes(rule: Rule, files: &[(&str, &str)]) {
    let findings = rule(&Tree::of(files));
    let list: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "wanted no finding, got {list:#?}");
}
