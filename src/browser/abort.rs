use futures_util::FutureExt;
use wasm_bindgen::prelude::*;

use super::js;
use crate::limits::Abort;
use crate::signal::Signal;

/// A future of the signal's reason, or nothing where the value is no AbortSignal.
///
/// The listener starts at once, so that an abort before the first await is seen, and goes with the future.
pub(crate) fn abort_of(signal: JsValue) -> Option<Abort> {
    js::method(&signal, "addEventListener")?;
    js::get(&signal, "aborted")?;
    let listener = Listener::start(signal);
    Some(async move { listener.reason().await }.boxed_local())
}

struct Listener {
    signal: JsValue,
    aborted: Signal,
    fire: Closure<dyn FnMut()>,
}

impl Listener {
    fn start(signal: JsValue) -> Self {
        let aborted = Signal::default();
        // The flag is the signal's word: an event may come from anybody.
        let look = {
            let (signal, aborted) = (signal.clone(), aborted.clone());
            move || {
                if js::get(&signal, "aborted").is_some_and(|flag| flag.is_truthy()) {
                    aborted.fire();
                }
            }
        };
        look();
        let fire = Closure::new(look);
        let listener = Self {
            signal,
            aborted,
            fire,
        };
        listener.call("addEventListener");
        listener
    }

    async fn reason(&self) -> JsValue {
        self.aborted.fired().await;
        js::get(&self.signal, "reason").unwrap_or_default()
    }

    fn call(&self, name: &str) {
        let arguments = ["abort".into(), self.fire.as_ref().clone()];
        let _ = js::call(&self.signal, name, &arguments);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.call("removeEventListener");
    }
}

#[wasm_bindgen]
extern "C" {
    type TransformStream;
    #[wasm_bindgen(constructor, catch)]
    fn plain() -> Result<TransformStream, JsValue>;
}

/// A stream that the caller's signal ends, as it would end one of `fetch`'s.
pub(crate) fn abortable(stream: JsValue, signal: JsValue) -> JsValue {
    TransformStream::plain()
        .and_then(|through| {
            let arguments = [through.into(), js::object(&[("signal", signal)])];
            js::call(&stream, "pipeThrough", &arguments)
        })
        .unwrap_or(stream)
}
