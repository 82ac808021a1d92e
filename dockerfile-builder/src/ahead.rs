//! Looking ahead: what is to come is found on a thread of its own, while what came before is dealt with.
//!
//! Finding files and reading small ones take about as long.

use std::sync::mpsc;
use std::thread;

/// How many items are handed over at once.
const BATCH: usize = 64;
/// How many batches can wait.
const WAITING: usize = 8;

/// Makes an iterator on a thread of its own, and hands over what it yields, in its order. It is at most some hundred items
/// ahead. If the system gives no thread, it runs here.
pub(crate) fn ahead<T: Send, I: Iterator<Item = T>, R>(
    make: impl Fn() -> I + Sync,
    take: impl FnOnce(&mut dyn Iterator<Item = T>) -> R,
) -> R {
    let (sender, batches) = mpsc::sync_channel::<Vec<T>>(WAITING);
    thread::scope(|scope| {
        let find = || {
            let sender = sender;
            let mut items = make().fuse();
            loop {
                let batch: Vec<T> = items.by_ref().take(BATCH).collect();
                // Whoever takes them may have had enough.
                if batch.is_empty() || sender.send(batch).is_err() {
                    return;
                }
            }
        };
        match thread::Builder::new().name("listing".to_owned()).spawn_scoped(scope, find) {
            Ok(_) => take(&mut batches.into_iter().flatten()),
            Err(_) => take(&mut make()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_comes_in_order() {
        for count in [0, 1, BATCH, BATCH + 1, 10 * BATCH * WAITING] {
            let taken = ahead(|| 0..count, |items| items.collect::<Vec<_>>());
            assert_eq!(taken, (0..count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn who_has_enough_ends_it() {
        let first = ahead(|| 0_u64.., |items| items.next());
        assert_eq!(first, Some(0));
    }
}
