use wasm_bindgen::prelude::*;

use super::{Browser, js};
use crate::port::{Event, Fact, Telemetry};

impl Telemetry for Browser {
    fn emit(&self, event: Event<'_>) {
        if self.on_event.is_none() && !self.user_timing {
            return;
        }
        let told = [
            ("type", event.step.as_str().into()),
            ("startTime", event.started_ms.into()),
            ("durationMs", event.duration_ms.into()),
            (
                "error",
                js::optional(event.error.map(|error| error.as_str())),
            ),
        ];
        let facts = event.facts.iter().map(|(name, fact)| {
            let value = match fact {
                Fact::Text(text) => js::optional(*text),
                Fact::Number(number) => number.map_or(JsValue::UNDEFINED, JsValue::from),
                Fact::Flag(flag) => (*flag).into(),
            };
            (*name, value)
        });
        let members: Vec<_> = told.into_iter().chain(facts).collect();
        if self.user_timing {
            let options = js::object(&[
                ("start", event.started_ms.into()),
                ("duration", event.duration_ms.into()),
                ("detail", js::object(&members)),
            ]);
            let name = ["entra-flow: ", event.step.as_str()].concat();
            let performance = js::get(&js_sys::global(), "performance").unwrap_or_default();
            let _ = js::call(&performance, "measure", &[name.into(), options]);
        }
        if let Some(callback) = &self.on_event {
            let returned = callback.call1(&JsValue::UNDEFINED, &js::object(&members));
            // An async callback that rejects changes nothing either.
            if let Ok(promise) = returned
                && promise.is_object()
            {
                wasm_bindgen_futures::spawn_local(async {
                    let _ = js::settled(Ok(promise)).await;
                });
            }
        }
    }
}
