//! Every fault of the line on real sockets, and that it is whole again afterwards.

use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;

/// Long enough that only a hang exceeds it.
const AMPLE: Duration = Duration::from_secs(20);
const ANY_PORT: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// A far end that accepts one connection after the other and hands them over.
async fn laid() -> (Line, TcpListener) {
    let hub = TcpListener::bind(ANY_PORT).await.unwrap();
    let line = Line::open(ANY_PORT.into(), hub.local_addr().unwrap())
        .await
        .unwrap();
    (line, hub)
}

async fn connected(line: &Line, hub: &TcpListener) -> (TcpStream, TcpStream) {
    let store = TcpStream::connect(line.address()).await.unwrap();
    let (far, _) = soon(hub.accept()).await.unwrap();
    (store, far)
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(AMPLE, what).await.expect("this hangs")
}

async fn check_carries(from: &mut TcpStream, to: &mut TcpStream, words: &[u8]) {
    from.write_all(words).await.unwrap();
    let mut read = vec![0; words.len()];
    soon(to.read_exact(&mut read)).await.unwrap();
    assert_eq!(read, words);
}

/// Reads to the end; `None` if the connection was reset.
async fn rest(socket: &mut TcpStream) -> Option<Vec<u8>> {
    let mut read = Vec::new();
    soon(socket.read_to_end(&mut read)).await.ok()?;
    Some(read)
}

#[tokio::test]
async fn bytes_go_both_ways_and_so_does_the_end() {
    let (line, hub) = laid().await;
    let (mut store, mut far) = connected(&line, &hub).await;
    check_carries(&mut store, &mut far, b"a sale").await;
    check_carries(&mut far, &mut store, b"heard").await;
    let large = vec![7; 300_000];
    let (sent, read) = tokio::join!(
        async {
            store.write_all(&large).await.unwrap();
            store.shutdown().await.unwrap();
        },
        rest(&mut far),
    );
    assert_eq!(((), read), (sent, Some(large)));
    check_carries(&mut far, &mut store, b"all of it").await;
    drop(far);
    assert_eq!(rest(&mut store).await, Some(Vec::new()));
    let state = soon(line.until(|state| state.connections == 0)).await;
    assert_eq!((state.up_bytes, state.down_bytes), (300_006, 14));
    line.shutdown().await;
}

#[tokio::test]
async fn a_cut_resets_what_stands_and_what_is_tried_until_it_is_mended() {
    let (line, hub) = laid().await;
    let (mut store, mut far) = connected(&line, &hub).await;
    check_carries(&mut store, &mut far, b"a sale").await;
    line.cut();
    assert_eq!(rest(&mut store).await, None, "the store's end is reset");
    assert_eq!(rest(&mut far).await, None, "the hub's end is reset");
    let mut tried = TcpStream::connect(line.address()).await.unwrap();
    assert_eq!(rest(&mut tried).await, None, "nothing new stands");
    soon(line.until(|state| state.turned_away == 1 && state.connections == 0)).await;
    line.mend();
    let (mut store, mut far) = connected(&line, &hub).await;
    check_carries(&mut store, &mut far, b"the next sale").await;
}

#[tokio::test]
async fn where_nobody_listens_a_connection_is_refused() {
    let (line, hub) = laid().await;
    let (mut store, _far) = connected(&line, &hub).await;
    line.refuse();
    assert_eq!(rest(&mut store).await, None);
    // The port is given up a moment after the connections are.
    let refused = async {
        while TcpStream::connect(line.address()).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    soon(refused).await;
    line.mend();
    let again = async {
        loop {
            if let Ok(store) = TcpStream::connect(line.address()).await {
                break store;
            }
            tokio::task::yield_now().await;
        }
    };
    let mut store = soon(again).await;
    let (mut far, _) = soon(hub.accept()).await.unwrap();
    check_carries(&mut store, &mut far, b"open again").await;
}

#[tokio::test]
async fn a_stalled_line_holds_what_is_sent_and_delivers_it_later() {
    let (line, hub) = laid().await;
    let (mut store, mut far) = connected(&line, &hub).await;
    check_carries(&mut store, &mut far, b"a sale").await;
    line.stall();
    store.write_all(b"in the cable").await.unwrap();
    // A second connection opens, and nobody at the far end hears of it.
    let waiting = TcpStream::connect(line.address()).await.unwrap();
    soon(line.until(|state| state.connections == 2)).await;
    let before = line.state().up_bytes;
    assert_eq!(before, 6);
    line.mend();
    let mut read = [0; 12];
    soon(far.read_exact(&mut read)).await.unwrap();
    assert_eq!(&read, b"in the cable");
    soon(hub.accept()).await.unwrap();
    drop(waiting);
}

#[tokio::test]
async fn one_way_only_goes_one_way() {
    let (line, hub) = laid().await;
    let (mut store, mut far) = connected(&line, &hub).await;
    line.pass_only(Direction::Up);
    check_carries(&mut store, &mut far, b"asked").await;
    far.write_all(b"answered").await.unwrap();
    check_carries(&mut store, &mut far, b"asked again").await;
    assert_eq!(line.state().down_bytes, 0, "no answer comes back");
    line.pass_only(Direction::Down);
    let mut read = [0; 8];
    soon(store.read_exact(&mut read)).await.unwrap();
    assert_eq!(&read, b"answered");
}

#[tokio::test]
async fn a_fuse_lets_exactly_so_many_bytes_arrive() {
    for (direction, bytes) in [
        (Direction::Up, 7),
        (Direction::Down, 0),
        (Direction::Up, 20_000),
    ] {
        let (line, hub) = laid().await;
        let (mut store, mut far) = connected(&line, &hub).await;
        let (from, to) = match direction {
            Direction::Up => (&mut store, &mut far),
            Direction::Down => (&mut far, &mut store),
        };
        line.drop_after(direction, bytes);
        from.write_all(&vec![1; 30_000]).await.unwrap();
        let arrived = rest(to).await.expect("the receiver is not reset");
        assert_eq!(arrived.len() as u64, bytes, "{direction:?}");
        let (mut store, mut far) = connected(&line, &hub).await;
        check_carries(&mut store, &mut far, &[2; 30_000]).await;
    }
}

#[tokio::test]
async fn a_delay_makes_everything_late_and_keeps_the_order() {
    let (line, hub) = laid().await;
    let (mut store, mut far) = connected(&line, &hub).await;
    line.delay(Duration::from_millis(60));
    let begun = tokio::time::Instant::now();
    check_carries(&mut store, &mut far, b"late").await;
    assert!(begun.elapsed() >= Duration::from_millis(60));
    line.delay(Duration::ZERO);
    check_carries(&mut store, &mut far, b"in time").await;
}

#[tokio::test]
async fn a_line_can_lead_elsewhere_and_nowhere() {
    let (line, hub) = laid().await;
    let moved = TcpListener::bind(ANY_PORT).await.unwrap();
    line.lead_to(moved.local_addr().unwrap());
    let (mut store, mut far) = connected(&line, &moved).await;
    check_carries(&mut store, &mut far, b"found").await;
    drop((moved, hub));
    let mut nowhere = TcpStream::connect(line.address()).await.unwrap();
    assert_eq!(
        rest(&mut nowhere).await,
        None,
        "reset, as by a hub that is down"
    );
}

#[tokio::test]
async fn a_line_that_is_taken_away_frees_its_port() {
    let (line, hub) = laid().await;
    let (mut store, _far) = connected(&line, &hub).await;
    line.shutdown().await;
    assert_eq!(rest(&mut store).await, None);
    TcpListener::bind(line.address()).await.unwrap();
}
