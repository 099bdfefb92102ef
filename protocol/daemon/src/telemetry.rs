//! Logs and metrics of a process.
//!
//! It chooses no field names and no metrics: those stand where things happen (style.md, Logs).

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Upper bounds of durations in seconds: from a commit on a fast disk to a request that times out.
const DURATION_BUCKETS_S: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0,
];
/// Upper bounds of the number of commands in a commit.
const BATCH_BUCKETS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
/// How often the recorder tidies up what histograms collected.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people, in colour on a terminal.
    #[default]
    Pretty,
    /// One JSON object per line, for collectors.
    Json,
}

/// Why logging can't start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is no filter.
    #[error("the log filter \"{filter}\" can't be used: write a level, or target=level, …")]
    Filter {
        /// The filter.
        filter: String,
        /// What the reader said.
        #[source]
        cause: tracing_subscriber::filter::ParseError,
    },
}

/// The metrics of this process.
#[derive(Clone)]
pub struct Telemetry {
    recorder: PrometheusHandle,
}

/// Starts logs, in this format and with this filter (`info`, `info,counterpart_edge=debug`), and
/// metrics. A process has one of each: later calls return the first one's metrics and change
/// nothing, so that the demo and tests may run several daemons in one process.
///
/// # Errors
///
/// [`TelemetryError::Filter`].
pub fn start(format: LogFormat, filter: &str) -> Result<Telemetry, TelemetryError> {
    let parsed = EnvFilter::try_new(filter).map_err(|cause| TelemetryError::Filter {
        filter: filter.to_owned(),
        cause,
    })?;
    let registry = tracing_subscriber::registry().with(parsed);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Pretty => registry
            .with(layer.with_ansi(std::io::stderr().is_terminal()))
            .try_init(),
        LogFormat::Json => registry.with(layer.json().flatten_event(true)).try_init(),
    };
    if started.is_err() {
        tracing::debug!("logs were started before");
    }
    Ok(metrics())
}

/// Starts metrics only; a process has one recorder.
pub fn metrics() -> Telemetry {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    let recorder = RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        let builder = builder
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &DURATION_BUCKETS_S)
            .and_then(|builder| {
                let batches = Matcher::Suffix("_batch_commands".to_owned());
                builder.set_buckets_for_metric(batches, &BATCH_BUCKETS)
            })
            .expect("the lists of buckets are not empty");
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another recorder takes the metrics of this process");
        }
        handle
    });
    Telemetry {
        recorder: recorder.clone(),
    }
}

impl Telemetry {
    /// Returns all metrics in the text format of Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        self.recorder.render()
    }

    /// Tidies the recorder up every few seconds until `stop` is cancelled; without it histograms
    /// grow between two scrapes.
    pub async fn keep_up(self, stop: CancellationToken) {
        let mut timer = tokio::time::interval(UPKEEP_INTERVAL);
        while stop.run_until_cancelled(timer.tick()).await.is_some() {
            self.recorder.run_upkeep();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_is_none_is_refused_with_its_text() {
        let refused = start(LogFormat::Pretty, "info,=,")
            .err()
            .expect("this is no filter");
        assert_eq!(
            refused.to_string(),
            "the log filter \"info,=,\" can't be used: write a level, or target=level, …"
        );
    }

    #[test]
    fn durations_are_counted_in_buckets() {
        let telemetry = metrics();
        metrics::histogram!("counterpart_test_duration_seconds").record(Duration::from_millis(3));
        let text = telemetry.render();
        assert!(
            text.contains("counterpart_test_duration_seconds_bucket{le=\"0.005\"} 1"),
            "{text}"
        );
        assert!(text.contains("counterpart_test_duration_seconds_bucket{le=\"0.0025\"} 0"));
    }
}
