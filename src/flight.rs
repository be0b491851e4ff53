//! Single flight: callers who want the same thing at the same time share one request for it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, Shared};

use crate::model::Stage;
use crate::port::Clock;

/// The requests under way, by what they are for.
///
/// A flight runs to its end whoever still waits for it: a sign-in window can't be unasked, and a caller who
/// gives up must not take the others' answer away. Its outcome is forgotten the moment it is known, so a
/// failure is never remembered.
pub struct Flights<K, T: Clone> {
    active: RefCell<Vec<Active<K, T>>>,
}

struct Active<K, T: Clone> {
    key: K,
    flight: Flight<T>,
}

/// A request that others may share.
#[derive(Clone)]
pub struct Flight<T: Clone> {
    /// The step it is at, for the message of a caller who runs out of time.
    pub stage: Rc<Cell<Stage>>,
    /// Its outcome.
    pub outcome: Shared<LocalBoxFuture<'static, T>>,
}

impl<K, T: Clone> Default for Flights<K, T> {
    fn default() -> Self {
        Self {
            active: RefCell::default(),
        }
    }
}

impl<K: PartialEq + Clone + 'static, T: Clone + 'static> Flights<K, T> {
    /// The flight for `key`: the one under way, or a new one.
    pub fn join<F: Future<Output = T> + 'static>(
        self: &Rc<Self>,
        clock: &impl Clock,
        key: &K,
        start: impl FnOnce(Rc<Cell<Stage>>) -> F,
    ) -> Flight<T> {
        if let Some(active) = self
            .active
            .borrow()
            .iter()
            .find(|active| active.key == *key)
        {
            return active.flight.clone();
        }
        let stage = Rc::new(Cell::new(Stage::Token));
        let work = start(stage.clone());
        let (flights, own_key) = (self.clone(), key.clone());
        let outcome = async move {
            let outcome = work.await;
            // Before anyone hears of the outcome: who tries again at once must not join a finished flight.
            flights
                .active
                .borrow_mut()
                .retain(|active| active.key != own_key);
            outcome
        }
        .boxed_local()
        .shared();
        let flight = Flight { stage, outcome };
        self.active.borrow_mut().push(Active {
            key: key.clone(),
            flight: flight.clone(),
        });
        clock.spawn(flight.outcome.clone().map(drop).boxed_local());
        flight
    }
}
