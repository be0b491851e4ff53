//! Waits for promises and timers.
//!
//! One function that JavaScript calls for all of them, with the number of what happened. A wait of
//! wasm-bindgen-futures makes two functions, each of which the browser has to watch for being collected.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use wasm_bindgen::prelude::*;

type Outcome = Result<JsValue, JsValue>;

#[derive(Default)]
struct Awaited {
    waker: Option<Waker>,
    outcome: Option<Outcome>,
}

thread_local! {
    /// In the order of their numbers, which only grow. Nothing is kept of what nobody waits for any more.
    static AWAITED: RefCell<Vec<(f64, Awaited)>> = const { RefCell::new(Vec::new()) };
    static LAST: Cell<f64> = const { Cell::new(0.0) };
    static SETTLE: JsValue = Closure::<dyn Fn(f64, bool, JsValue)>::new(settle).into_js_value();
}

#[wasm_bindgen(module = "/src/browser/shim.js")]
extern "C" {
    #[wasm_bindgen(js_name = whenSettled)]
    fn when_settled(value: &JsValue, number: f64, settle: &JsValue);

    #[wasm_bindgen(catch, js_name = startTimer)]
    fn start_timer(ms: i32, number: f64, settle: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = stopTimer)]
    fn stop_timer(timer: &JsValue) -> Result<(), JsValue>;
}

/// A wait that has begun. Dropped, it is forgotten; a timer is stopped.
pub(crate) struct Pending {
    number: f64,
    timer: JsValue,
}

impl Pending {
    /// The end of a promise of any library or frame, or a plain value.
    pub(crate) fn on(value: &JsValue) -> Self {
        let pending = Self::begin();
        SETTLE.with(|settle| when_settled(value, pending.number, settle));
        pending
    }

    /// That many milliseconds.
    pub(crate) fn timer(ms: i32) -> Self {
        let mut pending = Self::begin();
        pending.timer = SETTLE
            .with(|settle| start_timer(ms, pending.number, settle))
            .unwrap_or_default();
        pending
    }

    fn begin() -> Self {
        let number = LAST.get() + 1.0;
        LAST.set(number);
        AWAITED.with_borrow_mut(|all| all.push((number, Awaited::default())));
        Self {
            number,
            timer: JsValue::UNDEFINED,
        }
    }
}

fn find(all: &[(f64, Awaited)], number: f64) -> Option<usize> {
    all.binary_search_by(|(own, _)| own.total_cmp(&number)).ok()
}

fn settle(number: f64, fulfilled: bool, value: JsValue) {
    let waker = AWAITED.with_borrow_mut(|all| {
        let index = find(all, number)?;
        let (_, awaited) = all.get_mut(index)?;
        awaited.outcome = Some(if fulfilled { Ok(value) } else { Err(value) });
        awaited.waker.take()
    });
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Future for Pending {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        AWAITED.with_borrow_mut(|all| {
            let found = find(all, self.number).and_then(|index| all.get_mut(index));
            let Some((_, awaited)) = found else {
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
        let _forgotten = AWAITED.with_borrow_mut(|all| {
            let index = find(all, self.number)?;
            Some(all.remove(index))
        });
        if !self.timer.is_undefined() {
            let _ = stop_timer(&self.timer);
        }
    }
}
