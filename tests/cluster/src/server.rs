//! One server: made, started, stopped, killed.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Where Debian keeps the programs, one folder a version.
const PROGRAMS: &str = "/usr/lib/postgresql";
/// Names the socket; nothing listens on a port.
const PORT: u16 = 5432;
/// Who may sign in: `locked` with a password, everybody else as they say.
const ACCESS: &str = "local all locked scram-sha-256\nlocal all all trust\n";
/// Texts are ordered as people do, so that an order by bytes must be asked for.
const LOCALE: [&str; 3] = [
    "--locale=C.UTF-8",
    "--locale-provider=icu",
    "--icu-locale=en-US",
];

/// A server with a folder of its own, stopped when this goes.
#[derive(Debug)]
pub struct Server {
    folder: TempDir,
    disk: Disk,
}

/// What a server does before it says that something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disk {
    /// It waits for the disk, as a retailer's does.
    Waits,
    /// It does not: a killed process loses nothing, and tests are quicker.
    Trusted,
}

impl Server {
    /// Makes a server and starts it.
    ///
    /// # Panics
    ///
    /// When there is no PostgreSQL on this machine, or it does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_on(Disk::Trusted)
    }

    /// Makes a server that is as durable as a retailer's, and starts it: for benches.
    ///
    /// # Panics
    ///
    /// As [`Server::start`].
    #[must_use]
    pub fn durable() -> Self {
        Self::start_on(Disk::Waits)
    }

    fn start_on(disk: Disk) -> Self {
        let folder = TempDir::with_prefix("counterpart-postgres-").expect("a folder can be made");
        make(folder.path());
        let server = Self { folder, disk };
        server.start_again();
        server
    }

    /// Returns its address, without a database.
    #[must_use]
    pub fn address(&self) -> String {
        address(self.folder.path())
    }

    /// Starts it after a stop.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start_again(&self) {
        start(self.folder.path(), self.disk);
    }

    /// Stops it as a power cut does: nothing is finished, nobody is told.
    ///
    /// # Panics
    ///
    /// When it does not run.
    pub fn stop_at_once(&self) {
        control(self.folder.path(), &["-m", "immediate", "stop"]);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test may have stopped it.
        let _ = try_control(self.folder.path(), &["-m", "immediate", "stop"]);
    }
}

/// Makes the files of a server in an empty folder.
pub(crate) fn make(folder: &Path) {
    if is_root() {
        // The server refuses to be root's.
        run(Command::new("chown").arg("postgres:").arg(folder));
    }
    let mut command = as_server_user("initdb");
    command
        .arg("--pgdata")
        .arg(data(folder))
        .args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
        ])
        .args(LOCALE);
    run(&mut command);
    fs::write(data(folder).join("pg_hba.conf"), ACCESS).expect("the folder can be written");
}

/// Starts a server and waits until it answers.
pub(crate) fn start(folder: &Path, disk: Disk) {
    let waits = match disk {
        Disk::Waits => "on",
        Disk::Trusted => "off",
    };
    let settings = format!(
        "-c listen_addresses='' -c unix_socket_directories='{}' -c port={PORT} -c fsync={waits} \
         -c full_page_writes={waits} -c max_connections=300 -c shared_buffers=64MB \
         -c deadlock_timeout=200ms",
        folder.display()
    );
    let log = data(folder).join("server.log");
    let log = log.to_str().expect("the folder's name is text");
    control(
        folder,
        &["-w", "-t", "120", "-l", log, "-o", &settings, "start"],
    );
}

/// Tells whether a server runs in a folder.
pub(crate) fn runs(folder: &Path) -> bool {
    data(folder).exists() && try_control(folder, &["status"])
}

pub(crate) fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

pub(crate) fn address(folder: &Path) -> String {
    let socket = folder.to_str().expect("the folder's name is text");
    format!("postgres://postgres@{}:{PORT}", socket.replace('/', "%2F"))
}

fn control(folder: &Path, arguments: &[&str]) {
    let mut command = as_server_user("pg_ctl");
    command.arg("--pgdata").arg(data(folder)).args(arguments);
    run(&mut command);
}

fn try_control(folder: &Path, arguments: &[&str]) -> bool {
    let mut command = as_server_user("pg_ctl");
    command.arg("--pgdata").arg(data(folder)).args(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Returns a command of PostgreSQL's, run by its own user if we are root.
pub(crate) fn as_server_user(program: &str) -> Command {
    let program = programs().join(program);
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    // A server inherits what its starter has open: it must not keep a test's pipes.
    command.stdin(Stdio::null()).current_dir("/");
    command
}

/// Returns the folder of the newest version's programs.
fn programs() -> PathBuf {
    let versions = fs::read_dir(PROGRAMS).into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|version| version.file_name().to_str()?.parse::<u32>().ok())
        .max();
    let newest = newest.expect(
        "PostgreSQL is not installed, and its tests cannot run: apt-get install postgresql",
    );
    Path::new(PROGRAMS).join(newest.to_string()).join("bin")
}

fn run(command: &mut Command) {
    // The server outlives its starter and would keep a pipe open for ever.
    let folder = tempfile::tempdir().expect("a folder can be made");
    let said = folder.path().join("said");
    let file = || fs::File::options().create(true).append(true).open(&said);
    command
        .stdout(file().expect("a file can be made"))
        .stderr(file().expect("a file can be made"));
    let status = command.status();
    let done = status.as_ref().is_ok_and(std::process::ExitStatus::success);
    let said = fs::read_to_string(&said).unwrap_or_default();
    assert!(done, "{command:?}: {status:?}\n{said}");
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
