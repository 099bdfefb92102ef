//! A scale and each of its faults: a weight is stable and new, or there is none, and why.

use std::path::Path;
use std::time::Duration;

use counterpart_hardware::{
    DeviceState, NoWeight, Scale, ScaleConfig, ScaleFault, ScaleProtocol, Trouble, VirtualScale,
    WeighFailed, WeightKind,
};

use crate::world::within;

const BOTH: [ScaleProtocol; 2] = [ScaleProtocol::Toledo8217, ScaleProtocol::Sma];
/// Longer than a busy machine needs for an answer.
const PATIENT: Duration = Duration::from_secs(10);
/// For a scale that is expected to have no weight.
const SHORT: Duration = Duration::from_millis(300);

async fn scale(folder: &Path, protocol: ScaleProtocol) -> (VirtualScale, Scale) {
    let twin = VirtualScale::plug_in(folder.join("scale"), protocol)
        .await
        .unwrap();
    let mut config = ScaleConfig::new(twin.port_address(), protocol);
    config.probe = Duration::from_millis(50);
    config.reopen = (Duration::from_millis(20), Duration::from_millis(50));
    let driver = Scale::spawn(config);
    reaches(&driver, |state| *state == DeviceState::Ready).await;
    (twin, driver)
}

async fn reaches(driver: &Scale, wanted: impl Fn(&DeviceState) -> bool) {
    let mut state = driver.state();
    within(state.wait_for(|state| wanted(state))).await.unwrap();
}

#[tokio::test]
async fn a_weight_is_waited_for_until_it_stands_still() {
    for protocol in BOTH {
        let folder = tempfile::tempdir().unwrap();
        let (twin, driver) = scale(folder.path(), protocol).await;
        twin.settle_after(1_235, 3);
        let before = twin.asked();
        let weight = within(driver.weigh(PATIENT)).await.unwrap();
        assert_eq!(
            (weight.grams, weight.kind),
            (1_235, WeightKind::Gross),
            "{protocol:?}"
        );
        assert!(twin.asked() > before, "it was asked anew");

        twin.tare(235);
        let weight = within(driver.weigh(PATIENT)).await.unwrap();
        assert_eq!(
            (weight.grams, weight.kind),
            (1_000, WeightKind::Net),
            "{protocol:?}"
        );
        within(driver.shutdown()).await;
    }
}

#[tokio::test]
async fn a_weight_is_never_one_of_before() {
    let folder = tempfile::tempdir().unwrap();
    let (twin, driver) = scale(folder.path(), ScaleProtocol::Toledo8217).await;
    for grams in (0..40).map(|at| at * 371 % 15_000) {
        twin.settle_after(grams, 0);
        let weight = within(driver.weigh(PATIENT)).await.unwrap();
        assert_eq!(i64::from(weight.grams), grams);
    }
}

#[tokio::test]
async fn each_fault_has_its_own_answer() {
    for protocol in BOTH {
        let folder = tempfile::tempdir().unwrap();
        let (twin, driver) = scale(folder.path(), protocol).await;
        let none = async |grams, fault| {
            twin.settle_after(grams, 0);
            twin.set_fault(fault);
            within(driver.weigh(SHORT)).await.unwrap_err().to_string()
        };
        let sentence = |why: NoWeight| WeighFailed::NoWeight(why).to_string();
        assert_eq!(
            none(500, ScaleFault::Moving).await,
            sentence(NoWeight::Moving)
        );
        assert_eq!(
            none(15_001, ScaleFault::None).await,
            sentence(NoWeight::TooHeavy)
        );
        assert_eq!(
            none(-5, ScaleFault::None).await,
            sentence(NoWeight::BelowZero)
        );
        assert_eq!(
            none(500, ScaleFault::NotZeroed).await,
            sentence(NoWeight::NotZeroed)
        );
        reaches(&driver, |state| {
            *state == DeviceState::Degraded(vec![Trouble::NotZeroed])
        })
        .await;
        assert_eq!(
            none(500, ScaleFault::Silent).await,
            WeighFailed::Silent.to_string()
        );
        reaches(&driver, |state| {
            *state == DeviceState::Degraded(vec![Trouble::Silent])
        })
        .await;
        assert_eq!(
            none(500, ScaleFault::Garbage).await,
            WeighFailed::Garbled.to_string()
        );
        reaches(&driver, |state| {
            *state == DeviceState::Degraded(vec![Trouble::Garbled])
        })
        .await;
        assert_eq!(
            none(500, ScaleFault::CutShort).await,
            WeighFailed::Garbled.to_string()
        );
        // And it goes on when the fault is gone.
        twin.set_fault(ScaleFault::None);
        assert_eq!(within(driver.weigh(PATIENT)).await.unwrap().grams, 500);
        reaches(&driver, |state| *state == DeviceState::Ready).await;
    }
}

#[tokio::test]
async fn pounds_are_not_taken_for_kilograms() {
    let folder = tempfile::tempdir().unwrap();
    let (twin, driver) = scale(folder.path(), ScaleProtocol::Sma).await;
    twin.set_fault(ScaleFault::Pounds);
    twin.settle_after(500, 0);
    let failed = within(driver.weigh(SHORT)).await.unwrap_err();
    assert_eq!(
        failed.to_string(),
        "the scale weighs in lb: set it to kilograms"
    );
    reaches(&driver, |state| matches!(state, DeviceState::Faulted(_))).await;
}

#[tokio::test]
async fn an_unplugged_scale_answers_at_once_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let (twin, driver) = scale(folder.path(), ScaleProtocol::Toledo8217).await;
    within(twin.unplug()).await.unwrap();
    reaches(&driver, |state| *state == DeviceState::Absent).await;
    // Nobody waits for a plug: the limit is longer than this test may take.
    let failed = within(driver.weigh(Duration::from_secs(3_600)))
        .await
        .unwrap_err();
    assert!(matches!(failed, WeighFailed::Away), "{failed}");

    within(twin.plug()).await.unwrap();
    twin.put(750);
    reaches(&driver, |state| *state == DeviceState::Ready).await;
    assert_eq!(within(driver.weigh(PATIENT)).await.unwrap().grams, 750);

    driver.disable();
    reaches(&driver, |state| *state == DeviceState::Disabled).await;
    let failed = within(driver.weigh(PATIENT)).await.unwrap_err();
    assert!(matches!(failed, WeighFailed::Away), "{failed}");
    driver.enable();
    reaches(&driver, |state| *state == DeviceState::Ready).await;
}
