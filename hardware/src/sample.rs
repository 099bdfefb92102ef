//! Papers for whoever must see what a printer makes of them: the installer at the counter, and the
//! tests. A page with every look and character table, and a whole receipt in each of many
//! languages.
//!
//! The shops and goods are made up; every sum adds up, tax included, at the rate of bread where
//! the language is spoken.

use counterpart_paper::{Align, Barcode, Document, Qr, Style, SymbolRefused};

mod words;

/// What a receipt says in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleReceipt {
    /// BCP 47 tag of the language.
    pub language: &'static str,
    /// Name of the shop.
    pub shop: &'static str,
    /// Where it is.
    pub address: [&'static str; 2],
    /// What was bought, and for how much.
    pub lines: [(&'static str, &'static str); 3],
    /// What a promotion took off, below the line it belongs to.
    pub promotion: (&'static str, &'static str),
    /// What is to pay.
    pub total: (&'static str, &'static str),
    /// Rate and amount of the tax within.
    pub tax: (&'static str, &'static str),
    /// What was given.
    pub given: (&'static str, &'static str),
    /// What was given back.
    pub change: (&'static str, &'static str),
    /// How long goods may come back.
    pub returns: &'static str,
    /// The last word.
    pub thanks: &'static str,
}

impl SampleReceipt {
    /// The tags of the languages there are.
    pub const LANGUAGES: [&'static str; 9] =
        ["en", "de", "fr", "pl", "tr", "el", "cs", "ja", "en-IN"];

    /// Returns the receipts in all languages, in the order of [`Self::LANGUAGES`].
    pub fn all() -> &'static [Self; 9] {
        &words::RECEIPTS
    }

    /// Finds the receipt in the language of a tag.
    pub fn in_language(tag: &str) -> Option<&'static Self> {
        Self::all().iter().find(|receipt| receipt.language == tag)
    }

    /// Lays it out as the till lays out its receipts, with every look a printer has and a code
    /// of either kind.
    ///
    /// # Errors
    ///
    /// [`SymbolRefused`] would say that a code cannot be drawn; those of the samples can.
    pub fn document(&self) -> Result<Document, SymbolRefused> {
        let mut receipt = Document::new();
        receipt.styled(self.shop, Style::title());
        for line in self.address {
            receipt.centred(line);
        }
        receipt.rule();
        let (first, rest) = (self.lines[0], &self.lines[1..]);
        receipt.columns(first.0, first.1);
        receipt.columns(&format!("  {}", self.promotion.0), self.promotion.1);
        for (label, amount) in rest {
            receipt.columns(label, amount);
        }
        receipt
            .double_rule()
            .columns_styled(self.total.0, self.total.1, Style::bold().and_tall())
            .columns(self.given.0, self.given.1)
            .columns(self.change.0, self.change.1)
            .rule()
            .columns(self.tax.0, self.tax.1)
            .rule()
            .text(self.returns)
            .styled(self.thanks, Style::bold())
            .styled(self.lines[1].0, Style::plain().and_wide())
            .centred(self.thanks)
            .barcode(Barcode::code128("R1-1-000042")?)
            .qr(Qr::new("https://example.org/receipts/R1-1-000042")?)
            .cut();
        Ok(receipt)
    }
}

/// Lays out a page on which a person sees what is wrong with a printer or its settings: the euro
/// sign tells the character tables apart. `below` stands below the headline.
///
/// # Errors
///
/// [`SymbolRefused`] would say that a code cannot be drawn; those of the page can.
pub fn test_page(below: &str) -> Result<Document, SymbolRefused> {
    let mut page = Document::new();
    page.styled("TEST PAGE", Style::title())
        .centred(below)
        .rule()
        .text("plain")
        .styled("bold", Style::bold())
        .styled("tall", Style::plain().and_tall())
        .styled("wide", Style::plain().and_wide())
        .styled("right", Style::plain().align(Align::Right))
        .columns("left and", "right")
        .rule()
        .text("West    € £ ß é ñ ø")
        .text("Central Ł ź č ř ő")
        .text("Turkish ğ ş İ ı")
        .text("Baltic  ā ė ų ž")
        .text("Greek   Ω ά π")
        .text("Cyrill. Ж я ё")
        .double_rule()
        .barcode(Barcode::ean13("4006381333931")?)
        .barcode(Barcode::code128("TEST-42")?)
        .qr(Qr::new("https://example.org/test")?)
        .feed(1)
        .cut();
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::SampleReceipt;

    #[test]
    fn every_language_has_its_receipt_and_every_receipt_its_language() {
        let tags: Vec<&str> = SampleReceipt::all()
            .iter()
            .map(|one| one.language)
            .collect();
        assert_eq!(tags, SampleReceipt::LANGUAGES);
        for tag in tags {
            assert_eq!(SampleReceipt::in_language(tag).unwrap().language, tag);
        }
        assert_eq!(SampleReceipt::in_language("xx"), None);
    }

    #[test]
    fn every_sum_adds_up() {
        let minor = |amount: &str| -> i64 {
            let digits: String = amount.chars().filter(char::is_ascii_digit).collect();
            let value: i64 = digits.parse().unwrap();
            if amount.contains('-') { -value } else { value }
        };
        for receipt in SampleReceipt::all() {
            let lines: i64 = receipt.lines.iter().map(|(_, amount)| minor(amount)).sum();
            let total = minor(receipt.total.1);
            let tag = receipt.language;
            assert_eq!(lines + minor(receipt.promotion.1), total, "{tag}");
            assert_eq!(
                minor(receipt.given.1) - minor(receipt.change.1),
                total,
                "{tag}"
            );
        }
    }
}
