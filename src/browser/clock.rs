use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use wasm_bindgen::prelude::*;

use super::Browser;
use super::pending::{LONGEST_MS, Pending};
use super::tasks;
use crate::port::Clock;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(super) fn performance_now() -> f64;
}

impl Clock for Browser {
    fn now_ms(&self) -> f64 {
        performance_now()
    }

    fn date_ms(&self) -> f64 {
        js_sys::Date::now()
    }

    fn sleep(&self, ms: f64) -> LocalBoxFuture<'static, ()> {
        let ms = ms.clamp(0.0, LONGEST_MS);
        async move {
            let _ = Pending::timer(ms).await;
        }
        .boxed_local()
    }

    fn random(&self) -> f64 {
        js_sys::Math::random()
    }

    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        tasks::spawn(work);
    }
}
