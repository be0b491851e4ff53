//! A virtual clock and the loop that runs on it. Nothing sleeps: when no task is ready, the clock jumps to the
//! next timer, so a test can assert the exact millisecond of everything.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use futures::future::LocalBoxFuture;

/// Polls in one instant after which a test fails instead of spinning for ever.
const TOO_MANY: u32 = 1_000_000;

/// The clock, its timers and its tasks.
#[derive(Default)]
pub(crate) struct Time {
    pub(crate) now: Cell<f64>,
    /// Which of so many ready tasks is next; the first where nobody says. The simulation lets its seed choose.
    pub(crate) order: RefCell<Option<Order>>,
    last_id: Cell<u64>,
    timers: RefCell<BTreeMap<u64, Timer>>,
    tasks: RefCell<BTreeMap<u64, LocalBoxFuture<'static, ()>>>,
    ready: Ready,
}

pub(crate) type Order = Box<dyn FnMut(usize) -> usize>;

type Ready = Arc<Mutex<VecDeque<u64>>>;

struct Timer {
    due: f64,
    waker: Waker,
}

struct Wakeup(u64, Ready);

impl Wake for Wakeup {
    fn wake(self: Arc<Self>) {
        let mut ready = self.1.lock().unwrap();
        if !ready.contains(&self.0) {
            ready.push_back(self.0);
        }
    }
}

impl Time {
    pub(crate) fn now(&self) -> f64 {
        self.now.get()
    }

    /// Timers that were set and neither rang nor were dropped.
    pub(crate) fn timers(&self) -> usize {
        self.timers.borrow().len()
    }

    /// Tasks that did not end.
    pub(crate) fn tasks(&self) -> usize {
        self.tasks.borrow().len()
    }

    /// Starts a task; its id is for [`Time::cancel`].
    pub(crate) fn spawn(&self, task: LocalBoxFuture<'static, ()>) -> u64 {
        let id = self.id();
        self.tasks.borrow_mut().insert(id, task);
        self.ready.lock().unwrap().push_back(id);
        id
    }

    /// Drops a task wherever it is.
    pub(crate) fn cancel(&self, id: u64) {
        let task = self.tasks.borrow_mut().remove(&id);
        drop(task);
    }

    pub(crate) fn sleep(self: &Rc<Self>, ms: f64) -> Sleep {
        Sleep {
            time: self.clone(),
            ms,
            timer: None,
        }
    }

    /// Runs what is ready now; the clock stands still.
    pub(crate) fn settle(&self) {
        for _ in 0..TOO_MANY {
            let Some(id) = self.next() else { return };
            let Some(mut task) = self.tasks.borrow_mut().remove(&id) else {
                continue;
            };
            let waker = Waker::from(Arc::new(Wakeup(id, self.ready.clone())));
            if task
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
            {
                self.tasks.borrow_mut().insert(id, task);
            }
        }
        panic!("spins: {TOO_MANY} polls at {} ms", self.now());
    }

    fn next(&self) -> Option<u64> {
        let mut ready = self.ready.lock().unwrap();
        let place = match &mut *self.order.borrow_mut() {
            Some(order) if ready.len() > 1 => order(ready.len()),
            _ => 0,
        };
        ready.remove(place)
    }

    /// Jumps to the next timer that rings by `end` and runs what it wakes.
    pub(crate) fn step(&self, end: f64) -> bool {
        let next = {
            let timers = self.timers.borrow();
            let next = timers
                .iter()
                .min_by(|(_, a), (_, b)| a.due.total_cmp(&b.due));
            next.filter(|(_, timer)| timer.due <= end)
                .map(|(id, timer)| (*id, timer.due))
        };
        let Some((id, due)) = next else { return false };
        self.now.set(due.max(self.now()));
        let timer = self.timers.borrow_mut().remove(&id);
        timer.unwrap().waker.wake();
        self.settle();
        true
    }

    /// Lets everything happen that happens by `end`.
    pub(crate) fn run_until(&self, end: f64) {
        self.settle();
        while self.step(end) {}
        if end.is_finite() {
            self.now.set(end.max(self.now()));
        }
    }

    fn id(&self) -> u64 {
        self.last_id.set(self.last_id.get() + 1);
        self.last_id.get()
    }
}

/// Ends after its milliseconds; dropping it takes its timer away.
pub(crate) struct Sleep {
    time: Rc<Time>,
    ms: f64,
    timer: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let time = self.time.clone();
        let mut timers = time.timers.borrow_mut();
        let waker = context.waker().clone();
        match self.timer {
            None => {
                let id = time.id();
                timers.insert(
                    id,
                    Timer {
                        due: time.now() + self.ms,
                        waker,
                    },
                );
                self.timer = Some(id);
            }
            Some(id) => match timers.get_mut(&id) {
                Some(timer) => timer.waker = waker,
                None => return Poll::Ready(()),
            },
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(id) = self.timer {
            self.time.timers.borrow_mut().remove(&id);
        }
    }
}
