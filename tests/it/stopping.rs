//! Asking the daemons to stop: in order for either signal, at once for somebody in a hurry; and
//! what a script learns from `status` meanwhile.

use std::io::Write as _;
use std::net::TcpStream;

use counterpart_tests::installation::Installation;
use counterpart_tests::process::Running;
use counterpart_tests::wait;

#[tokio::test(flavor = "multi_thread")]
async fn either_signal_stops_a_daemon_in_order_and_scripts_see_whether_it_runs() {
    let (installed, hub, edge) = Installation::begin(3).await;
    let told = installed.edge_does(&["status"]);
    assert_eq!(
        told.status.code(),
        Some(0),
        "{}{}",
        told.output,
        told.complaints
    );
    assert!(
        told.output.starts_with("Nothing needs you."),
        "{}",
        told.output
    );
    let told = installed.hub_does(&["status", "--json"]);
    assert_eq!(
        told.status.code(),
        Some(0),
        "{}{}",
        told.output,
        told.complaints
    );
    assert!(told.output.contains("\"concerns\": []"), "{}", told.output);

    edge.signal("INT");
    assert!(edge.ended().await.success());
    hub.signal("TERM");
    assert!(hub.ended().await.success());
    for told in [
        installed.edge_does(&["status"]),
        installed.hub_does(&["status"]),
    ] {
        assert_eq!(
            told.status.code(),
            Some(2),
            "{}{}",
            told.output,
            told.complaints
        );
        assert!(told.output.contains("does not run"), "{}", told.output);
    }
}

/// Waits until the store's program says this.
async fn until_said(installed: &Installation, sentence: &str) {
    wait::until(sentence, async || {
        let says = installed.edge.log_tail().contains(sentence);
        says.then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_manager_that_says_reload_has_devices_set_up_anew() {
    let (installed, hub, edge) = Installation::begin(3).await;
    let file = installed.folder().join("counterpart-edge.toml");
    let settings = std::fs::read_to_string(&file).unwrap();
    // A register that is set up with another name is another setup.
    let renamed = settings.replacen("[[registers]]", "[[registers]]\nname = \"Front\"", 1);
    assert_ne!(renamed, settings);
    std::fs::write(&file, &renamed).unwrap();
    edge.signal("HUP");
    until_said(&installed, "The devices of register 1 are set up anew").await;

    std::fs::write(&file, renamed.replacen("id = 1", "id = 0", 1)).unwrap();
    edge.signal("HUP");
    until_said(&installed, "Nothing was changed: could not use").await;
    assert!(edge.stop().await.success());
    assert!(hub.stop().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_signal_ends_a_daemon_at_once() {
    let (installed, hub, edge) = Installation::begin(3).await;
    // Half a command holds the orderly stop up: its caller has seconds to send the rest.
    let half = |base: &str| {
        let address = base.trim_start_matches("http://").to_owned();
        let mut line = TcpStream::connect(address).unwrap();
        let head = "POST /v1/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n\
                    Content-Type: application/json\r\n\r\n{";
        line.write_all(head.as_bytes()).unwrap();
        line
    };
    let _held = [half(installed.edge_url()), half(installed.hub_url())];
    for running in [edge, hub] {
        let status = in_a_hurry(running).await;
        assert_eq!(status, Some(1));
    }
}

/// Asks to stop until it has; returns its exit code.
async fn in_a_hurry(mut running: Running) -> Option<i32> {
    let what = "a daemon to end at once".to_owned();
    wait::until(what, || {
        let over = !running.is_running();
        if !over {
            running.signal("TERM");
        }
        async move { over.then_some(()) }
    })
    .await;
    running.ended().await.code()
}
