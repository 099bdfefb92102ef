//! Codes that stores sold by department: on a list until the catalogue has them.

use counterpart_protocol::ids::Sku;
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::{ByDepartment, LineRemarks, SaleRecorded};
use serde_json::Value;

use crate::facts::{CATALOG, sale};
use crate::world::{STORE, World};

/// Receipt `number`: a piece of the department Office, sold for `code`.
fn by_department(number: u32, code: Option<&str>) -> SaleRecorded {
    let mut sale = sale(number, 1);
    sale.lines[0].sku = Sku::of_department("Office");
    sale.lines[0].remarks = Some(LineRemarks {
        by_department: Some(ByDepartment {
            department: "Office".to_owned(),
            code: code.map(str::to_owned),
            approved_by: None,
        }),
        ..LineRemarks::default()
    });
    sale.check().unwrap();
    assert_eq!(sale.lines[0].unit_price_minor, Minor(120));
    sale
}

async fn codes(world: &World) -> Vec<(String, i64)> {
    let listed = world.get("/v1/catalog/unlisted").await;
    let codes = listed["codes"].as_array().unwrap().iter();
    codes
        .map(|it: &Value| {
            let code = it["code"].as_str().unwrap().to_owned();
            (code, it["lines"].as_i64().unwrap())
        })
        .collect()
}

#[tokio::test]
async fn a_code_sold_by_department_is_listed_until_the_catalogue_has_it() {
    let world = World::with_a_store().await;
    world.publish(CATALOG).await;
    let mut peer = world.edge(STORE).await;
    peer.state(by_department(1, Some("4012345678901")));
    peer.state(by_department(2, Some("4012345678901")));
    peer.state(by_department(3, Some("HAND-WRITTEN")));
    peer.state(by_department(4, None));
    // A number of a product that the catalogue has by now.
    peer.state(by_department(5, Some("4006381333931")));
    peer.state(sale(6, 1));
    peer.sync().await;
    let expected = [
        ("4012345678901".to_owned(), 2),
        ("HAND-WRITTEN".to_owned(), 1),
    ];
    assert_eq!(codes(&world).await, expected);
    let page = world.page("/catalog/unlisted").await;
    assert!(
        page.contains("4012345678901") && page.contains("Office"),
        "{page}"
    );
    let stock = world.get("/v1/stock").await.to_string();
    assert!(
        !stock.contains("DEPARTMENT/"),
        "it is nobody's stock: {stock}"
    );

    let more = format!("{CATALOG}NEW,4012345678901,Eraser,Office,piece,1.20,standard\n");
    world.publish(&more).await;
    assert_eq!(codes(&world).await, [("HAND-WRITTEN".to_owned(), 1)]);
}

#[tokio::test]
async fn no_product_takes_the_name_of_a_department() {
    let world = World::with_a_store().await;
    let wrong = format!("{CATALOG}DEPARTMENT/Food,,Food,Food,piece,1.20,standard\n");
    let imported = world.import(&wrong).await.to_string();
    assert!(
        imported.contains("DEPARTMENT/ begins what tills sell by department: choose another SKU"),
        "{imported}"
    );
}

#[tokio::test]
async fn a_deposit_stands_above_what_it_goes_with_in_files_that_come_and_go() {
    let world = World::with_a_store().await;
    let head = "sku,gtins,name,department,unit,price,tax_class,age_min,goes_with\n";
    let deposit = "Z-DEPOSIT,,Deposit,Drinks,piece,0.10,standard,,\n";
    let beer = "BEER,,Beer,Drinks,piece,1.20,standard,16,Z-DEPOSIT\n";
    let late = world
        .import(&format!("{head}{beer}{deposit}"))
        .await
        .to_string();
    assert!(
        late.contains("Z-DEPOSIT is no product of an earlier row"),
        "{late}"
    );
    let young = "GIN,,Gin,Drinks,piece,12.00,standard,old,\n";
    let young = world.import(&format!("{head}{young}")).await.to_string();
    assert!(
        young.contains("'old' is no age: write 1 to 99 years"),
        "{young}"
    );
    world.publish(&format!("{head}{deposit}{beer}")).await;
    let products = world.get("/v1/catalog/products").await;
    let listed = &products["products"][0];
    assert_eq!(
        (&listed["age_min"], &listed["goes_with"]),
        (&16.into(), &"Z-DEPOSIT".into())
    );
    let request = world.request(reqwest::Method::GET, "/catalog/products.csv");
    let file = request.send().await.unwrap().text().await.unwrap();
    let again = world.import(&file).await;
    assert_eq!(again["rows_bad"], 0, "{again}\n{file}");
}
