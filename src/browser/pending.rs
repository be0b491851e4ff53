//! Waits for promises and for time.
//!
//! One function that JavaScript calls for all of them, with the number of what happened. A wait of
//! wasm-bindgen-futures makes two functions, each of which the browser has to watch for being collected. All waits
//! for time share one timer, that of the earliest: a call has three limits, and most calls meet none.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use wasm_bindgen::prelude::*;

use super::clock::performance_now;
use super::numbered::Numbered;
use super::tasks;

type Outcome = Result<JsValue, JsValue>;

#[derive(Default)]
struct Awaited {
    waker: Option<Waker>,
    outcome: Option<Outcome>,
    /// When a wait for time ends.
    due: Option<f64>,
}

/// The timer that runs.
struct Timer {
    number: f64,
    /// When it comes, if the page is not busy or hidden.
    due: f64,
    handle: JsValue,
}

/// `setTimeout` takes 31 bits and fires at once for more; 24 days are as good as for ever.
pub(super) const LONGEST_MS: f64 = 2_147_483_647.0;

/// A timer that is later than this was lost, say by a patched `setTimeout`. One that is merely late has its turn coming,
/// and to begin it anew would put that off.
const LOST_MS: f64 = 5000.0;

thread_local! {
    /// Nothing is kept of what nobody waits for any more.
    static AWAITED: RefCell<Numbered<Awaited>> = const { RefCell::new(Numbered::new()) };
    static TIMER: RefCell<Option<Timer>> = const { RefCell::new(None) };
    static SETTLE: JsValue = Closure::<dyn Fn(f64, bool, JsValue)>::new(settle).into_js_value();
}

#[wasm_bindgen(module = "/src/browser/shim.js")]
extern "C" {
    #[wasm_bindgen(js_name = whenSettled)]
    fn when_settled(value: &JsValue, number: f64, settle: &JsValue);

    #[wasm_bindgen(catch, js_name = startTimer)]
    fn start_timer(ms: f64, number: f64, settle: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = stopTimer)]
    fn stop_timer(timer: &JsValue) -> Result<(), JsValue>;
}

/// A wait that has begun. Dropped, it is forgotten.
pub(crate) struct Pending {
    number: f64,
    timed: bool,
}

impl Pending {
    /// The end of a promise of any library or frame, or a plain value.
    pub(crate) fn on(value: &JsValue) -> Self {
        let pending = Self::begin(None);
        SETTLE.with(|settle| when_settled(value, pending.number, settle));
        pending
    }

    /// That many milliseconds.
    pub(crate) fn timer(ms: f64) -> Self {
        let now = performance_now();
        let due = now + ms;
        let pending = Self::begin(Some(due));
        let serves = |timer: &Timer| timer.due <= due && timer.due + LOST_MS >= now;
        if !TIMER.with_borrow(|timer| timer.as_ref().is_some_and(serves)) {
            start_for_earliest(now);
        }
        pending
    }

    fn begin(due: Option<f64>) -> Self {
        let awaited = Awaited {
            due,
            ..Awaited::default()
        };
        Self {
            number: AWAITED.with_borrow_mut(|all| all.add(|_| awaited)),
            timed: due.is_some(),
        }
    }
}

/// Starts the timer of the wait that ends first, in the place of any other.
fn start_for_earliest(now: f64) {
    stop();
    let Some(due) = AWAITED.with_borrow_mut(|all| {
        let dues = all.iter_mut().filter_map(|awaited| awaited.due);
        dues.reduce(f64::min)
    }) else {
        return;
    };
    let (due, number) = (due.max(now), AWAITED.with_borrow_mut(Numbered::next));
    let handle = JsValue::UNDEFINED;
    // Here before it starts: a patched `setTimeout` may call at once.
    TIMER.replace(Some(Timer {
        number,
        due,
        handle,
    }));
    // Of the sum and the difference of two such numbers a hair more can come than was asked for.
    let ms = (due - now).ceil().min(LONGEST_MS);
    let started = SETTLE.with(|settle| start_timer(ms, number, settle));
    TIMER.with_borrow_mut(|timer| {
        if timer.as_ref().is_some_and(|timer| timer.number == number) {
            *timer = started.ok().map(|handle| Timer {
                number,
                due,
                handle,
            });
        }
    });
}

fn stop() {
    if let Some(timer) = TIMER.take() {
        let _ = stop_timer(&timer.handle);
    }
}

fn settle(number: f64, fulfilled: bool, value: JsValue) {
    let rung = TIMER.with_borrow_mut(|timer| timer.take_if(|timer| timer.number == number));
    tasks::run(|| match rung {
        Some(timer) => ring(timer.due),
        None => {
            let waker = AWAITED.with_borrow_mut(|all| {
                let awaited = all.get(number)?;
                awaited.outcome = Some(if fulfilled { Ok(value) } else { Err(value) });
                awaited.waker.take()
            });
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    });
}

/// Ends the waits until now, or until `due` whatever the clock says: a timer that came is time that went by.
fn ring(due: f64) {
    let now = performance_now();
    let mut wakers = Vec::new();
    AWAITED.with_borrow_mut(|all| {
        for awaited in all.iter_mut() {
            if awaited.due.take_if(|own| *own <= now.max(due)).is_some() {
                awaited.outcome = Some(Ok(JsValue::UNDEFINED));
                wakers.extend(awaited.waker.take());
            }
        }
    });
    start_for_earliest(now);
    wakers.into_iter().for_each(Waker::wake);
}

impl Future for Pending {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        AWAITED.with_borrow_mut(|all| {
            let Some(awaited) = all.get(self.number) else {
                return Poll::Pending;
            };
            match awaited.outcome.take() {
                Some(outcome) => Poll::Ready(outcome),
                None => {
                    awaited.waker = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        // Out of the list before it is dropped: what it drops may end other waits.
        let _forgotten = AWAITED.with_borrow_mut(|all| all.remove(self.number));
        let is_timed = |awaited: &mut Awaited| awaited.due.is_some();
        if self.timed && !AWAITED.with_borrow_mut(|all| all.iter_mut().any(is_timed)) {
            stop();
        }
    }
}
