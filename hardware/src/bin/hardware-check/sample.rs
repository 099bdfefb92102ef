//! A receipt, or the test page, as files: bytes for a printer, text, and the picture of the paper.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use counterpart_hardware::{
    Cut, Outcome, PrinterConfig, PrinterLink, Profile, SampleReceipt, VirtualPrinter,
    VirtualPrinterOptions, encode, test_page, zpl,
};
use counterpart_paper::{Document, label_svg, text};

use super::{labels, say};

/// How long the twin may take for a page: it is a matter of milliseconds.
const PRINTED_WITHIN: Duration = Duration::from_secs(10);

/// Writes the receipt in a language, or the test page, and two labels beside it.
pub(super) async fn write(profile: &Profile, lang: Option<&str>, out: &Path) -> anyhow::Result<()> {
    let page = match lang {
        Some(tag) => SampleReceipt::in_language(tag)
            .with_context(|| format!("there is no receipt in {tag:?}"))?
            .document()?,
        None => test_page(&profile.name)?,
    };
    let encoded = encode(&page, profile);
    for lost in &encoded.substitutions {
        say(&format!(
            "line {}: {:?} is printed as ?",
            lost.line, lost.character
        ))?;
    }
    keep(out, &encoded.bytes)?;
    let words = text(&page, profile.paper.columns);
    keep(&out.with_extension("txt"), words.as_bytes())?;
    keep(&out.with_extension("png"), &picture(&page, profile).await?)?;
    for (name, label) in [
        ("shelf", labels::test_label()?),
        ("carton", labels::carton_label()?),
    ] {
        keep(&out.with_extension(format!("{name}.zpl")), &zpl(&label, 1))?;
        let drawn = label_svg(&label);
        keep(&out.with_extension(format!("{name}.svg")), drawn.as_bytes())?;
    }
    Ok(())
}

/// Prints a page on the printer's twin and returns what lies in its tray, as PNG: it is drawn from
/// the bytes, so what the bytes lack the picture lacks too.
async fn picture(page: &Document, profile: &Profile) -> anyhow::Result<Vec<u8>> {
    let options = VirtualPrinterOptions {
        paper: profile.paper,
        ..VirtualPrinterOptions::default()
    };
    let twin = VirtualPrinter::spawn(options).await?;
    // Where a person tears the paper off, the twin's is cut.
    let cutting = Profile {
        cut: Cut::Full,
        ..profile.clone()
    };
    let job = encode(page, &cutting).into();
    let mut link = PrinterLink::new(PrinterConfig::new(twin.port_address(), cutting));
    let outcome = link.print(&job).await;
    if let Outcome::NotStarted(obstacle) = outcome {
        bail!("no picture was made: {obstacle}");
    }
    let came = twin.until(|seen| !seen.receipts.is_empty());
    let seen = tokio::time::timeout(PRINTED_WITHIN, came).await;
    twin.shutdown().await;
    let seen = seen.context("no picture was made: the page was not cut off")?;
    let paper = seen.receipts.first().context("no paper came off")?;
    Ok(paper.png())
}

fn keep(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(file, bytes).with_context(|| format!("could not write {}", file.display()))?;
    say(&format!("{} ({} bytes)", file.display(), bytes.len()))
}
