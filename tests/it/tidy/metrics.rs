//! The numbers a monitor reads are listed where whoever runs a daemon looks: every metric's name
//! has its line in `deploy/METRICS.md`, and no line is about a metric that is gone.

use std::collections::BTreeSet;

use super::tree::{Finding, Tree};
use super::{bites, holds, passes};

const LIST: &str = "deploy/METRICS.md";
const PREFIX: &str = "counterpart_";

#[test]
fn every_metric_is_listed_and_only_those() {
    holds(unlisted_metrics);
}

fn unlisted_metrics(tree: &Tree) -> Vec<Finding> {
    let Some(list) = tree.file(LIST) else {
        return vec![Finding::of_path(LIST, 1, "the list of metrics is missing")];
    };
    let mut findings = Vec::new();
    let mut recorded = BTreeSet::new();
    for (file, code) in tree.rust().filter(|(file, _)| !file.is_test()) {
        if !["edge/src/", "hub/src/", "protocol/"]
            .iter()
            .any(|at| file.path.starts_with(at))
        {
            continue;
        }
        for text in code.shipped_strings().filter(|text| is_metric(&text.value)) {
            if !list.text.contains(&format!("| `{}` |", text.value)) {
                let sentence = format!("the metric {} has no line in {LIST}", text.value);
                findings.push(Finding::at(file, text.line, sentence));
            }
            recorded.insert(text.value.clone());
        }
    }
    for (at, line) in list.lines() {
        let name = line
            .strip_prefix("| `")
            .and_then(|rest| rest.split('`').next());
        if let Some(name) = name.filter(|name| is_metric(name) && !recorded.contains(*name)) {
            let sentence = format!("nothing records {name}: take its line away");
            findings.push(Finding::at(list, at, sentence));
        }
    }
    findings
}

/// A crate's name has the same beginning and no such end.
fn is_metric(text: &str) -> bool {
    text.strip_prefix(PREFIX).is_some_and(|rest| {
        rest.contains('_')
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    })
}

#[test]
fn a_metric_nobody_is_told_about_is_found() {
    let code = "//! Counts.\nfn f() { metrics::counter!(\"counterpart_sync_failures_total\"); }\n";
    bites(
        unlisted_metrics,
        &[("edge/src/sync/agent.rs", code), (LIST, "# Metrics\n")],
        "has no line in deploy/METRICS.md",
    );
    let line = "| `counterpart_sync_failures_total` | counter | – | failures |\n";
    passes(
        unlisted_metrics,
        &[("edge/src/sync/agent.rs", code), (LIST, line)],
    );
    bites(
        unlisted_metrics,
        &[(LIST, line)],
        "nothing records counterpart_sync_failures_total",
    );
    let filter = "//! Filters.\nfn f() { start(\"info,counterpart_edge=debug\"); }\n";
    passes(
        unlisted_metrics,
        &[("edge/src/main.rs", filter), (LIST, "")],
    );
}
