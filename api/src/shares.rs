//! What there is only so much of: connections, bytes of bodies, exchanges with the Frontend API.
//! A share of it is held for as long as its [`Share`] lives.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So much of something, and how much of it each holder may have. Clones share it.
///
/// Nobody may hold more than `each`, nor more than they leave to all others: whoever comes
/// first cannot take everything, and who holds nothing yet still finds some.
#[derive(Debug)]
pub struct Shares<K: Hash + Eq>(Arc<Inner<K>>);

#[derive(Debug)]
struct Inner<K> {
    all: usize,
    each: usize,
    taken: Mutex<Taken<K>>,
}

#[derive(Debug)]
struct Taken<K> {
    all: usize,
    by: HashMap<K, usize>,
}

impl<K: Hash + Eq> Clone for Shares<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: Hash + Eq + Clone> Shares<K> {
    /// So much for all, and so much for each.
    pub fn new(all: usize, each: usize) -> Self {
        let taken = Mutex::new(Taken {
            all: 0,
            by: HashMap::new(),
        });
        Self(Arc::new(Inner { all, each, taken }))
    }

    /// A share of this amount for this holder; none when that would be too much. Without a
    /// holder only the amount for all counts.
    pub fn take(&self, holder: Option<K>, amount: usize) -> Option<Share<K>> {
        let mut taken = self.taken();
        let left = self.0.all.checked_sub(taken.all)?.checked_sub(amount)?;
        if let Some(holder) = &holder {
            let held = taken.by.get(holder).copied().unwrap_or_default() + amount;
            if held > self.0.each || held > left {
                return None;
            }
            taken.by.insert(holder.clone(), held);
        }
        taken.all += amount;
        Some(Share {
            of: self.clone(),
            holder,
            amount,
        })
    }
}

impl<K: Hash + Eq> Shares<K> {
    fn taken(&self) -> MutexGuard<'_, Taken<K>> {
        // Nothing panics while the lock is held.
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A share. Dropping it gives it back.
#[derive(Debug)]
pub struct Share<K: Hash + Eq> {
    of: Shares<K>,
    holder: Option<K>,
    amount: usize,
}

impl<K: Hash + Eq> Drop for Share<K> {
    fn drop(&mut self) {
        let mut taken = self.of.taken();
        taken.all -= self.amount;
        if let Some(holder) = &self.holder
            && let Some(held) = taken.by.get_mut(holder)
        {
            *held -= self.amount;
            if *held == 0 {
                taken.by.remove(holder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_holds_more_than_their_share() {
        let shares = Shares::new(100, 10);
        let held = shares.take(Some("a"), 10).expect("a share");
        assert!(shares.take(Some("a"), 1).is_none());
        let other = shares.take(Some("b"), 1).expect("another holder");
        drop((held, other));
        shares.take(Some("a"), 10).expect("given back");
    }

    #[test]
    fn nobody_holds_more_than_they_leave() {
        let shares = Shares::new(10, 10);
        let held: Vec<_> = (0..10).filter_map(|_| shares.take(Some("a"), 1)).collect();
        assert_eq!(held.len(), 5);
        // However many come, there is something for who has nothing.
        let more: Vec<_> = ["b", "c", "d"]
            .iter()
            .flat_map(|name| std::iter::repeat_n(name, 10))
            .filter_map(|name| shares.take(Some(name), 1))
            .collect();
        assert_eq!(more.len(), 4);
        drop((held, more));
        assert!(shares.taken().by.is_empty());
        assert_eq!(shares.taken().all, 0);
    }

    #[test]
    fn who_is_exempt_counts_for_all() {
        let shares = Shares::new(3, 1);
        let exempt: Vec<_> = (0..4)
            .filter_map(|_| shares.take(None::<&str>, 1))
            .collect();
        assert_eq!(exempt.len(), 3);
        assert!(shares.take(Some("a"), 1).is_none());
    }
}
