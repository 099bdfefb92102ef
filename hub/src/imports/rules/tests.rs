//! Whole files: what is taken, and that everything wrong with the rest is said.

use std::collections::HashSet;

use counterpart_protocol::catalog::{Product, TaxClass, Unit};
use counterpart_protocol::customers::CustomerGroup;
use counterpart_protocol::ids::StoreId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::tax::Rate;
use proptest::prelude::{any, prop, proptest};

use super::products::ProductRow;
use super::sheet::{Checked, Form, RowProblem};
use super::{BuyerRow, Known, OpeningRow, PersonRow, PinGiven, Rows, Terms, assortment, check};

const HEAD: &str = "sku,gtins,name,department,unit,price,tax_class\n";

fn classes() -> Vec<TaxClass> {
    vec![TaxClass {
        id: "standard".to_owned(),
        name: "VAT 21 %".to_owned(),
        rate: Rate(21_000),
    }]
}

fn read_as(bytes: &[u8], form: Form) -> Checked<ProductRow> {
    let known = Known::Products(Terms {
        currency: Currency::EUR,
        tax_classes: classes(),
    });
    match check(bytes, form, known, |_| ()) {
        Rows::Products(checked) => checked,
        other => panic!("these are no products: {other:?}"),
    }
}

fn read(bytes: &[u8]) -> Checked<ProductRow> {
    read_as(bytes, Form::of(bytes))
}

fn products(checked: Checked<ProductRow>) -> Vec<Product> {
    assortment(checked.items).0
}

#[track_caller]
fn check_problems(text: &str, expected: &[(u64, &str, &str)]) {
    let checked = read(text.as_bytes());
    check_these(&checked.problems, expected);
}

#[track_caller]
fn check_these(problems: &[RowProblem], expected: &[(u64, &str, &str)]) {
    let found: Vec<(u64, &str)> = problems
        .iter()
        .map(|problem| (problem.row, problem.column.as_str()))
        .collect();
    let wanted: Vec<(u64, &str)> = expected
        .iter()
        .map(|(row, column, _)| (*row, *column))
        .collect();
    assert_eq!(found, wanted, "{problems:#?}");
    for (problem, (_, _, part)) in problems.iter().zip(expected) {
        assert!(
            problem.sentence.contains(part),
            "{problem:?} must say {part:?}"
        );
    }
}

#[test]
fn a_good_file_is_taken_whole_and_by_sku() {
    let text = format!(
        "{HEAD}B-2,,\"Cheese, old\",Dairy,kilogram,18.90,standard\n\
         A-1,4006381333931 96385074,Pencil,Office,piece,,standard\n"
    );
    let checked = read(text.as_bytes());
    assert_eq!(checked.problems, []);
    let products = products(checked);
    let skus: Vec<&str> = products
        .iter()
        .map(|product| product.sku.as_str())
        .collect();
    assert_eq!(skus, ["A-1", "B-2"]);
    assert_eq!(products[0].gtins.len(), 2);
    assert_eq!(products[0].price_minor, None);
    assert_eq!(products[1].price_minor, Some(Minor(1_890)));
    assert_eq!(products[1].unit, Unit::Kilogram);
    assert_eq!(products[1].name, "Cheese, old");
}

#[test]
fn a_european_spreadsheet_is_read_as_well() {
    let text = "\u{feff}Name;SKU;Price;Unit;Tax_class;GTINs;Department\r\n\
                Milk 1 l;M-1;1,29;piece;standard;;Dairy\r\n";
    let checked = read(text.as_bytes());
    assert_eq!(checked.problems, []);
    assert_eq!(products(checked)[0].price_minor, Some(Minor(129)));
}

#[test]
fn every_bad_cell_is_named_with_its_row_and_column() {
    let text = format!(
        "{HEAD}A 1,,Pencil,Office,piece,1,standard\n\
         A-2,123,,Office,box,1.999,luxury\n\
         A-3,,Ink,Office,piece,1,standard\n\
         A-3,,Ink,Office,piece,1,standard\n\
         A-4,4006381333931,Pen,Office,piece,1,standard\n\
         A-5,4006381333931,Pen,Office,piece,1,standard\n\
         A-6,Pen\n"
    );
    check_problems(
        &text,
        &[
            (2, "sku", "without spaces"),
            (3, "gtins", "8, 12, 13 or 14 digits"),
            (3, "name", "empty"),
            (3, "unit", "piece or kilogram"),
            (3, "price", "at most 2 decimals"),
            (3, "tax_class", "there are standard"),
            (5, "sku", "row 4 already"),
            (7, "gtins", "A-4's (row 6)"),
            (8, "", "2 cells"),
        ],
    );
    assert_eq!(read(text.as_bytes()).rows_bad, 5);
}

#[test]
fn a_first_row_that_is_not_ours_is_said_once() {
    check_problems(
        "",
        &[
            (1, "sku", "lacks"),
            (1, "gtins", ""),
            (1, "name", ""),
            (1, "department", ""),
            (1, "unit", ""),
            (1, "price", ""),
            (1, "tax_class", ""),
        ],
    );
    let twice = "sku,sku,gtins,name,department,unit,price,tax_class,colour\n";
    check_problems(twice, &[(1, "sku", "twice"), (1, "colour", "no column")]);
    check_problems(HEAD, &[(2, "", "no products")]);
    check_problems("[]", &[(1, "", "no products")]);
    check_problems("[{\"sku\"", &[(1, "", "no JSON array")]);
    check_problems("{}", &[(1, "", "no JSON array")]);
}

#[test]
fn a_file_that_is_not_utf_8_says_how_to_save_it() {
    let mut bytes = HEAD.as_bytes().to_vec();
    bytes.extend_from_slice(b"A-1,,Caf\xe9,Food,piece,1,standard\n");
    let checked = read(&bytes);
    assert!(
        checked.problems[0].sentence.contains("CSV UTF-8"),
        "{:?}",
        checked.problems
    );
}

#[test]
fn of_a_thousand_rows_exactly_the_bad_ones_are_told() {
    let mut text = HEAD.to_owned();
    for row in 2..1_002_u64 {
        let price = if row % 27 == 0 { "1.2.3" } else { "1.20" };
        text += &format!("P-{row},,Product {row},Things,piece,{price},standard\n");
    }
    let checked = read(text.as_bytes());
    let rows: Vec<u64> = checked.problems.iter().map(|problem| problem.row).collect();
    assert_eq!(
        rows,
        (2..1_002).filter(|row| row % 27 == 0).collect::<Vec<_>>()
    );
    assert_eq!(
        (rows.len(), checked.rows_bad, checked.items.len()),
        (37, 37, 963)
    );
}

#[test]
fn json_says_the_same_as_csv() {
    let json = r#"[
        {"sku": "TEE-M", "gtins": ["4006381333931", "96385074"], "name": "T-shirt",
         "department": "Fashion", "unit": "piece", "price": 12.5, "tax_class": "standard",
         "class": "fashion", "group": "TEE", "options": {"Size": "M"}},
        {"sku": "X", "name": "Pen", "department": "Office", "unit": "piece", "price": null,
         "tax_class": "standard", "colour": "blue"},
        "nothing"
    ]"#;
    let checked = read(json.as_bytes());
    check_these(
        &checked.problems,
        &[(2, "colour", "no column"), (3, "", "no object")],
    );
    let csv = "sku,gtins,name,department,unit,price,tax_class,class,group,options\n\
               TEE-M,4006381333931 96385074,T-shirt,Fashion,piece,12.50,standard,fashion,TEE,\
               Size=M\n";
    let same = read(csv.as_bytes());
    assert_eq!(same.problems, []);
    assert_eq!(products(checked), products(same));
}

#[test]
fn variants_of_a_group_differ_in_the_same_ways() {
    let head = "sku,gtins,name,department,unit,price,tax_class,group,group_name,options\n";
    let row = |sku: &str, group: &str, options: &str| {
        format!("{sku},,Tee,Fashion,piece,9,standard,{group},Shirts,{options}\n")
    };
    let text = [
        head.to_owned(),
        row("A", "TEE", "Size=M|Colour=Red"),
        row("B", "TEE", "Size=L|Colour=Red"),
        row("C", "TEE", "Size=M|Colour=Red"),
        row("D", "TEE", "Size=M"),
        row("E", "TEE", ""),
        row("F", "", "Size=M"),
    ]
    .concat();
    let checked = read(text.as_bytes());
    check_these(
        &checked.problems,
        &[
            (4, "options", "row 2 is the same variant"),
            (5, "options", "differs in Size, Colour (row 2)"),
            (6, "options", "what sets it apart"),
            (7, "options", "without a group"),
        ],
    );
    let (products, groups) = assortment(checked.items);
    assert_eq!((products.len(), groups.len()), (2, 1));
    assert_eq!(groups[0].name, "Shirts");
    assert_eq!(products[1].variant.as_ref().unwrap().values, ["L", "Red"]);
}

fn stores() -> HashSet<StoreId> {
    ["ghent-1", "antwerp-1"]
        .map(|slug| slug.parse().unwrap())
        .into()
}

fn people(text: &str) -> Checked<PersonRow> {
    match check(text.as_bytes(), Form::Csv, Known::Staff(stores()), |_| ()) {
        Rows::Staff(checked) => checked,
        other => panic!("these are no people: {other:?}"),
    }
}

#[test]
fn people_are_read_with_their_pins_and_told_apart() {
    let text = "store_id,name,role,pin,pin_hash,may\n\
                ghent-1,Ada,manager,4711,,\n\
                ghent-1,Ben,associate,,$argon2id$v=19$x,\n\
                ghent-1,Cleo,associate,,,void_line no_sale\n\
                antwerp-1,Ada,associate,4711,,\n\
                ghent-1,ada,associate,1234,,\n\
                ghent-1,Dora,associate,4711,,\n\
                oslo,Eve,boss,12,x,\n\
                ghent-1,Finn,associate,12a4,,fly\n";
    let checked = people(text);
    check_these(
        &checked.problems,
        &[
            (6, "name", "row 2 already"),
            (7, "pin", "row 2 has the same PIN"),
            (8, "store_id", "no store called oslo"),
            (8, "role", "'boss' is no role"),
            (8, "pin_hash", "not both"),
            (9, "pin", "4 to 8 digits"),
            (9, "may", "'fly' is no operation"),
        ],
    );
    let may: Vec<usize> = checked.items.iter().map(|(_, row)| row.may.len()).collect();
    assert_eq!(may, [0, 0, 2, 0]);
    let pins: Vec<&PinGiven> = checked.items.iter().map(|(_, row)| &row.pin).collect();
    assert!(matches!(
        pins.as_slice(),
        [
            PinGiven::Digits(_),
            PinGiven::Hash(_),
            PinGiven::Make,
            PinGiven::Digits(_)
        ]
    ));
}

fn openings(text: &str) -> Checked<OpeningRow> {
    let units = [("PEN", Unit::Piece), ("TEA", Unit::Kilogram)];
    let units = units.map(|(sku, unit)| (sku.to_owned(), unit)).into();
    let stated = [(("ghent-1".to_owned(), "PEN".to_owned()), Milli(5_000))].into();
    let known = Known::Stock(stores(), units, stated);
    match check(text.as_bytes(), Form::of(text.as_bytes()), known, |_| ()) {
        Rows::Stock(checked) => checked,
        other => panic!("these are no balances: {other:?}"),
    }
}

#[test]
fn an_opening_balance_is_stated_once_and_not_changed_afterwards() {
    let checked = openings(
        "store_id,sku,quantity\nghent-1,PEN,5\nghent-1,TEA,1.25\nantwerp-1,PEN,0\n\
         antwerp-1,PEN,1\nantwerp-1,INK,1\nghent-1,TEA,-1\n",
    );
    check_these(
        &checked.problems,
        &[
            (5, "sku", "in row 4 already"),
            (6, "sku", "no product INK"),
            (7, "quantity", "no quantity"),
        ],
    );
    assert_eq!(checked.items.len(), 3);
    let other = openings(r#"[{"store_id": "ghent-1", "sku": "PEN", "quantity": 6}]"#);
    check_these(&other.problems, &[(1, "quantity", "began with 5 of it")]);
}

fn buyers(text: &str) -> Checked<BuyerRow> {
    let form = Form::of(text.as_bytes());
    let members = CustomerGroup {
        id: "members".parse().unwrap(),
        name: "Members".to_owned(),
        joined_at_tills: false,
    };
    match check(
        text.as_bytes(),
        form,
        Known::Customers(vec![members]),
        |_| (),
    ) {
        Rows::Customers(checked) => checked,
        other => panic!("these are no customers: {other:?}"),
    }
}

#[test]
fn a_customer_is_read_with_an_address_of_lines() {
    let checked = buyers(
        "reference;name;email;address_1;address_2;address_3\n\
         C-1; A.  Customer ;a@shop.example;Veldstraat 1;;9000 Gent\n",
    );
    assert_eq!(checked.problems, []);
    let (_, row) = &checked.items[0];
    assert_eq!(row.reference, "C-1");
    assert_eq!(row.customer.name, "A. Customer");
    assert_eq!(row.customer.email.as_deref(), Some("a@shop.example"));
    assert_eq!(row.customer.phone, None);
    assert_eq!(row.customer.address, ["Veldstraat 1", "9000 Gent"]);
    let json = buyers(r#"[{"reference": "C-1", "name": "A. Customer", "phone": "+32 9 123"}]"#);
    assert_eq!(json.items[0].1.customer.phone.as_deref(), Some("+32 9 123"));
}

#[test]
fn what_is_wrong_with_a_customer_is_said_by_column_and_never_repeated() {
    let secret = "q".repeat(81);
    let checked = buyers(&format!(
        "reference,name,email,phone,address_1,address_2\n\
         C-1,A,,,,\n\
         ,B,,,,\n\
         C-1,C,,,,\n\
         C-3,,qqq,call qqq,short,{secret}\n\
         {secret},D,,,,\n",
    ));
    check_these(
        &checked.problems,
        &[
            (3, "reference", "empty"),
            (4, "reference", "row 2 has this reference already"),
            (5, "name", "needs a name"),
            (5, "email", "a@b.example"),
            (5, "phone", "digits, blanks and a plus"),
            (5, "address_2", "5 lines of 80 characters"),
            (6, "reference", "at most 40 fit"),
        ],
    );
    assert_eq!((checked.items.len(), checked.rows_bad), (1, 4));
    let said = format!("{:?}", checked.problems);
    assert!(!said.contains("qqq"), "{said}");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let with_head = [HEAD.as_bytes(), &bytes].concat();
        for file in [bytes, with_head] {
            for form in [Form::Csv, Form::Json] {
                let checked = read_as(&file, form);
                assert!(checked.rows_bad as usize <= checked.problems.len());
            }
        }
    }
}
