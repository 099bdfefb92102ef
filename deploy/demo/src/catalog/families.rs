//! Reads the table of what the store sells, which is part of the program.
//!
//! The table is ours, so a line that cannot be read is a bug, found by the first test.

use counterpart_protocol::money::Minor;

use super::{Kind, TaxClassId};

const TABLE: &str = include_str!("../../assets/families.txt");

/// A department and what stands there.
#[derive(Debug)]
pub(super) struct Department {
    pub(super) code: &'static str,
    pub(super) name: String,
    pub(super) tax_class: TaxClassId,
    pub(super) share: u16,
    pub(super) brands: Brands,
    pub(super) families: Vec<Family>,
}

/// Whose name is on the products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Brands {
    /// Several brands', each a little dearer or cheaper.
    Branded,
    /// Nobody's.
    Plain,
    /// Nobody's, and the price is the price.
    Fixed,
}

/// Products that differ in flavour and pack only.
#[derive(Debug)]
pub(super) struct Family {
    pub(super) noun: String,
    pub(super) flavours: Vec<Option<String>>,
    pub(super) packs: Vec<Pack>,
    pub(super) kind: Kind,
}

/// A size and what it costs.
#[derive(Debug)]
pub(super) struct Pack {
    pub(super) label: Option<String>,
    pub(super) price: Minor,
}

/// Returns all departments in the order of the table.
pub(super) fn departments() -> Vec<Department> {
    let mut departments: Vec<Department> = Vec::new();
    let lines = TABLE.lines().map(str::trim);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let head = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'));
        match (head, departments.last_mut()) {
            (Some(head), _) => departments.push(
                department(head).unwrap_or_else(|| panic!("the head {head:?} cannot be read")),
            ),
            (None, Some(department)) => department
                .families
                .push(family(line).unwrap_or_else(|| panic!("the family {line:?} cannot be read"))),
            (None, None) => panic!("the table begins with a department"),
        }
    }
    departments
}

fn department(head: &'static str) -> Option<Department> {
    let [named, tax_class, share, brands] = fields(head)?;
    let (code, name) = named.split_once(' ')?;
    Some(Department {
        code,
        name: name.to_owned(),
        tax_class: match tax_class {
            "standard" => TaxClassId::Standard,
            "reduced" => TaxClassId::Reduced,
            "zero" => TaxClassId::Zero,
            _ => return None,
        },
        share: share.parse().ok()?,
        brands: match brands {
            "branded" => Brands::Branded,
            "plain" => Brands::Plain,
            "fixed" => Brands::Fixed,
            _ => return None,
        },
        families: Vec::new(),
    })
}

fn family(line: &'static str) -> Option<Family> {
    let [goods, packs, picture] = fields(line)?;
    let (noun, flavours) = goods.split_once(':')?;
    Some(Family {
        noun: noun.to_owned(),
        flavours: flavours.split(',').map(word).collect(),
        packs: packs.split(',').map(pack).collect::<Option<_>>()?,
        kind: *Kind::ALL.iter().find(|kind| kind.word() == picture)?,
    })
}

/// Reads `500 g 1.29`: the last word is the price.
fn pack(text: &str) -> Option<Pack> {
    let (label, price) = text.trim().rsplit_once(' ')?;
    let (euros, cents) = price.split_once('.')?;
    let price = 100 * euros.parse::<i64>().ok()? + cents.parse::<i64>().ok()?;
    Some(Pack {
        label: word(label),
        price: Minor(price),
    })
}

fn word(text: &str) -> Option<String> {
    let text = text.trim();
    (text != "~").then(|| text.to_owned())
}

fn fields<const N: usize>(line: &'static str) -> Option<[&'static str; N]> {
    let fields: Vec<&str> = line.split('|').map(str::trim).collect();
    fields.try_into().ok()
}
