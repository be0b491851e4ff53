//! Something that happens once, and those who wait for it.
//!
//! One small primitive under flights, the lanes of a batch and abort listeners. futures-util's `Shared` and channels do
//! more and cost the module 3 kB: what is waited for here always runs by itself.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// Fired once, waited for by any number.
#[derive(Clone, Default)]
pub struct Signal(Rc<State>);

#[derive(Default)]
struct State {
    fired: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

impl Signal {
    /// It happens now.
    pub fn fire(&self) {
        self.0.fired.set(true);
        for waker in self.0.waiting.take() {
            waker.wake();
        }
    }

    /// Whether it happened; who asks before it did is woken when it does.
    pub fn poll(&self, context: &Context<'_>) -> Poll<()> {
        if self.0.fired.get() {
            return Poll::Ready(());
        }
        let mut waiting = self.0.waiting.borrow_mut();
        if !waiting.iter().any(|own| own.will_wake(context.waker())) {
            waiting.push(context.waker().clone());
        }
        Poll::Pending
    }

    /// Ends when it happens, or at once where it did.
    pub fn fired(&self) -> impl Future<Output = ()> {
        poll_fn(|context| self.poll(context))
    }
}
