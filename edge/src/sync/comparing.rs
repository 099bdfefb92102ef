//! Comparing records with the hub at night: one question between two exchanges.
//!
//! What is due and what an answer means is the replica's. A comparison that is cut short begins
//! anew: it changes nothing that is right, so nothing of it is kept on the way.

use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::sync::Comparison;

use super::client::HubClient;
use super::trouble::HubTrouble;
use crate::context::Context;
use crate::web::STATUS_TOPIC;

/// How long a comparison that failed is left alone, in milliseconds: an hour. Another version of
/// the hub may not know the question.
const LEFT_ALONE_MS: i64 = 3_600_000;

/// The comparison under way, if one is.
#[derive(Debug, Default)]
pub(super) struct Comparing {
    now: Option<Comparison>,
    not_before_ms: i64,
}

impl Comparing {
    /// Asks the next question, if a comparison is due; returns whether there is more to ask. What
    /// goes wrong is no trouble with the hub: the exchange before went well.
    pub(super) async fn ask(&mut self, context: &Context, hub: &HubClient) -> bool {
        if context.now_ms() < self.not_before_ms {
            return false;
        }
        match self.step(context, hub).await {
            Ok(more) => more,
            Err(trouble) => {
                tracing::info!(error = %trouble, "records could not be compared with the hub now");
                self.now = None;
                self.not_before_ms = context.now_ms().saturating_add(LEFT_ALONE_MS);
                false
            }
        }
    }

    async fn step(&mut self, context: &Context, hub: &HubClient) -> Result<bool, HubTrouble> {
        let replica = context.replica().clone();
        let begun = self.now.take();
        let asked = context.db().read(move |tx| {
            let due = match begun {
                Some(comparison) => Some(comparison),
                None => replica.comparison_due(tx)?,
            };
            let Some(comparison) = due else {
                return Ok::<_, ReplicaFailed>(None);
            };
            let asked = replica.ask_comparison(tx, &comparison)?;
            Ok(Some((comparison, asked)))
        });
        let Some((mut comparison, asked)) = asked.await.map_err(own)? else {
            return Ok(false);
        };
        let told = hub.compare(&asked).await?;
        // A hub that looks at nothing would be asked the same for ever.
        if told.looked == 0 && !asked.spans.is_empty() {
            let why = "it compared none of the records it was asked about";
            return Err(HubTrouble::NoHub(why.to_owned()));
        }
        let (replica, live) = (context.replica().clone(), context.live().clone());
        let heard = context.db().write(move |tx| {
            replica.hear_comparison(tx, &mut comparison, &asked, &told)?;
            if comparison.is_over() {
                tx.on_commit(Box::new(move || live.publish(STATUS_TOPIC)));
            }
            Ok::<_, ReplicaFailed>(comparison)
        });
        let comparison = heard.await.map_err(own)?;
        self.now = (!comparison.is_over()).then_some(comparison);
        // The other way may be due as well.
        Ok(true)
    }
}

fn own(failed: ReplicaFailed) -> HubTrouble {
    HubTrouble::Own(failed.to_string())
}
