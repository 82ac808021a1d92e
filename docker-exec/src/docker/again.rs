//! Asking again: what the engine cannot do at the moment, and what got lost on the way.
//!
//! An answer that is lost may be one to a request that was carried out. So whatever is asked again has to find out
//! whether it was done already; each action does, in its own way.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};

use super::cause::{Cause, Passing};
use crate::event::progress;

/// The time before the second try; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest time between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// How many times more something is tried: about half a minute in all, in which an engine can be started anew.
const TRIES: usize = 13;
/// How many times more something is tried that may pass or not: less than a second in all.
const DOUBTFUL_TRIES: usize = 2;

/// Does something until it succeeds, or fails in a way that does not pass.
pub(super) async fn again<T, Work>(work: impl FnMut() -> Work) -> Result<T, Cause>
where
    Work: Future<Output = Result<T, Cause>>,
{
    let pauses = ExponentialBuilder::default()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_max_times(TRIES);
    let mut doubtful = 0;
    work.retry(pauses)
        .when(move |cause: &Cause| {
            let is_worth_it = match cause.passing() {
                Passing::Never => false,
                Passing::Surely => true,
                Passing::Perhaps => {
                    doubtful += 1;
                    doubtful <= DOUBTFUL_TRIES
                }
            };
            if is_worth_it {
                progress(format_args!("trying again: {cause}"));
            }
            is_worth_it
        })
        .await
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn answered(status: u16, message: &str) -> Cause {
        Cause::Answered { status, message: message.to_owned() }
    }

    /// Returns how many times something was tried that always fails.
    async fn tries(fail: impl Fn() -> Cause) -> usize {
        let count = Cell::new(0);
        let result: Result<(), Cause> = again(|| {
            count.set(count.get() + 1);
            let cause = fail();
            async { Err(cause) }
        })
        .await;
        assert!(result.is_err());
        count.get()
    }

    #[tokio::test(start_paused = true)]
    async fn what_passes_is_tried_again_and_what_does_not_is_not() {
        assert_eq!(tries(|| answered(404, "No such container")).await, 1);
        assert_eq!(tries(|| answered(500, "Bind for 0.0.0.0:80 failed: port is already allocated")).await, 1);
        assert_eq!(tries(|| answered(500, "something broke")).await, 1 + DOUBTFUL_TRIES);
        assert_eq!(tries(|| answered(503, "starting")).await, 1 + TRIES);
        assert_eq!(tries(|| answered(409, "removal of container a is already in progress")).await, 1 + TRIES);
    }

    #[tokio::test(start_paused = true)]
    async fn an_engine_has_time_to_be_started_anew() {
        let began = tokio::time::Instant::now();
        tries(|| answered(503, "starting")).await;
        let took = began.elapsed();
        assert!(took > Duration::from_secs(20) && took < Duration::from_secs(40), "{took:?}");
    }
}
