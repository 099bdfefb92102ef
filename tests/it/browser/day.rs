//! A day of an associate, from the sign-in to the Z: by keyboard and scanner alone. The hub is cut
//! off throughout.
//!
//! Each step waits for what a person would wait for: the words, and the cursor where they type.

use counterpart_tests::browser::{Browser, Hands, Window};
use counterpart_tests::goods::{Good, decimal};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, PIN as MANAGER, World};

use super::no_complaints;

const SIZE: (u32, u32) = (1280, 720);
/// Whose day it is, and their PIN: an associate, who needs a manager's for a fifth off.
const WHO: (&str, &str) = ("Sam", "2580");
const FLOAT_MINOR: i64 = 10_000;
/// How many of the good that is not reduced are sold.
const PIECES_SOLD: i64 = 3;
/// The pieces of a euro drawer, as the count shows them.
const PIECES: [i64; 15] = [
    50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1,
];

/// What is sold: one good for a fifth less, some of another at its price.
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

    fn reduced_minor(&self) -> i64 {
        let full = self.reduced.price_minor.unwrap();
        full - off(full)
    }

    fn others_minor(&self) -> i64 {
        PIECES_SOLD * self.other.price_minor.unwrap()
    }

    fn due_minor(&self) -> i64 {
        self.reduced_minor() + self.others_minor()
    }

    /// The next multiple of 20 above: a note every customer has, and one of the quick amounts.
    fn given_minor(&self) -> i64 {
        (self.due_minor() / 2_000 + 1) * 2_000
    }

    /// What lies in the drawer once the reduced good came back.
    fn drawer_minor(&self) -> i64 {
        FLOAT_MINOR + self.others_minor()
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

/// Waits until the printer has the Z and the page tells that nothing is missing.
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
    till.only_by(Hands::Keys).await;
    keys::open(&world, &till).await;
    keys::sell(&world, &till, &basket).await;
    keys::take_back(&world, &till, &basket).await;
    keys::close(&till, &basket).await;
    day_is_over(&world, &till).await;
    world.mend();
    world.end().await;
}

/// The day as keys and a scanner do it.
mod keys {
    use super::{Basket, MANAGER, PIECES, PIECES_SOLD, WHO, World, counted, euros, scan};
    use counterpart_tests::browser::Window;

    /// Signs the associate in and opens the till.
    pub(super) async fn open(world: &World, till: &Window) {
        till.open(&format!("{}/register/1", world.edge().url()))
            .await;
        till.shows("Who is at the till?").await;
        // The link past the bar, the people, the PIN.
        till.press("Tab").await;
        till.press("Tab").await;
        till.has_cursor_in("[name=member]").await;
        till.press("ArrowDown").await;
        till.shows_in("label:has(:checked)", WHO.0).await;
        till.press("Tab").await;
        till.has_cursor_in("[name=pin]").await;
        till.type_calmly(WHO.1).await;
        till.press("Enter").await;
        till.shows("Open the till").await;
        till.is_live().await;
        till.type_calmly("100").await;
        till.press("Enter").await;
        till.shows("Scan an item to start a sale").await;
    }

    /// Sells three of one good and one of another for a fifth less, which a manager lets pass.
    pub(super) async fn sell(world: &World, till: &Window, basket: &Basket<'_>) {
        scan(world, &basket.other.gtin).await;
        till.shows_in(".sale-lines", &basket.other.name).await;
        till.type_calmly(&PIECES_SOLD.to_string()).await;
        till.press("Enter").await;
        till.shows_in("output.total", &euros(basket.others_minor()))
            .await;
        scan(world, &basket.reduced.gtin).await;
        till.shows_in(".sale-lines", &basket.reduced.name).await;
        till.press("F8").await;
        till.shows(&format!("Change the price of {}", basket.reduced.name))
            .await;
        till.has_cursor_in("[name=value]").await;
        till.type_calmly("20").await;
        till.press("Tab").await;
        till.press("Tab").await;
        till.has_cursor_in("#field-discount-pin").await;
        till.type_calmly(MANAGER).await;
        till.press("Enter").await;
        till.shows_in("output.total", &euros(basket.due_minor()))
            .await;

        till.press("F9").await;
        till.shows("To pay").await;
        // The third of the quick amounts is the next note of 20.
        let given = basket.given_minor();
        till.shows_in("[data-key='Shift+F3']", &euros(given)).await;
        till.press("Shift+F3").await;
        till.shows_in(".change", &euros(given - basket.due_minor()))
            .await;
        till.press("F9").await;
        till.shows("Scan an item to start a sale").await;
    }

    /// Takes the reduced good back by the code on its receipt.
    pub(super) async fn take_back(world: &World, till: &Window, basket: &Basket<'_>) {
        scan(world, "1-1-000001").await;
        till.shows_in(".unsettled", "A receipt").await;
        till.press("F10").await;
        till.shows_in("h1", "Returns · 1-1-000001").await;
        // The reduced good is the second line: one field, its reason and its place further on.
        till.has_cursor_in("[name=quantity_1]").await;
        for _ in 0..3 {
            till.press("Tab").await;
        }
        till.has_cursor_in("[name=quantity_2]").await;
        till.type_calmly("1").await;
        till.press("Enter").await;
        till.shows_in("#return-form", &euros(basket.reduced_minor()))
            .await;
        till.press("F9").await;
        // The page before has a button that says so too; its headline does not.
        till.shows_in("h1", "Give back").await;
        till.shows_in(".change", &euros(basket.reduced_minor()))
            .await;
        till.press("F9").await;
        till.shows("Scan an item to start a sale").await;
    }

    /// Counts the drawer piece by piece and closes the till.
    pub(super) async fn close(till: &Window, basket: &Basket<'_>) {
        till.press("Alt+2").await;
        till.shows_in("h1", "Count the drawer").await;
        let counts = counted(basket.drawer_minor());
        for (at, (piece, count)) in PIECES.iter().zip(counts).enumerate() {
            // Enter goes on to the next piece; behind the last one it would close the till.
            if at > 0 {
                till.press("Enter").await;
            }
            if count > 0 {
                till.has_cursor_in(&format!("[name=piece_{piece}]")).await;
                till.type_calmly(&count.to_string()).await;
            }
        }
        till.shows_in(".count-total", &euros(basket.drawer_minor()))
            .await;
        till.press("F9").await;
    }
}
