/// Things by numbers that only grow, in their order.
pub(super) struct Numbered<T> {
    last: f64,
    all: Vec<(f64, T)>,
}

impl<T> Numbered<T> {
    pub(super) const fn new() -> Self {
        Self {
            last: 0.0,
            all: Vec::new(),
        }
    }

    /// A number that nothing has had before.
    pub(super) fn next(&mut self) -> f64 {
        self.last += 1.0;
        self.last
    }

    pub(super) fn add(&mut self, make: impl FnOnce(f64) -> T) -> f64 {
        let number = self.next();
        self.all.push((number, make(number)));
        number
    }

    pub(super) fn get(&mut self, number: f64) -> Option<&mut T> {
        let index = self.find(number)?;
        self.all.get_mut(index).map(|(_, thing)| thing)
    }

    pub(super) fn remove(&mut self, number: f64) -> Option<T> {
        let index = self.find(number)?;
        Some(self.all.remove(index).1)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.all.iter_mut().map(|(_, thing)| thing)
    }

    fn find(&self, number: f64) -> Option<usize> {
        self.all
            .binary_search_by(|(own, _)| own.total_cmp(&number))
            .ok()
    }
}
