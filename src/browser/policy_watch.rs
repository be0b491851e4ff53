use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::js;
use crate::port::{PolicyWatch, Violation};

/// A listener for the document's `securitypolicyviolation`s, for as long as it lives.
pub(super) struct Listener {
    seen: Rc<RefCell<Vec<Violation>>>,
    hear: Closure<dyn FnMut(JsValue)>,
}

impl Listener {
    pub(super) fn start() -> Self {
        let seen: Rc<RefCell<Vec<Violation>>> = Rc::default();
        let into = seen.clone();
        let hear = Closure::new(move |event: JsValue| {
            let text = |name| js::string(&event, name).unwrap_or_default();
            let violation = Violation {
                blocked: text("blockedURI"),
                directive: text("effectiveDirective"),
                only_reported: text("disposition") == "report",
            };
            into.borrow_mut().push(violation);
        });
        let listener = Self { seen, hear };
        listener.call("addEventListener");
        listener
    }

    fn call(&self, name: &str) {
        let document = js::get(&js::global(), "document").unwrap_or_default();
        let arguments = ["securitypolicyviolation".into(), self.hear.as_ref().clone()];
        let _ = js::call(&document, name, &arguments);
    }
}

impl PolicyWatch for Listener {
    fn seen(&self) -> Vec<Violation> {
        self.seen.borrow().clone()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.call("removeEventListener");
    }
}
