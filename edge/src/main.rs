//! The command line of the store server: run, enrol, status, rebuild, backup, restore, devices, the
//! journal, and questions about what is stored.
//!
//! It parses and prints; everything it does is in the library.
#![expect(
    clippy::print_stdout,
    reason = "a command line answers on standard output; logs go to standard error"
)]

use std::fs::File;
use std::io::BufWriter;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use counterpart_daemon::config::{Sources, load};
use counterpart_daemon::replica::Question;
use counterpart_daemon::shutdown::{self, ReloadRequests};
use counterpart_daemon::telemetry;
use counterpart_edge::context::{Context, SettingsAgain};
use counterpart_edge::web::ControlFailed;
use counterpart_edge::{BackedUp, Edge, EdgeConfig, Exported, RestoreFrom, Settings, Span};
use counterpart_hardware::plugged_in;
use counterpart_protocol::condition::Ending;
use counterpart_protocol::time::BusinessDate;

/// The usual place of the settings.
const CONFIG_FILE: &str = "counterpart-edge.toml";

/// The store server: registers, scanners, printers and pages of one shop.
#[derive(Debug, Parser)]
#[command(name = "counterpart-edge", version, about)]
struct Arguments {
    /// The file of settings [default: counterpart-edge.toml, if it exists]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of the database and keys
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the store server until it is asked to stop
    Run {
        /// Where pages and API are served; off loopback with TLS
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<SocketAddr>,
    },
    /// Enrols this store at its hub, once
    Enrol {
        /// The hub's public address, such as https://hub.example:8400
        #[arg(long)]
        hub: String,
        /// The one-time code from the hub's console: ten groups of five characters
        #[arg(long)]
        code: String,
    },
    /// Says how the store server is; ends with 0 if nothing needs anybody, 1 if something does,
    /// 2 if it does not run
    Status {
        /// Answers with JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Makes every view anew from the stored facts; the store server must not run
    Rebuild,
    /// Copies the database to a new file and checks the copy; the store server may run
    Backup {
        /// The new file
        target: PathBuf,
    },
    /// Goes on with a backup, or with data that are older than what the hub holds, as a new life of
    /// this store: it sells at once and takes back from the hub what it had recorded since
    Restore {
        /// The backup to put in the place of the data, which are kept aside
        #[arg(long, value_name = "BACKUP", required_unless_present = "in_place")]
        from: Option<PathBuf>,
        /// Leaves the data as they lie there: this machine is the one that stays
        #[arg(long, conflicts_with = "from")]
        in_place: bool,
    },
    /// Lists the business days: which are open, sealed, countersigned; the store server may run
    Days {
        /// How many sealed days at most, the newest
        #[arg(long, default_value_t = 35)]
        days: u32,
        /// Answers with JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Hands the journal of this store out
    Journal {
        #[command(subcommand)]
        does: JournalDoes,
    },
    /// Lists what is plugged into this machine and what the settings make of it
    Devices,
    #[command(flatten)]
    Question(Question),
}

#[derive(Debug, Subcommand)]
enum JournalDoes {
    /// Writes the facts of this store's registers, oldest first: who, what, when and why
    Export {
        /// The first business day, such as 2026-11-23 [default: the oldest]
        #[arg(long, value_name = "DATE")]
        from: Option<BusinessDate>,
        /// The last business day, itself included [default: the newest]
        #[arg(long, value_name = "DATE")]
        to: Option<BusinessDate>,
        /// Whose journal is meant; another store's folder is refused
        #[arg(long)]
        store: Option<String>,
        /// jsonl (every fact a line of JSON) or poslog (POSLog-shaped XML)
        #[arg(long, default_value = "jsonl")]
        form: String,
        /// The new file [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match carry_out(Arguments::parse()).await {
        Ok(code) => code,
        Err(error) => {
            tracing::debug!(error = ?error, "ended with an error");
            report(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "a command line says on standard error why it failed"
)]
fn report(error: &anyhow::Error) {
    eprintln!("counterpart-edge: {error:#}");
}

async fn carry_out(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let listen = match &arguments.command {
        Command::Run { listen } => *listen,
        _ => None,
    };
    let data = arguments.data.as_ref().map(|folder| folder.display());
    let sources = Sources::of_process(arguments.config, PathBuf::from(CONFIG_FILE))
        .flag("data", "--data", data)
        .flag("listen", "--listen", listen);
    let settings: Settings = load(&sources).context("could not read the settings")?;
    let mut config = settings.check()?;
    config.settings = Some(SettingsAgain::new(move || {
        let settings: Settings = load(&sources).map_err(|error| error.to_string())?;
        let config = settings.check().map_err(|error| error.to_string())?;
        Ok(config.registers)
    }));
    match arguments.command {
        Command::Run { .. } => run(&settings, config).await?,
        Command::Enrol { hub, code } => enrol(&config, &hub, &code).await?,
        Command::Status { json } => return status(&config, json).await,
        Command::Rebuild => {
            let rebuilt = counterpart_edge::rebuild(&config).await?;
            println!("{} facts folded into every view", rebuilt.facts);
            if rebuilt.skipped > 0 {
                println!(
                    "{} records are quarantined or damaged and were left out",
                    rebuilt.skipped
                );
            }
        }
        Command::Backup { target } => match counterpart_edge::back_up(&config, &target).await? {
            BackedUp::Here => println!("{} is a whole, checked copy", target.display()),
            BackedUp::ByServer => println!(
                "{} is a whole, checked copy, made while the store server runs",
                target.display()
            ),
        },
        Command::Restore { from, in_place } => {
            let from = match from {
                Some(backup) if !in_place => RestoreFrom::Backup(backup),
                Some(_) | None => RestoreFrom::InPlace,
            };
            restore(&config, from).await?;
        }
        Command::Devices => devices(&config)?,
        Command::Days { days, json } => list_days(&config, days, json).await?,
        Command::Journal { does } => journal(&config, does).await?,
        Command::Question(question) => {
            let told = counterpart_edge::examine(&config, question).await?;
            told.print().context("could not print the answer")?;
            return Ok(if told.is_well {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn run(settings: &Settings, config: EdgeConfig) -> anyhow::Result<()> {
    telemetry::start(settings.log.format, &settings.log.filter)?;
    let running = Edge::start(config).await?;
    println!("The store server runs: open {}", running.url());
    let requests = ReloadRequests::listen();
    let requests = requests.context("could not listen for the signal to read the settings")?;
    let context = running.context().clone();
    tokio::select! {
        stopped = shutdown::asked_to_stop() => {
            stopped.context("could not listen for the signal to stop")?;
        }
        () = set_up_when_asked(&context, requests) => {}
    }
    println!("Stopping: the receipt being printed is finished first");
    let Some(report) = shutdown::unless_asked_again(running.shutdown()).await else {
        println!(
            "Stopped at once: a receipt that was being printed is uncertain; the next start says so"
        );
        std::process::exit(1);
    };
    if !report.cut_off.is_empty() {
        println!("Did not stop in time: {}", report.cut_off.join(", "));
    }
    Ok(())
}

/// Takes over changed devices each time the service manager says so.
async fn set_up_when_asked(context: &Context, mut requests: ReloadRequests) {
    loop {
        requests.next().await;
        match counterpart_edge::set_up(context).await {
            Ok(registers) if registers.is_empty() => {
                println!("The settings say what they said before: nothing was changed");
            }
            Ok(registers) => {
                let registers: Vec<String> = registers.iter().map(ToString::to_string).collect();
                let registers = registers.join(", ");
                println!("The devices of register {registers} are set up anew");
            }
            Err(refused) => println!("Nothing was changed: {refused}"),
        }
    }
}

async fn enrol(config: &EdgeConfig, hub: &str, code: &str) -> anyhow::Result<()> {
    let enrolled = counterpart_edge::enrol(config, hub, code).await?;
    println!(
        "This machine is edge {} of {}. Start it with: counterpart-edge run --data {}",
        enrolled.edge_number,
        enrolled.store.name,
        config.data.display()
    );
    Ok(())
}

async fn restore(config: &EdgeConfig, from: RestoreFrom) -> anyhow::Result<()> {
    let restored = counterpart_edge::restore(config, from).await?;
    let data = config.data.display();
    println!(
        "This machine is edge {} of {}, in its life number {}: receipts begin anew at {}-000001.",
        restored.edge, restored.store, restored.incarnation, restored.incarnation
    );
    if let Some(folder) = &restored.kept_aside {
        println!("What was there before is kept in {}", folder.display());
    }
    match restored.has_key {
        true => println!("Start it with: counterpart-edge run --data {data}"),
        false => println!(
            "Its key and certificate are not in {data}: copy edge.key, edge.pem and \
             hub-authority.pem there, or make a code at the hub's console and run \
             counterpart-edge enrol; then start it"
        ),
    }
    println!(
        "It sells at once. What it had told the hub since comes back by itself; until then nothing \
         is handed over for orders or sent to other stores"
    );
    Ok(())
}

async fn status(config: &EdgeConfig, json: bool) -> anyhow::Result<ExitCode> {
    let status = match counterpart_edge::running_status(config).await {
        Ok(status) => status,
        Err(ControlFailed::NotRunning) => {
            println!("The store server does not run: start it with counterpart-edge run");
            return Ok(Ending::NotRunning.code().into());
        }
        Err(silent @ ControlFailed::Silent { .. }) => {
            println!("The store server does not answer: {silent}");
            return Ok(Ending::NotRunning.code().into());
        }
        Err(refused @ ControlFailed::Refused(_)) => return Err(refused.into()),
    };
    match json {
        true => println!("{status:#}"),
        false => print!("{}", counterpart_edge::status_words(&status)?),
    }
    let concerns = counterpart_edge::concerns_of(&status)?;
    Ok(Ending::of(&concerns).code().into())
}

async fn list_days(config: &EdgeConfig, days: u32, json: bool) -> anyhow::Result<()> {
    let list = counterpart_edge::list_days(config, days).await?;
    match json {
        true => println!("{}", serde_json::to_string_pretty(&list)?),
        false => println!("{list}"),
    }
    Ok(())
}

async fn journal(config: &EdgeConfig, does: JournalDoes) -> anyhow::Result<()> {
    let JournalDoes::Export {
        from,
        to,
        store,
        form,
        out,
    } = does;
    let span = Span::new(from, to)?;
    let named = (form.as_str(), store.as_deref());
    let exported = match &out {
        Some(path) => {
            // A file somebody has is not written over: it may be last month's.
            let file = File::create_new(path)
                .with_context(|| format!("could not make the file {}", path.display()))?;
            let mut file = BufWriter::new(file);
            counterpart_edge::export_journal(config, named, span, &mut file).await?
        }
        None => {
            let mut out = BufWriter::new(std::io::stdout());
            counterpart_edge::export_journal(config, named, span, &mut out).await?
        }
    };
    tell_exported(exported);
    Ok(())
}

#[expect(
    clippy::print_stderr,
    reason = "standard output holds the journal itself"
)]
fn tell_exported(exported: Exported) {
    eprintln!("{} facts written", exported.facts);
    if exported.left_out > 0 {
        eprintln!(
            "{} facts of other kinds were left out: this form has no place for them",
            exported.left_out
        );
    }
    if exported.unreadable > 0 {
        eprintln!(
            "{} records cannot be read: counterpart-edge verify says where",
            exported.unreadable
        );
    }
}

fn devices(config: &EdgeConfig) -> anyhow::Result<()> {
    println!("Plugged in:");
    let plugged = plugged_in().context("could not ask the system what is plugged in")?;
    if plugged.is_empty() {
        println!("  nothing a counter would use");
    }
    for device in plugged {
        println!("  {}  {}", device.address, device.description);
    }
    println!("Set up:");
    for register in &config.registers {
        let none = || "none".to_owned();
        let scanner = register.scanner.as_ref();
        let scanner = scanner.map_or_else(none, |scanner| scanner.address.to_string());
        let printer = register.printer.as_ref();
        let printer = printer.map_or_else(none, |printer| {
            format!("{} ({})", printer.address, printer.profile.name)
        });
        println!("  {}: scanner {scanner}, printer {printer}", register.name);
        for (role, address) in register.counter.addresses() {
            println!("  {}: {role} {address}", register.name);
        }
    }
    println!(
        "How they are: counterpart-edge status, or the page /devices, while the store server runs"
    );
    Ok(())
}
