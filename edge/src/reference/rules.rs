//! What makes a catalogue usable here, and how a typed text is matched to products.
//!
//! It reads no table; the order of results and the folding of letters are decided here.

use counterpart_protocol::catalog::{Catalog, Product};
use counterpart_protocol::money::Currency;
use counterpart_protocol::prices::PriceBook;

/// The words of a search that count; more would only make it slower.
const WORDS_MAX: usize = 6;
/// The letters of a word that count.
const WORD_LETTERS_MAX: usize = 40;
/// The index knows three letters in a row; shorter words are compared with the beginnings of words.
pub(super) const INDEXED_LETTERS: usize = 3;

/// Why a catalogue cannot be sold from here, although it is the one that was published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogRefused {
    /// Its prices are in another currency.
    #[error("its prices are in {found}, but this store sells in {expected}")]
    OtherCurrency {
        /// The catalogue's.
        found: Currency,
        /// The store's.
        expected: Currency,
    },
    /// A product stands in it twice.
    #[error("it lists {sku} twice")]
    Repeated {
        /// The product.
        sku: String,
    },
    /// A product names a tax class the catalogue does not have.
    #[error("its product {sku} names the tax class '{tax_class}', which it does not have")]
    NoTaxClass {
        /// The product.
        sku: String,
        /// The class.
        tax_class: String,
    },
}

/// Decides whether this store can sell by the lists of `book`.
///
/// # Errors
///
/// [`CatalogRefused`]; the lists in use stay.
pub(super) fn check_prices(book: &PriceBook, store: Currency) -> Result<(), CatalogRefused> {
    match book.currency == store {
        true => Ok(()),
        false => Err(CatalogRefused::OtherCurrency {
            found: book.currency,
            expected: store,
        }),
    }
}

/// Decides whether this store can sell from `catalog`.
///
/// # Errors
///
/// [`CatalogRefused`]; the catalogue in use stays.
pub(super) fn check_catalog(catalog: &Catalog, store: Currency) -> Result<(), CatalogRefused> {
    if catalog.currency != store {
        return Err(CatalogRefused::OtherCurrency {
            found: catalog.currency,
            expected: store,
        });
    }
    let mut skus = std::collections::BTreeSet::new();
    for product in &catalog.products {
        let sku = || product.sku.to_string();
        if !skus.insert(product.sku.as_str()) {
            return Err(CatalogRefused::Repeated { sku: sku() });
        }
        let known =
            |class: &&counterpart_protocol::catalog::TaxClass| class.id == product.tax_class;
        if catalog.tax_classes.iter().find(known).is_none() {
            return Err(CatalogRefused::NoTaxClass {
                sku: sku(),
                tax_class: product.tax_class.clone(),
            });
        }
    }
    Ok(())
}

/// Returns a text in small letters, without accents, its words divided by single spaces.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        match character {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ą' | 'ă' | 'ā' => folded.push('a'),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'ď' | 'đ' => folded.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' | 'ē' => folded.push('e'),
            'ğ' => folded.push('g'),
            'ì' | 'í' | 'î' | 'ï' | 'ı' | 'ī' => folded.push('i'),
            'ł' => folded.push('l'),
            'ñ' | 'ń' | 'ň' => folded.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' => folded.push('o'),
            'ř' => folded.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => folded.push('s'),
            'ť' | 'ț' | 'ţ' => folded.push('t'),
            'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' | 'ū' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            // A combining mark belongs to the letter before it.
            '\u{300}'..='\u{36f}' => {}
            other if other.is_whitespace() || other.is_control() => folded.push(' '),
            other => folded.push(other),
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns everything a product is found by, folded.
pub(super) fn words_of(product: &Product) -> String {
    let mut words = fold(&product.name);
    words.push(' ');
    words.push_str(&fold(product.sku.as_str()));
    for gtin in &product.gtins {
        words.push(' ');
        words.push_str(&gtin.to_14());
    }
    words
}

/// What a person typed, ready to be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sought {
    pub(super) words: Vec<String>,
}

impl Sought {
    /// Reads what was typed; nothing when it holds no letter or digit.
    pub(super) fn read(text: &str) -> Option<Self> {
        let words: Vec<String> = fold(text)
            .split(' ')
            .filter(|word| word.chars().any(char::is_alphanumeric))
            .take(WORDS_MAX)
            .map(|word| word.chars().take(WORD_LETTERS_MAX).collect())
            .collect();
        (!words.is_empty()).then_some(Self { words })
    }

    /// Returns the query for the index that finds products with all the longer words, if there are.
    pub(super) fn all_words(&self) -> Option<String> {
        let indexed = self
            .words
            .iter()
            .filter(|word| word.chars().count() >= INDEXED_LETTERS);
        let quoted: Vec<String> = indexed.map(|word| quote(word)).collect();
        (!quoted.is_empty()).then(|| quoted.join(" AND "))
    }

    /// Returns the words too short for the index.
    pub(super) fn short_words(&self) -> impl Iterator<Item = &str> {
        self.words
            .iter()
            .map(String::as_str)
            .filter(|word| word.chars().count() < INDEXED_LETTERS)
    }

    /// Returns the query that finds products sharing any three letters in a row, for slips of the
    /// finger.
    pub(super) fn any_letters(&self) -> Option<String> {
        let triples: Vec<String> = self.triples().iter().map(|triple| quote(triple)).collect();
        (!triples.is_empty()).then(|| triples.join(" OR "))
    }

    /// Returns whether `words` (folded) begins a word with every short word sought.
    pub(super) fn short_words_fit(&self, words: &str) -> bool {
        self.short_words()
            .all(|short| words.split(' ').any(|word| word.starts_with(short)))
    }

    /// Returns whether `words` shares at least half of the letters in a row that were typed.
    pub(super) fn resembles(&self, words: &str) -> bool {
        let triples = self.triples();
        let shared = triples
            .iter()
            .filter(|triple| words.contains(triple.as_str()));
        // Half of them: one wrong letter in a word of six breaks three of its four triples'
        // neighbours at worst, two wrong letters are another word.
        shared.count() * 2 >= triples.len()
    }

    /// Returns how well a product fits, the least first: itself, the beginning of its name, the
    /// beginning of a word, anywhere.
    pub(super) fn distance(&self, sku: &str, folded_name: &str, words: &str) -> u8 {
        let typed = self.words.join(" ");
        if fold(sku) == typed || words.split(' ').any(|word| is_number(&typed, word)) {
            0
        } else if folded_name == typed {
            1
        } else if folded_name.starts_with(&typed) {
            2
        } else if self.begins_words(folded_name) {
            3
        } else {
            4
        }
    }

    fn begins_words(&self, folded_name: &str) -> bool {
        self.words
            .iter()
            .all(|sought| folded_name.split(' ').any(|word| word.starts_with(sought)))
    }

    fn triples(&self) -> Vec<String> {
        let mut triples = Vec::new();
        for word in &self.words {
            let letters: Vec<char> = word.chars().collect();
            triples.extend(letters.windows(INDEXED_LETTERS).map(String::from_iter));
        }
        triples
    }
}

/// Returns whether `typed` is the trade item number `stored`, whose 14 digits begin with zeros.
fn is_number(typed: &str, stored: &str) -> bool {
    typed.len() >= 8
        && typed.bytes().all(|byte| byte.is_ascii_digit())
        && stored.len() == 14
        && stored.trim_start_matches('0') == typed.trim_start_matches('0')
}

/// Quotes a word for the index, so that nothing typed is an operator.
fn quote(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\""))
}
