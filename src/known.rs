//! The trigger URLs that a client knows by itself.

use std::cell::{Cell, RefCell};

use crate::policy::trust::TrustedUrl;

/// Trigger URLs by what they were asked for with.
pub struct Known<K> {
    urls: RefCell<Vec<(K, TrustedUrl)>>,
    cleared: Cell<u32>,
    /// A line each time.
    outdated: RefCell<Vec<K>>,
}

impl<K> Default for Known<K> {
    fn default() -> Self {
        Self {
            urls: RefCell::default(),
            cleared: Cell::default(),
            outdated: RefCell::default(),
        }
    }
}

impl<K: PartialEq> Known<K> {
    /// The URL that is known.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<TrustedUrl> {
        let urls = self.urls.borrow();
        let (_, url) = urls.iter().find(|(known, _)| known == key)?;
        Some(url.clone())
    }

    /// Knows a URL from now on, in the place of any other.
    pub fn keep(&self, key: K, url: TrustedUrl) {
        self.forget(&key);
        self.urls.borrow_mut().push((key, url));
    }

    fn forget(&self, key: &K) {
        self.urls.borrow_mut().retain(|(known, _)| known != key);
    }

    /// Forgets what is known, and what is being asked for, to ask anew.
    pub fn outdate(&self, key: K) {
        self.forget(&key);
        self.outdated.borrow_mut().push(key);
    }

    /// Forgets a URL that turned out wrong, unless another caller replaced it already.
    pub fn forget_wrong(&self, key: &K, wrong: &TrustedUrl) {
        self.urls
            .borrow_mut()
            .retain(|(known, url)| known != key || url != wrong);
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.urls.borrow_mut().clear();
        self.cleared.set(self.cleared.get().wrapping_add(1));
    }

    /// How often everything was forgotten, and how often that was outdated: what was asked before must not fill the
    /// cache again.
    #[must_use]
    pub fn epoch(&self, key: &K) -> (u32, usize) {
        let outdated = self.outdated.borrow();
        let times = outdated.iter().filter(|known| *known == key).count();
        (self.cleared.get(), times)
    }
}
