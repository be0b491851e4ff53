use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use wasm_bindgen::prelude::*;

use super::Browser;
use crate::port::Clock;
use crate::signal::Signal;

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

    fn sleep(&self, ms: f64) -> LocalBoxFuture<'static, ()> {
        async move { Timer::start(ms).rung.fired().await }.boxed_local()
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
    rung: Signal,
    _ring: Closure<dyn FnMut()>,
}

impl Timer {
    // `setTimeout` takes 31 bits and fires at once for more; 24 days are as good as for ever.
    #[allow(clippy::cast_possible_truncation)]
    fn start(ms: f64) -> Self {
        let rung = Signal::default();
        let ring = {
            let rung = rung.clone();
            Closure::new(move || rung.fire())
        };
        let ms = ms.ceil().clamp(0.0, f64::from(i32::MAX)) as i32;
        let id = set_timeout(ring.as_ref(), ms).unwrap_or_default();
        Self {
            id,
            rung,
            _ring: ring,
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let _ = clear_timeout(&self.id);
    }
}
