//! What each file of a slice may know, by its name: rules decide, a store speaks to the database,
//! and SQL stands nowhere else. It judges the two daemons; the spine's own files are freer.

use super::arrows::{asynchronous, named};
use super::code::Code;
use super::slices::{Place, role};
use super::tokens::Followed;
use super::tree::{Finding, SourceFile, Tree};
use super::{bites, holds, passes};

/// What a decision must not know.
const NOT_FOR_RULES: &[&str] = &[
    "tokio",
    "axum",
    "reqwest",
    "maud",
    "std::fs",
    "std::net",
    "std::env",
    "std::time::SystemTime",
    "std::time::Instant",
    "counterpart_daemon",
    "counterpart_hardware",
    "counterpart_paper",
    "crate::app",
    "crate::clock",
    "crate::config",
    "crate::devices",
    "crate::sync",
    "crate::telemetry",
    "crate::web",
];

/// What a file of SQL must not know.
const NOT_FOR_STORES: &[&str] = &[
    "axum",
    "reqwest",
    "maud",
    "tokio::net",
    "counterpart_hardware",
    "counterpart_paper",
    "counterpart_daemon::http",
    "counterpart_daemon::web",
    "crate::devices",
    "crate::web",
];

#[test]
fn rules_decide_without_io() {
    holds(rules_that_look_outside);
}

fn rules_that_look_outside(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, code) in tree
        .rust()
        .filter(|(file, _)| role(&file.path) == Some("rules"))
    {
        let why = "rules decide from their arguments alone";
        findings.extend(named(file, code.shipped_mentions(), NOT_FOR_RULES, why));
        findings.extend(own_files(
            file,
            code,
            &["store", "service", "http", "pages"],
            why,
        ));
        findings.extend(asynchronous(file, code, why));
        let asks = code.shipped_words().filter(|word| {
            word.followed == Followed::Call && matches!(word.text.as_str(), "now" | "now_ms")
        });
        findings.extend(
            asks.map(|word| {
                Finding::at(file, word.line, format!("asks for {}(): {why}", word.text))
            }),
        );
    }
    findings
}

#[test]
fn a_rule_that_looks_outside_is_found() {
    let file = |text| [("edge/src/sales/rules.rs", text)];
    bites(
        rules_that_look_outside,
        &file("use counterpart_daemon::db::Tx;"),
        "counterpart_daemon",
    );
    bites(
        rules_that_look_outside,
        &file("use super::store;"),
        "crate::sales::store",
    );
    bites(
        rules_that_look_outside,
        &file("fn f() { crate::devices::x(); }"),
        "crate::devices::x",
    );
    bites(rules_that_look_outside, &file("async fn f() {}"), "async");
    bites(
        rules_that_look_outside,
        &file("fn f(c: C) { c.now_ms(); }"),
        "asks for now_ms()",
    );
    let in_part = [("hub/src/routing/rules/cost.rs", "use tokio::sync::Mutex;")];
    bites(rules_that_look_outside, &in_part, "tokio::sync::Mutex");
    let good = "use counterpart_protocol::Money;\nfn f(now: Time) -> u8 { later(now) }";
    passes(rules_that_look_outside, &file(good));
    passes(
        rules_that_look_outside,
        &[("protocol/src/returns/rules.rs", "use super::store;")],
    );
}

#[test]
fn stores_speak_only_to_the_database() {
    holds(stores_that_look_outside);
}

fn stores_that_look_outside(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, code) in tree
        .rust()
        .filter(|(file, _)| role(&file.path) == Some("store"))
    {
        let why = "a store turns rows into domain types and back, nothing else";
        findings.extend(named(file, code.shipped_mentions(), NOT_FOR_STORES, why));
        findings.extend(own_files(file, code, &["service", "http", "pages"], why));
        findings.extend(asynchronous(file, code, why));
    }
    findings
}

#[test]
fn a_store_that_knows_the_web_or_a_device_is_found() {
    let file = |text| [("hub/src/orders/store.rs", text)];
    bites(
        stores_that_look_outside,
        &file("use axum::Json;"),
        "axum::Json",
    );
    bites(
        stores_that_look_outside,
        &file("fn f(p: &crate::devices::P) {}"),
        "crate::devices::P",
    );
    bites(stores_that_look_outside, &file("async fn f() {}"), "async");
    passes(
        stores_that_look_outside,
        &file("use counterpart_daemon::db::Tx;\nuse super::rules;"),
    );
}

/// Extractors whose refusals are lines of text that tell a program nothing.
const RAW_EXTRACTORS: &[&str] = &[
    "axum::Form",
    "axum::Json",
    "axum::extract::Form",
    "axum::extract::Json",
    "axum::extract::Multipart",
    "axum::extract::Query",
];
/// Where ours are made of them.
const EXTRACTORS: &str = "protocol/daemon/src/http/extract.rs";

#[test]
fn a_request_that_cannot_be_read_is_answered_with_a_problem() {
    holds(raw_extractors);
}

fn raw_extractors(tree: &Tree) -> Vec<Finding> {
    let why = "its refusal is no problem: take the one of counterpart_daemon::http";
    tree.rust()
        .filter(|(file, _)| file.path != EXTRACTORS)
        .flat_map(|(file, code)| named(file, code.shipped_mentions(), RAW_EXTRACTORS, why))
        .collect()
}

#[test]
fn a_raw_extractor_is_found() {
    let file = |text| [("hub/src/orders/http.rs", text)];
    bites(
        raw_extractors,
        &file("use axum::extract::{Form, State};"),
        "its refusal is no problem",
    );
    bites(
        raw_extractors,
        &file("async fn f(q: axum::extract::Query<Q>) {}"),
        "its refusal is no problem",
    );
    passes(
        raw_extractors,
        &file("use axum::extract::State;\nuse counterpart_daemon::http::Form;"),
    );
}

#[test]
fn sql_stands_in_store_rs_alone() {
    holds(stray_sql);
}

/// Http and pages must not hold SQL anywhere in the daemons; the other files of a slice neither.
fn stray_sql(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, code) in tree.rust() {
        let speaks_web = matches!(file.name(), "http.rs" | "pages.rs") && !file.is_test();
        let in_slice = matches!(Place::of(&file.path), Some(Place::Slice { .. }))
            && role(&file.path) != Some("store");
        if !(speaks_web || in_slice) {
            continue;
        }
        let statements = code.shipped_strings().filter(|text| is_sql(&text.value));
        findings.extend(
            statements
                .map(|text| Finding::at(file, text.line, "SQL belongs in the slice's store.rs")),
        );
    }
    findings
}

/// A statement, not a sentence that happens to begin with "select".
fn is_sql(text: &str) -> bool {
    let text = text.trim_start();
    let follows = |first: &str, then: &str| {
        let upper = text
            .strip_prefix(first)
            .is_some_and(|rest| rest.contains(then));
        let lower = text
            .strip_prefix(&first.to_lowercase())
            .is_some_and(|rest| rest.contains(&then.to_lowercase()));
        upper || lower
    };
    follows("SELECT ", " FROM ")
        || follows("SELECT\n", "FROM")
        || follows("WITH ", " AS (")
        || follows("INSERT ", "INTO ")
        || follows("UPDATE ", " SET ")
        || follows("DELETE ", "FROM ")
        || follows("CREATE ", " TABLE ")
        || follows("CREATE TABLE ", "")
        || follows("PRAGMA ", "")
}

#[test]
fn a_statement_outside_the_store_is_found_and_a_sentence_is_not() {
    let page = |text| [("hub/src/stock/pages.rs", text)];
    bites(
        stray_sql,
        &page("const A: &str = \"SELECT sku FROM stock\";"),
        "store.rs",
    );
    bites(
        stray_sql,
        &page("fn f() { run!(\"update stock set on_hand = 0\"); }"),
        "store.rs",
    );
    let service = [(
        "edge/src/sales/service.rs",
        "const A: &str = \"DELETE FROM sales\";",
    )];
    bites(stray_sql, &service, "store.rs");
    passes(
        stray_sql,
        &page("const A: &str = \"Select an item from the list\";"),
    );
    passes(
        stray_sql,
        &[(
            "hub/src/stock/store.rs",
            "const A: &str = \"DELETE FROM a\";",
        )],
    );
}

/// The mentions of other files of the same slice.
fn own_files(file: &SourceFile, code: &Code, files: &[&str], why: &str) -> Vec<Finding> {
    let Some(Place::Slice { name }) = Place::of(&file.path) else {
        return Vec::new();
    };
    let paths: Vec<String> = files
        .iter()
        .map(|other| format!("crate::{name}::{other}"))
        .collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    named(file, code.shipped_mentions(), &paths, why)
}
