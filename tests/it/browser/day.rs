//! A day of an associate, from the sign-in to the Z: once by keyboard and scanner, once by touch.
//! The hub is cut off throughout.

use counterpart_tests::browser::{Browser, Window};
use counterpart_tests::goods::{Good, decimal};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, PIN as MANAGER, World};

use super::no_complaints;

const SIZE: (u32, u32) = (1280, 720);
/// Whose day it is, and their PIN: an associate, who needs a manager's for a fifth off.
const WHO: (&str, &str) = ("Sam", "2580");
const FLOAT_MINOR: i64 = 10_000;
const GIVEN_MINOR: i64 = 20_000;
/// The pieces of a euro drawer, as the count shows them.
const PIECES: [i64; 15] = [
    50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1,
];

/// What is sold: one good for a fifth less, one at its price.
struct Basket<'a> {
    reduced: &'a Good,
    other: &'a Good,
}

impl<'a> Basket<'a> {
    fn of(world: &'a World) -> Self {
        Self {
            reduced: &world.goods[0],
            other: &world.goods[1],
        }
    }

    /// Goods a finger finds: a tile shows the first of each department, by name, while nothing is
    /// sold.
    fn on_tiles(world: &'a World) -> Self {
        let first = |words: &str| {
            let named = world
                .goods
                .iter()
                .filter(|good| good.name.starts_with(words));
            named
                .min_by_key(|good| good.name.as_str())
                .expect("there are some")
        };
        Self {
            reduced: first("Enamel mug"),
            other: first("Pocket atlas"),
        }
    }

    fn reduced_minor(&self) -> i64 {
        let full = self.reduced.price_minor.unwrap();
        full - off(full)
    }

    fn due_minor(&self) -> i64 {
        self.reduced_minor() + self.other.price_minor.unwrap()
    }

    /// What lies in the drawer once the reduced good came back.
    fn drawer_minor(&self) -> i64 {
        FLOAT_MINOR + self.other.price_minor.unwrap()
    }
}

/// A fifth, to the nearest minor unit, half up.
fn off(minor: i64) -> i64 {
    (minor * 20 + 50) / 100
}

fn euros(minor: i64) -> String {
    format!("€{}", decimal(minor))
}

/// How many of each piece make up an amount, largest first.
fn counted(mut minor: i64) -> Vec<i64> {
    let each = PIECES.map(|piece| {
        let count = minor / piece;
        minor -= count * piece;
        count
    });
    each.to_vec()
}

async fn scan(world: &World, code: &str) {
    let scanner = world.counter(1).scanner();
    scanner.scan(code.as_bytes()).await.unwrap();
}

/// Waits until the printer has the Z and the hub, once it is back, the money.
async fn day_is_over(world: &World, till: &Window) {
    till.shows("The till is closed").await;
    till.shows_in("table", "€0.00").await;
    let printer = world.counter(1).printer();
    let z = printer.until(|seen| {
        let mut papers = seen.receipts.iter();
        papers.any(|paper| paper.text.contains("Z 1") || paper.text.contains("Z-1"))
    });
    wait::told("the Z", z).await;
    no_complaints(till).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_by_keyboard_and_scanner() {
    let world = World::begin(Beginning::default()).await;
    let basket = Basket::of(&world);
    world.line.cut();
    let browser = Browser::start();
    let till = browser.window(SIZE).await;
    till.open(&format!("{}/register/1", world.edge().url()))
        .await;
    till.shows("Who is at the till?").await;
    // The link past the bar, the people, the PIN.
    till.press("Tab").await;
    till.press("Tab").await;
    till.press("ArrowDown").await;
    till.shows_in("label:has(:checked)", WHO.0).await;
    till.press("Tab").await;
    till.type_calmly(WHO.1).await;
    till.press("Enter").await;
    till.shows("Open the till").await;
    till.is_live().await;
    till.type_calmly("100").await;
    till.press("Enter").await;
    till.shows("Scan an item to start a sale").await;

    scan(&world, &basket.other.gtin).await;
    till.shows_in(".sale-lines", &basket.other.name).await;
    scan(&world, &basket.reduced.gtin).await;
    till.shows_in(".sale-lines", &basket.reduced.name).await;
    till.press("F8").await;
    till.shows(&format!("Change the price of {}", basket.reduced.name))
        .await;
    till.type_calmly("20").await;
    till.press("Tab").await;
    till.press("Tab").await;
    till.type_calmly(MANAGER).await;
    till.press("Enter").await;
    till.shows_in("output.total", &euros(basket.due_minor()))
        .await;
    till.press("F9").await;
    till.shows("To pay").await;
    till.type_calmly(&decimal(GIVEN_MINOR)).await;
    till.press("Enter").await;
    till.shows_in(".change", &euros(GIVEN_MINOR - basket.due_minor()))
        .await;

    till.press("F9").await;
    till.shows("Scan an item to start a sale").await;
    scan(&world, "1-1-000001").await;
    till.shows_in(".unsettled", "A receipt").await;
    till.press("F10").await;
    till.shows("Returns · 1-1-000001").await;
    till.is_live().await;
    // The reduced good is the second line: one field, its reason and its place further on.
    for _ in 0..3 {
        till.press("Tab").await;
    }
    till.type_calmly("1").await;
    till.press("Enter").await;
    till.shows_in("#return-form", &euros(basket.reduced_minor()))
        .await;
    till.press("F9").await;
    till.shows("Give back").await;
    till.shows(&euros(basket.reduced_minor())).await;
    till.press("F9").await;
    till.shows("Scan an item to start a sale").await;

    till.press("Alt+2").await;
    till.shows("Count the drawer").await;
    till.is_live().await;
    for count in counted(basket.drawer_minor()) {
        if count > 0 {
            till.type_calmly(&count.to_string()).await;
        }
        till.press("Enter").await;
    }
    till.shows_in(".count-total", &euros(basket.drawer_minor()))
        .await;
    till.press("F9").await;
    day_is_over(&world, &till).await;
    world.line.mend();
    world.end().await;
}

/// Touches the digits of the pad that is to be seen.
async fn touch(till: &Window, digits: &str) {
    for digit in digits.chars() {
        till.click(&format!("[data-pad='{digit}']")).await;
    }
}

/// Touches the digits of the pad that came up for the field.
async fn touch_beside(till: &Window, digits: &str) {
    for digit in digits.chars() {
        till.click(&format!("#touch-pad [data-pad='{digit}']"))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_by_touch() {
    let world = World::begin(Beginning::default()).await;
    let basket = Basket::on_tiles(&world);
    world.line.cut();
    let browser = Browser::start();
    let till = browser.window((1024, 768)).await;
    till.be_touched().await;
    till.open(&format!("{}/register/1", world.edge().url()))
        .await;
    till.is_live().await;
    till.click_on(WHO.0).await;
    touch(&till, WHO.1).await;
    till.click_on("Sign in").await;
    till.shows("Open the till").await;
    till.is_live().await;
    touch(&till, "100").await;
    till.click(".pad-enter button").await;
    till.shows("Scan an item to start a sale").await;

    till.click_on(&basket.other.name).await;
    till.shows_in(".sale-lines", &basket.other.name).await;
    till.click_on(&basket.reduced.name).await;
    till.shows_in(".sale-lines", &basket.reduced.name).await;
    till.click_on("Discount").await;
    till.shows(&format!("Change the price of {}", basket.reduced.name))
        .await;
    touch_beside(&till, "20").await;
    till.click("#touch-pad [data-pad=next]").await;
    touch_beside(&till, MANAGER).await;
    till.click_on("Change the price").await;
    till.shows_in("output.total", &euros(basket.due_minor()))
        .await;
    till.click("#pay button").await;
    till.shows("To pay").await;
    till.click_on("Exact cash").await;
    till.shows("1-1-000001").await;

    till.click_on("Sales").await;
    till.click_on("1-1-000001").await;
    till.click_on("Take back").await;
    till.shows("Returns · 1-1-000001").await;
    till.is_live().await;
    till.click("[name=quantity_2]").await;
    touch_beside(&till, "1").await;
    till.click_on("What goes back?").await;
    till.shows_in("#return-form", &euros(basket.reduced_minor()))
        .await;
    till.click_on("Give back in cash").await;
    till.shows("Give back").await;
    till.click_on("Back to the register").await;
    till.shows("Scan an item to start a sale").await;

    till.click_on("Till").await;
    till.shows("Count the drawer").await;
    till.is_live().await;
    for (piece, count) in PIECES.iter().zip(counted(basket.drawer_minor())) {
        if count > 0 {
            till.click(&format!("[name=piece_{piece}]")).await;
            touch_beside(&till, &count.to_string()).await;
        }
    }
    till.shows_in(".count-total", &euros(basket.drawer_minor()))
        .await;
    till.click_on("Close the till").await;
    day_is_over(&world, &till).await;
    world.line.mend();
    world.end().await;
}
