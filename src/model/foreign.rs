//! A value of the host's that only passes by: a body, an answer, a header list, an account, a cause.
//!
//! The core can keep one, hand it on and drop it; what is in it is asked of a port. So a body never enters the
//! module's memory.

/// The browser's own handle: an index into a table on JavaScript's side.
///
/// The type goes by the target, and not by a parameter that would be in every signature down to `FlowError`.
/// `Rc<dyn Any>` here too, with a `JsValue` in it, cost 2.7 kB of gzipped module.
#[cfg(target_arch = "wasm32")]
pub type Foreign = wasm_bindgen::JsValue;

/// Whatever the tests' world is made of.
#[cfg(not(target_arch = "wasm32"))]
pub type Foreign = std::rc::Rc<dyn std::any::Any>;
