//! How long files, functions and lines may be, and how a module opens. The numbers are the house's,
//! after TigerBeetle's style page: what fits on a screen is read, what does not is scrolled past.
//! Layout inside a line is rustfmt's business.

use super::tree::{Finding, SourceFile, Tree};
use super::{bites, holds, passes};

/// Lines a file of code may have.
const FILE_LINES_MAX: usize = 400;
/// Lines a function may have, from `fn` to its closing brace.
const FUNCTION_LINES_MAX: usize = 70;
/// Columns a line of Rust may have.
const LINE_COLUMNS_MAX: usize = 100;
/// Words the opening sentence of a module must have to say anything.
const OPENING_WORDS_MIN: usize = 4;

#[test]
fn files_fit_in_400_lines() {
    holds(long_files);
}

fn long_files(tree: &Tree) -> Vec<Finding> {
    let code = |file: &&SourceFile| matches!(file.extension(), "rs" | "js" | "css");
    let files = tree.files.iter().filter(code);
    files
        .filter(|file| file.text.lines().count() > FILE_LINES_MAX)
        .map(|file| {
            let count = file.text.lines().count();
            let sentence = format!("{count} lines: split it, {FILE_LINES_MAX} is the limit");
            Finding::at(file, FILE_LINES_MAX + 1, sentence)
        })
        .collect()
}

#[test]
fn a_file_of_401_lines_is_found() {
    let fits = "// a line\n".repeat(FILE_LINES_MAX);
    let long = "// a line\n".repeat(FILE_LINES_MAX + 1);
    passes(long_files, &[("edge/src/a.rs", &fits), ("b.sql", &long)]);
    bites(long_files, &[("hub/assets/a.css", &long)], "401 lines");
}

#[test]
fn functions_fit_in_70_lines() {
    holds(long_functions);
}

fn long_functions(tree: &Tree) -> Vec<Finding> {
    let functions = tree
        .rust()
        .flat_map(|(file, code)| code.functions.iter().map(move |function| (file, function)));
    functions
        .filter(|(_, function)| function.lines > FUNCTION_LINES_MAX)
        .map(|(file, function)| {
            let sentence = format!(
                "fn {} has {} lines: {FUNCTION_LINES_MAX} is the limit",
                function.name, function.lines
            );
            Finding::at(file, function.line, sentence)
        })
        .collect()
}

#[test]
fn a_function_of_71_lines_is_found_in_an_impl_too() {
    let of = |lines: usize| format!("fn sell() {{\n{}}}\n", "    step();\n".repeat(lines - 2));
    let fits = of(FUNCTION_LINES_MAX);
    let long = format!("impl Till {{\n{}}}\n", of(FUNCTION_LINES_MAX + 1));
    passes(long_functions, &[("edge/src/a.rs", &fits)]);
    bites(
        long_functions,
        &[("edge/src/a.rs", &long)],
        "fn sell has 71 lines",
    );
}

#[test]
fn lines_fit_in_100_columns() {
    holds(long_lines);
}

fn long_lines(tree: &Tree) -> Vec<Finding> {
    let files = tree.files.iter().filter(|file| file.extension() == "rs");
    let lines = files.flat_map(|file| file.lines().map(move |(at, line)| (file, at, line)));
    lines
        .filter(|(_, _, line)| line.chars().count() > LINE_COLUMNS_MAX && !is_one_link(line))
        .map(|(file, at, line)| {
            let count = line.chars().count();
            Finding::at(
                file,
                at,
                format!("{count} columns: {LINE_COLUMNS_MAX} is the limit"),
            )
        })
        .collect()
}

/// A comment that is one link cannot be broken.
fn is_one_link(line: &str) -> bool {
    let comment = line.trim_start().trim_start_matches(['/', '!']).trim();
    comment.contains("://") && !comment.contains(' ')
}

#[test]
fn a_line_of_101_columns_is_found_unless_it_is_one_link() {
    let wide = "é".repeat(LINE_COLUMNS_MAX);
    let long = format!("// {wide}\n");
    let link = format!("    // https://example.org/{wide}\n");
    passes(long_lines, &[("a.rs", &link), ("b.md", &long)]);
    bites(long_lines, &[("a.rs", &long)], "103 columns");
}

#[test]
fn every_module_opens_by_saying_what_it_is_for() {
    holds(silent_modules);
}

fn silent_modules(tree: &Tree) -> Vec<Finding> {
    let files = tree.files.iter().filter(|file| file.extension() == "rs");
    files
        .filter(|file| {
            let first = file.text.lines().next().unwrap_or("");
            let sentence = first.strip_prefix("//!").unwrap_or("");
            sentence.split_whitespace().count() < OPENING_WORDS_MIN
        })
        .map(|file| {
            let sentence = "the first line is `//!` and says what the module is for";
            Finding::at(file, 1, sentence)
        })
        .collect()
}

#[test]
fn a_module_that_opens_with_code_or_with_its_own_name_is_found() {
    let good = "//! Decides what a sale may hold.\n";
    passes(silent_modules, &[("a.rs", good), ("a.js", "let a;\n")]);
    bites(
        silent_modules,
        &[("a.rs", "use std::fmt;\n")],
        "what the module is for",
    );
    bites(
        silent_modules,
        &[("a.rs", "//! hub.\n")],
        "what the module is for",
    );
    bites(silent_modules, &[("a.rs", "")], "what the module is for");
}

#[test]
fn every_source_file_parses() {
    holds(unreadable_rust);
}

fn unreadable_rust(tree: &Tree) -> Vec<Finding> {
    let files = tree.files.iter();
    files
        .filter_map(|file| {
            let why = file.parse_failure()?;
            Some(Finding::at(
                file,
                1,
                format!("the rules cannot read it: {why}"),
            ))
        })
        .collect()
}

#[test]
fn rust_that_cannot_be_read_is_found_rather_than_passed_over() {
    bites(
        unreadable_rust,
        &[("a.rs", "fn sell( {\n")],
        "cannot read it: line 1",
    );
}
