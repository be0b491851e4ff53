//! Runs futures.
//!
//! A task goes on in the very turn in which what it waited for ended. wasm-bindgen-futures would come back for it
//! through a microtask of its own. The first steps, which the browser compiles, may have turns of their own.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::clock::performance_now;
use super::numbered::Numbered;

type Work = LocalBoxFuture<'static, ()>;

struct Task {
    /// Not here while it runs.
    work: Option<(Work, Waker)>,
    woken: bool,
}

/// The browser compiles functions when they are called first, so the first steps may take a millisecond each where later
/// ones take a hundredth of it. A step after one of more than this has a turn of its own.
const LONG_STEP_MS: f64 = 0.5;

/// How long a turn is waited for.
const MAX_TURN_MS: f64 = 50.0;

/// A first client and its first call are about so many steps; the clock is not looked at for later ones.
const WATCHED_STEPS: u32 = 16;

thread_local! {
    static TASKS: RefCell<Numbered<Task>> = const { RefCell::new(Numbered::new()) };
    static WOKEN: RefCell<VecDeque<f64>> = const { RefCell::new(VecDeque::new()) };
    /// Whoever is woken now will be run, and needs nothing for it.
    static RUNNING: Cell<bool> = const { Cell::new(false) };
    static SCHEDULED: Cell<bool> = const { Cell::new(false) };
    static WATCHED: Cell<u32> = const { Cell::new(WATCHED_STEPS) };
    static COLD: Cell<bool> = const { Cell::new(true) };
    static RUN: JsValue = Closure::<dyn Fn()>::new(|| {
        SCHEDULED.set(false);
        run(|| {});
    })
    .into_js_value();
}

#[wasm_bindgen(module = "/src/browser/shim.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn soon(work: &JsValue, turn_ms: f64) -> Result<(), JsValue>;

    fn deferred() -> JsValue;

    #[wasm_bindgen(js_name = promiseOf)]
    fn promise_of(deferred: &JsValue) -> Promise;

    fn end(deferred: &JsValue, fulfilled: bool, value: &JsValue);
}

struct Number(f64);

impl Wake for Number {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let slept = TASKS.with_borrow_mut(|all| {
            all.get(self.0)
                .is_some_and(|task| !std::mem::replace(&mut task.woken, true))
        });
        if slept {
            enqueue(self.0);
            if !RUNNING.get() {
                schedule();
            }
        }
    }
}

/// Runs work to its end, beginning in a turn of its own or with what runs now.
pub(super) fn spawn(work: Work) {
    begin(work);
    if !RUNNING.get() {
        schedule();
    }
}

/// A promise of work that begins when the caller's own turn is over.
pub(crate) fn promise(work: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    let deferred = deferred();
    let promise = promise_of(&deferred);
    let ending = async move {
        match work.await {
            Ok(value) => end(&deferred, true, &value),
            Err(reason) => end(&deferred, false, &reason),
        }
    };
    begin(ending.boxed_local());
    // In any case: an exception that once left the module half way may have left it `RUNNING`.
    schedule();
    promise
}

/// Wakes tasks by `wake`, and runs them.
pub(super) fn run(wake: impl FnOnce()) {
    RUNNING.set(true);
    wake();
    while let Some(number) = WOKEN.with_borrow_mut(VecDeque::pop_front) {
        watched(|| step(number));
        if are_cold() && WOKEN.with_borrow(|all| !all.is_empty()) {
            schedule();
            break;
        }
    }
    RUNNING.set(false);
}

/// Divides a long step in two, where steps are long. For what asks a host: the flight that it belongs to has begun, and its
/// time with it, so that it still ends before its caller.
pub(super) async fn step_aside() {
    let mut aside = !are_cold();
    poll_fn(|context| {
        if std::mem::replace(&mut aside, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

fn begin(work: Work) {
    let number = TASKS.with_borrow_mut(|all| {
        all.add(|number| Task {
            work: Some((work, Waker::from(Arc::new(Number(number))))),
            woken: true,
        })
    });
    enqueue(number);
}

fn enqueue(number: f64) {
    WOKEN.with_borrow_mut(|all| all.push_back(number));
}

fn watched(step: impl FnOnce()) {
    let left = WATCHED.get();
    if left == 0 {
        return step();
    }
    let began = performance_now();
    step();
    WATCHED.set(left - 1);
    COLD.set(left > 1 && performance_now() - began > LONG_STEP_MS);
}

/// Whether the next step should have a turn of its own.
fn are_cold() -> bool {
    COLD.get()
}

fn schedule() {
    let turn_ms = if are_cold() { MAX_TURN_MS } else { 0.0 };
    if !SCHEDULED.replace(true) && RUN.with(|work| soon(work, turn_ms)).is_err() {
        SCHEDULED.set(false);
    }
}

fn step(number: f64) {
    let found = TASKS.with_borrow_mut(|all| {
        let task = all.get(number).filter(|task| task.woken)?;
        let work = task.work.take()?;
        task.woken = false;
        Some(work)
    });
    let Some((mut work, waker)) = found else {
        return;
    };
    if work.poll_unpin(&mut Context::from_waker(&waker)).is_ready() {
        let _over = TASKS.with_borrow_mut(|all| all.remove(number));
        return;
    }
    let again = TASKS.with_borrow_mut(|all| {
        let task = all.get(number)?;
        task.work = Some((work, waker));
        Some(task.woken)
    });
    // Woken while it ran, and passed over by a run within.
    if again == Some(true) {
        enqueue(number);
    }
}
