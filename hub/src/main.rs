//! The command line of the hub: run, and what is done while it does not run.
//!
//! It parses and prints; everything it does is in the library.
#![expect(
    clippy::print_stdout,
    reason = "a command line answers on standard output; logs go to standard error"
)]

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use counterpart_daemon::config::{Sources, load};
use counterpart_daemon::db::CopyFor;
use counterpart_daemon::replica::{Question, Told as Answer};
use counterpart_daemon::{shutdown, telemetry};
use counterpart_hub::app::commands::{
    ConsoleRole, Desk, FirstStart, MemberDraft, Role, StoreDraft, Told, concerns_of,
    first_start_words, rebuild, status_words,
};
use counterpart_hub::app::{
    GenerationAsked, ProofAsked, RestoreAsked, examine, generation, prove, restore,
};
use counterpart_hub::{Hub, HubConfig};
use counterpart_protocol::condition::Ending;

/// The usual place of the settings.
const CONFIG_FILE: &str = "counterpart-hub.toml";

/// The hub: what every store is, knows and has sold, in one place.
#[derive(Debug, Parser)]
#[command(name = "counterpart-hub", version, about)]
struct Arguments {
    /// The file of settings [default: counterpart-hub.toml, if it exists]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of the database and keys
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// A PostgreSQL database instead of a file in the data folder: postgres://user@host/database. A
    /// password belongs in the settings or in COUNTERPART_DATABASE, where nobody lists it
    #[arg(long, global = true, value_name = "ADDRESS")]
    database: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the hub until it is asked to stop
    Run {
        /// Where console, API and enrolment are served, with TLS
        #[arg(long, value_name = "ADDRESS")]
        public_listen: Option<SocketAddr>,
        /// Where edges are served, with client certificates
        #[arg(long, value_name = "ADDRESS")]
        sync_listen: Option<SocketAddr>,
        /// Where the console is served without TLS: a loopback address
        #[arg(long, value_name = "ADDRESS")]
        loopback_listen: Option<SocketAddr>,
    },
    /// Stores
    #[command(subcommand)]
    Store(StoreCommand),
    /// The people of a store
    #[command(subcommand)]
    Member(MemberCommand),
    /// Makes a one-time code that enrols an edge of a store
    EnrolCode {
        /// The store's short name
        store: String,
    },
    /// Checks a product file and publishes it to every store
    ImportCatalog {
        /// The file: CSV with sku, gtins, name, department, unit, price, tax_class
        file: PathBuf,
    },
    /// The console's operators
    #[command(subcommand)]
    User(UserCommand),
    /// Says how the hub is; ends with 0 if nothing needs anybody, 1 if something does, 2 if it does
    /// not run
    Status {
        /// Answers with JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Makes every view anew from the stored facts; the hub must not run
    Rebuild,
    /// Copies the database to a new file and checks the copy
    Backup {
        /// The new file
        target: PathBuf,
    },
    /// Goes on with a backup, or with data older than what stores were told, as a new generation of
    /// this hub: stores send back what it has lost; the hub must not run
    Restore(RestoreAsked),
    /// Says which generation this hub is, or opens a new one; the hub must not run
    Generation(GenerationAsked),
    /// Proves that everything a store stated on a business day is here, once: receipts, invoices,
    /// sums and digest; ends with 1 if something is missing
    Proof(ProofAsked),
    #[command(flatten)]
    Question(Question),
}

#[derive(Debug, Subcommand)]
enum StoreCommand {
    /// Adds a store
    Add {
        /// The short name, never changed later: ghent-1
        store: String,
        /// The name over the door
        #[arg(long)]
        name: String,
        /// A line of the address; may be given up to four times
        #[arg(long)]
        address: Vec<String>,
        /// The currency of its tills
        #[arg(long, default_value = "EUR")]
        currency: String,
        /// The time zone its days are counted in, such as Europe/Brussels
        #[arg(long)]
        time_zone: String,
        /// The tax number receipts must show
        #[arg(long, default_value = "")]
        tax_number: String,
        /// The language of its screens and receipts: en, de, fr
        #[arg(long, default_value = "en")]
        locale: String,
        /// What stands at the foot of its receipts
        #[arg(long, default_value = "")]
        receipt_footer: String,
        /// The short name of the company that runs it
        #[arg(long, default_value = "")]
        entity: String,
    },
}

#[derive(Debug, Subcommand)]
enum MemberCommand {
    /// Adds somebody to a store; the PIN is read from standard input
    Add {
        /// The store's short name
        store: String,
        /// The name colleagues use
        #[arg(long)]
        name: String,
        /// May approve what associates may not do alone
        #[arg(long)]
        manager: bool,
    },
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Adds an operator; the password is read from standard input
    Add {
        /// The operator's name
        name: String,
        /// What they may do: viewer, customer_service, planner, admin
        #[arg(long, default_value = "viewer")]
        role: ConsoleRole,
    },
    /// Gives an operator a new password, read from standard input
    Password {
        /// The operator's name
        name: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match carry_out(Arguments::parse()).await {
        Ok(code) => code,
        Err(error) => {
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
    eprintln!("counterpart-hub: {error:#}");
}

async fn carry_out(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let (public, sync, loopback) = match &arguments.command {
        Command::Run {
            public_listen,
            sync_listen,
            loopback_listen,
        } => (*public_listen, *sync_listen, *loopback_listen),
        _ => (None, None, None),
    };
    let data = arguments.data.as_ref().map(|folder| folder.display());
    let sources = Sources::of_process(arguments.config, PathBuf::from(CONFIG_FILE))
        .flag("data", "--data", data)
        .flag("database", "--database", arguments.database.as_ref())
        .flag("public_listen", "--public-listen", public)
        .flag("sync_listen", "--sync-listen", sync)
        .flag("loopback_listen", "--loopback-listen", loopback);
    let config: HubConfig = load(&sources).context("could not read the settings")?;
    match arguments.command {
        Command::Run { .. } => run(config).await?,
        Command::Rebuild => rebuild_views(&config).await?,
        Command::Restore(asked) => println!("{}", restore(&config, asked).await?),
        Command::Generation(asked) => println!("{}", generation(&config, asked).await?),
        Command::Status { json } => return status(&config, json).await,
        Command::Question(question) => return told(&examine(&config, question).await?),
        Command::Proof(asked) => return told(&prove(&config, asked).await?),
        command => {
            let desk = Desk::open(&config).await?;
            show(&desk.first_start());
            let done = at_desk(&desk, command).await;
            desk.close().await;
            done?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn told(answer: &Answer) -> anyhow::Result<ExitCode> {
    answer.print().context("could not print the answer")?;
    Ok(match answer.is_well {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

async fn status(config: &HubConfig, json: bool) -> anyhow::Result<ExitCode> {
    let Some(desk) = Desk::at_running(config).await? else {
        println!("The hub does not run, or does not answer: start it with counterpart-hub run");
        return Ok(Ending::NotRunning.code().into());
    };
    let status = desk.status().await?;
    desk.close().await;
    match json {
        true => println!("{status:#}"),
        false => print!("{}", status_words(&status)?),
    }
    Ok(Ending::of(&concerns_of(&status)?).code().into())
}

async fn run(config: HubConfig) -> anyhow::Result<()> {
    telemetry::start(config.log.format, &config.log.filter)?;
    let running = Hub::start(config).await?;
    println!("The hub runs: open {}", running.console_url());
    show(running.first_start());
    println!(
        "Edges enrol at {} and sync at {}",
        running.public_url(),
        running.context().sync_address()
    );
    shutdown::asked_to_stop()
        .await
        .context("could not listen for the signal to stop")?;
    println!("Stopping");
    let Some(report) = shutdown::unless_asked_again(running.shutdown()).await else {
        println!("Stopped at once: requests that were being answered were cut");
        std::process::exit(1);
    };
    if !report.cut_off.is_empty() {
        println!("Did not stop in time: {}", report.cut_off.join(", "));
    }
    Ok(())
}

fn show(first: &FirstStart) {
    if let Some(words) = first_start_words(first) {
        println!("{words}");
    }
}

async fn rebuild_views(config: &HubConfig) -> anyhow::Result<()> {
    let rebuilt = rebuild(config).await?;
    println!("{} facts folded into every view", rebuilt.facts);
    if rebuilt.skipped > 0 {
        println!(
            "{} records are quarantined or damaged and were left out",
            rebuilt.skipped
        );
    }
    Ok(())
}

async fn at_desk(desk: &Desk, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Run { .. }
        | Command::Rebuild
        | Command::Restore(_)
        | Command::Generation(_)
        | Command::Status { .. }
        | Command::Proof(_)
        | Command::Question(_) => {
            unreachable!("these need no hub to ask and were handled before")
        }
        Command::Store(add) => add_store(desk, add).await,
        Command::Member(MemberCommand::Add {
            store,
            name,
            manager,
        }) => {
            let role = if manager {
                Role::Manager
            } else {
                Role::Associate
            };
            let pin = secret("PIN")?;
            let id = desk
                .add_member(&store, &MemberDraft { name, role, pin })
                .await?;
            println!("Added, as {id}");
            Ok(())
        }
        Command::EnrolCode { store } => {
            println!("{}", desk.make_code(&store).await?);
            println!("Type it at the edge within 24 hours; it works once.");
            Ok(())
        }
        Command::ImportCatalog { file } => {
            let mut tell = |told: Told| match told {
                Told::Progress(state, permille) => println!("{state}: {} %", permille / 10),
                Told::Bad(row, column, sentence) => println!("row {row}, {column}: {sentence}"),
            };
            println!("{}", desk.import_catalog(&file, &mut tell).await?);
            Ok(())
        }
        Command::User(user) => change_user(desk, user).await,
        Command::Backup { target } => {
            desk.back_up(&target, CopyFor::Keeping).await?;
            println!("{} is a whole, checked copy", target.display());
            Ok(())
        }
    }
}

async fn change_user(desk: &Desk, user: UserCommand) -> anyhow::Result<()> {
    let password = secret("password")?;
    match user {
        UserCommand::Add { name, role } => {
            desk.add_user(&name, role, &password).await?;
            println!("Added {name} ({})", role.name());
        }
        UserCommand::Password { name } => {
            desk.change_password(&name, &password).await?;
            println!("Changed; {name} is signed out everywhere");
        }
    }
    Ok(())
}

async fn add_store(
    desk: &Desk,
    StoreCommand::Add {
        store,
        name,
        address,
        currency,
        time_zone,
        tax_number,
        locale,
        receipt_footer,
        entity,
    }: StoreCommand,
) -> anyhow::Result<()> {
    let draft = StoreDraft {
        store_id: store,
        name,
        address: address.join("\n"),
        currency,
        time_zone,
        tax_number,
        locale,
        receipt_footer,
        entity,
    };
    desk.add_store(&draft).await?;
    let store = draft.store_id;
    println!("Added {store}. Next: counterpart-hub enrol-code {store}");
    Ok(())
}

/// Reads a secret from standard input, so that it stands in no history and no process list.
fn secret(what: &str) -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin()
        .take(1_024)
        .read_to_string(&mut text)
        .with_context(|| format!("could not read the {what} from standard input"))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
