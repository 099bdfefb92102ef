//! Real programs: the daemons as they are installed, in processes that can be killed.
//!
//! They are found beside the test's own binary, in the same `target/<profile>/`. It writes no
//! configuration of its own invention: [`crate::world`] says what stands in the files.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::caller::Caller;
use crate::wait;

/// A program that is to run, with everything it needs to be started again the same way.
#[derive(Debug, Clone)]
pub struct Program {
    name: &'static str,
    arguments: Vec<String>,
    folder: PathBuf,
    base: String,
}

/// A running program. It is killed when dropped, as a machine that loses its power does.
#[derive(Debug)]
pub struct Running {
    program: Program,
    child: Child,
}

/// What a program that ended by itself left behind.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// What it told on its standard output.
    pub output: String,
    /// What it complained about.
    pub complaints: String,
}

impl Program {
    /// Describes a program: its name, its arguments, the folder it is started in and keeps its log
    /// in, and the address it will answer at.
    #[must_use]
    pub fn new(
        name: &'static str,
        arguments: impl IntoIterator<Item = impl Into<String>>,
        folder: &Path,
        base: impl Into<String>,
    ) -> Self {
        Self {
            name,
            arguments: arguments.into_iter().map(Into::into).collect(),
            folder: folder.to_owned(),
            base: base.into(),
        }
    }

    /// Starts it and waits until it says that it is ready.
    ///
    /// # Panics
    ///
    /// When it ends instead or never becomes ready, showing the end of its log.
    pub async fn start(&self) -> Running {
        let mut running = self.launch();
        running.ready().await;
        running
    }

    /// Starts it without waiting for anything.
    ///
    /// # Panics
    ///
    /// When there is no such program: `cargo build --workspace --bins` makes it.
    #[must_use]
    pub fn launch(&self) -> Running {
        let log = || {
            let opened = File::options().create(true).append(true).open(self.log());
            opened.expect("a log can be written in the world's folder")
        };
        let child = Command::new(installed(self.name))
            .args(&self.arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(log())
            .stderr(log())
            .spawn()
            .expect("a program that is there can be started");
        Running {
            program: self.clone(),
            child,
        }
    }

    /// Runs it to its end and returns what it said.
    ///
    /// # Panics
    ///
    /// When there is no such program.
    #[must_use]
    pub fn run(&self) -> Ended {
        let output = Command::new(installed(self.name))
            .args(&self.arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .output()
            .expect("a program that is there can be started");
        Ended {
            status: output.status,
            output: String::from_utf8_lossy(&output.stdout).into_owned(),
            complaints: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    fn log(&self) -> PathBuf {
        self.folder.join(format!("{}.log", self.name))
    }

    /// Returns the last lines of its log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        let text = std::fs::read_to_string(self.log()).unwrap_or_else(|error| error.to_string());
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Running {
    /// Kills it as `kill -9` does: nothing in it runs any more.
    ///
    /// # Panics
    ///
    /// When the system does not let us kill our own child.
    pub fn kill(mut self) {
        self.child.kill().expect("our own child can be killed");
        self.child.wait().expect("our own child can be waited for");
    }

    /// Asks it to stop, as a service manager does, and waits until it has.
    ///
    /// # Panics
    ///
    /// When it does not stop.
    pub async fn stop(self) -> ExitStatus {
        self.signal("TERM");
        self.ended().await
    }

    /// Sends it a signal by its name, such as `INT`.
    ///
    /// # Panics
    ///
    /// When it cannot be sent.
    pub fn signal(&self, name: &str) {
        let told = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status();
        assert!(
            told.is_ok_and(|status| status.success()),
            "it cannot be sent {name}"
        );
    }

    /// Waits until it has ended, and returns how.
    ///
    /// # Panics
    ///
    /// When it does not end.
    pub async fn ended(mut self) -> ExitStatus {
        let what = format!("{} to stop", self.program.name);
        wait::until(what, || {
            let ended = self.child.try_wait();
            async { ended.expect("our own child can be looked at") }
        })
        .await
    }

    /// Returns how much memory it holds now, and held at most, in kibibytes.
    ///
    /// # Panics
    ///
    /// When it has ended.
    #[must_use]
    pub fn memory_kib(&self) -> (u64, u64) {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("the program runs");
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next());
            number.and_then(|number| number.parse().ok())
        };
        let (now, most) = (of("VmRSS:"), of("VmHWM:"));
        (now.expect("it is told"), most.expect("it is told"))
    }

    /// Returns whether it still runs.
    ///
    /// # Panics
    ///
    /// When the system does not let us look at our own child.
    pub fn is_running(&mut self) -> bool {
        let ended = self.child.try_wait();
        ended.expect("our own child can be looked at").is_none()
    }

    async fn ready(&mut self) {
        let (program, caller) = (self.program.clone(), Caller::of(&self.program.base));
        let what = format!("{} to be ready", program.name);
        let child = &mut self.child;
        wait::until(what, || {
            let ended = child.try_wait().expect("our own child can be looked at");
            if let Some(status) = ended {
                panic!(
                    "{} ended with {status}:\n{}",
                    program.name,
                    program.log_tail()
                );
            }
            let caller = caller.clone();
            async move {
                let (status, _) = caller.fetch("/readyz").await.ok()?;
                status.is_success().then_some(())
            }
        })
        .await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only if it has ended already, and then there is nothing left to end.
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// Returns the path of one of our programs.
///
/// # Panics
///
/// When it was not built.
#[must_use]
pub fn installed(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a running test knows its own path");
    let deps = own.parent().expect("a file lies in a folder");
    let profile = deps
        .parent()
        .expect("cargo puts tests into a folder of the profile's");
    let found = profile.join(name);
    assert!(
        found.is_file(),
        "{} is not built: cargo build --workspace --bins",
        found.display()
    );
    found
}

/// Returns `count` ports of 127.0.0.1 nobody listens on, for programs that are told their port
/// before they start. They lie below the range from which the system takes ports for outgoing
/// connections (32768 on Linux), so that no connection of another test sits on one of them.
///
/// # Panics
///
/// When there are not enough.
#[must_use]
pub fn free_ports(count: usize) -> Vec<u16> {
    const FIRST: u32 = 20_000;
    const SPAN: u32 = 12_000;
    // No port is given twice in a process, though whoever got it may not listen yet.
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    // Tests run side by side in processes of their own: each begins to look somewhere else.
    let begin = std::process::id().wrapping_mul(97) % SPAN;
    let ports = (0..SPAN).map(|_| {
        let step = GIVEN.fetch_add(1, Ordering::Relaxed);
        FIRST + (begin + step % SPAN) % SPAN
    });
    let ports = ports.map(|port| u16::try_from(port).expect("it is below 32768"));
    let free: Vec<u16> = ports
        .filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .take(count)
        .collect();
    assert_eq!(free.len(), count, "no free ports left");
    free
}
