//! Single flight: callers who want the same thing at the same time share one request for it.

use std::cell::{Cell, OnceCell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use crate::model::Stage;
use crate::port::Clock;
use crate::signal::Signal;

/// The requests under way, by what they are for.
///
/// A flight runs to its end whoever still waits for it: a sign-in window can't be unasked, and a caller who
/// gives up must not take the others' answer away. Its outcome is forgotten the moment it is known, so a
/// failure is never remembered.
pub struct Flights<K, T>(RefCell<Vec<(K, Flight<T>)>>);

/// A request that others may share.
pub struct Flight<T>(Rc<Shared<T>>);

/// Work that nobody has asked for yet.
pub struct Lazy<T> {
    work: RefCell<Option<LocalBoxFuture<'static, T>>>,
    flight: OnceCell<Flight<T>>,
}

impl<T> Lazy<T> {
    /// That work.
    #[must_use]
    pub fn new(work: LocalBoxFuture<'static, T>) -> Self {
        Self {
            work: RefCell::new(Some(work)),
            flight: OnceCell::new(),
        }
    }
}

struct Shared<T> {
    stage: Rc<Cell<Stage>>,
    outcome: RefCell<Option<T>>,
    landed: Signal,
}

impl<T> Clone for Flight<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Clone + 'static> Flight<T> {
    /// The step it is at, for the message of a caller who runs out of time.
    #[must_use]
    pub fn stage(&self) -> &Rc<Cell<Stage>> {
        &self.0.stage
    }

    /// Work that begins with whoever asks first.
    pub fn first<'a>(clock: &impl Clock, lazy: &'a Lazy<T>) -> Option<&'a Self> {
        if let Some(work) = lazy.work.take() {
            let stage = Rc::new(Cell::new(Stage::Token));
            let (flight, flying) = Self::new(stage, work, Box::new(|| ()));
            // Kept before it begins: what it calls may ask for it.
            let _ = lazy.flight.set(flight);
            take_off(clock, flying);
        }
        lazy.flight.get()
    }

    fn new(
        stage: Rc<Cell<Stage>>,
        work: LocalBoxFuture<'static, T>,
        landing: Box<dyn FnOnce()>,
    ) -> (Self, LocalBoxFuture<'static, ()>) {
        let shared = Rc::new(Shared {
            stage,
            outcome: RefCell::new(None),
            landed: Signal::default(),
        });
        let flight = Self(shared.clone());
        let flying = async move {
            let outcome = work.await;
            landing();
            shared.outcome.replace(Some(outcome));
            shared.landed.fire();
        };
        (flight, flying.boxed_local())
    }

    /// What it ends with.
    pub fn outcome(&self) -> impl Future<Output = T> {
        poll_fn(|context| match self.0.landed.poll(context) {
            Poll::Ready(()) => self
                .0
                .outcome
                .borrow()
                .clone()
                .map_or(Poll::Pending, Poll::Ready),
            Poll::Pending => Poll::Pending,
        })
    }
}

impl<K, T> Default for Flights<K, T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<K: PartialEq + Clone + 'static, T: Clone + 'static> Flights<K, T> {
    /// A flight under way whose key fits.
    pub fn active(&self, fits: impl Fn(&K) -> bool) -> Option<(K, Flight<T>)> {
        let active = self.0.borrow();
        let (key, flight) = active.iter().find(|(key, _)| fits(key))?;
        Some((key.clone(), flight.clone()))
    }

    /// The flight for `key`: the one under way, or a new one.
    pub fn join<F: Future<Output = T> + 'static>(
        self: &Rc<Self>,
        clock: &impl Clock,
        key: &K,
        start: impl FnOnce(Rc<Cell<Stage>>) -> F,
    ) -> Flight<T> {
        if let Some((_, flight)) = self.active(|active| active == key) {
            return flight;
        }
        let stage = Rc::new(Cell::new(Stage::Token));
        let work = start(stage.clone()).boxed_local();
        let (flights, own_key) = (self.clone(), key.clone());
        // Before anyone hears of the outcome: who tries again at once must not join a finished flight.
        let landing = move || flights.0.borrow_mut().retain(|(key, _)| *key != own_key);
        let (flight, flying) = Flight::new(stage, work, Box::new(landing));
        self.0.borrow_mut().push((key.clone(), flight.clone()));
        take_off(clock, flying);
        flight
    }
}

/// Its first request leaves with the call, and its own time runs out no later than the caller's.
fn take_off(clock: &impl Clock, mut flying: LocalBoxFuture<'static, ()>) {
    let mut context = Context::from_waker(Waker::noop());
    if flying.as_mut().poll(&mut context).is_pending() {
        clock.spawn(flying);
    }
}
