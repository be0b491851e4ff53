//! The trigger URLs that a client knows by itself.

use std::cell::{Cell, RefCell};

use crate::policy::trust::TrustedUrl;

/// Trigger URLs by what they were asked for with.
pub struct Known<K> {
    entries: RefCell<Vec<Entry<K>>>,
    cleared: Cell<u32>,
}

struct Entry<K> {
    key: K,
    url: Option<TrustedUrl>,
    /// How often it was outdated since everything was forgotten.
    outdated: u32,
}

impl<K> Default for Known<K> {
    fn default() -> Self {
        Self {
            entries: RefCell::default(),
            cleared: Cell::default(),
        }
    }
}

impl<K: PartialEq> Known<K> {
    /// The URL that is known.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<TrustedUrl> {
        let entries = self.entries.borrow();
        entries.iter().find(|entry| entry.key == *key)?.url.clone()
    }

    /// Knows a URL from now on, in the place of any other.
    pub fn keep(&self, key: K, url: TrustedUrl) {
        self.change(key, Some(url), 0);
    }

    /// Forgets what is known, and what is being asked for, to ask anew.
    pub fn outdate(&self, key: K) {
        self.change(key, None, 1);
    }

    fn change(&self, key: K, url: Option<TrustedUrl>, outdated: u32) {
        let mut entries = self.entries.borrow_mut();
        match entries.iter_mut().find(|entry| entry.key == key) {
            Some(entry) => {
                entry.url = url;
                entry.outdated = entry.outdated.wrapping_add(outdated);
            }
            None => entries.push(Entry { key, url, outdated }),
        }
    }

    /// Forgets a URL that turned out wrong, unless another caller replaced it already.
    pub fn forget_wrong(&self, key: &K, wrong: &TrustedUrl) {
        for entry in self.entries.borrow_mut().iter_mut() {
            if entry.key == *key {
                entry.url.take_if(|url| url == wrong);
            }
        }
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.entries.borrow_mut().clear();
        self.cleared.set(self.cleared.get().wrapping_add(1));
    }

    /// How often everything was forgotten, and how often that was outdated: what was asked before must not fill the
    /// cache again.
    #[must_use]
    pub fn epoch(&self, key: &K) -> (u32, u32) {
        let entries = self.entries.borrow();
        let entry = entries.iter().find(|entry| entry.key == *key);
        (self.cleared.get(), entry.map_or(0, |entry| entry.outdated))
    }
}
