//! `LISTEN` and `NOTIFY`: the line between the processes on one database.
//!
//! It has a connection and a thread of its own. `NOTIFY` is not part of the transactions it speaks
//! of: PostgreSQL would hold a lock of the whole server from there to the end of each commit, so
//! that commits could only follow one another, and a hint may be lost anyway.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client, Error};
use tokio_util::sync::CancellationToken;

use super::connect::{Connector, Line};
use crate::db::hints::{Hint, Hints};

/// The channel everything goes through; the words say what it is about.
const CHANNEL: &str = "counterpart";
/// How long a line that broke is left alone.
const PAUSE: Duration = Duration::from_millis(200);
/// How long the server may take for its part.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);

/// Passes words on until it is told to stop: the body of a thread.
pub(in crate::db) fn converse(
    connector: &Connector,
    hints: &Hints,
    mut telling: Receiver<String>,
    stop: &CancellationToken,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(error = %error, "hints from other processes are not heard");
            return;
        }
    };
    runtime.block_on(stop.run_until_cancelled(async {
        let mut before = false;
        loop {
            if let Err(error) = hold_line(connector, hints, &mut telling, before).await {
                tracing::debug!(error = %error, "the line to other processes broke");
            }
            before = true;
            sleep(PAUSE).await;
        }
    }));
}

/// Holds the line until it breaks. If there was one `before`, something may have been missed.
async fn hold_line(
    connector: &Connector,
    hints: &Hints,
    telling: &mut Receiver<String>,
    before: bool,
) -> Result<(), Error> {
    let (client, connection) = connector.open_line().await?;
    let own = Arc::new(OnceLock::new());
    let mut hearing = hear(connection, hints.clone(), own.clone());
    let listening = async {
        client.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
        client.query_one("SELECT pg_backend_pid()", &[]).await
    };
    let Ok(row) = timeout(ANSWER_LIMIT, listening).await else {
        return Ok(());
    };
    // Set once, by this line alone.
    let _ = own.set(row?.try_get::<_, i32>(0)?);
    if before {
        hints.raise(Hint::Missed);
    }
    loop {
        tokio::select! {
            _ = &mut hearing => return Ok(()),
            topic = telling.recv() => match topic {
                Some(topic) => tell(&client, topic, telling).await?,
                // The database is closed and its handles are gone.
                None => return Ok(()),
            },
        }
    }
}

/// Hears what others say for as long as the connection lasts.
fn hear(mut connection: Line, hints: Hints, own: Arc<OnceLock<i32>>) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
            if let AsyncMessage::Notification(said) = message
                && own.get() != Some(&said.process_id())
            {
                hints.raise(Hint::Told(said.payload()));
            }
        }
    })
}

/// Tells everything that waits, each word once.
async fn tell(client: &Client, first: String, telling: &mut Receiver<String>) -> Result<(), Error> {
    let mut topics = BTreeSet::from([first]);
    while let Ok(topic) = telling.try_recv() {
        topics.insert(topic);
    }
    let topics: Vec<String> = topics.into_iter().collect();
    let sql = "SELECT pg_notify($1, topic) FROM unnest($2::TEXT[]) AS topic";
    let told = async { client.execute(sql, &[&CHANNEL, &topics]).await };
    match timeout(ANSWER_LIMIT, told).await {
        Ok(told) => told.map(|_| ()),
        // The line is given up when it is found cut.
        Err(_) => Ok(()),
    }
}
