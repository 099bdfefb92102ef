//! The part of a virtual printer that is plugged into the network: one client at a time.
//!
//! It decides nothing: what bytes do is the machine's, and what a fault is is set on the handle.

use std::io;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::machine::{Machine, Received, Step};
use super::printer::Shared;

pub(super) async fn run(shared: Arc<Shared>, listener: TcpListener, line_time: Duration) {
    let mut device = Device {
        client: None,
        out: Vec::new(),
        listener: Some(listener),
        line_time,
        outages: 0,
    };
    let closing = shared.closing.clone();
    loop {
        tokio::select! {
            biased;
            () = closing.cancelled() => return,
            // One cancelled in the middle has lost nothing: all state is in the machine.
            () = device.turn(&shared) => {}
        }
    }
}

/// The part of the printer that is plugged into the network.
struct Device {
    client: Option<TcpStream>,
    out: Vec<u8>,
    listener: Option<TcpListener>,
    line_time: Duration,
    outages: u64,
}

/// What the network brought.
enum Event {
    Touched,
    Connected(io::Result<TcpStream>),
    Received(io::Result<usize>),
    Sent(io::Result<usize>),
    LineTime,
}

impl Device {
    async fn turn(&mut self, shared: &Shared) {
        let (powered, stalled, room, work, outages) = {
            let machine = shared.machine();
            (
                machine.is_powered(),
                machine.is_stalled(),
                machine.room(),
                machine.has_work(),
                machine.outages(),
            )
        };
        if !powered || outages != self.outages {
            (self.client, self.listener, self.outages) = (None, None, outages);
            self.out.clear();
        }
        if !powered {
            return shared.touched.notified().await;
        }
        if self.listener.is_none() {
            match TcpListener::bind(shared.address).await {
                Ok(listener) => self.listener = Some(listener),
                Err(error) => {
                    tracing::warn!(%error, "the virtual printer cannot listen again yet");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    return;
                }
            }
        }
        if work && self.line_time.is_zero() {
            while shared.machine().step() == Step::Line {}
            return self.answer(shared);
        }
        let mut input = [0; 1024];
        let room = room.min(input.len());
        match self.event(shared, &mut input[..room], stalled, work).await {
            Event::Touched => self.answer(shared),
            Event::LineTime => {
                shared.machine().step();
                self.answer(shared);
            }
            Event::Connected(Ok(client)) => {
                let Some(mut machine) = self.still_on(shared) else {
                    return;
                };
                machine.connect();
                drop(machine);
                self.client = Some(client);
                self.answer(shared);
            }
            Event::Connected(Err(error)) => tracing::debug!(%error, "a client left at once"),
            Event::Received(Ok(count)) if count > 0 => {
                let Some(mut machine) = self.still_on(shared) else {
                    return;
                };
                let received = machine.receive(&input[..count]);
                drop(machine);
                if received == Received::Cut {
                    self.hang_up(shared);
                }
                self.answer(shared);
            }
            Event::Sent(Ok(count)) => {
                self.out.drain(..count);
            }
            Event::Received(_) | Event::Sent(Err(_)) => self.hang_up(shared),
        }
    }

    async fn event(
        &mut self,
        shared: &Shared,
        input: &mut [u8],
        stalled: bool,
        work: bool,
    ) -> Event {
        let listener = self.listener.as_ref().expect("a powered printer listens");
        let line_time = self.line_time;
        let Some(client) = self.client.as_mut() else {
            return tokio::select! {
                () = shared.touched.notified() => Event::Touched,
                accepted = listener.accept() => Event::Connected(accepted.map(|(c, _)| c)),
                () = tokio::time::sleep(line_time), if work => Event::LineTime,
            };
        };
        let (mut read, mut write) = client.split();
        let room = !input.is_empty();
        let speaks = !self.out.is_empty() && !stalled;
        tokio::select! {
            () = shared.touched.notified() => Event::Touched,
            received = read.read(input), if room => Event::Received(received),
            sent = write.write(&self.out), if speaks => Event::Sent(sent),
            () = tokio::time::sleep(line_time), if work => Event::LineTime,
        }
    }

    /// The machine, unless its power went since the turn began: whoever connected or spoke then did
    /// so to a port that is gone.
    fn still_on<'a>(&self, shared: &'a Shared) -> Option<MutexGuard<'a, Machine>> {
        let machine = shared.machine();
        (machine.outages() == self.outages).then_some(machine)
    }

    /// Collects what the machine has to say and lets everybody look again.
    fn answer(&mut self, shared: &Shared) {
        let replies = shared.machine().take_replies();
        if self.client.is_some() {
            self.out.extend(replies);
        }
        shared.announce();
    }

    fn hang_up(&mut self, shared: &Shared) {
        self.client = None;
        self.out.clear();
        if let Some(mut machine) = self.still_on(shared) {
            machine.disconnect();
        }
        shared.announce();
    }
}

#[cfg(test)]
mod tests {
    use crate::{VirtualPrinter, VirtualPrinterOptions};

    /// The system takes a connection before the printer looks: it may be from before an outage.
    #[tokio::test]
    async fn no_connection_outlives_an_outage() {
        for _ in 0..64 {
            let printer = VirtualPrinter::spawn(VirtualPrinterOptions::default()).await;
            let printer = printer.unwrap();
            // The printer waits for somebody before somebody comes.
            tokio::task::yield_now().await;
            let _client = std::net::TcpStream::connect(printer.address()).unwrap();
            // The system has told of the client, and the printer has not looked yet.
            tokio::task::yield_now().await;
            printer.power_off();
            printer.power_on();
            for _ in 0..8 {
                tokio::task::yield_now().await;
            }
            assert!(!printer.snapshot().connected);
            printer.shutdown().await;
        }
    }
}
