//! What the copies of the module on one page share, as js/src/page.ts lays it out on the window: `urls` and
//! `flights`, two maps, and `epoch`. Any script may have written there, so every touch catches.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;

use super::{Browser, js};
use crate::model::Foreign;
use crate::port::PageCache;

/// The member of the window; the number is the layout's, and js/src/page.ts has the same.
const NAME: &str = "entra-flow/page/1";

fn registry() -> Option<JsValue> {
    js::get(&js::global(), NAME)
}

/// Calls a method of one of the registry's maps.
fn ask(map: &str, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    js::call(&js::get(&registry()?, map)?, method, arguments).ok()
}

impl PageCache for Browser {
    fn page_epoch(&self) -> Option<f64> {
        // What equals nothing, not even itself, would part every flight from its own cache.
        let epoch = js::get(&registry()?, "epoch")?.as_f64()?;
        Some(epoch).filter(|epoch| epoch.is_finite())
    }

    fn recall(&self, key: &str) -> Option<String> {
        ask("urls", "get", &[key.into()])?.as_string()
    }

    fn keep(&self, key: &str, url: Option<&str>) {
        match url {
            Some(url) => ask("urls", "set", &[key.into(), url.into()]),
            None => ask("urls", "delete", &[key.into()]),
        };
    }

    fn outdate(&self, key: &str) {
        ask("urls", "delete", &[key.into()]);
        ask("flights", "delete", &[key.into()]);
    }

    fn clear_page(&self) {
        ask("urls", "clear", &[]);
        ask("flights", "clear", &[]);
        if let (Some(registry), Some(epoch)) = (registry(), self.page_epoch()) {
            let _ = Reflect::set(&registry, &"epoch".into(), &(epoch + 1.0).into());
        }
    }

    fn page_flight(&self, key: &str) -> Option<Foreign> {
        let flight = ask("flights", "get", &[key.into()])?;
        flight.is_object().then_some(flight)
    }

    fn announce(&self, key: &str) -> Option<Foreign> {
        let mut land = JsValue::UNDEFINED;
        let landed = Promise::new(&mut |resolve: Function, _| land = resolve.into());
        let flight = js::object(&[
            ("document", js::get(&js::global(), "document")?),
            ("landed", landed.into()),
            ("land", land),
        ]);
        ask("flights", "set", &[key.into(), flight.clone()])?;
        // The page may be one that keeps nothing.
        ask("flights", "get", &[key.into()]).filter(|kept| *kept == flight)
    }

    fn land(&self, key: &str, flight: &Foreign, url: Option<&str>) -> bool {
        let is_there = ask("flights", "get", &[key.into()]).as_ref() == Some(flight);
        if is_there {
            ask("flights", "delete", &[key.into()]);
        }
        let _ = js::call(flight, "land", &[js::optional(url)]);
        is_there
    }

    fn landing(&self, flight: &Foreign) -> LocalBoxFuture<'static, Option<String>> {
        let landed = js::get(flight, "landed").unwrap_or_default();
        async move { js::settled(Ok(landed)).await.ok()?.as_string() }.boxed_local()
    }

    fn is_aloft(&self, flight: &Foreign) -> bool {
        // A document that was navigated away from, or whose frame was removed, has no window any more.
        js::get(flight, "document")
            .and_then(|document| js::get(&document, "defaultView"))
            .is_some()
    }
}
