//! The API under a generic tester: schemathesis reads the description each daemon serves, asks what
//! it allows and what it forbids, and wants an answer that is described and never a failure.
//!
//! It signs in, and leaves out the operations that would sign it out again. `tests/run` installs
//! the tester; nothing here is skipped without it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use counterpart_tests::console::{ADMIN, PASSWORD};
use counterpart_tests::world::{Beginning, World};
use serde_json::{Value, json};

/// How long one daemon is asked, at most, in seconds; the examples run out before that.
const PATIENCE_S: &str = "150";
/// Requests per operation, beside those made for each bound and each parameter.
const EXAMPLES: &str = "8";
/// The same questions in every run.
const SEED: &str = "20261123";

/// A failure, or an answer that is not described: those, and bodies that are not as described.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance";

/// What would end the tester's own session, which reads the operators' names and tries them.
const ENDING: &[&str] = &[
    "users_sign_out",
    "users_disable",
    "users_enable",
    "users_set_password",
    "users_set_role",
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_a_program_can_send_makes_the_hub_fail() {
    let beginning = Beginning {
        engine: crate::ENGINE,
        ..Beginning::default()
    };
    let world = World::begin(beginning).await;
    let base = world.hub().loopback_url().unwrap();
    let credentials = json!({ "name": ADMIN, "password": PASSWORD });
    let token = token(&base, &credentials).await;
    asked(&base, &token, ENDING).await;
    world.end().await;
}

pub(crate) async fn token(base: &str, credentials: &Value) -> String {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let signed_in = http.post(format!("{base}/v1/sign-in")).json(credentials);
    let signed_in: Value = signed_in.send().await.unwrap().json().await.unwrap();
    signed_in["token"].as_str().unwrap().to_owned()
}

/// Asks everything but `left_out`, and fails with the tester's own report.
pub(crate) async fn asked(base: &str, token: &str, left_out: &[&str]) {
    let tester = tester();
    let home = tempfile::tempdir().unwrap();
    // `timeout` ends it if it hangs: a test that waits for ever says nothing.
    let mut command = Command::new("timeout");
    command
        .arg(PATIENCE_S)
        .arg(tester)
        .current_dir(home.path())
        .args(["run", &format!("{base}/openapi.json")])
        .args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
        .args(["--max-examples", EXAMPLES, "--seed", SEED])
        .args(["--suppress-health-check", "all", "--request-timeout", "20"])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--no-color", "--workers", "1"])
        .stdin(Stdio::null());
    for name in left_out {
        command.args(["--exclude-operation-id", name]);
    }
    let asking = tokio::task::spawn_blocking(move || command.output());
    let ended = asking.await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    let complained = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{base}: {said}{complained}");
}

/// Returns where `tests/run` installs the tester.
fn tester() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let tester = root.join("target/tools/schemathesis/bin/schemathesis");
    assert!(
        tester.exists(),
        "the API's tester is not installed: run bash tests/run, or pip install it into \
         target/tools/schemathesis (tests/run says which version)"
    );
    tester.canonicalize().unwrap()
}
