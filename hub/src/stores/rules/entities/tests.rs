//! What a company may be called, and what becomes of one that only stores described.

use counterpart_protocol::entities::LegalEntity;

use super::{
    Adopted, Entity, EntityDraft, EntityWords, adopted, changed_entity_words, check_entity,
    check_entity_words,
};

fn draft() -> EntityDraft {
    EntityDraft {
        entity_id: "corner".to_owned(),
        words: EntityWords {
            name: "Corner Shops NV".to_owned(),
            address: "Veldstraat 1\r\n9000 Gent".to_owned(),
            registration_number: "RPR Gent 0123.456.789".to_owned(),
            tax_numbers: "DE vat DE 123456789\n\nBE vat BE 0123.456.789".to_owned(),
            number_prefix: "COR".to_owned(),
        },
    }
}

#[test]
fn a_company_reads_as_it_was_typed() {
    let entity = check_entity(&draft()).unwrap();
    let typed = EntityWords::of(&entity);
    assert_eq!(
        typed.tax_numbers,
        "DE vat DE 123456789\nBE vat BE 0123.456.789"
    );
    assert_eq!(
        check_entity_words(entity.entity_id.clone(), &typed),
        Ok(entity.clone())
    );
    assert_eq!(changed_entity_words(&entity, &typed), "");
    let renamed = EntityWords {
        name: "Corner".to_owned(),
        ..typed
    };
    assert_eq!(changed_entity_words(&entity, &renamed), "name");
}

#[test]
fn a_store_is_told_the_number_of_its_country() {
    let entity = check_entity(&draft()).unwrap();
    let told = entity.told(Some("BE"));
    assert_eq!(told.tax_number.as_deref(), Some("BE 0123.456.789"));
    assert_eq!(told.tax_numbers.len(), 1);
    assert_eq!(entity.told(None).tax_numbers.len(), 2);
}

#[test]
fn what_cannot_be_is_said_beside_its_field() {
    #[track_caller]
    fn check(field: &str, change: impl FnOnce(&mut EntityDraft)) {
        let mut typed = draft();
        change(&mut typed);
        let refused = check_entity(&typed).unwrap_err();
        let fields: Vec<&str> = refused.0.iter().map(|wrong| wrong.field).collect();
        assert_eq!(fields, [field]);
    }
    check("entity_id", |it| it.entity_id = "Corner NV".to_owned());
    check("name", |it| it.words.name.clear());
    check("address", |it| {
        it.words.address = "a\nb\nc\nd\ne".to_owned();
    });
    check("tax_numbers", |it| {
        it.words.tax_numbers = "BE 0123".to_owned();
    });
    check("number_prefix", |it| {
        it.words.number_prefix = "corner".to_owned();
    });
}

fn described(name: &str, tax_number: &str) -> LegalEntity {
    LegalEntity {
        entity_id: None,
        name: name.to_owned(),
        address_lines: Vec::new(),
        registration_number: None,
        tax_number: Some(tax_number.to_owned()),
        tax_numbers: Vec::new(),
        number_prefix: None,
    }
}

#[track_caller]
fn new(described: &LegalEntity, country: Option<&str>, all: &[Entity]) -> Entity {
    match adopted(described, country, all) {
        Adopted::New(entity) => entity,
        Adopted::Known(known) => panic!("it is {known:?} already"),
    }
}

#[test]
fn equal_words_about_a_company_become_one_record() {
    let first = new(&described("Corner Shops NV", "BE 1"), None, &[]);
    assert_eq!(first.entity_id.as_str(), "corner-shops-nv");
    assert_eq!(first.tax_numbers[0].to_string(), "BE vat BE 1");
    let all = [first.clone()];
    let again = adopted(&described("Corner Shops NV", "BE 1"), Some("FR"), &all);
    assert_eq!(again, Adopted::Known(first));
    let other = new(&described("Corner Shops NV", "12/345"), Some("DE"), &all);
    assert_eq!(other.entity_id.as_str(), "corner-shops-nv-2");
    assert_eq!(other.tax_numbers[0].country, "DE");
    let unnamed = new(&described("小店", "1"), None, &all);
    assert_eq!(unnamed.entity_id.as_str(), "company");
    assert_eq!(unnamed.tax_numbers[0].country, "ZZ");
}
