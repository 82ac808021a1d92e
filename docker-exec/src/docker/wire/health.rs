//! Health checks as containers and images have them.

use std::time::Duration;

use map_planner::spec::HealthcheckSpec;
use serde::Deserialize;

use super::nullable;

/// `HealthConfig` of an answer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Healthcheck {
    #[serde(default, deserialize_with = "nullable")]
    test: Vec<String>,
    #[serde(default)]
    interval: i64,
    #[serde(default)]
    timeout: i64,
    #[serde(default)]
    retries: i64,
    #[serde(default)]
    start_period: i64,
}

impl Healthcheck {
    /// Returns what was observed; the engine fills in zeros, which say nothing.
    pub(super) fn observed(self) -> Option<HealthcheckSpec> {
        let time = |nanos| u64::try_from(nanos).ok().filter(|nanos| *nanos > 0).map(Duration::from_nanos);
        let spec = HealthcheckSpec {
            test: self.test,
            interval: time(self.interval),
            timeout: time(self.timeout),
            retries: u32::try_from(self.retries).ok().filter(|retries| *retries > 0),
            start_period: time(self.start_period),
        };
        (spec != HealthcheckSpec::default()).then_some(spec)
    }
}
