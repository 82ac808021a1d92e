//! One bound for all requests to an engine, whoever makes them: several maps can be applied side by side.

use hyper::Method;
use tokio::sync::{Semaphore, SemaphorePermit};

/// How many requests at once keep an engine at work. More make none of them faster, and each of them slower.
const WIDEST: usize = 16;

/// Lets so many requests through at once.
#[derive(Debug)]
pub(super) struct Gate {
    quick: Semaphore,
    long: Semaphore,
}

/// How long a request takes, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    /// The engine is at work until it answers.
    Quick,
    /// It takes as long as a container, a registry or the amount of data takes.
    Long,
    /// It only listens.
    Open,
}

impl Gate {
    pub(super) fn new() -> Self {
        Self { quick: Semaphore::new(WIDEST), long: Semaphore::new(2 * WIDEST) }
    }

    /// Waits for a request's turn. The turn lasts until the permit is dropped.
    pub(super) async fn enter(&self, method: &Method, path: &str) -> Option<SemaphorePermit<'_>> {
        match lane(method, path) {
            Lane::Quick => self.quick.acquire().await.ok(),
            Lane::Long => self.long.acquire().await.ok(),
            Lane::Open => None,
        }
    }
}

fn lane(method: &Method, path: &str) -> Lane {
    let path = path.split('?').next().unwrap_or_default();
    let ends = |endings: &[&str]| endings.iter().any(|ending| path.ends_with(ending));
    if ends(&["/events", "/wait", "/logs", "/session"]) {
        Lane::Open
    } else if ends(&["/stop", "/restart", "/images/create", "/build"])
        || (method == Method::PUT && ends(&["/archive"]))
    {
        Lane::Long
    } else {
        Lane::Quick
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes() {
        for (method, path, expect) in [
            (Method::GET, "/containers/site.web/json", Lane::Quick),
            (Method::POST, "/containers/site.web/start", Lane::Quick),
            (Method::POST, "/containers/site.web/stop?t=3", Lane::Long),
            (Method::POST, "/images/create?fromImage=x", Lane::Long),
            (Method::GET, "/containers/site.web/archive?path=/a", Lane::Quick),
            (Method::PUT, "/containers/site.web/archive?path=/a", Lane::Long),
            (Method::POST, "/build?t=a", Lane::Long),
            (Method::POST, "/session", Lane::Open),
            (Method::GET, "/events?filters=%7B%7D", Lane::Open),
            (Method::GET, "/containers/site.web/logs?tail=10", Lane::Open),
        ] {
            assert_eq!(lane(&method, path), expect, "{method} {path}");
        }
    }

    #[tokio::test]
    async fn a_turn_ends_with_its_permit() {
        let gate = Gate::new();
        let mut turns = Vec::new();
        for _ in 0..WIDEST {
            turns.push(gate.enter(&Method::GET, "/info").await);
        }
        let next = gate.enter(&Method::GET, "/info");
        tokio::pin!(next);
        assert!(futures_util::poll!(&mut next).is_pending());
        assert!(gate.enter(&Method::GET, "/events").await.is_none(), "listening needs no turn");
        assert!(
            gate.enter(&Method::POST, "/containers/a/stop").await.is_some(),
            "stops have turns of their own"
        );
        turns.pop();
        assert!(futures_util::poll!(&mut next).is_ready());
    }
}
