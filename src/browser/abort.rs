use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use futures_util::FutureExt;
use wasm_bindgen::prelude::*;

use super::js;
use crate::limits::Abort;

/// A future of the signal's reason, or nothing where the value is no AbortSignal.
///
/// The listener starts at once, so that an abort before the first await is seen, and goes with the future.
pub(crate) fn abort_of(signal: JsValue) -> Option<Abort> {
    js::method(&signal, "addEventListener")?;
    js::get(&signal, "aborted")?;
    let listener = Listener::start(signal);
    Some(async move { js::foreign(listener.reason().await) }.boxed_local())
}

struct Listener {
    signal: JsValue,
    waker: Rc<RefCell<Option<Waker>>>,
    wake: Closure<dyn FnMut()>,
}

impl Listener {
    fn start(signal: JsValue) -> Self {
        let waker = Rc::new(RefCell::new(None::<Waker>));
        let wake = {
            let waker = waker.clone();
            Closure::new(move || {
                if let Some(waker) = waker.borrow_mut().take() {
                    waker.wake();
                }
            })
        };
        let listener = Self {
            signal,
            waker,
            wake,
        };
        let _ = js::call(
            &listener.signal,
            "addEventListener",
            &[&"abort".into(), listener.wake.as_ref()],
        );
        listener
    }

    async fn reason(&self) -> JsValue {
        poll_fn(|context| {
            if js::get(&self.signal, "aborted").is_some_and(|aborted| aborted.is_truthy()) {
                return Poll::Ready(js::get(&self.signal, "reason").unwrap_or_default());
            }
            self.waker.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = js::call(
            &self.signal,
            "removeEventListener",
            &[&"abort".into(), self.wake.as_ref()],
        );
    }
}
