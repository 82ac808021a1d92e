//! Instances of a configuration take turns: a batch begins when the one before it is ready.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use container_map::{ConfigName, ContainerKey};

use super::Draft;
use super::waits::comes_after;
use crate::action::Condition;
use crate::desired::DesiredState;

/// Makes each batch wait for the one before it. An order that something else asks for comes first: what the engine binds,
/// who holds a port.
pub(super) fn roll(draft: &mut Draft, order: &[ContainerKey], desired: &DesiredState) {
    let mut configs: BTreeMap<&ConfigName, Vec<&ContainerKey>> = BTreeMap::new();
    for key in order.iter().filter(|key| desired.containers[*key].update.batch.is_some()) {
        configs.entry(&key.config).or_default().push(key);
    }
    for instances in configs.values() {
        let (begun, others): (Vec<&ContainerKey>, Vec<&ContainerKey>) =
            instances.iter().partition(|key| draft.begins.contains_key(*key));
        let size = instances.first().and_then(|key| desired.containers[*key].update.batch);
        let size = size.map_or(usize::MAX, |size| size.get() as usize);
        // What an earlier run has begun and is not ready yet comes before all others.
        let mut before: Vec<usize> = others.iter().filter_map(|key| readiness(draft, key)).collect();
        for batch in begun.chunks(size) {
            for key in batch {
                let first = draft.begins[*key];
                for ready in &before {
                    if !comes_after(draft, *ready, first) {
                        draft.wait(first, *ready);
                    }
                }
            }
            before = batch.iter().filter_map(|key| readiness(draft, key)).collect();
        }
    }
}

/// Returns the node after which a container is ready.
fn readiness(draft: &Draft, key: &ContainerKey) -> Option<usize> {
    let ready = draft.awaits.get(&(key.clone(), Condition::Ready));
    ready.or_else(|| draft.runs.get(key)).copied()
}
