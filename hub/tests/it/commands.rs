//! The command line as a person types it: beside a hub that runs, and without one.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::json;

use crate::facts::CATALOG;
use crate::peer::Peer;
use crate::world::{Home, STORE, World, on_postgres};

/// Runs the program on a hub's folder and database and waits for it, without holding up the hub in
/// this process.
async fn hub(home: &Home, arguments: &[&str], input: &str) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterpart-hub"));
    command
        .args(["--data", home.data().to_str().unwrap()])
        .args(arguments)
        .envs(home.database().map(|url| ("COUNTERPART_DATABASE", url)))
        .current_dir(home.around())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let input = input.to_owned();
    let waiting = tokio::task::spawn_blocking(move || -> Output {
        let mut child = command.spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    });
    let output = waiting.await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn a_hub_is_set_up_from_the_command_line_alone() {
    let home = Home::new();
    let store = [
        "store",
        "add",
        STORE,
        "--name",
        "Ghent",
        "--time-zone",
        "Europe/Brussels",
    ];
    let (done, said) = hub(&home, &store, "").await;
    assert!(done, "{said}");
    assert!(
        said.contains("sign in as admin with the password"),
        "{said}"
    );
    assert!(
        said.contains("Next: counterpart-hub enrol-code ghent-1"),
        "{said}"
    );
    let member = ["member", "add", STORE, "--name", "Ada", "--manager"];
    let (done, said) = hub(&home, &member, "4711\n").await;
    assert!(done && !said.contains("password"), "{said}");
    let (done, said) = hub(&home, &member, "4711\n").await;
    assert!(
        !done && said.contains("somebody in this store has this PIN"),
        "{said}"
    );
    let file = home.around().join("autumn.csv");
    std::fs::write(&file, CATALOG).unwrap();
    let (done, said) = hub(&home, &["import-catalog", file.to_str().unwrap()], "").await;
    assert!(
        done && said.contains("published version 1: 3 products"),
        "{said}"
    );
    std::fs::write(&file, CATALOG.replace("8.50", "8.5.0")).unwrap();
    let (done, said) = hub(&home, &["import-catalog", file.to_str().unwrap()], "").await;
    assert!(
        !done && said.contains("row 3, price: '8.5.0' is no price"),
        "{said}"
    );
    let (done, said) = hub(&home, &["status"], "").await;
    assert!(!done && said.contains("The hub does not run"), "{said}");
    let (done, said) = hub(&home, &["rebuild"], "").await;
    assert!(
        done && said.contains("facts folded into every view"),
        "{said}"
    );
}

#[tokio::test]
async fn commands_go_to_the_hub_that_runs() {
    let world = World::with_a_store().await;
    let (done, said) = hub(world.home(), &["status"], "").await;
    assert!(done && said.contains("Nothing needs you."), "{said}");
    let (done, said) = hub(world.home(), &["status", "--json"], "").await;
    assert!(done && said.contains("\"stores\": 1"), "{said}");
    let (done, said) = hub(world.home(), &["enrol-code", STORE], "").await;
    assert!(done, "{said}");
    Peer::enrol(&world, said.lines().next().unwrap())
        .await
        .unwrap();
    assert_eq!(world.store(STORE).await["edges"][0]["edge"], 1);
    let (done, said) = hub(
        world.home(),
        &["user", "add", "mo"],
        "four words are plenty",
    )
    .await;
    assert!(done, "{said}");
    world.sign_in("mo", "four words are plenty").await.unwrap();
    let (done, said) = hub(
        world.home(),
        &["user", "password", "mo"],
        "other good words",
    )
    .await;
    assert!(done, "{said}");
    world.sign_in("mo", "other good words").await.unwrap();
    let copy = world.data().join("copy.db");
    let (done, said) = hub(world.home(), &["backup", copy.to_str().unwrap()], "").await;
    if on_postgres() {
        assert!(!done && said.contains("copy it with pg_dump"), "{said}");
        // The views are made anew in one turn among the running hub's transactions.
        let (done, said) = hub(world.home(), &["rebuild"], "").await;
        assert!(done, "{said}");
    } else {
        assert!(done && copy.exists(), "{said}");
        let (done, said) = hub(world.home(), &["backup", copy.to_str().unwrap()], "").await;
        assert!(!done && said.contains("exists already"), "{said}");
        let (done, said) = hub(world.home(), &["rebuild"], "").await;
        assert!(
            !done && said.contains("another counterpart process"),
            "{said}"
        );
    }
    let (done, said) = hub(world.home(), &["enrol-code", "nowhere"], "").await;
    assert!(
        !done && said.contains("there is no store called nowhere"),
        "{said}"
    );
}

#[tokio::test]
async fn an_operator_may_not_do_what_only_the_machine_may() {
    let world = World::empty().await;
    let backup = json!({ "path": "/tmp/never.db" });
    let refused = world
        .try_post("/v1/control/backup", &backup)
        .await
        .unwrap_err();
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn a_second_hub_on_one_folder_and_a_taken_port_say_what_to_do() {
    let world = World::empty().await;
    let anywhere = "127.0.0.1:0";
    let run = [
        "run",
        "--public-listen",
        anywhere,
        "--sync-listen",
        anywhere,
    ];
    // A server's database may have several hubs; a file has one.
    if !on_postgres() {
        let (done, said) = hub(world.home(), &run, "").await;
        assert!(!done && said.contains("stop it first"), "{said}");
    }
    let taken = world.hub().public_address().to_string();
    let home = Home::new();
    let run = ["run", "--public-listen", &taken, "--sync-listen", anywhere];
    let (done, said) = hub(&home, &run, "").await;
    assert!(
        !done && said.contains("is taken by another program"),
        "{said}"
    );
    assert!(said.contains("--public-listen"), "{said}");
    let (done, said) = hub(&home, &["run", "--loopback-listen", "8.8.8.8:1"], "").await;
    assert!(!done && said.contains("without TLS"), "{said}");
}
