//! What a port answers, and when.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Poll, Waker};

use super::time::Time;

/// An answer and what it waits for.
#[derive(Clone)]
pub(crate) struct Reply<T> {
    pub(crate) value: T,
    after_ms: f64,
    gate: Option<Gate>,
}

impl<T> Reply<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            value,
            after_ms: 0.0,
            gate: None,
        }
    }

    /// Comes after that many milliseconds.
    pub(crate) fn after(mut self, ms: f64) -> Self {
        self.after_ms = ms;
        self
    }

    /// Comes when the test opens the gate.
    pub(crate) fn held_by(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }

    /// Never comes.
    pub(crate) fn hangs(self) -> Self {
        self.held_by(&Gate::default())
    }

    /// Waits as scripted. Nothing answers at once: in a page, every answer is at least a microtask away.
    pub(crate) async fn come(self, time: &Rc<Time>) -> T {
        let turn = Gate::default();
        let next = turn.clone();
        time.spawn(Box::pin(async move { next.open() }));
        turn.opened().await;
        if let Some(gate) = &self.gate {
            gate.opened().await;
        }
        if self.after_ms > 0.0 {
            time.sleep(self.after_ms).await;
        }
        self.value
    }
}

/// What a port answers: the replies queued with [`Script::then`], one each, and after them its habit.
pub(crate) struct Script<Ask: ?Sized, T> {
    queue: RefCell<VecDeque<Reply<T>>>,
    habit: RefCell<Habit<Ask, T>>,
}

type Habit<Ask, T> = Rc<dyn Fn(&Ask) -> Reply<T>>;

impl<Ask: ?Sized, T> Script<Ask, T> {
    pub(crate) fn new(habit: impl Fn(&Ask) -> Reply<T> + 'static) -> Self {
        Self {
            queue: RefCell::default(),
            habit: RefCell::new(Rc::new(habit)),
        }
    }

    /// The next answer that has none yet.
    pub(crate) fn then(&self, reply: Reply<T>) -> &Self {
        self.queue.borrow_mut().push_back(reply);
        self
    }

    /// The answer to everything that is not queued.
    pub(crate) fn always(&self, habit: impl Fn(&Ask) -> Reply<T> + 'static) -> &Self {
        self.habit.replace(Rc::new(habit));
        self
    }

    pub(crate) fn next(&self, ask: &Ask) -> Reply<T> {
        let queued = self.queue.borrow_mut().pop_front();
        let habit = self.habit.borrow().clone();
        queued.unwrap_or_else(|| habit(ask))
    }
}

/// Holds answers back until the test opens it.
#[derive(Clone, Default)]
pub(crate) struct Gate(Rc<Inner>);

#[derive(Default)]
struct Inner {
    open: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

impl Gate {
    pub(crate) fn open(&self) {
        self.0.open.set(true);
        self.0.waiting.take().into_iter().for_each(Waker::wake);
    }

    pub(crate) async fn opened(&self) {
        std::future::poll_fn(|context| {
            if self.0.open.get() {
                return Poll::Ready(());
            }
            self.0.waiting.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}
