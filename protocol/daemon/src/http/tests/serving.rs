//! Ports, headers and stopping, over real sockets.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::http::{Limits, ServeError, Transport, bind};

const LOOPBACK: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

#[test]
fn a_taken_port_is_said_with_the_flag_that_chooses_another() {
    let taken = TcpListener::bind(LOOPBACK).unwrap();
    let address = taken.local_addr().unwrap();
    let refused = bind(address, "--port").unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!(
            "port {} is taken by another program: stop it or choose another with --port",
            address.port()
        )
    );
    drop(taken);
    assert_eq!(bind(address, "--port").unwrap().address(), address);
}

#[test]
fn an_address_of_another_machine_can_not_be_listened_on() {
    // 192.0.2.0/24 is for documentation and belongs to no machine (RFC 5737).
    let refused = bind("192.0.2.1:0".parse().unwrap(), "--port").unwrap_err();
    assert!(matches!(refused, ServeError::Bind { .. }), "{refused}");
}

fn start(
    router: Router,
    limits: Limits,
    deadline: Duration,
) -> (
    SocketAddr,
    CancellationToken,
    JoinHandle<Result<(), ServeError>>,
) {
    let listener = bind(LOOPBACK, "--port").unwrap();
    let (address, stop) = (listener.address(), CancellationToken::new());
    let serving = listener.serve(router, Transport::Plain, limits, stop.clone(), deadline);
    (address, stop, tokio::spawn(serving))
}

/// Sends bytes and returns all that comes back, on a blocking thread.
async fn talk(address: SocketAddr, request: String) -> String {
    let talking = tokio::task::spawn_blocking(move || {
        let mut socket = TcpStream::connect(address).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        socket.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // A connection that is cut has sent what it has sent.
        socket.read_to_end(&mut answer).ok();
        String::from_utf8_lossy(&answer).into_owned()
    });
    talking.await.unwrap()
}

fn get_request(headers: &str) -> String {
    format!("GET / HTTP/1.1\r\nhost: a\r\n{headers}connection: close\r\n\r\n")
}

#[tokio::test]
async fn headers_beyond_the_limits_are_refused() {
    let router = Router::new().route("/", get(async || "hello"));
    let (address, stop, task) = start(router, Limits::default(), Duration::from_secs(5));
    let answer = talk(address, get_request("")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let many: String = (0..70).map(|number| format!("x-{number}: y\r\n")).collect();
    let answer = talk(address, get_request(&many)).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let long = format!("x: {}\r\n", "y".repeat(20_000));
    let answer = talk(address, get_request(&long)).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    stop.cancel();
    task.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_caller_who_never_finishes_the_headers_is_shown_out() {
    let limits = Limits {
        header_timeout: Duration::from_millis(50),
        ..Limits::default()
    };
    let router = Router::new().route("/", get(async || "hello"));
    let (address, stop, task) = start(router, limits, Duration::from_secs(5));
    let answer = talk(address, "GET / HTTP/1.1\r\nhost: a\r\n".to_owned()).await;
    assert!(!answer.contains("hello"), "{answer}");
    stop.cancel();
    task.await.unwrap().unwrap();
}

/// A route that says when it was reached and then waits to be let go.
fn waiting_route() -> (Router, Arc<Notify>, Arc<Notify>) {
    let (reached, let_go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, waiting) = (reached.clone(), let_go.clone());
    let handler = move || async move {
        inside.notify_one();
        waiting.notified().await;
        "finished"
    };
    (Router::new().route("/", get(handler)), reached, let_go)
}

#[tokio::test]
async fn an_open_request_is_finished_after_the_stop_and_no_new_one_is_taken() {
    let (router, reached, let_go) = waiting_route();
    let (address, stop, task) = start(router, Limits::default(), Duration::from_secs(20));
    let open = tokio::spawn(talk(address, get_request("")));
    reached.notified().await;
    stop.cancel();
    let_go.notify_one();
    let answer = open.await.unwrap();
    assert!(answer.ends_with("finished"), "{answer}");
    task.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).is_err(), "the port is closed");
}

#[tokio::test]
async fn a_request_that_outlives_the_deadline_is_cut() {
    let (router, reached, _let_go) = waiting_route();
    let (address, stop, task) = start(router, Limits::default(), Duration::from_millis(10));
    let open = tokio::spawn(talk(address, get_request("")));
    reached.notified().await;
    stop.cancel();
    task.await.unwrap().unwrap();
    assert_eq!(open.await.unwrap(), "");
}
