//! Compares one network with its specification.

use alloc::string::ToString;
use alloc::vec::Vec;

use crate::attribute::Attribute;
use crate::engine::ObservedNetwork;
use crate::reason::{Difference, Origin, Shown};
use crate::spec::NetworkSpec;

/// Returns how a network differs. Options the engine filled in by itself do not count.
pub(crate) fn compare_network(spec: &NetworkSpec, live: &ObservedNetwork) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut check = |item: &str, live: Shown, wanted: Shown| {
        if live != wanted {
            found.push(Difference {
                attribute: Attribute::NetworkOptions,
                item: Some(item.to_string()),
                origin: Origin::Unknown,
                live,
                wanted,
            });
        }
    };
    check("driver", Shown::value(live.driver.clone()), Shown::value(spec.driver.clone()));
    check("internal", Shown::value(live.internal.to_string()), Shown::value(spec.internal.to_string()));
    for (name, value) in &spec.options {
        check(name, Shown::optional(live.options.get(name).cloned()), Shown::value(value.clone()));
    }
    found
}
