//! For the person who installs devices: what is plugged in, does it read, print and open.
//!
//! It uses the same drivers as the store daemon and stores nothing. A device the daemon holds
//! is busy for it: stop the daemon first.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand, ValueEnum};
use counterpart_hardware::{
    DeviceState, Display, DisplayConfig, DisplayDialect, DisplayText, Doubt, DrawerPin,
    DrawerWiring, Kick, KickOutcome, LabelConfig, LabelJob, LabelLink, Outcome, PortAddress,
    PrintJob, PrinterConfig, PrinterLink, Profile, Profiles, SampleReceipt, Scale, ScaleConfig,
    ScaleProtocol, Scanner, ScannerAddress, ScannerConfig, ScannerEvent, encode, plugged_in,
    test_page,
};
use counterpart_paper::text;

mod labels;
mod profiles;
mod sample;

/// Checks the devices of a counter.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    /// A file of printer profiles beside the usual ones.
    #[arg(long, global = true)]
    profiles: Option<PathBuf>,
    #[command(subcommand)]
    check: Check,
}

#[derive(Subcommand)]
enum Check {
    /// Lists the serial devices, the USB printers and the keyboards of this machine.
    Ports,
    /// Writes the usual printer profiles, to begin a file of one's own with.
    Profiles,
    /// Shows every code a scanner reads, until Ctrl-C.
    Scan {
        /// Where it is: serial:/dev/pos/scanner, or with ?baud=38400&bits=7&parity=even; one that
        /// acts as a keyboard is evdev:/dev/pos/scanner, or with ?layout=de.
        scanner: ScannerAddress,
    },
    /// Says how a printer is.
    Status {
        /// Where it is: tcp:host:9100, usb:/dev/pos/printer or serial:/dev/pos/printer.
        printer: PortAddress,
        /// What it can do.
        #[arg(long, default_value = "epson-80mm")]
        profile: String,
    },
    /// Prints a page with every look and character table.
    Print {
        /// Where it is: tcp:host:9100, usb:/dev/pos/printer or serial:/dev/pos/printer.
        printer: PortAddress,
        /// What it can do.
        #[arg(long, default_value = "epson-80mm")]
        profile: String,
    },
    /// Weighs what is on a scale, until Ctrl-C.
    Weigh {
        /// Where it is: serial:/dev/pos/scale?bits=7&parity=even.
        scale: PortAddress,
        /// What it speaks.
        #[arg(long, value_enum, default_value_t = Speaks::Toledo8217)]
        protocol: Speaks,
    },
    /// Shows every character table on a customer display for ten seconds.
    Show {
        /// Where it is: serial:/dev/pos/display.
        display: PortAddress,
        /// What it speaks.
        #[arg(long, value_enum, default_value_t = Dialect::Epson)]
        dialect: Dialect,
    },
    /// Prints a sample label.
    Label {
        /// Where it is: tcp:host:9100.
        printer: PortAddress,
    },
    /// Writes a receipt's bytes to a file, and beside it the receipt as text and as the picture of
    /// what a printer makes of the bytes, and two labels.
    Sample {
        /// What the printer can do.
        #[arg(long, default_value = "epson-80mm")]
        profile: String,
        /// The language of the receipt; without it, the test page.
        #[arg(long, value_parser = languages())]
        lang: Option<String>,
        /// The file of bytes; .txt and .png are put beside it.
        #[arg(long)]
        out: PathBuf,
    },
    /// Opens the drawer.
    Kick {
        /// The printer it hangs on.
        printer: PortAddress,
        /// What the printer can do.
        #[arg(long, default_value = "epson-80mm")]
        profile: String,
        /// The line that opens it.
        #[arg(long, value_enum, default_value_t = Pin::Two)]
        pin: Pin,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Pin {
    /// Pin 2, the first drawer.
    #[value(name = "2")]
    Two,
    /// Pin 5, the second drawer.
    #[value(name = "5")]
    Five,
}

#[derive(Clone, Copy, ValueEnum)]
enum Speaks {
    /// Toledo 8217.
    Toledo8217,
    /// SMA SCP-0499.
    Sma,
}

#[derive(Clone, Copy, ValueEnum)]
enum Dialect {
    /// ESC/POS for displays.
    Epson,
    /// CD5220.
    Cd5220,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    match check(Arguments::parse()).await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        // A person reads this: the sentence and its causes, no stack.
        Err(error) => {
            writeln!(io::stderr().lock(), "{error:#}")?;
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn check(arguments: Arguments) -> anyhow::Result<()> {
    let known = profiles::known(arguments.profiles.as_deref())?;
    match arguments.check {
        Check::Ports => list_ports(),
        Check::Profiles => say(Profiles::USUAL.trim_end()),
        Check::Scan { scanner } => echo_scans(scanner).await,
        Check::Status { printer, profile } => {
            tell_status(link(printer, profiles::named(&known, &profile)?)).await
        }
        Check::Print { printer, profile } => {
            print_page(link(printer, profiles::named(&known, &profile)?)).await
        }
        Check::Weigh { scale, protocol } => weigh(scale, protocol).await,
        Check::Show { display, dialect } => show(display, dialect).await,
        Check::Label { printer } => print_label(printer).await,
        Check::Sample { profile, lang, out } => {
            sample::write(&profiles::named(&known, &profile)?, lang.as_deref(), &out).await
        }
        Check::Kick {
            printer,
            profile,
            pin,
        } => {
            let pin = match pin {
                Pin::Two => DrawerPin::Pin2,
                Pin::Five => DrawerPin::Pin5,
            };
            let drawer = DrawerWiring {
                pin,
                ..DrawerWiring::default()
            };
            let mut config = PrinterConfig::new(printer, profiles::named(&known, &profile)?);
            config.drawer = drawer;
            kick(PrinterLink::new(config)).await
        }
    }
}

fn list_ports() -> anyhow::Result<()> {
    let plugged = plugged_in().context("could not ask the system what is plugged in")?;
    if plugged.is_empty() {
        say("nothing is plugged in that a counter would use")?;
    }
    for device in plugged {
        say(&format!("{}  {}", device.address, device.description))?;
    }
    Ok(())
}

async fn echo_scans(address: ScannerAddress) -> anyhow::Result<()> {
    let (scanner, mut events) = Scanner::spawn(ScannerConfig::new(address));
    say(&format!(
        "{}; scan something, Ctrl-C ends",
        *scanner.state().borrow()
    ))?;
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            stopped = tokio::signal::ctrl_c() => {
                stopped.context("could not wait for Ctrl-C")?;
                scanner.shutdown().await;
                return Ok(());
            }
        };
        match event {
            Some(ScannerEvent::State(state)) => say(&format!("scanner: {state}"))?,
            Some(ScannerEvent::Scan(scan)) => {
                let kind = scan.aim.map(|aim| format!("{:?}", aim.symbology()));
                let kind = kind.unwrap_or_else(|| "no identifier".to_owned());
                say(&format!("read {}: {scan} ({kind})", scan.sequence))?;
            }
            Some(ScannerEvent::ScanLost { reason }) => say(&format!("lost: {reason}"))?,
            None => bail!("the scanner's task ended by itself"),
        }
    }
}

async fn weigh(address: PortAddress, protocol: Speaks) -> anyhow::Result<()> {
    let protocol = match protocol {
        Speaks::Toledo8217 => ScaleProtocol::Toledo8217,
        Speaks::Sma => ScaleProtocol::Sma,
    };
    let scale = Scale::spawn(ScaleConfig::new(address, protocol));
    say("put something on the scale, Ctrl-C ends")?;
    loop {
        let weighed = tokio::select! {
            weighed = scale.weigh(Duration::from_secs(2)) => weighed,
            stopped = tokio::signal::ctrl_c() => {
                stopped.context("could not wait for Ctrl-C")?;
                scale.shutdown().await;
                return Ok(());
            }
        };
        match weighed {
            Ok(weight) => say(&format!("{} g ({:?})", weight.grams, weight.kind))?,
            Err(failed) => say(&format!("{failed} ({})", *scale.state().borrow()))?,
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn show(address: PortAddress, dialect: Dialect) -> anyhow::Result<()> {
    let dialect = match dialect {
        Dialect::Epson => DisplayDialect::Epson,
        Dialect::Cd5220 => DisplayDialect::Cd5220,
    };
    let mut config = DisplayConfig::new(address, dialect);
    config.idle = DisplayText::amount("€ £ ß é ñ Ä ø", "TEST", "12.34");
    let display = Display::spawn(config);
    let mut state = display.state();
    let ready = state.wait_for(|state| *state == DeviceState::Ready);
    let shown = tokio::time::timeout(Duration::from_secs(5), ready).await;
    if shown.is_err() {
        bail!(
            "the display did not take the text: {}",
            *display.state().borrow()
        );
    }
    say("the display should show: € £ ß é ñ Ä ø, and TEST with 12.34 at the right")?;
    tokio::time::sleep(Duration::from_secs(10)).await;
    display.shutdown().await;
    Ok(())
}

async fn print_label(address: PortAddress) -> anyhow::Result<()> {
    let job = LabelJob::of_ours(&labels::test_label()?, 1);
    match LabelLink::new(LabelConfig::new(address)).print(&job).await {
        Outcome::Confirmed => say("the printer says that the label is printed"),
        Outcome::Unconfirmed(doubt) => say(&format!("{doubt}: look whether it came out")),
        Outcome::NotStarted(obstacle) => bail!("no label was printed: {obstacle}"),
    }
}

async fn tell_status(mut link: PrinterLink) -> anyhow::Result<()> {
    let state = link.probe().await;
    say(&format!("{}: {state}", link.config().address))
}

async fn print_page(mut link: PrinterLink) -> anyhow::Result<()> {
    let page = test_page(&link.config().profile.name)?;
    say(&text(&page, link.config().profile.paper.columns))?;
    let encoded = encode(&page, &link.config().profile);
    for lost in &encoded.substitutions {
        say(&format!(
            "line {}: {:?} is printed as ?",
            lost.line, lost.character
        ))?;
    }
    match link.print(&PrintJob::from(encoded)).await {
        Outcome::Confirmed => say("the printer says that it is printed"),
        Outcome::Unconfirmed(Doubt::Unanswered) => {
            say("the printer took everything and did not say that it is printed")?;
            say("if the page is complete, try the profile generic-80mm, then clone-80mm")
        }
        Outcome::Unconfirmed(doubt) => say(&format!("{doubt}: look whether it is complete")),
        Outcome::NotStarted(obstacle) => bail!("nothing was printed: {obstacle}"),
    }
}

async fn kick(mut link: PrinterLink) -> anyhow::Result<()> {
    match link.kick(Kick::now()).await {
        KickOutcome::Opened => say("the drawer is open"),
        KickOutcome::Sent => say("the pulse was sent; is the drawer open?"),
        KickOutcome::StillClosed => bail!("the drawer did not open: is it locked?"),
        KickOutcome::Expired => bail!("the printer did not answer in time"),
        KickOutcome::NotSent(obstacle) => bail!("the drawer was not opened: {obstacle}"),
    }
}

fn link(address: PortAddress, profile: Profile) -> PrinterLink {
    PrinterLink::new(PrinterConfig::new(address, profile))
}

fn languages() -> clap::builder::PossibleValuesParser {
    SampleReceipt::LANGUAGES.into()
}

fn say(line: &str) -> anyhow::Result<()> {
    writeln!(io::stdout().lock(), "{line}").context("could not write to the terminal")
}
