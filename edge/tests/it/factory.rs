//! Builds worlds: an enrolled store in a folder of its own, with twins for devices.
//!
//! A world's hub is nowhere unless a test starts one (`hub.rs`); selling works all the same.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use counterpart_daemon::clock::{Clock as _, ManualClock, SystemClock};
use counterpart_daemon::db::{Db, DbError, Tx};
use counterpart_daemon::entropy::SeededEntropy;
use counterpart_daemon::tls::{
    Authority, EdgeName, KeyAndCsr, install_crypto_provider, make_key_and_csr,
};
use counterpart_edge::context::{Context, CounterSetup, RegisterSetup, SignerSetup};
use counterpart_edge::{Edge, EdgeConfig, RunningEdge, assemble, keep};
use counterpart_hardware::{
    DisplayConfig, DisplayDialect, KeyLayout, LabelConfig, LineSigner, NexoTerminalConfig,
    PrinterConfig, Profile, ScaleConfig, ScaleProtocol, ScannerConfig, SensorLevel, Timeouts,
    VirtualDisplay, VirtualKeyScanner, VirtualLabelPrinter, VirtualPrinter, VirtualPrinterOptions,
    VirtualScale, VirtualScanner, VirtualSigner, VirtualSignerOptions, VirtualTerminal,
};
use counterpart_protocol::enrolment::{Enrolled, StoreIdentity};
use counterpart_protocol::ids::{EdgeNumber, RegisterId};
use counterpart_protocol::money::Currency;
use counterpart_protocol::stores::StoreDetails;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// 2026-11-23T11:00:00Z, noon in Brussels.
pub(crate) const NOON_MS: i64 = 1_795_431_600_000;
/// The number of every world's edge.
pub(crate) const EDGE: EdgeNumber = EdgeNumber(7);
/// Longer than anything takes; a test that waits this long has failed.
pub(crate) const AMPLE: Duration = Duration::from_secs(30);

/// A store in a folder of its own.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) authority: Authority,
    pub(crate) config: EdgeConfig,
}

impl World {
    /// Makes a folder and settings: loopback, register 1 without devices, noon.
    pub(crate) fn new() -> Self {
        install_crypto_provider();
        let folder = TempDir::new().unwrap();
        let clock = ManualClock::starting_at(NOON_MS);
        let entropy = SeededEntropy::shared(7);
        // Handshakes are checked by this machine's own clock, not by the world's.
        let today_ms = SystemClock.now_ms();
        let authority = Authority::create("test hub", today_ms, entropy.as_ref()).unwrap();
        let mut config = EdgeConfig::new(folder.path().join("edge"));
        config.listen = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        config.clock = clock.clone();
        config.entropy = entropy;
        Self {
            folder,
            clock,
            authority,
            config,
        }
    }

    /// Makes an enrolled store whose hub does not answer.
    pub(crate) async fn enrolled() -> Self {
        let world = Self::new();
        // Port 9 (discard) is served by nobody: connections are refused at once.
        world.enrol("https://127.0.0.1:9").await;
        world
    }

    /// Enrols the store at the hub whose sync listener is at `sync_address`.
    pub(crate) async fn enrol(&self, sync_address: &str) {
        // Valid by this machine's clock and by the world's, whichever is later.
        let today_ms = SystemClock.now_ms();
        let ahead = (NOON_MS - today_ms).max(0) / 86_400_000;
        let days = u32::try_from(ahead).unwrap() + 365;
        let (enrolled, key) = self.answered(sync_address, today_ms, days);
        keep(&self.config, &enrolled, &key.key_pem).await.unwrap();
    }

    /// Returns what a hub would answer to an enrolment, with a certificate made at `made_at_ms`
    /// for so many days.
    pub(crate) fn answered(
        &self,
        sync_address: &str,
        made_at_ms: i64,
        days: u32,
    ) -> (Enrolled, KeyAndCsr) {
        let key = make_key_and_csr().unwrap();
        let name = EdgeName {
            edge_number: EDGE.0,
            store: "ghent".to_owned(),
        };
        let entropy = self.config.entropy.as_ref();
        let signed = self
            .authority
            .sign_client(&key.csr_pem, &name, made_at_ms, days, entropy);
        let enrolled = Enrolled {
            edge_number: EDGE,
            certificate_pem: signed.unwrap(),
            ca_pem: self.authority.certificate_pem().to_owned(),
            sync_address: sync_address.to_owned(),
            store: store(),
        };
        (enrolled, key)
    }

    /// Gives register 1 a printer's twin, switched on.
    pub(crate) async fn with_printer(&mut self) -> VirtualPrinter {
        let printer = VirtualPrinter::spawn(VirtualPrinterOptions::default())
            .await
            .unwrap();
        let mut config = PrinterConfig::new(printer.port_address(), Profile::epson_80mm());
        config.drawer.open_level = Some(SensorLevel::High);
        config.timeouts = Timeouts {
            connect: Duration::from_millis(1_000),
            answer: Duration::from_millis(500),
            progress: Duration::from_millis(2_000),
            poll: Duration::from_millis(50),
            idle_probe: Duration::from_millis(200),
        };
        self.register_one().printer = Some(config);
        printer
    }

    /// Gives register 1 a scanner's twin, plugged in.
    pub(crate) async fn with_scanner(&mut self) -> VirtualScanner {
        let scanner = VirtualScanner::plug_in(self.folder.path().join("scanner"))
            .await
            .unwrap();
        let mut config = ScannerConfig::new(scanner.port_address());
        config.repeat_window = Duration::ZERO;
        self.register_one().scanner = Some(config);
        scanner
    }

    /// Gives register 1 a hand scanner's twin, which acts as a keyboard, plugged in.
    pub(crate) async fn with_hand_scanner(&mut self) -> VirtualKeyScanner {
        let path = self.folder.path().join("hand-scanner-event-kbd");
        let scanner = VirtualKeyScanner::plug_in(path, KeyLayout::De)
            .await
            .unwrap();
        let mut config = ScannerConfig::new(scanner.address());
        config.repeat_window = Duration::ZERO;
        self.register_one().counter.hand_scanner = Some(config);
        scanner
    }

    /// Puts a scale, a customer display, a label printer and a payment terminal at register 1.
    pub(crate) async fn with_counter(&mut self) -> CounterTwins {
        let here = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let folder = self.folder.path().to_owned();
        let protocol = ScaleProtocol::Toledo8217;
        let twins = CounterTwins {
            scale: VirtualScale::plug_in(folder.join("scale"), protocol)
                .await
                .unwrap(),
            display: VirtualDisplay::plug_in(folder.join("display"), DisplayDialect::Epson)
                .await
                .unwrap(),
            labels: VirtualLabelPrinter::spawn(here).await.unwrap(),
            terminal: VirtualTerminal::spawn(here, None).await.unwrap(),
        };
        let mut labels = LabelConfig::new(twins.labels.port_address());
        labels.timeouts.poll = Duration::from_millis(20);
        let hand_scanner = self.register_one().counter.hand_scanner.take();
        self.register_one().counter = CounterSetup {
            hand_scanner,
            scale: Some(ScaleConfig::new(twins.scale.port_address(), protocol)),
            display: Some(DisplayConfig::new(
                twins.display.port_address(),
                DisplayDialect::Epson,
            )),
            label_printer: Some(labels),
            terminal: Some(NexoTerminalConfig::new(
                twins.terminal.port_address(),
                "TILL-1",
                "POI-1",
            )),
            ..CounterSetup::default()
        };
        twins
    }

    /// Puts a payment terminal at register 1 whose customers are given up after `patience`.
    pub(crate) async fn with_terminal(&mut self, patience: Duration) -> VirtualTerminal {
        let here = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let terminal = VirtualTerminal::spawn(here, None).await.unwrap();
        let mut config = NexoTerminalConfig::new(terminal.port_address(), "TILL-1", "POI-1");
        config.pay_limit = patience;
        self.register_one().counter.terminal = Some(config);
        terminal
    }

    /// Sets a signer's twin, switched on, that a receipt waits for so long.
    pub(crate) async fn with_signer(&mut self, limit: Duration) -> VirtualSigner {
        let clock = self.clock.clone();
        let twin = VirtualSigner::spawn(VirtualSignerOptions {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            folder: self.folder.path().join("signer"),
            secret: [7; 32],
            time: Arc::new(move || clock.now_ms()),
        })
        .await
        .unwrap();
        self.config.signer = Some(SignerSetup {
            signer: Arc::new(LineSigner::new(twin.port_address())),
            limit,
        });
        twin
    }

    /// Starts the store server.
    pub(crate) async fn start(&self) -> RunningEdge {
        Edge::start(self.config.clone()).await.unwrap()
    }

    /// Opens the store and joins its parts, but starts nothing.
    pub(crate) async fn assembled(&self) -> Context {
        assemble(&self.config, CancellationToken::new())
            .await
            .unwrap()
            .0
    }

    fn register_one(&mut self) -> &mut RegisterSetup {
        &mut self.config.registers[0]
    }
}

/// What stands at a counter beside scanner and printer.
pub(crate) struct CounterTwins {
    pub(crate) scale: VirtualScale,
    pub(crate) display: VirtualDisplay,
    pub(crate) labels: VirtualLabelPrinter,
    pub(crate) terminal: VirtualTerminal,
}

/// Returns who every world's store is.
pub(crate) fn store() -> StoreIdentity {
    StoreIdentity {
        store_id: "ghent".parse().unwrap(),
        name: "Corner Shop Ghent".to_owned(),
        address_lines: vec!["Korenmarkt 1".to_owned(), "9000 Ghent".to_owned()],
        currency: Currency::EUR,
        time_zone: "Europe/Brussels".to_owned(),
        tax_number: Some("BE 0123.456.789".to_owned()),
        locale: "en".to_owned(),
        receipt_footer: Some("Thank you".to_owned()),
        details: StoreDetails::default(),
    }
}

/// The register of every world.
pub(crate) const REGISTER: RegisterId = RegisterId(1);

/// Reads from a store's database.
pub(crate) async fn read<T: Send + 'static>(
    db: &Db,
    work: impl FnOnce(&mut Tx) -> Result<T, DbError> + Send + 'static,
) -> T {
    db.read(work).await.unwrap()
}

/// Waits for `outcome`, and fails the test when it does not come.
pub(crate) async fn soon<T>(what: &str, outcome: impl Future<Output = T>) -> T {
    match tokio::time::timeout(AMPLE, outcome).await {
        Ok(value) => value,
        Err(_) => panic!("{what} did not happen"),
    }
}

/// Returns an error with all its causes, for comparing whole sentences.
pub(crate) fn sentence(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
