//! Starts the demo, says where to look, and stops it in order.
//!
//! `cargo run --release` runs this; everything it does is in the library.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Parser;
use counterpart_daemon::shutdown::asked_to_stop;
use counterpart_daemon::telemetry::{self, LogFormat};
use counterpart_demo::{
    BASE_PORT, DATA_FOLDER, DataFolder, Demo, DemoOptions, Ports, announcement, is_there,
};

/// Runs a hub and its stores with virtual hardware on this machine.
#[derive(Debug, Parser)]
#[command(name = "counterpart-demo", version)]
struct Flags {
    /// The folder everything is kept in.
    #[arg(long, value_name = "DIR", default_value = DATA_FOLDER)]
    data: PathBuf,
    /// The first port: the console's; the stores' begin 10 above it, the street's is 30 above it.
    #[arg(long, value_name = "PORT", default_value_t = BASE_PORT)]
    base_port: u16,
    /// Starts over: deletes everything the demo has kept in its folder.
    #[arg(long)]
    reset: bool,
    /// Resets without asking.
    #[arg(long, requires = "reset")]
    yes: bool,
    /// What is logged to standard error: a level, or target=level, …
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    log: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let flags = Flags::parse();
    match run(flags).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say_to(
                io::stderr(),
                &format!("\ncounterpart-demo: {}", in_words(&error)),
            );
            ExitCode::FAILURE
        }
    }
}

async fn run(flags: Flags) -> anyhow::Result<()> {
    telemetry::start(LogFormat::Pretty, &flags.log)?;
    let ports = Ports::from_base(flags.base_port)?;
    if flags.reset {
        reset(&flags)?;
    }
    let options = DemoOptions {
        ports,
        progress: Arc::new(|step| say_to(io::stdout(), &format!("  … {step}"))),
        ..DemoOptions::new(&flags.data)
    };
    // A person who gives up during the first start must not have to wait for its end.
    let demo = tokio::select! {
        started = Demo::start(options) => started?,
        asked = asked_to_stop() => {
            asked.context("could not listen for Ctrl-C")?;
            bail!("stopped before everything ran: start again to go on");
        }
    };
    say_to(io::stdout(), &announcement(&demo));
    asked_to_stop()
        .await
        .context("could not listen for Ctrl-C")?;
    say_to(
        io::stdout(),
        "\n  … stopping (Ctrl-C again to stop at once)",
    );
    tokio::select! {
        () = demo.shutdown() => {
            say_to(io::stdout(), "  Stopped. The next start goes on from here.");
            Ok(())
        }
        _ = asked_again() => bail!("stopped at once: the next start looks after what was open"),
    }
}

/// Waits for a second Ctrl-C. What comes within half a second is the first one, sent to the process
/// and to its group.
async fn asked_again() -> io::Result<()> {
    tokio::time::sleep(Duration::from_millis(500)).await;
    asked_to_stop().await
}

/// Deletes what the demo has kept, after asking.
fn reset(flags: &Flags) -> anyhow::Result<()> {
    if !is_there(&flags.data)? {
        return Ok(());
    }
    let folder = DataFolder::take(&flags.data)?;
    if !flags.yes {
        if !io::stdin().is_terminal() {
            bail!("--reset asks first, and nobody is there to answer: add --yes");
        }
        let path = flags.data.display();
        let question = format!("Delete everything in {path} and start over? [y/N] ");
        let mut out = io::stdout();
        out.write_all(question.as_bytes())?;
        out.flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        if !matches!(answer.trim(), "y" | "Y" | "yes") {
            bail!("nothing was deleted");
        }
    }
    folder.clear()?;
    Ok(())
}

/// Writes an error with its causes in one line: what, because of what.
fn in_words(error: &anyhow::Error) -> String {
    let mut words = String::new();
    for cause in error.chain() {
        let because = cause.to_string();
        // Transparent errors repeat their cause.
        if !words.ends_with(&because) {
            if !words.is_empty() {
                words.push_str(": ");
            }
            words.push_str(&because);
        }
    }
    words
}

fn say_to(mut to: impl Write, text: &str) {
    // Nobody may be listening any more, as in `| head`; the demo goes on.
    let _ = writeln!(to, "{text}");
}
