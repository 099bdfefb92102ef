//! A hub that is killed while it works: its callers repeat at another one, and every fact is there
//! once.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use counterpart_daemon::db::DbError;
use counterpart_daemon::params;
use serde_json::json;

use crate::world::{STORE, World};

/// A hub in a process of its own.
struct Process {
    child: Child,
    url: String,
}

impl Process {
    async fn start(world: &World) -> Self {
        let anywhere = "127.0.0.1:0";
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterpart-hub"));
        command
            .args(["--data", world.data().to_str().unwrap(), "run"])
            .args(["--public-listen", anywhere, "--sync-listen", anywhere])
            .args(["--loopback-listen", anywhere])
            .envs(
                world
                    .home()
                    .database()
                    .map(|url| ("COUNTERPART_DATABASE", url)),
            )
            .current_dir(world.home().around())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let starting = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
            let url = loop {
                let line = said.next().expect("the hub starts").unwrap();
                if let Some(url) = line.strip_prefix("The hub runs: open ") {
                    break url.to_owned();
                }
            };
            Self { child, url }
        });
        starting.await.unwrap()
    }

    /// Kills it, as a power cut or an operator in a hurry does.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be dead already, which is the point of these tests.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Posts a notice until a hub has answered: at `url` while that lives, then at the world's own.
async fn post(world: &World, url: &str, number: usize) {
    let body = json!({ "text": format!("notice {number}") });
    let key = format!("notice-{number}");
    let request = world.http.post(format!("{url}/v1/notices"));
    let request = request.bearer_auth(world.token());
    let sent = request.header("idempotency-key", &key).json(&body).send();
    let answered = match sent.await {
        Ok(answer) => answer.status().is_success(),
        Err(_) => false,
    };
    if !answered {
        world.try_post_as(&key, "/v1/notices", &body).await.unwrap();
    }
}

/// Lets two hubs state facts for one edge, kills one after `killed_after` of them, and counts.
async fn check(killed_after: usize) {
    const NOTICES: usize = 24;
    let mut world = World::with_a_store().await;
    let mut other = Process::start(&world).await;
    let mut peer = world.edge(STORE).await;
    let before = peer.holds().1;
    let own = world.hub().loopback_url().unwrap();
    let there = other.url.clone();
    for first in (0..NOTICES).step_by(4) {
        let urls = [&own, &there, &there, &own];
        let each = |at: usize| post(&world, urls[at], first + at);
        let posted = async { tokio::join!(each(0), each(1), each(2), each(3)) };
        if first <= killed_after && killed_after < first + 4 {
            // While commands are on their way to it.
            let killing = async {
                tokio::task::yield_now().await;
                other.kill();
            };
            tokio::join!(posted, killing);
        } else {
            posted.await;
        }
    }
    peer.sync().await;
    assert_eq!(
        peer.holds().1,
        before + NOTICES as u64,
        "records of the feed"
    );
    let counted = world.hub().context().db().read(|tx| {
        let sql = "SELECT COUNT(*), COUNT(DISTINCT text) FROM notices";
        let row = tx.query_one(sql, params![])?;
        Ok::<(i64, i64), DbError>((row.read(0)?, row.read(1)?))
    });
    assert_eq!(
        counted.await.unwrap(),
        (24, 24),
        "notices, and different ones"
    );
    world.stop().await;
}

#[tokio::test]
async fn a_hub_killed_early_loses_and_doubles_no_record() {
    check(5).await;
}

#[tokio::test]
async fn a_hub_killed_in_the_middle_loses_and_doubles_no_record() {
    check(12).await;
}
