//! Starting, what machines ask, and everything that stands in the way of a start: in sentences.

use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::db::{Db, DbOptions, Migration};
use counterpart_daemon::http::health::Readiness;
use counterpart_daemon::tls::{Protocols, client_config};
use counterpart_edge::{BackedUp, Edge, back_up, rebuild, running_status};

use crate::factory::{World, sentence};

async fn refusal(world: &World) -> String {
    let started = Edge::start(world.config.clone()).await;
    let error = started.err().expect("this store server must not start");
    let folder = world.folder.path().display().to_string();
    sentence(&error).replace(&folder, "")
}

async fn text(url: String) -> (u16, String) {
    let answer = reqwest::get(url).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_store_that_was_never_enrolled_is_told_how() {
    assert_eq!(
        refusal(&World::new()).await,
        "this store is not enrolled yet: get a code at the hub's console, then run \
         counterpart-edge enrol --hub https://HUB:8400 --code CODE --data /edge"
    );
}

#[tokio::test]
async fn a_taken_port_and_a_taken_folder_are_named() {
    let mut world = World::enrolled().await;
    let edge = world.start().await;
    let own = format!(
        "another counterpart process (process {})",
        std::process::id()
    );
    assert_eq!(
        refusal(&world).await,
        format!("{own} uses /edge/edge.db, stop it first")
    );
    let port = edge.address().port();
    let second = World::enrolled().await;
    world.config.data = second.config.data.clone();
    world.config.listen.set_port(port);
    assert_eq!(
        refusal(&world).await,
        format!("port {port} is taken by another program: stop it or choose another with --listen")
    );
    edge.shutdown().await;
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    const NEWER: &[Migration] = &[Migration {
        version: 9_999,
        name: "tomorrow",
        sql: "CREATE TABLE tomorrow (id INTEGER PRIMARY KEY) STRICT;",
    }];
    let world = World::new();
    let clock: SharedClock = world.clock.clone();
    let mut options = DbOptions::new("edge", world.config.database(), 0x4350_6564, NEWER);
    options.clock = clock;
    Db::open(options).unwrap().close().await;
    let said = refusal(&world).await;
    let expected = "/edge/edge.db was written by a newer version (schema 9999, this program knows";
    assert!(said.starts_with(expected), "{said}");
    assert!(said.ends_with("upgrade the program"), "{said}");
}

#[tokio::test]
async fn lost_key_files_are_named() {
    let world = World::enrolled().await;
    std::fs::remove_file(world.config.data.join("hub-authority.pem")).unwrap();
    assert_eq!(
        refusal(&world).await,
        "the hub's answer cannot be used: the files edge.key, edge.pem and hub-authority.pem are \
         missing from the data folder: put them back, or enrol this store again"
    );
}

#[tokio::test]
async fn machines_learn_whether_it_lives_and_can_sell() {
    let world = World::enrolled().await;
    let edge = world.start().await;
    assert_eq!(
        text(format!("{}/healthz", edge.url())).await,
        (200, "{\"alive\":true}".to_owned())
    );
    let (status, ready) = text(format!("{}/readyz", edge.url())).await;
    assert_eq!(status, 200, "{ready}");
    let ready: Readiness = serde_json::from_str(&ready).unwrap();
    let checks: Vec<_> = ready.checks.iter().map(|one| one.check.as_str()).collect();
    assert_eq!(checks, ["running", "listeners", "database"]);
    let (status, figures) = text(format!("{}/metrics", edge.url())).await;
    assert_eq!(status, 200);
    assert!(figures.contains("counterpart_db_"), "{figures}");
    let (status, problem) = text(format!("{}/v1/nothing", edge.url())).await;
    assert_eq!(status, 404);
    assert!(
        problem.contains("there is nothing at /v1/nothing"),
        "{problem}"
    );
    edge.shutdown().await;
}

#[tokio::test]
async fn the_status_says_what_needs_a_person() {
    let world = World::enrolled().await;
    let edge = world.start().await;
    let (code, page) = text(format!("{}/status", edge.url())).await;
    assert_eq!(code, 200);
    for expected in [
        "Corner Shop Ghent",
        "There are no products here yet",
        "Nobody can sign in here yet",
        "Hub not reached yet",
        "No printer set up",
    ] {
        assert!(page.contains(expected), "{expected} in {page}");
    }
    let status = running_status(&world.config).await.unwrap();
    assert_eq!(status["store_id"], "ghent");
    assert_eq!(status["edge"], 7);
    assert_eq!(status["now"], "2026-11-23T11:00:00Z");
    assert_eq!(status["concerns"][0]["about"], "Catalogue");
    assert_eq!(status["registers"][0]["printer"]["health"], "none");
    edge.shutdown().await;
    assert_eq!(
        running_status(&world.config).await.unwrap_err().to_string(),
        "no store server runs on this data folder"
    );
}

#[tokio::test]
async fn a_backup_is_made_while_it_runs_and_while_it_does_not() {
    let world = World::enrolled().await;
    let target = |name: &str| world.folder.path().join(name);
    let edge = world.start().await;
    let made = back_up(&world.config, &target("running.db")).await.unwrap();
    assert_eq!(made, BackedUp::ByServer);
    let twice = back_up(&world.config, &target("running.db"))
        .await
        .unwrap_err();
    assert!(
        sentence(&twice).contains("exists already"),
        "{}",
        sentence(&twice)
    );
    let stranger = reqwest::Client::new()
        .post(format!("{}/v1/control/backup", edge.url()))
        .json(&serde_json::json!({ "path": target("stolen.db") }));
    assert_eq!(stranger.send().await.unwrap().status(), 401);
    assert!(!target("stolen.db").exists());
    edge.shutdown().await;
    let made = back_up(&world.config, &target("stopped.db")).await.unwrap();
    assert_eq!(made, BackedUp::Here);
    for name in ["running.db", "stopped.db"] {
        assert!(std::fs::metadata(target(name)).unwrap().len() > 0);
    }
    assert_eq!(rebuild(&world.config).await.unwrap().facts, 0);
}

#[tokio::test]
async fn a_mistyped_folder_does_not_become_an_empty_store() {
    let world = World::new();
    let said = "there is no store's database in /edge: name the data folder with --data";
    let folder = world.folder.path().display().to_string();
    let target = world.folder.path().join("backup.db");
    let refused = back_up(&world.config, &target).await.unwrap_err();
    assert_eq!(sentence(&refused).replace(&folder, ""), said);
    let refused = rebuild(&world.config).await.unwrap_err();
    assert_eq!(sentence(&refused).replace(&folder, ""), said);
    assert!(!world.config.data.exists());
}

#[tokio::test]
async fn off_loopback_pages_are_served_with_the_stores_own_certificate_only() {
    let mut world = World::enrolled().await;
    world.config.listen.set_ip("0.0.0.0".parse().unwrap());
    let edge = world.start().await;
    assert!(edge.url().starts_with("https://"), "{}", edge.url());
    let url = format!("https://127.0.0.1:{}/healthz", edge.address().port());
    assert!(
        reqwest::get(&url).await.is_err(),
        "nobody else vouches for it"
    );
    let status = running_status(&world.config).await.unwrap();
    assert_eq!(status["store_id"], "ghent");
    assert!(status["pages_certificate_ends_at"].is_string(), "{status}");

    // A browser that was told to trust the file it downloads at /trust is served, by HTTP/2.
    let file = world.config.data.join("store-authority.pem");
    let trusted = std::fs::read_to_string(file).unwrap();
    let tls = client_config(&trusted, None, Protocols::Http1And2).unwrap();
    let browser = reqwest::Client::builder()
        .no_proxy()
        .tls_backend_preconfigured(tls)
        .build()
        .unwrap();
    let site = url.trim_end_matches("/healthz");
    let page = browser.get(format!("{site}/trust")).send().await.unwrap();
    assert_eq!(page.version(), reqwest::Version::HTTP_2);
    let page = page.text().await.unwrap();
    assert!(page.contains("/trust/store-authority.pem"), "{page}");
    let offered = browser.get(format!("{site}/trust/store-authority.pem"));
    let offered = offered.send().await.unwrap().text().await.unwrap();
    assert_eq!(offered, trusted);

    // Whoever forgets the s is told, and sent to the same page with it.
    let port = edge.address().port();
    let told = plain_request(port, "/register/1").await;
    let secure = format!("Location: https://127.0.0.1:{port}/register/1\r\n");
    assert!(
        told.starts_with("HTTP/1.1 308 ") && told.contains(&secure),
        "{told}"
    );
    edge.shutdown().await;
}

#[tokio::test]
async fn people_get_a_page_and_programs_json_where_nothing_is() {
    let world = World::enrolled().await;
    let edge = world.start().await;
    let client = reqwest::Client::new();
    let answers = [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("application/json", "application/problem+json"),
    ];
    for (accept, kind) in answers {
        let call = client.get(format!("{}/register/9", edge.url()));
        let answer = call.header("accept", accept).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 404);
        let found = answer.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(found.starts_with(kind), "{accept}: {found}");
    }
    edge.shutdown().await;
}

/// Asks for a page without TLS, and returns all that comes back.
async fn plain_request(port: u16, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    let talking = tokio::task::spawn_blocking(move || {
        use std::io::{Read as _, Write as _};
        let mut line = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        line.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        line.read_to_string(&mut answer).unwrap();
        answer
    });
    talking.await.unwrap()
}
