//! Carries bytes from one socket to the other, as far as the line's state lets them.
//!
//! It never looks into them.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::state::{Direction, LineState, Passage};
use super::{Shared, held};

/// A piece of what is read at once.
const PIECE_BYTES: usize = 16 * 1024;
/// Pieces on their way in one direction; with a delay that is the line's throughput.
const PIECES_MAX: usize = 64;
/// How long the far end may take to answer; a hub on another machine needs more than loopback.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How soon a port that somebody else has taken meanwhile is tried again.
const LISTEN_AGAIN: Duration = Duration::from_millis(50);

/// Accepts and carries until the line is taken away.
pub(super) async fn run(shared: Arc<Shared>, listener: TcpListener) {
    let closing = shared.closing.clone();
    let mut state = shared.state.subscribe();
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        let refusing = refuses(&state.borrow_and_update());
        if refusing {
            listener = None;
        }
        tokio::select! {
            biased;
            () = closing.cancelled() => break,
            // The sender is in `shared`, which this task holds.
            _ = state.wait_for(|state| refuses(state) != refusing) => {}
            Some(_) = connections.join_next() => {}
            accepted = next_connection(&shared, &mut listener), if !refusing => {
                if let Some(client) = accepted {
                    connections.spawn(carry(Arc::clone(&shared), client));
                }
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

fn refuses(state: &LineState) -> bool {
    state.passage == Passage::Refusing
}

/// Waits for a connection; listens again first, if nobody does.
async fn next_connection(shared: &Shared, listener: &mut Option<TcpListener>) -> Option<TcpStream> {
    if listener.is_none() {
        match TcpListener::bind(shared.address).await {
            Ok(bound) => *listener = Some(bound),
            Err(error) => {
                tracing::warn!(%error, "the line's port is taken by another program for now");
                sleep(LISTEN_AGAIN).await;
                return None;
            }
        }
    }
    match listener.as_ref()?.accept().await {
        Ok((client, _)) => Some(client),
        Err(error) => {
            tracing::debug!(%error, "a connection to the line came to nothing");
            sleep(LISTEN_AGAIN).await;
            None
        }
    }
}

/// How a conversation ended.
enum End {
    /// Both sides have said all they had to say.
    Done,
    /// The line broke: both sides are reset.
    Reset,
    /// The fuse blew: this direction's last bytes are delivered, then nothing more.
    Blown(Direction),
}

async fn carry(shared: Arc<Shared>, mut client: TcpStream) {
    let mut state = shared.state.subscribe();
    if state.borrow().passage.severs() {
        shared.state.send_modify(|state| state.turned_away += 1);
        reset(&client);
        return;
    }
    let _standing = Standing::new(&shared);
    let Some(mut hub) = connected(&shared, &mut state).await else {
        reset(&client);
        return;
    };
    let end = tokio::select! {
        biased;
        () = shared.closing.cancelled() => End::Reset,
        () = severed(&mut state) => End::Reset,
        end = converse(&shared, &mut client, &mut hub) => end,
    };
    match end {
        End::Done => {}
        End::Reset => {
            reset(&client);
            reset(&hub);
        }
        End::Blown(Direction::Up) => reset(&client),
        End::Blown(Direction::Down) => reset(&hub),
    }
}

/// Reaches the far end, once the line lets anything reach it.
async fn connected(shared: &Shared, state: &mut watch::Receiver<LineState>) -> Option<TcpStream> {
    let reach = async {
        passable(&mut shared.state.subscribe(), Direction::Up).await;
        let leads_to = *held(&shared.leads_to);
        match timeout(CONNECT_LIMIT, TcpStream::connect(leads_to)).await {
            Ok(Ok(hub)) => Some(hub),
            Ok(Err(error)) => {
                tracing::debug!(%error, "the line leads nowhere");
                None
            }
            Err(_) => None,
        }
    };
    tokio::select! {
        biased;
        () = shared.closing.cancelled() => None,
        () = severed(state) => None,
        hub = reach => hub,
    }
}

async fn converse(shared: &Shared, client: &mut TcpStream, hub: &mut TcpStream) -> End {
    // A line adds no delay of its own; without this, small records wait for acknowledgements.
    for socket in [&*client, &*hub] {
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "a socket of the line keeps its delay");
        }
    }
    let (from_client, to_client) = client.split();
    let (from_hub, to_hub) = hub.split();
    let both = async {
        tokio::try_join!(
            pump(shared, Direction::Up, from_client, to_hub),
            pump(shared, Direction::Down, from_hub, to_client),
        )
    };
    match both.await {
        Ok(_) => End::Done,
        Err(Stop::Blown(direction)) => End::Blown(direction),
        Err(Stop::Broken(error)) => {
            tracing::debug!(%error, "an end of the line hung up");
            End::Reset
        }
    }
}

/// Why a direction stopped before its end.
enum Stop {
    Broken(io::Error),
    Blown(Direction),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

/// One piece on its way.
struct Piece {
    due: Instant,
    bytes: Vec<u8>,
    last: bool,
}

/// Carries one direction until its end, which it passes on.
async fn pump(
    shared: &Shared,
    direction: Direction,
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
) -> Result<(), Stop> {
    let (entry, mut exit) = mpsc::channel::<Piece>(PIECES_MAX);
    let enters = async move {
        let mut state = shared.state.subscribe();
        let mut buffer = vec![0; PIECE_BYTES];
        loop {
            passable(&mut state, direction).await;
            let count = from.read(&mut buffer).await?;
            if count == 0 {
                return Ok::<(), Stop>(());
            }
            let kept = before_the_fuse(shared, direction, count);
            let piece = Piece {
                due: Instant::now() + state.borrow().delay,
                bytes: buffer[..kept.unwrap_or(count)].to_vec(),
                last: kept.is_some(),
            };
            // The other half of this pump has failed, and says why itself.
            if entry.send(piece).await.is_err() || kept.is_some() {
                return Ok(());
            }
        }
    };
    let leaves = async move {
        let mut state = shared.state.subscribe();
        while let Some(piece) = exit.recv().await {
            sleep_until(piece.due).await;
            passable(&mut state, direction).await;
            to.write_all(&piece.bytes).await?;
            let count = piece.bytes.len() as u64;
            shared
                .state
                .send_modify(|state| state.count(direction, count));
            if piece.last {
                to.shutdown().await?;
                return Err(Stop::Blown(direction));
            }
        }
        passable(&mut state, direction).await;
        to.shutdown().await?;
        Ok(())
    };
    tokio::try_join!(enters, leaves).map(|_| ())
}

/// Counts bytes against the fuse; returns how many still pass if it blows among them.
fn before_the_fuse(shared: &Shared, direction: Direction, count: usize) -> Option<usize> {
    let mut fuse = held(&shared.fuse);
    let set = fuse.as_mut().filter(|fuse| fuse.direction == direction)?;
    match usize::try_from(set.bytes) {
        Ok(left) if left <= count => {
            *fuse = None;
            Some(left)
        }
        _ => {
            set.bytes -= count as u64;
            None
        }
    }
}

async fn passable(state: &mut watch::Receiver<LineState>, direction: Direction) {
    // The sender outlives every connection; if it did not, nothing would pass for ever.
    if state
        .wait_for(|state| state.passage.lets_through(direction))
        .await
        .is_err()
    {
        std::future::pending::<()>().await;
    }
}

async fn severed(state: &mut watch::Receiver<LineState>) {
    if state
        .wait_for(|state| state.passage.severs())
        .await
        .is_err()
    {
        std::future::pending::<()>().await;
    }
}

/// Lets a socket end with a reset instead of a farewell.
fn reset(socket: &TcpStream) {
    if let Err(error) = socket.set_zero_linger() {
        tracing::debug!(%error, "a socket of the line ends politely");
    }
}

/// Counts one connection for as long as it stands.
struct Standing<'a> {
    shared: &'a Shared,
}

impl<'a> Standing<'a> {
    fn new(shared: &'a Shared) -> Self {
        shared.state.send_modify(|state| {
            state.connections += 1;
            state.connections_made += 1;
        });
        Self { shared }
    }
}

impl Drop for Standing<'_> {
    fn drop(&mut self) {
        self.shared
            .state
            .send_modify(|state| state.connections -= 1);
    }
}
