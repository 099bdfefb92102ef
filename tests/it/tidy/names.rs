//! Names that say nothing, and parameters that say nothing where they are called. It cannot know
//! whether a name is the shop's word; it knows the ones that never are.

use super::tree::{Finding, Tree};
use super::{bites, holds, passes};

/// Module names under which everything ends up.
const EMPTY_MODULES: &[&str] = &[
    "utils", "util", "common", "helpers", "helper", "data", "info", "misc",
];
/// Ends of type names that tell no job.
const EMPTY_ENDINGS: &[&str] = &["Manager", "Helper", "Util", "Utils"];

#[test]
fn names_say_what_a_thing_does() {
    holds(empty_names);
}

fn empty_names(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, code) in tree.rust() {
        let mut parts = file.path.trim_end_matches(".rs").split('/');
        if let Some(part) = parts.find(|part| EMPTY_MODULES.contains(part)) {
            let sentence = format!("a module called {part} has no subject: name what it does");
            findings.push(Finding::at(file, 1, sentence));
        }
        for named in &code.types {
            if EMPTY_ENDINGS
                .iter()
                .any(|ending| named.name.ends_with(ending))
            {
                let sentence = format!("{} tells no job: name what it does", named.name);
                findings.push(Finding::at(file, named.line, sentence));
            }
        }
        for function in &code.functions {
            if function.public && function.name.starts_with("get_") {
                let sentence = format!("fn {}: leave out get_", function.name);
                findings.push(Finding::at(file, function.line, sentence));
            }
        }
    }
    findings
}

#[test]
fn a_name_without_a_subject_is_found() {
    bites(empty_names, &[("edge/src/utils.rs", "")], "no subject");
    bites(
        empty_names,
        &[("edge/src/a.rs", "pub struct TillManager;")],
        "TillManager tells no job",
    );
    bites(
        empty_names,
        &[("edge/src/a.rs", "pub fn get_till() {}")],
        "leave out get_",
    );
    passes(
        empty_names,
        &[("edge/src/tills.rs", "pub struct Till; pub fn till() {}")],
    );
}

#[test]
fn public_functions_take_no_bare_bool() {
    holds(bare_bools);
}

fn bare_bools(tree: &Tree) -> Vec<Finding> {
    let functions = tree
        .rust()
        .flat_map(|(file, code)| code.functions.iter().map(move |function| (file, function)));
    functions
        .filter(|(_, function)| function.public && function.takes_bool)
        .map(|(file, function)| {
            let sentence = format!(
                "fn {} takes a bool: `true` says nothing where it is called, use an enum",
                function.name
            );
            Finding::at(file, function.line, sentence)
        })
        .collect()
}

#[test]
fn a_bool_parameter_is_found_in_methods_and_traits() {
    for bad in [
        "pub fn open(force: bool) {}",
        "impl Till { pub fn open(&self, force: bool) {} }",
        "pub trait Drawer { fn open(&self, force: bool); }",
    ] {
        bites(
            bare_bools,
            &[("edge/src/a.rs", bad)],
            "fn open takes a bool",
        );
    }
    let good = "fn open(force: bool) {} pub fn is_open() -> bool { true }";
    passes(bare_bools, &[("edge/src/a.rs", good)]);
}
