//! Runs work on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Applies `work` to each item, using all cores; the results are in the order of the items. If the system refuses to
/// start a thread, the others do its share.
pub fn parallel_map<I: Sync, R: Send>(items: &[I], work: impl Fn(&I) -> R + Sync) -> Vec<R> {
    parallel_map_with(items, || (), |(), item| work(item))
}

/// Like [`parallel_map`], with a state for each thread, which `start` creates.
pub fn parallel_map_with<I: Sync, R: Send, S>(
    items: &[I],
    start: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &I) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    let worker = || {
        let mut done = Vec::new();
        let mut state = start();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            match items.get(number) {
                Some(item) => done.push((number, work(&mut state, item))),
                None => return done,
            }
        }
    };
    let mut results: Vec<(usize, R)> = thread::scope(|scope| {
        let others: Vec<_> =
            (1..workers).filter_map(|_| thread::Builder::new().spawn_scoped(scope, worker).ok()).collect();
        let mut results = worker();
        for other in others {
            match other.join() {
                Ok(done) => results.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    });
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Runs `beside` in another thread while `main` runs in this one, and returns both results. If the system refuses to start a
/// thread, `beside` runs afterwards.
pub fn join<A: Send, B>(beside: impl Fn() -> A + Sync, main: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|scope| {
        let thread = thread::Builder::new().spawn_scoped(scope, &beside).ok();
        let result = main();
        let other = match thread.map(thread::ScopedJoinHandle::join) {
            None => beside(),
            Some(Ok(other)) => other,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
        };
        (other, result)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        let items: Vec<u32> = (0..1000).collect();
        let squares: Vec<u32> = items.iter().map(|n| n * n).collect();
        assert_eq!(parallel_map(&items, |n| n * n), squares);
        let counted = parallel_map_with(
            &items,
            || 0,
            |count, n| {
                *count += 1;
                (*count, *n)
            },
        );
        assert!(counted.iter().map(|(_, n)| n).eq(&items) && counted.iter().all(|(count, n)| *count <= n + 1));
        assert!(parallel_map(&[] as &[u32], |n| *n).is_empty());
    }
}
