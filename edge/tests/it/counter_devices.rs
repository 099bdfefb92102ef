//! Scale, customer display, label printer and payment terminal of a register, with the hub cut off.

use counterpart_edge::devices::{DeviceHealth, DeviceRole};
use counterpart_hardware::{LabelFault, ScaleFault, TerminalFault};

use crate::counter::{ADA, Clerk, Counter, MILK};
use crate::factory::{AMPLE, CounterTwins, REGISTER, World, soon};

async fn shop() -> (Counter, CounterTwins) {
    let mut world = World::enrolled().await;
    let twins = world.with_counter().await;
    let counter = Counter::of(world).await;
    for role in [
        DeviceRole::Scale,
        DeviceRole::Display,
        DeviceRole::LabelPrinter,
        DeviceRole::Terminal,
    ] {
        until(&counter, role, DeviceHealth::Ready).await;
    }
    (counter, twins)
}

/// Waits until a device is as `health` says, and returns its word.
async fn until(counter: &Counter, role: DeviceRole, health: DeviceHealth) -> String {
    let devices = counter.edge.context().devices().clone();
    let mut changes = devices.changes();
    soon(role.word(), async {
        loop {
            changes.mark_unchanged();
            let others = devices.of(REGISTER).unwrap().others;
            let found = others.into_iter().find(|(one, _)| *one == role);
            if let Some((_, device)) = found
                && device.health == health
            {
                return device.word;
            }
            changes.changed().await.unwrap();
        }
    })
    .await
}

#[tokio::test]
async fn a_program_gets_a_stable_weight_or_the_reason_there_is_none() {
    let (counter, twins) = shop().await;
    let ada = counter.sign_in(ADA).await;
    let weigh = async || ada.get("/v1/registers/1/weight").await;
    twins.scale.put(1_235);
    let weighed = weigh().await;
    assert_eq!(weighed.status, 200, "{}", weighed.text);
    assert_eq!(weighed.json()["grams"], 1_235);
    twins.scale.put(-5);
    let refused = weigh().await.problem();
    assert_eq!((refused.0, refused.1.as_str()), (409, "no_weight"));
    twins.scale.set_fault(ScaleFault::Silent);
    let away = weigh().await.problem();
    assert_eq!((away.0, away.1.as_str()), (503, "scale_away"));
    let word = until(&counter, DeviceRole::Scale, DeviceHealth::Soon).await;
    assert_eq!(word, "Scale not answering");
    let other = ada.get("/v1/registers/9/weight").await;
    assert_eq!(other.status, 404, "{}", other.text);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_devices_page_tries_each_device_and_says_what_came_of_it() {
    let (counter, twins) = shop().await;
    let ada = counter.sign_in(ADA).await;
    let page = ada.page("/devices").await;
    for word in [
        "Scale ready",
        "Display ready",
        "Label printer ready",
        "Payment terminal ready",
    ] {
        assert!(page.text.contains(word), "{word}: {}", page.text);
    }
    let press = async |device: &str| {
        let answer = ada
            .press_plainly(&format!("/devices/1/{device}"), &[])
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.text
    };
    twins.scale.put(500);
    let tried = press("scale").await;
    assert!(
        tried.contains("The scale shows") && tried.contains("500"),
        "{tried}"
    );

    assert_eq!(twins.display.lines()[0], "Corner Shop Ghent");
    let tried = press("display").await;
    assert!(tried.contains("Look at the display"), "{tried}");
    let mut changes = twins.display.changes();
    soon("the display", async {
        while !twins.display.lines()[1].contains("12.34") {
            changes.changed().await.unwrap();
        }
    })
    .await;

    let tried = press("label-printer").await;
    assert!(tried.contains("the label is printed"), "{tried}");
    let printed = twins.labels.printed();
    assert!(
        printed[0].text().contains("Ä ß é Ł ş Ω"),
        "{}",
        printed[0].text()
    );
    twins.labels.set_fault(LabelFault::HeadOpen);
    let tried = press("label-printer").await;
    assert!(
        tried.contains("No label was printed") && tried.contains("cover open"),
        "{tried}"
    );
    assert_eq!(twins.labels.printed().len(), 1);
    until(&counter, DeviceRole::LabelPrinter, DeviceHealth::Stopped).await;

    let tried = press("terminal").await;
    assert!(tried.contains("The terminal is ready"), "{tried}");
    twins.terminal.set_fault(TerminalFault::Busy);
    let tried = press("terminal").await;
    assert!(tried.contains("in the middle of something"), "{tried}");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_test_page_goes_the_way_of_every_receipt() {
    let mut world = World::enrolled().await;
    let printer = world.with_printer().await;
    let counter = Counter::of(world).await;
    let ada = counter.sign_in(ADA).await;
    assert!(
        ada.page("/devices")
            .await
            .text
            .contains("Print a test page")
    );
    let press = async || ada.press_plainly("/devices/1/printer", &[]).await;
    let tried = press().await;
    assert_eq!(tried.status, 200, "{}", tried.text);
    // On a busy machine the printer has taken it and not said more within the two seconds.
    let words = ["the page is printed", "took the page"];
    assert!(
        words.iter().any(|one| tried.text.contains(one)),
        "{}",
        tried.text
    );
    soon("a page", printer.until(|seen| !seen.receipts.is_empty())).await;
    let paper = printer.snapshot().receipts.last().unwrap().text.clone();
    assert!(
        paper.contains("TEST PAGE") && paper.contains("Turkish ğ ş İ ı"),
        "{paper}"
    );

    printer.open_cover();
    let tried = press().await;
    assert!(
        tried.text.contains("in its queue like any other paper"),
        "{}",
        tried.text
    );
    printer.close_cover();
    soon(
        "the second page",
        printer.until(|seen| seen.receipts.len() >= 2),
    )
    .await;
    let nobody = ada.press_plainly("/devices/9/printer", &[]).await;
    assert_eq!(nobody.status, 404, "{}", nobody.text);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn an_unplugged_scale_is_told_and_selling_goes_on() {
    let (counter, twins) = shop().await;
    let ada = counter.at_open_till(5_000).await;
    twins.scale.unplug().await.unwrap();
    let word = until(&counter, DeviceRole::Scale, DeviceHealth::Stopped).await;
    assert_eq!(word, "Scale not reached");
    let sold = ada.sell_milk().await;
    assert_eq!(sold["total_minor"], 129, "{sold}");
    twins.scale.plug().await.unwrap();
    until(&counter, DeviceRole::Scale, DeviceHealth::Ready).await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_code_with_a_weight_in_it_is_a_weighed_line() {
    let mut world = World::enrolled().await;
    world.config.in_store_codes = vec!["21IIIIIWWWWWC".parse().unwrap()];
    let counter = Counter::of(world).await;
    let ada = counter.at_open_till(0).await;
    // DataBar with the goods' number and 1.250 kg, and the label of the shop's own scale.
    ada.scan("0109501101530003310300125017261231").await;
    ada.scan("2112345012353").await;
    let basket = ada.basket().await;
    let lines: Vec<_> = basket["lines"].as_array().unwrap().iter().collect();
    for (line, grams) in lines.iter().zip([1_250, 1_235]) {
        assert_eq!(line["sku"], "APPLES", "{basket}");
        assert_eq!(line["quantity_milli"], grams, "{basket}");
    }
    assert_eq!(lines.len(), 2, "{basket}");
    // A misread weight is not guessed at.
    let misread = ada.scan("2112345012354").await;
    assert_eq!(misread["why"], "misread", "{misread}");
    counter.edge.shutdown().await;
}

/// Waits until the customer sees these two lines.
async fn shows(twins: &CounterTwins, lines: [&str; 2]) {
    let mut changes = twins.display.changes();
    let seen = async {
        while twins.display.lines() != lines {
            changes.changed().await.unwrap();
        }
    };
    let within = tokio::time::timeout(AMPLE, seen).await;
    assert!(
        within.is_ok(),
        "{:?} instead of {lines:?}",
        twins.display.lines()
    );
}

#[tokio::test]
async fn the_customer_sees_each_line_the_total_and_the_change() {
    let (counter, twins) = shop().await;
    let ada = counter.at_open_till(5_000).await;
    shows(&twins, ["Corner Shop Ghent", ""]).await;
    ada.scan(MILK).await;
    shows(&twins, ["Oat milk 1 l   €1.29", "Total          €1.29"]).await;
    ada.scan(MILK).await;
    shows(&twins, ["2 x Oat milk 1 €2.58", "Total          €2.58"]).await;
    // The cable is out for a moment: what is shown then is what holds then.
    twins.display.unplug().await.unwrap();
    ada.scan(MILK).await;
    twins.display.plug().await.unwrap();
    shows(&twins, ["3 x Oat milk 1 €3.87", "Total          €3.87"]).await;
    ada.press("/register/1/tender", &[]).await;
    shows(&twins, ["Total          €3.87", "To pay         €3.87"]).await;
    ada.press("/register/1/cash", &[("cash", "5")]).await;
    shows(&twins, ["Total          €3.87", "Change         €1.13"]).await;
    ada.press("/register/1/next", &[]).await;
    shows(&twins, ["Corner Shop Ghent", ""]).await;
    counter.edge.shutdown().await;
}

/// Waits until the first line of the basket holds so much.
async fn holds(ada: &Clerk<'_>, quantity_milli: i64) {
    soon("the weight", async {
        while ada.basket().await["lines"][0]["quantity_milli"] != quantity_milli {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn goods_without_a_weight_are_weighed_by_themselves_or_by_a_key() {
    let (counter, twins) = shop().await;
    let ada = counter.at_open_till(0).await;
    twins.scale.put(734);
    ada.scan("09501101530003").await;
    holds(&ada, 734).await;
    assert_eq!(ada.basket().await["total_minor"], 219);
    ada.pay(219).await.json();

    // Nothing lies there yet: the line waits, and the key asks again.
    twins.scale.put(-5);
    ada.scan("09501101530003").await;
    let page = ada.page("/register/1").await;
    assert!(page.text.contains("Weigh"), "{}", page.text);
    let weigh = [("line", "1"), ("does", "weigh")];
    let refused = ada.press("/register/1/quantity", &weigh).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert_eq!(ada.basket().await["lines"][0]["quantity_milli"], 0);
    twins.scale.put(500);
    let weighed = ada.press("/register/1/quantity", &weigh).await;
    assert_eq!(weighed.status, 200, "{}", weighed.text);
    holds(&ada, 500).await;
    counter.edge.shutdown().await;
}
