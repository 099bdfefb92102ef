//! Makes the dictionary with which exchanges are said in short, out of generated trade and the
//! golden records: `cargo run --release -p counterpart-tests --bin dictionary -- FILE`.
//!
//! A dictionary that was shipped is never made again: the next one gets the next number.
#![expect(clippy::print_stdout, reason = "it says what it made")]

use std::process::ExitCode;

use counterpart_tests::samples::samples;

/// How large the dictionary may be, in bytes. It is read at every exchange in short; with eight
/// times as much a sale alone takes 2 bytes less and twice the time.
const BYTES_MAX: usize = 4 * 1024;

fn main() -> ExitCode {
    let Some(file) = std::env::args().nth(1) else {
        println!("which file is to be written?");
        return ExitCode::FAILURE;
    };
    let samples = samples();
    let made = match zstd::dict::from_samples(&samples, BYTES_MAX) {
        Ok(made) => made,
        Err(error) => {
            println!(
                "no dictionary can be made of {} samples: {error}",
                samples.len()
            );
            return ExitCode::FAILURE;
        }
    };
    if let Err(error) = std::fs::write(&file, &made) {
        println!("could not write {file}: {error}");
        return ExitCode::FAILURE;
    }
    println!("{file}: {} bytes of {} samples", made.len(), samples.len());
    ExitCode::SUCCESS
}
