//! What a build is asked for, as the query of its request.

use std::collections::BTreeMap;

use crate::build::{BuildRequest, Builder};
use crate::docker::pool::query;

/// Returns the path of the request. `session` is the session of a build that has one.
pub(super) fn path(request: &BuildRequest, builder: Builder, id: &str, session: Option<&str>) -> String {
    let mut path = format!("/build?dockerfile={}", query(request.context.dockerfile_path().as_str()));
    let mut add = |name: &str, value: &str| {
        path.push('&');
        path.push_str(name);
        path.push('=');
        path.push_str(&query(value));
    };
    match builder {
        // Without `forcerm` the container of a step that fails stays.
        Builder::Classic => {
            add("rm", "1");
            add("forcerm", "1");
        }
        Builder::BuildKit => {
            add("version", "2");
            add("buildid", id);
        }
    }
    request.tags.iter().for_each(|tag| add("t", &tag.to_string()));
    for (name, values) in [("labels", &request.labels), ("buildargs", &request.args)] {
        if !values.is_empty() {
            add(name, &json(values));
        }
    }
    request.hosts.iter().for_each(|(host, address)| add("extrahosts", &format!("{host}:{address}")));
    let texts =
        [("target", &request.target), ("platform", &request.platform), ("networkmode", &request.network)];
    for (name, value) in texts {
        if let Some(value) = value {
            add(name, value);
        }
    }
    for (name, value) in [("pull", request.pull), ("nocache", request.no_cache)] {
        if value {
            add(name, "1");
        }
    }
    if let Some(session) = session {
        add("session", session);
    }
    path
}

fn json(values: &BTreeMap<String, String>) -> String {
    let pairs = values.iter().map(|(name, value)| (name.clone(), value.as_str().into()));
    serde_json::Value::Object(pairs.collect()).to_string()
}
