//! Serves the gallery of the pages' parts on a loopback port, to be looked at and tested against.
//!
//! It opens no database and belongs to no store:
//! `cargo run -p counterpart-daemon --example gallery`.

use std::io::Write;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use counterpart_daemon::clock::{Clock, SystemClock};
use counterpart_daemon::web::live::Live;
use counterpart_daemon::web::text::Texts;
use counterpart_daemon::web::{assets, gallery, security};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let texts = Texts::new(&[]).map_err(std::io::Error::other)?;
    let live = Live::new(SystemClock.now_ms());
    let shutdown = CancellationToken::new();
    let app: Router = Router::new()
        .merge(gallery::router(Arc::new(texts), live, shutdown.clone()))
        .merge(assets::router())
        .layer(from_fn(security::guard));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 8499)).await?;
    writeln!(
        std::io::stdout(),
        "http://{}/gallery",
        listener.local_addr()?
    )?;
    axum::serve(listener, app)
        .with_graceful_shutdown(async move {
            // Without a signal handler there is no way to ask; then it runs until it is killed.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            shutdown.cancel();
        })
        .await
}
