//! What a person can do to the devices and the line, by the words the forms send.
//!
//! Devices are not idempotent: a code scanned twice is two reads, here as on a counter.

use std::time::Duration;

use counterpart_daemon::http::Problem;
use counterpart_hardware::Answers;
use counterpart_hardware::r#virtual::VirtualLineError;
use counterpart_protocol::barcode::Gtin;

use super::{Desk, SCANNER};

/// Lines after which the paper ends: in the middle of the smallest receipt.
pub(super) const LINES_LEFT: u32 = 8;
/// Bytes after which the printer hangs or its line breaks: in the middle of the smallest receipt.
pub(super) const BYTES_LEFT: usize = 400;
/// How late a slow line is: a satellite's round trip, half of it each way (ITU-T G.114 annex A).
pub(super) const SLOW: Duration = Duration::from_millis(300);

/// A choice in one of the page's forms.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Pressed {
    #[serde(default)]
    pub(super) code: String,
    #[serde(default)]
    pub(super) does: String,
}

/// Sends a code over the scanner's line.
pub(super) async fn scan(desk: &Desk, code: &str) -> Result<(), Problem> {
    let shelf = &desk.parts.shelf;
    let product = Gtin::read(code).ok().and_then(|gtin| shelf.by_gtin(gtin));
    let what = product.map_or("A code of your own", |product| product.name.as_str());
    if code.trim().is_empty() {
        let detail = "there is nothing to scan: type a code, or click a product";
        return Err(Problem::unreadable(detail));
    }
    send(desk, what, code, &[code.as_bytes(), b"\r"].concat()).await
}

/// Sends one of the odd reads every shop knows.
pub(super) async fn scan_oddly(desk: &Desk, does: &str) -> Result<(), Problem> {
    match does {
        "unknown" => {
            let code = unknown_number(desk);
            scan_as(desk, "A product nobody knows", &code).await
        }
        "check_digit" => {
            let code = misread_number(desk);
            scan_as(desk, "A misread digit", &code).await
        }
        "no_price" => match desk.parts.shelf.unpriced() {
            Some(product) => scan(desk, &product.gtins[0].to_string()).await,
            None => Err(Problem::not_found("every product here has a price")),
        },
        "address" => scan_as(desk, "A poster's QR code", "https://example.org/offers").await,
        // One piece under a nervous hand: the second read is no second piece.
        "twice" => {
            let code = some_number(desk);
            let twice = [code.as_bytes(), b"\r", code.as_bytes(), b"\r"].concat();
            send(desk, "One piece, read twice", &code, &twice).await
        }
        "half" => {
            let code = some_number(desk);
            let half = code.as_bytes()[..6].to_vec();
            send(desk, "Half a code", &code[..6], &half).await
        }
        "yank" => {
            let code = some_number(desk);
            let half = code.as_bytes()[..6].to_vec();
            send(desk, "Yanked in the middle of a code", &code[..6], &half).await?;
            plug(desk, "unplug").await
        }
        "noise" => {
            let noise = [0x00, 0xF3, 0x91, 0x1B, 0x0C, 0xE7, 0xFE, 0x08, b'\r'];
            send(
                desk,
                "Noise on the line",
                "0x00 F3 91 1B 0C E7 FE 08",
                &noise,
            )
            .await
        }
        _ => Err(not_a_choice(does)),
    }
}

/// Pulls the scanner's plug or puts it in.
pub(super) async fn plug(desk: &Desk, does: &str) -> Result<(), Problem> {
    let scanner = desk.parts.counter.scanner();
    match does {
        "unplug" => scanner.unplug().await,
        "plug" => scanner.plug().await,
        _ => return Err(not_a_choice(does)),
    }
    .map_err(|error| scanner_problem(&error))?;
    desk.live.publish(SCANNER);
    Ok(())
}

/// Does something to the printer.
pub(super) fn meddle(desk: &Desk, does: &str) -> Result<(), Problem> {
    let printer = desk.parts.counter.printer();
    desk.change_set(|set| match does {
        "paper_ends" => set.paper_ends = true,
        "refill" => set.paper_ends = false,
        "power_fails" => set.power_fails = true,
        "power_off" => set.power_fails = false,
        "answer_all" => set.answers = Answers::All,
        "answer_no_barrier" => set.answers = Answers::NoBarrier,
        "answer_nothing" => set.answers = Answers::None,
        _ => {}
    });
    match does {
        "paper_thin" => printer.thin_paper(),
        "paper_out" => printer.remove_paper(),
        "paper_ends" => printer.end_paper_after(LINES_LEFT),
        "refill" => printer.refill(),
        "open_cover" => printer.open_cover(),
        "close_cover" => printer.close_cover(),
        "hang" => printer.stall(),
        "hang_mid" => printer.stall_after(BYTES_LEFT),
        "drop_line" => printer.drop_connection_after(BYTES_LEFT),
        // What no printer says: whoever listens must not take it for a state.
        "babble" => printer.say(&[0xFF, 0x00, 0x7F, 0x55, 0xAA]),
        "go_on" => printer.resume(),
        // It is switched off as soon as so much is on paper: `watch.rs`.
        "power_fails" => {}
        "power_off" => printer.power_off(),
        "power_on" => printer.power_on(),
        "answer_all" => printer.answer(Answers::All),
        "answer_no_barrier" => printer.answer(Answers::NoBarrier),
        "answer_nothing" => printer.answer(Answers::None),
        "throw_away" => printer.forget_receipts(),
        _ => return Err(not_a_choice(does)),
    }
    Ok(())
}

/// Does something to the drawer.
pub(super) fn pull(desk: &Desk, does: &str) -> Result<(), Problem> {
    let printer = desk.parts.counter.printer();
    match does {
        "close" => printer.close_drawer(),
        "lock" => printer.lock_drawer(),
        "unlock" => printer.unlock_drawer(),
        _ => return Err(not_a_choice(does)),
    }
    Ok(())
}

/// Does something to the line.
pub(super) fn wire(desk: &Desk, does: &str) -> Result<(), Problem> {
    let line = &desk.parts.line;
    match does {
        "cut" => line.cut(),
        "mend" => line.mend(),
        "stall" => line.stall(),
        "refuse" => line.refuse(),
        "slow" => line.delay(SLOW),
        "quick" => line.delay(Duration::ZERO),
        _ => return Err(not_a_choice(does)),
    }
    Ok(())
}

/// Puts a fault into the fiscal signer, or takes it away.
pub(super) fn break_signer(desk: &Desk, does: &str) -> Result<(), Problem> {
    let fault = super::signer::fault_of(does).ok_or_else(|| not_a_choice(does))?;
    match &desk.parts.signer {
        Some(signer) => signer.set_fault(fault),
        None => return Err(Problem::not_found("this store signs nothing")),
    }
    Ok(())
}

async fn scan_as(desk: &Desk, what: &str, code: &str) -> Result<(), Problem> {
    send(desk, what, code, &[code.as_bytes(), b"\r"].concat()).await
}

async fn send(desk: &Desk, what: &str, code: &str, bytes: &[u8]) -> Result<(), Problem> {
    let scanner = desk.parts.counter.scanner();
    scanner
        .send(bytes)
        .await
        .map_err(|error| scanner_problem(&error))?;
    desk.note_read(what, code);
    Ok(())
}

/// A right number of no product: the last of the demonstration prefix, another each time.
fn unknown_number(desk: &Desk) -> String {
    let now = desk.parts.clock.now_ms().unsigned_abs();
    let tries = (0_u64..).map(|by| (now / 1_000 + by) % 1_000_000_000);
    let numbers = tries.map(|reference| {
        Gtin::with_check_digit(&format!("952{reference:09}"))
            .expect("three and nine digits take a check digit")
    });
    let free = |gtin: &Gtin| desk.parts.shelf.by_gtin(*gtin).is_none();
    let mut numbers = numbers.filter(free);
    let found = numbers.next();
    found.expect("a shelf never fills a prefix").to_string()
}

/// A product's number.
fn some_number(desk: &Desk) -> String {
    let some = desk.parts.shelf.find(&super::shelf::Wanted::default());
    let product = some.products.first().expect("the shelf is not empty");
    product.gtins[0].to_string()
}

/// A product's number with its last digit misread.
fn misread_number(desk: &Desk) -> String {
    let mut digits = some_number(desk).into_bytes();
    if let Some(last) = digits.last_mut() {
        *last = b'0' + (*last - b'0' + 1) % 10;
    }
    String::from_utf8(digits).expect("digits are text")
}

pub(super) fn scanner_problem(error: &VirtualLineError) -> Problem {
    match error {
        VirtualLineError::Unplugged => Problem::refused(
            "scanner_unplugged",
            "The scanner is not plugged in: plug it in, then scan again.",
        ),
        VirtualLineError::NobodyReads => Problem::failed(
            "scanner_not_read",
            "Nobody reads the scanner's line: is the store's edge running?",
        ),
        VirtualLineError::NoKey(_) => Problem::refused("scanner_no_key", error.to_string()),
        VirtualLineError::PlaceTaken(_) | VirtualLineError::NoTerminal(_) => {
            tracing::warn!(error = %error, "the virtual scanner could not be plugged in");
            Problem::failed("scanner_no_terminal", error.to_string())
        }
    }
}

pub(super) fn not_a_choice(does: &str) -> Problem {
    Problem::unreadable(format!("{does:?} is nothing this device can do"))
}
