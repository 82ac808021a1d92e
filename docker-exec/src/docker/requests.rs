//! Counts what is asked of an engine: a slow command asks too often, and this says for what.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::Method;

/// How many requests were sent, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Requests {
    /// Lists of all containers, volumes or networks.
    pub lists: u64,
    /// Looks at one container, image or network.
    pub inspections: u64,
    /// Files and directories that were read or written.
    pub archives: u64,
    /// Anything else: greetings, and everything that changes the engine.
    pub others: u64,
}

impl fmt::Display for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lists, inspections, archives, others } = self;
        write!(f, "{lists} lists, {inspections} inspections, {archives} archives, {others} others")
    }
}

/// The counters behind the numbers.
#[derive(Debug, Default)]
pub(super) struct Counters {
    lists: AtomicU64,
    inspections: AtomicU64,
    archives: AtomicU64,
    others: AtomicU64,
}

impl Counters {
    /// Counts a request by its path, without the version of the API.
    pub(super) fn count(&self, method: &Method, path: &str) {
        let counter = match kind(method, path) {
            Kind::List => &self.lists,
            Kind::Inspection => &self.inspections,
            Kind::Archive => &self.archives,
            Kind::Other => &self.others,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Requests {
        let value = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Requests {
            lists: value(&self.lists),
            inspections: value(&self.inspections),
            archives: value(&self.archives),
            others: value(&self.others),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    List,
    Inspection,
    Archive,
    Other,
}

fn kind(method: &Method, path: &str) -> Kind {
    let path = path.split('?').next().unwrap_or_default();
    let words: Vec<&str> = path.split('/').filter(|word| !word.is_empty()).collect();
    let is_read = *method == Method::GET || *method == Method::HEAD;
    match words.as_slice() {
        [.., "archive"] => Kind::Archive,
        ["containers" | "images", "json"] | ["volumes" | "networks"] if is_read => Kind::List,
        ["containers" | "images", .., "json"] | ["volumes" | "networks", _] if is_read => Kind::Inspection,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_of_a_kind() {
        for (method, path, expected) in [
            (Method::GET, "/containers/json?all=1", Kind::List),
            (Method::GET, "/volumes", Kind::List),
            (Method::GET, "/networks", Kind::List),
            (Method::GET, "/containers/site.web/json", Kind::Inspection),
            (Method::GET, "/images/team/app:1/json", Kind::Inspection),
            (Method::GET, "/networks/site.front", Kind::Inspection),
            (Method::HEAD, "/containers/site.web/archive?path=/v", Kind::Archive),
            (Method::PUT, "/containers/site.web/archive?path=/v", Kind::Archive),
            (Method::POST, "/containers/create?name=site.web", Kind::Other),
            (Method::DELETE, "/networks/site.front", Kind::Other),
            (Method::GET, "/version", Kind::Other),
        ] {
            assert_eq!(kind(&method, path), expected, "{method} {path}");
        }
    }
}
