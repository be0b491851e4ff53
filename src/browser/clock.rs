use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use futures_util::future::LocalBoxFuture;
use wasm_bindgen::prelude::*;

use super::Browser;
use crate::port::Clock;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;

    #[wasm_bindgen(catch, js_name = setTimeout)]
    fn set_timeout(callback: &JsValue, ms: i32) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_name = clearTimeout)]
    fn clear_timeout(id: &JsValue) -> Result<(), JsValue>;
}

impl Clock for Browser {
    fn now_ms(&self) -> f64 {
        performance_now()
    }

    fn date_ms(&self) -> f64 {
        js_sys::Date::now()
    }

    async fn sleep(&self, ms: f64) {
        Timer::start(ms).wait().await;
    }

    fn random(&self) -> f64 {
        js_sys::Math::random()
    }

    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        wasm_bindgen_futures::spawn_local(work);
    }
}

/// A browser timer that is cleared when nobody waits for it any more. (A promise around `setTimeout` would
/// keep its callbacks for ever.)
struct Timer {
    id: JsValue,
    state: Rc<RefCell<State>>,
    _fire: Closure<dyn FnMut()>,
}

#[derive(Default)]
struct State {
    fired: bool,
    waker: Option<Waker>,
}

impl Timer {
    // `setTimeout` takes 31 bits and fires at once for more; 24 days are as good as for ever.
    #[allow(clippy::cast_possible_truncation)]
    fn start(ms: f64) -> Self {
        let state = Rc::new(RefCell::new(State::default()));
        let fire = {
            let state = state.clone();
            Closure::new(move || {
                let mut state = state.borrow_mut();
                state.fired = true;
                if let Some(waker) = state.waker.take() {
                    waker.wake();
                }
            })
        };
        let ms = ms.ceil().clamp(0.0, f64::from(i32::MAX)) as i32;
        let id = set_timeout(fire.as_ref(), ms).unwrap_or_default();
        Self {
            id,
            state,
            _fire: fire,
        }
    }

    async fn wait(&self) {
        poll_fn(|context| {
            let mut state = self.state.borrow_mut();
            if state.fired {
                return Poll::Ready(());
            }
            state.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let _ = clear_timeout(&self.id);
    }
}
