//! Layers, near misses and sentences of the configuration.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use super::{ConfigError, ConfigFile, Sources, load};

#[derive(Debug, PartialEq, Deserialize)]
#[serde(default)]
struct Settings {
    port: u16,
    demo: bool,
    name: String,
    format: Format,
    addresses: Vec<SocketAddr>,
    folder: Option<PathBuf>,
    sync: Sync,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            port: 8400,
            demo: false,
            name: "hub".to_owned(),
            format: Format::Pretty,
            addresses: Vec::new(),
            folder: None,
            sync: Sync {
                batch_max: 100,
                interval_ms: 50,
            },
        }
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Sync {
    batch_max: u32,
    interval_ms: u64,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    Pretty,
    Json,
}

/// Returns sources with this file; the folder lives until the test ends.
fn with_file(text: &str) -> (tempfile::TempDir, Sources) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hub.toml");
    std::fs::write(&path, text).unwrap();
    (folder, Sources::none().file(ConfigFile::Named(path)))
}

#[track_caller]
fn check_refused(sources: Sources, sentence: &str) {
    let error = load::<Settings>(&sources).expect_err("these settings must be refused");
    assert_eq!(error.to_string(), sentence);
}

#[test]
fn without_sources_every_setting_has_its_default() {
    assert_eq!(
        load::<Settings>(&Sources::none()).unwrap(),
        Settings::default()
    );
}

#[test]
fn the_environment_beats_the_file_and_flags_beat_both() {
    let (_folder, sources) = with_file(
        "port = 1\nname = \"file\"\nformat = \"json\"\n[sync]\nbatch_max = 2\ninterval_ms = 3\n",
    );
    let sources = sources
        .variables([
            ("COUNTERPART_PORT", "10"),
            ("COUNTERPART_NAME", "007"),
            ("COUNTERPART_DEMO", "true"),
            ("COUNTERPART_SYNC__BATCH_MAX", "20"),
            ("COUNTERPART_ADDRESSES", "127.0.0.1:1, [::1]:2"),
            ("COUNTERPART_CONFIG", "elsewhere"),
            ("PATH", "/bin"),
        ])
        .flag("port", "--port", Some(100))
        .flag("folder", "--folder", Some("here"))
        .flag("name", "--name", None::<String>);
    let expected = Settings {
        port: 100,
        demo: true,
        name: "007".to_owned(),
        format: Format::Json,
        addresses: vec!["127.0.0.1:1".parse().unwrap(), "[::1]:2".parse().unwrap()],
        folder: Some("here".into()),
        sync: Sync {
            batch_max: 20,
            interval_ms: 3,
        },
    };
    assert_eq!(load::<Settings>(&sources).unwrap(), expected);
}

#[test]
fn a_setting_nobody_knows_is_refused_with_its_neighbours() {
    check_refused(
        Sources::none().variables([("COUNTERPART_PROT", "1")]),
        "there is no setting \"prot\" (in the variable COUNTERPART_PROT): did you mean \"port\"?",
    );
    check_refused(
        Sources::none().variables([("COUNTERPART_SYNC__BATCH", "1")]),
        "there is no setting \"sync.batch\" (in the variable COUNTERPART_SYNC__BATCH): there are \
         \"batch_max\", \"interval_ms\"",
    );
    check_refused(
        Sources::none().flag("elephant", "--elephant", Some(1)),
        "there is no setting \"elephant\" (in the flag --elephant): there are \"port\", \"demo\", \
         \"name\", \"format\", \"addresses\", \"folder\", \"sync\"",
    );
}

#[test]
fn a_value_that_does_not_fit_is_refused_with_its_source() {
    check_refused(
        Sources::none().variables([("COUNTERPART_PORT", "many")]),
        "the setting \"port\" (in the variable COUNTERPART_PORT) is no whole number",
    );
    check_refused(
        Sources::none().flag("port", "--port", Some(70_000)),
        "the setting \"port\" (in the flag --port) can't be used: invalid value: integer `70000`, \
         expected u16",
    );
    check_refused(
        Sources::none().flag("demo", "--demo", Some("yes")),
        "the setting \"demo\" (in the flag --demo) is neither true nor false",
    );
    check_refused(
        Sources::none().flag("format", "--format", Some("prety")),
        "the setting \"format\" (in the flag --format) can't be \"prety\": did you mean \
         \"pretty\"?",
    );
    check_refused(
        Sources::none().flag("addresses", "--addresses", Some("127.0.0.1:1,nowhere")),
        "the setting \"addresses[2]\" (in the flag --addresses) can't be used: invalid socket \
         address syntax",
    );
    check_refused(
        Sources::none()
            .variables([("COUNTERPART_PORT__DEEP", "1")])
            .flag("port", "-p", Some(1)),
        "the setting \"port\" (in the flag -p) is a group of settings, not one value",
    );
    check_refused(
        Sources::none().variables([("COUNTERPART_PORT__DEEP", "1")]),
        "the setting \"port\" (in the variable COUNTERPART_PORT__DEEP) can't be used: invalid \
         type: map, expected u16",
    );
    check_refused(
        Sources::none().variables([("COUNTERPART_PORT", "1"), ("COUNTERPART_PORT__DEEP", "1")]),
        "the setting \"port.deep\" (in the variable COUNTERPART_PORT__DEEP) is one value and has \
         no settings in it",
    );
}

#[test]
fn a_missing_setting_is_named_with_its_variable() {
    check_refused(
        Sources::none().flag("sync.batch_max", "--batch-max", Some(1)),
        "the setting \"sync.interval_ms\" is missing: set it in the file or as \
         COUNTERPART_SYNC__INTERVAL_MS",
    );
}

#[test]
fn a_usual_file_may_be_missing_and_a_named_one_may_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.toml");
    let usual = Sources::none().file(ConfigFile::Usual(path.clone()));
    assert_eq!(load::<Settings>(&usual).unwrap(), Settings::default());
    let named = Sources::none().file(ConfigFile::Named(path));
    assert!(matches!(
        load::<Settings>(&named),
        Err(ConfigError::NoFile { .. })
    ));
}

#[test]
fn a_file_that_is_no_toml_is_refused_with_the_line() {
    let (_folder, sources) = with_file("port = 1\nname = \n");
    let error = load::<Settings>(&sources).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("line 2"), "{cause}");
}

#[test]
fn a_mistyped_key_in_the_file_names_the_file() {
    let (folder, sources) = with_file("[sync]\nbatch_max = 1\ninterval_ms = 1\nbtach_max = 1\n");
    check_refused(
        sources,
        &format!(
            "there is no setting \"sync.btach_max\" (in {}): did you mean \"batch_max\"?",
            folder.path().join("hub.toml").display()
        ),
    );
}
