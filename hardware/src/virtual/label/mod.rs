//! A ZPL label printer on a TCP port: it reads what it is sent, draws it, and tells its state.
//!
//! Faults are set on the handle. It shares no code with the encoder; only the drawing of parts is
//! the paper crate's.

mod format;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use counterpart_paper::{Label, LabelPart, label_svg};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::socket::{Power, Server, Socket};
use crate::port::PortAddress;
use format::Format;

/// The labels that are kept to look at.
const PRINTED_MAX: usize = 50;
/// What it holds of a label that has not ended; more is no label.
const HELD_BYTES_MAX: usize = 8 * 1024 * 1024;

/// What is wrong with a virtual label printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LabelFault {
    /// Nothing.
    #[default]
    None,
    /// It has no power: nobody listens.
    Off,
    /// It takes everything and answers nothing.
    Silent,
    /// The roll is at its end.
    PaperOut,
    /// The ribbon is at its end.
    RibbonOut,
    /// The head is open.
    HeadOpen,
    /// Somebody pressed pause.
    Paused,
    /// The cable is pulled after so many bytes of the next connection.
    DropsAfter(usize),
}

/// One label that came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedLabel {
    /// What stands on it.
    pub label: Label,
    /// How often it was printed.
    pub copies: u16,
    /// Commands the printer did not understand.
    pub unknown: Vec<String>,
}

/// A handle on a virtual label printer; cheap to clone. It goes on until
/// [`VirtualLabelPrinter::shutdown`] or until the last handle is dropped.
#[derive(Debug, Clone)]
pub struct VirtualLabelPrinter {
    machine: Arc<Machine>,
    socket: Arc<Socket>,
}

#[derive(Debug)]
struct Machine {
    inside: Mutex<Inside>,
    revision: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Inside {
    fault: LabelFault,
    /// Bytes of a format that has begun, and what is not yet understood.
    held: Vec<u8>,
    waiting: Vec<Format>,
    printed: Vec<PrintedLabel>,
    documents: Vec<Vec<u8>>,
}

impl PrintedLabel {
    /// Returns the label as a picture.
    #[must_use]
    pub fn svg(&self) -> String {
        label_svg(&self.label)
    }

    /// Returns what can be read on it, line by line: texts, and what its symbols say.
    #[must_use]
    pub fn text(&self) -> String {
        let lines = self.label.parts.iter().filter_map(|part| match part {
            LabelPart::Text { words, .. } => Some(words.to_string()),
            LabelPart::Barcode { barcode, .. } => Some(format!("|{}|", barcode.code())),
            LabelPart::Qr { qr, .. } => Some(format!("[{}]", qr.payload())),
            LabelPart::Rule { .. } => None,
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl VirtualLabelPrinter {
    /// Switches a printer on; needs a runtime.
    ///
    /// # Errors
    /// The system's, when the address cannot be listened on.
    pub async fn spawn(listen: SocketAddr) -> io::Result<Self> {
        let machine = Arc::new(Machine {
            inside: Mutex::default(),
            revision: watch::Sender::new(0),
        });
        let socket = Socket::listen(listen, Arc::clone(&machine)).await?;
        Ok(Self {
            machine,
            socket: Arc::new(socket),
        })
    }

    /// Returns its address as an installer would write it.
    #[must_use]
    pub fn port_address(&self) -> PortAddress {
        self.socket.port_address()
    }

    /// Returns the labels that came out, oldest first.
    #[must_use]
    pub fn printed(&self) -> Vec<PrintedLabel> {
        self.machine.inside().printed.clone()
    }

    /// Returns the PDF documents it was sent, which it prints by itself.
    #[must_use]
    pub fn documents(&self) -> Vec<Vec<u8>> {
        self.machine.inside().documents.clone()
    }

    /// Returns what is wrong with it.
    #[must_use]
    pub fn fault(&self) -> LabelFault {
        self.machine.inside().fault
    }

    /// Puts a fault into it, or takes it away; what waits is printed when nothing is wrong any
    /// more.
    pub fn set_fault(&self, fault: LabelFault) {
        self.machine.change(|inside| {
            inside.fault = fault;
            // Without power the buffer is lost.
            if fault == LabelFault::Off {
                inside.held.clear();
                inside.waiting.clear();
            }
            inside.print();
        });
        self.socket.touch();
    }

    /// Returns a number that grows with every change, to wait on.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.machine.revision.subscribe()
    }

    /// Switches it off for good and waits until its port is free.
    pub async fn shutdown(&self) {
        self.socket.shutdown().await;
    }
}

impl Machine {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().expect("nobody panics holding it")
    }

    fn change<T>(&self, change: impl FnOnce(&mut Inside) -> T) -> T {
        let result = change(&mut self.inside());
        self.revision.send_modify(|revision| *revision += 1);
        result
    }
}

impl Server for Machine {
    fn power(&self) -> Power {
        match self.inside().fault {
            LabelFault::Off => Power::Off,
            LabelFault::None
            | LabelFault::Silent
            | LabelFault::PaperOut
            | LabelFault::RibbonOut
            | LabelFault::HeadOpen
            | LabelFault::Paused
            | LabelFault::DropsAfter(_) => Power::On,
        }
    }

    async fn serve(self: Arc<Self>, mut client: TcpStream) {
        let (mut input, mut taken) = (vec![0; 16 * 1024], 0);
        loop {
            let fault = self.inside().fault;
            let most = match fault {
                LabelFault::DropsAfter(bytes) => bytes.saturating_sub(taken).min(input.len()),
                _ => input.len(),
            };
            if most == 0 {
                return;
            }
            let count = match client.read(&mut input[..most]).await {
                Ok(count) if count > 0 => count,
                Ok(_) | Err(_) => return,
            };
            taken += count;
            let answer = self.change(|inside| inside.take(&input[..count]));
            if client.write_all(&answer).await.is_err() {
                return;
            }
        }
    }
}

impl Inside {
    /// Takes bytes and returns what goes back.
    fn take(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.held.extend_from_slice(bytes);
        let mut answer = Vec::new();
        while let Some((at, word)) = self.next_word() {
            match word {
                b"~HS" => {
                    self.held.drain(at..at + word.len());
                    if self.fault != LabelFault::Silent {
                        answer.extend(self.status());
                    }
                }
                b"~JA" => {
                    self.held.drain(..at + word.len());
                    self.waiting.clear();
                }
                b"%%EOF" => {
                    let begin = position(&self.held, b"%PDF-").unwrap_or(0);
                    let document = self.held[begin..at + word.len()].to_vec();
                    self.held.drain(..at + word.len());
                    self.documents.push(document);
                }
                _ => {
                    let begin = position(&self.held[..at], b"^XA");
                    let format = begin.map(|begin| self.held[begin + 3..at].to_vec());
                    self.held.drain(..at + word.len());
                    if let Some(format) = format {
                        self.waiting
                            .push(format::read(&String::from_utf8_lossy(&format)));
                        self.print();
                    }
                }
            }
        }
        if self.held.len() > HELD_BYTES_MAX {
            self.held.clear();
        }
        answer
    }

    /// Finds the first thing that is whole: a question, a cancelling, the end of a label or
    /// document.
    fn next_word(&self) -> Option<(usize, &'static [u8])> {
        let words: [&'static [u8]; 4] = [b"~HS", b"~JA", b"^XZ", b"%%EOF"];
        let found = words
            .into_iter()
            .filter_map(|word| Some((position(&self.held, word)?, word)));
        found.min_by_key(|(at, _)| *at)
    }

    fn print(&mut self) {
        if !matches!(
            self.fault,
            LabelFault::None | LabelFault::Silent | LabelFault::DropsAfter(_)
        ) {
            return;
        }
        for format in self.waiting.drain(..) {
            self.printed.push(PrintedLabel {
                label: format.label,
                copies: format.copies,
                unknown: format.unknown,
            });
        }
        let too_many = self.printed.len().saturating_sub(PRINTED_MAX);
        self.printed.drain(..too_many);
    }

    /// The three strings of `~HS`.
    fn status(&self) -> Vec<u8> {
        let flag = |fault| u8::from(self.fault == fault);
        let is_inside = u8::from(position(&self.held, b"^XA").is_some());
        format!(
            "\x02030,{},{},1216,{:03},0,0,{is_inside},000,0,0,0\x03\r\n\
             \x02000,0,{},{},0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n",
            flag(LabelFault::PaperOut),
            flag(LabelFault::Paused),
            self.waiting.len(),
            flag(LabelFault::HeadOpen),
            flag(LabelFault::RibbonOut),
        )
        .into_bytes()
    }
}

fn position(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|part| part == word)
}
