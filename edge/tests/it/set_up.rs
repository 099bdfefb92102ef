//! Devices set up anew while the till sells: another printer takes the next receipt, the one being
//! printed is finished where it began, and what cannot be taken over changes nothing.

use std::sync::{Arc, Mutex};

use counterpart_edge::context::{Context, RegisterSetup, SettingsAgain};
use counterpart_edge::devices::{DeviceHealth, DeviceRole, PrintState, SetUpRefused};
use counterpart_edge::{NotSetUp, set_up};
use counterpart_hardware::TerminalAct;
use counterpart_hardware::terminal::PayRequest;
use counterpart_protocol::ids::RegisterId;

use crate::counter::{ADA, CLEO, Counter};
use crate::devices::{queue, until};
use crate::factory::{REGISTER, World, soon};

/// A file of settings an installer changes.
#[derive(Clone)]
struct File(Arc<Mutex<Result<Vec<RegisterSetup>, String>>>);

impl File {
    /// Writes what the world has, and starts a store with it.
    async fn begin(mut world: World) -> (Self, Counter) {
        let file = Self(Arc::new(Mutex::new(Ok(world.config.registers.clone()))));
        let read = file.clone();
        let settings = SettingsAgain::new(move || read.0.lock().unwrap().clone());
        world.config.settings = Some(settings);
        (file, Counter::of(world).await)
    }

    fn write(&self, registers: Vec<RegisterSetup>) {
        *self.0.lock().unwrap() = Ok(registers);
    }

    fn change(&self, change: impl FnOnce(&mut RegisterSetup)) {
        let mut file = self.0.lock().unwrap();
        change(&mut file.as_mut().unwrap()[0]);
    }

    fn spoil(&self, why: &str) {
        *self.0.lock().unwrap() = Err(why.to_owned());
    }
}

/// Waits until every device of register 1 works.
async fn until_all_work(context: &Context) {
    let mut changes = context.devices().changes();
    soon("every device works", async {
        loop {
            changes.mark_unchanged();
            let all = context.devices().of(REGISTER).unwrap();
            if all.troubled().is_empty() {
                return;
            }
            changes.changed().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn another_printer_takes_the_next_receipt_and_another_scanner_the_next_scan() {
    let mut world = World::enrolled().await;
    let (old, _old_scanner) = (world.with_printer().await, world.with_scanner().await);
    let mut others = World::new();
    let new = others.with_printer().await;
    let (new_scanner, twins) = (others.with_scanner().await, others.with_counter().await);
    let wanted = others.config.registers[0].clone();
    let (file, counter) = File::begin(world).await;
    let context = counter.edge.context().clone();
    let first = queue(&context, "first", None).await;
    let is_confirmed =
        |job: &counterpart_edge::devices::PrintJob| job.state == PrintState::Confirmed;
    until(&context, first, "the first is printed", is_confirmed).await;

    file.change(|register| *register = wanted);
    assert_eq!(set_up(&context).await.unwrap(), [REGISTER]);
    until_all_work(&context).await;
    let second = queue(&context, "second", None).await;
    until(&context, second, "the second is printed", is_confirmed).await;
    assert_eq!(old.snapshot().receipts.len(), 1);
    assert_eq!(new.snapshot().receipts.len(), 1);
    assert_eq!(
        twins.display.lines()[0],
        "Corner Shop Ghent",
        "and it is named after the shop"
    );

    let ada = counter.at_open_till(10_000).await;
    new_scanner
        .scan(crate::counter::MILK.as_bytes())
        .await
        .unwrap();
    soon("the milk is in the basket", async {
        while ada.basket().await["lines"].as_array().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(
        set_up(&context).await.unwrap(),
        [],
        "the same settings change nothing"
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_receipt_being_printed_is_finished_by_the_printer_it_began_on() {
    let mut world = World::enrolled().await;
    let old = world.with_printer().await;
    let new = World::new().with_printer().await;
    let (file, counter) = File::begin(world).await;
    let context = counter.edge.context().clone();
    old.stall_after(400);
    let first = queue(&context, "first", None).await;
    soon(
        "the printer hangs in the middle",
        old.until(|seen| seen.stalled),
    )
    .await;
    let second = queue(&context, "second", None).await;
    file.change(|register| {
        let printer = register.printer.as_mut().unwrap();
        printer.address = new.port_address();
    });
    let setting_up = set_up(&context);
    tokio::pin!(setting_up);
    tokio::select! {
        biased;
        _ = &mut setting_up => panic!("it did not wait for the receipt"),
        () = tokio::task::yield_now() => {}
    }
    old.resume();
    assert_eq!(setting_up.await.unwrap(), [REGISTER]);
    for (job, what) in [(first, "the first"), (second, "the second")] {
        let job = until(&context, job, what, |job| {
            job.state == PrintState::Confirmed
        })
        .await;
        assert_eq!(job.reason, None);
    }
    let whole = |seen: counterpart_hardware::r#virtual::PrinterSnapshot| {
        let pieces = seen.receipts.iter();
        pieces.map(|piece| piece.complete).collect::<Vec<_>>()
    };
    assert_eq!(whole(old.snapshot()), [true]);
    assert_eq!(whole(new.snapshot()), [true]);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_taken_over_changes_nothing_and_says_why() {
    let mut world = World::enrolled().await;
    let twins = world.with_counter().await;
    let (file, counter) = File::begin(world).await;
    let context = counter.edge.context().clone();
    until_all_work(&context).await;

    file.spoil("register 1: the printer has no address");
    let refused = set_up(&context).await.unwrap_err();
    assert!(matches!(refused, NotSetUp::Settings(_)), "{refused}");
    assert!(refused.to_string().contains("has no address"), "{refused}");

    let mut two = counter.world.config.registers.clone();
    two.push(RegisterSetup {
        id: RegisterId(2),
        ..two[0].clone()
    });
    file.write(two);
    let refused = set_up(&context).await.unwrap_err();
    assert!(
        matches!(refused, NotSetUp::Refused(SetUpRefused::Registers)),
        "{refused}"
    );

    // While a customer pays, the terminal stays.
    file.write(counter.world.config.registers.clone());
    file.change(|register| register.counter.scale = None);
    twins.terminal.then(TerminalAct::WaitForAbort);
    let desk = context.devices().terminal(REGISTER).unwrap();
    let request = PayRequest {
        intent: "PAY0000001".parse().unwrap(),
        amount_minor: 1_234,
        decimals: 2,
        currency: "EUR".to_owned(),
        sale: "GHE-1-000001".to_owned(),
        at: "2026-11-29T12:00:00Z".to_owned(),
    };
    let paying = tokio::spawn({
        let desk = desk.clone();
        async move { desk.pay(&request).await }
    });
    let mut shown = desk.shown();
    soon("the terminal is asked", shown.wait_for(Option::is_some))
        .await
        .unwrap();
    let refused = set_up(&context).await.unwrap_err();
    assert!(
        matches!(refused, NotSetUp::Refused(SetUpRefused::Paying(REGISTER))),
        "{refused}"
    );
    let others = context.devices().of(REGISTER).unwrap().others;
    let scale = others.iter().find(|(role, _)| *role == DeviceRole::Scale);
    assert_eq!(
        scale.unwrap().1.health,
        DeviceHealth::Ready,
        "the scale is still there"
    );
    desk.abort().await.unwrap();
    paying.await.unwrap().unwrap();
    assert_eq!(set_up(&context).await.unwrap(), [REGISTER]);
    let others = context.devices().of(REGISTER).unwrap().others;
    assert!(!others.iter().any(|(role, _)| *role == DeviceRole::Scale));
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_manager_presses_a_key_and_an_associate_has_none() {
    let mut world = World::enrolled().await;
    let _old = world.with_printer().await;
    let (file, counter) = File::begin(world).await;
    let ada = counter.sign_in(ADA).await;
    let page = ada.page("/devices").await;
    assert!(!page.text.contains("/devices/settings"), "{}", page.text);
    let refused = ada.press_plainly("/devices/settings", &[]).await;
    assert_eq!(refused.status, 403, "{}", refused.text);

    let cleo = counter.sign_in(CLEO).await;
    let page = cleo.page("/devices").await;
    assert!(
        page.text.contains("Read the settings again"),
        "{}",
        page.text
    );
    let same = cleo.press_plainly("/devices/settings", &[]).await;
    assert!(same.text.contains("nothing was changed"), "{}", same.text);
    file.change(|register| register.printer = None);
    let done = cleo.press_plainly("/devices/settings", &[]).await;
    assert!(
        done.text.contains("set up as the settings say now"),
        "{}",
        done.text
    );
    assert!(
        counter
            .edge
            .context()
            .register(REGISTER)
            .unwrap()
            .printer
            .is_none()
    );
    counter.edge.shutdown().await;
}
