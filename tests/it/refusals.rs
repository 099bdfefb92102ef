//! What stands in the way of a start or of trust, asked of the installed programs: each ends with
//! one sentence a person can act on, and nothing is lost.

use std::net::TcpListener;

use counterpart_daemon::clock::Clock;
use counterpart_daemon::entropy::SeededEntropy;
use counterpart_daemon::tls::{EdgeName, make_key_and_csr};

use counterpart_tests::installation::Installation;
use counterpart_tests::oracle::Oracle;
use counterpart_tests::process::Ended;
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};

const DAY_MS: i64 = 86_400_000;

/// The files that prove to the hub which edge this is.
const KEYS: [&str; 2] = ["edge.key", "edge.pem"];

/// Checks that a program ended by itself, on purpose, with these words in its one sentence.
#[track_caller]
fn refused(ended: &Ended, words: &[&str]) {
    let said = ended.complaints.trim();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    for word in words {
        assert!(said.contains(word), "no {word:?} in {said:?}");
    }
    for bug in ["panicked", "backtrace", "RUST_BACKTRACE", "Error {"] {
        assert!(!said.contains(bug), "{said}");
    }
    assert!(said.lines().count() <= 3, "more than a sentence: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn taken_ports_and_folders_are_refused_in_a_sentence_and_leave_the_running_ones_alone() {
    let (installed, hub, edge) = Installation::begin(5).await;
    let same_folder = ["run", "--listen", "127.0.0.1:0"];
    refused(
        &installed.edge_does(&same_folder),
        &["another counterpart process", "stop it first"],
    );
    let anywhere = "127.0.0.1:0";
    let ports = ["--public-listen", anywhere, "--sync-listen", anywhere];
    let hub_again = [&["run"][..], &ports, &["--loopback-listen", anywhere]].concat();
    refused(
        &installed.hub_does(&hub_again),
        &["another counterpart process", "stop it first"],
    );
    refused(
        &installed.hub_does(&["run"]),
        &["is taken by another program", "-listen"],
    );
    refused(
        &installed.edge_does(&["rebuild"]),
        &["another counterpart process", "stop it first"],
    );

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    assert!(edge.stop().await.success());
    let listen = format!("127.0.0.1:{port}");
    let ended = installed.edge_does(&["run", "--listen", &listen]);
    refused(
        &ended,
        &[
            &format!("port {port} is taken by another program"),
            "--listen",
        ],
    );

    let edge = installed.edge.start().await;
    installed.open_till().await;
    assert!(edge.stop().await.success());
    assert!(hub.stop().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_code_works_once_and_says_what_is_wrong_with_it() {
    let (installed, _hub, edge) = Installation::begin(5).await;
    let console = installed.console().await;
    assert!(edge.stop().await.success());
    let enrol = |code: &str, folder: &str| {
        let hub = installed.hub_public_url();
        installed.edge_does(&["--data", folder, "enrol", "--hub", hub, "--code", code])
    };
    let code = console.enrolment_code(STORE).await.unwrap();
    let first = enrol(&code, "second-machine");
    assert!(first.status.success(), "{first:?}");
    refused(&enrol(&code, "third-machine"), &["the hub refused", "used"]);
    // One wrong character is always noticed; of two, one pair in 32 passes the check.
    let other = if code.starts_with('2') { "3" } else { "2" };
    let mistyped = format!("{other}{}", &code[1..]);
    refused(&enrol(&mistyped, "third-machine"), &["group 1 is mistyped"]);
    refused(
        &enrol("hello", "third-machine"),
        &["the code has 5 characters instead of 50"],
    );
    let nobody = [
        "--data",
        "third-machine",
        "enrol",
        "--hub",
        "https://127.0.0.1:9",
        "--code",
    ];
    let ended = installed.edge_does(&[&nobody[..], &[code.as_str()]].concat());
    refused(&ended, &["no hub answers at https://127.0.0.1:9"]);
    let ended = installed.edge_does(&["--data", "third-machine", "run", "--listen", "127.0.0.1:0"]);
    refused(
        &ended,
        &[
            "this store is not enrolled yet",
            "counterpart-edge enrol --hub",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_of_a_newer_version_and_mistyped_settings_are_left_alone() {
    let (installed, hub, edge) = Installation::begin(5).await;
    assert!(edge.stop().await.success());
    assert!(hub.stop().await.success());
    for (file, run) in [
        (
            installed.edge_folder().join("edge.db"),
            installed.edge_does(&["devices"]),
        ),
        (
            installed.hub_folder().join("hub.db"),
            installed.hub_does(&["--version"]),
        ),
    ] {
        assert!(run.status.success(), "{run:?}");
        let database = rusqlite::Connection::open(&file).unwrap();
        let sql = "INSERT INTO schema_migrations (version, name, sha256, applied_at_ms)
                   SELECT 9999, 'tomorrow', sha256, applied_at_ms
                   FROM schema_migrations LIMIT 1";
        assert_eq!(database.execute(sql, []).unwrap(), 1);
    }
    let words = [
        "was written by a newer version (schema 9999",
        "upgrade the program",
    ];
    refused(&installed.edge_does(&["run"]), &words);
    refused(&installed.hub_does(&["run"]), &words);
    let file = installed.folder().join("counterpart-edge.toml");
    let text = std::fs::read_to_string(&file)
        .unwrap()
        .replace("listen", "lissten");
    std::fs::write(&file, text).unwrap();
    let words = ["lissten", "did you mean \"listen\"?"];
    refused(&installed.edge_does(&["run"]), &words);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_another_hub_and_one_that_is_over_stop_the_sync_and_not_the_sale() {
    let mut world = World::begin(Beginning::default()).await;
    let other = World::begin(Beginning::default()).await;
    let mut oracle = Oracle::new();
    let till = world.open_till(1).await;
    till.sell(&mut oracle, &[(&world.goods[0], 1)]).await;
    world.console().await.has_everything(STORE, &oracle).await;

    // The line now leads to somebody else's hub.
    world.line.lead_to(other.hub().sync_address());
    world.line.cut();
    wait::told(
        "the line to be dead",
        world.line.until(|line| line.connections == 0),
    )
    .await;
    world.mend();
    till.sell(&mut oracle, &[(&world.goods[1], 1)]).await;
    says(
        &world,
        "the server is not the hub this edge was enrolled at",
    )
    .await;
    world.line.lead_to(world.hub().sync_address());

    // And now it shows its own hub a certificate of another one.
    let (own, others) = (world.edge_folder(), other.edge_folder());
    let kept = KEYS.map(|name| std::fs::read(own.join(name)).unwrap());
    world.stop_edge().await;
    for name in KEYS {
        std::fs::copy(others.join(name), own.join(name)).unwrap();
    }
    world.start_edge().await;
    let till = world.sign_in(1).await;
    till.sell(&mut oracle, &[(&world.goods[2], 1)]).await;
    says(
        &world,
        "the hub does not accept this edge's certificate: enrol it again",
    )
    .await;

    // And at last one of its own hub's that is over.
    world.stop_edge().await;
    hand_out_an_expired_certificate(&world);
    world.start_edge().await;
    let till = world.sign_in(1).await;
    till.sell(&mut oracle, &[(&world.goods[3], 1)]).await;
    says(&world, "this store's certificate ended 30 days ago").await;
    oracle.agrees_with("the edge", &till.seen(&oracle).await);

    world.stop_edge().await;
    for (name, bytes) in KEYS.iter().zip(&kept) {
        std::fs::write(own.join(name), bytes).unwrap();
    }
    world.start_edge().await;
    world.console().await.has_everything(STORE, &oracle).await;
    world.end().await;
    other.end().await;
}

/// Signs a new key of the store's edge as the hub does, but for a month that ended a month ago.
fn hand_out_an_expired_certificate(world: &World) {
    let authority = world.hub().context().authority();
    let edge = EdgeName {
        edge_number: 1,
        store: STORE.to_owned(),
    };
    let key = make_key_and_csr().unwrap();
    let then_ms = world.clock.now_ms() - 60 * DAY_MS;
    let entropy = SeededEntropy::new(1);
    let signed = authority
        .sign_client(&key.csr_pem, &edge, then_ms, 30, &entropy)
        .unwrap();
    let chain = format!("{signed}{}", authority.certificate_pem());
    for (name, text) in KEYS.iter().zip([key.key_pem, chain]) {
        std::fs::write(world.edge_folder().join(name), text).unwrap();
    }
}

async fn says(world: &World, words: &str) {
    wait::until_seen(
        format!("the store to say {words:?}"),
        || world.status(),
        |status| {
            let trouble = status["hub"]["trouble"].as_str();
            trouble.is_some_and(|trouble| trouble.contains(words))
        },
    )
    .await;
}
