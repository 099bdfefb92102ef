//! Which crate may depend on which, read from the manifests. The compiler refuses what a manifest
//! does not name; this refuses what a manifest must never name.

use toml::{Table, Value};

use super::tree::{Finding, SourceFile, Tree};
use super::{bites, holds, passes};

/// One crate of the workspace and the arrows it may have.
struct Layer {
    folder: &'static str,
    may_use: &'static [&'static str],
    never: &'static [&'static str],
}

const PREFIX: &str = "counterpart-";

/// The picture in README.md ("Crates"), as a table. `deploy/demo` and `tests` stand on top and may
/// use everything; nobody may use them.
const LAYERS: &[Layer] = &[
    Layer {
        folder: "protocol",
        may_use: &[],
        never: &[
            "tokio",
            "tokio-util",
            "tokio-stream",
            "futures-util",
            "rusqlite",
            "postgres",
            "axum",
            "reqwest",
            "serialport",
            "tokio-serial",
            "getrandom",
            "rand",
            "clap",
            "toml",
        ],
    },
    Layer {
        folder: "protocol/daemon",
        may_use: &["protocol", "daemon", "postgres-cluster"],
        never: &["serialport", "tokio-serial", "escpos"],
    },
    Layer {
        folder: "hardware/paper",
        may_use: &[],
        never: NO_SHOP,
    },
    Layer {
        folder: "hardware",
        may_use: &["paper"],
        never: NO_SHOP,
    },
    Layer {
        folder: "edge",
        may_use: &["protocol", "daemon", "hardware", "paper"],
        never: NO_DRIVER,
    },
    Layer {
        folder: "hub",
        may_use: &["protocol", "daemon", "paper", "postgres-cluster"],
        never: NO_DRIVER,
    },
    Layer {
        folder: "deploy/demo",
        may_use: &["protocol", "daemon", "hardware", "paper", "edge", "hub"],
        never: NO_DRIVER,
    },
    Layer {
        folder: "tests",
        may_use: &[
            "protocol",
            "daemon",
            "hardware",
            "paper",
            "edge",
            "hub",
            "demo",
            "postgres-cluster",
        ],
        never: &[],
    },
    // A server for the tests of every crate: its `[dependencies]` are nobody's in a program.
    Layer {
        folder: "tests/cluster",
        may_use: &[],
        never: &["rusqlite", "axum", "reqwest"],
    },
];

/// Devices know bytes: no database, no web.
const NO_SHOP: &[&str] = &["rusqlite", "postgres", "axum", "reqwest", "maud"];
/// Databases are reached through the daemon crate's `Db`, devices through the hardware crate.
const NO_DRIVER: &[&str] = &[
    "rusqlite",
    "postgres",
    "serialport",
    "tokio-serial",
    "escpos",
];

#[test]
fn crates_depend_only_downwards() {
    holds(forbidden_dependencies);
}

fn forbidden_dependencies(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, folder) in members(tree) {
        let Some(layer) = LAYERS.iter().find(|layer| layer.folder == folder) else {
            let sentence = "this crate has no place among the layers: give it one in layers.rs";
            findings.push(Finding::at(file, 1, sentence));
            continue;
        };
        for dependency in dependencies(file) {
            let name = dependency.name.as_str();
            let sentence = match name.strip_prefix(PREFIX) {
                Some(own) if !layer.may_use.contains(&own) => {
                    format!("{folder} must never depend on {own}")
                }
                None if !dependency.for_tests && layer.never.contains(&name) => {
                    format!("{folder} must never depend on {name}")
                }
                _ => continue,
            };
            findings.push(Finding::at(file, line_of(file, name), sentence));
        }
    }
    findings
}

#[test]
fn an_arrow_that_points_up_is_found() {
    let hub_on_hardware = "[dependencies]\ncounterpart-hardware.workspace = true\n";
    bites(
        forbidden_dependencies,
        &[("hub/Cargo.toml", hub_on_hardware)],
        "hub/Cargo.toml:2: hub must never depend on hardware",
    );
    let edge_tests_on_hub = "[dev-dependencies]\ncounterpart-hub.workspace = true\n";
    bites(
        forbidden_dependencies,
        &[("edge/Cargo.toml", edge_tests_on_hub)],
        "edge must never depend on hub",
    );
    let async_protocol = "[target.'cfg(unix)'.dependencies]\ntokio.workspace = true\n";
    bites(
        forbidden_dependencies,
        &[("protocol/Cargo.toml", async_protocol)],
        "protocol must never depend on tokio",
    );
    bites(
        forbidden_dependencies,
        &[("shared/Cargo.toml", "")],
        "no place among the layers",
    );
    let good = "[dependencies]\ncounterpart-paper.workspace = true\n\
                [dev-dependencies]\nreqwest.workspace = true\n";
    passes(
        forbidden_dependencies,
        &[("hub/Cargo.toml", good), ("hardware/Cargo.toml", good)],
    );
}

#[test]
fn versions_and_features_stand_in_the_root_manifest() {
    holds(scattered_versions);
}

/// Two feature sets of one crate are two builds of it: the root manifest decides once for all. A
/// crate of ours may be asked for a feature (the hub turns PostgreSQL on), a foreign one may not.
fn scattered_versions(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, _) in members(tree) {
        for dependency in dependencies(file) {
            let own = dependency.name.starts_with(PREFIX);
            let keys = dependency.keys.iter().map(String::as_str);
            let stray = |key: &str| {
                !(matches!(key, "workspace" | "optional") || (own && key == "features"))
            };
            if let Some(key) = keys.clone().find(|key| stray(key)) {
                let sentence = format!(
                    "{}: {key} belongs in the root manifest, write `workspace = true`",
                    dependency.name
                );
                findings.push(Finding::at(file, line_of(file, &dependency.name), sentence));
            }
        }
    }
    findings
}

#[test]
fn a_version_or_feature_of_a_member_is_found() {
    bites(
        scattered_versions,
        &[("hub/Cargo.toml", "[dependencies]\nserde = \"1\"\n")],
        "serde: version belongs in the root manifest",
    );
    bites(
        scattered_versions,
        &[(
            "hub/Cargo.toml",
            "[dependencies]\ntokio = { workspace = true, features = [\"fs\"] }\n",
        )],
        "tokio: features belongs in the root manifest",
    );
    let good = "[dependencies]\ncounterpart-daemon = { workspace = true, features = [\"x\"] }\n";
    passes(
        scattered_versions,
        &[
            ("hub/Cargo.toml", good),
            ("Cargo.toml", "[workspace.dependencies]\nserde = \"1\"\n"),
        ],
    );
}

/// One line of a dependency table.
struct Dependency {
    name: String,
    keys: Vec<String>,
    for_tests: bool,
}

/// The manifests below the root with their folders.
fn members(tree: &Tree) -> impl Iterator<Item = (&SourceFile, &str)> {
    tree.files
        .iter()
        .filter_map(|file| Some((file, file.path.strip_suffix("/Cargo.toml")?)))
}

fn dependencies(file: &SourceFile) -> Vec<Dependency> {
    let manifest: Table = toml::from_str(&file.text).expect("cargo has read this manifest");
    let mut tables = vec![&manifest];
    if let Some(Value::Table(targets)) = manifest.get("target") {
        tables.extend(targets.values().filter_map(Value::as_table));
    }
    let mut found = Vec::new();
    for table in tables {
        for kind in ["dependencies", "build-dependencies", "dev-dependencies"] {
            let Some(Value::Table(listed)) = table.get(kind) else {
                continue;
            };
            found.extend(listed.iter().map(|(name, value)| Dependency {
                name: name.clone(),
                keys: match value {
                    Value::Table(keys) => keys.keys().cloned().collect(),
                    _ => vec!["version".to_owned()],
                },
                for_tests: kind == "dev-dependencies",
            }));
        }
    }
    found
}

/// The line a dependency stands on; the first line if it is written in an unusual way.
fn line_of(file: &SourceFile, name: &str) -> usize {
    let named = |line: &str| {
        line.trim_start()
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with([' ', '.', '=']))
    };
    file.lines()
        .find(|(_, line)| named(line))
        .map_or(1, |(at, _)| at)
}
