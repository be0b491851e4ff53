use std::rc::Rc;

use futures_util::FutureExt;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::options::Core;
use super::types::{
    Auth, Body, CallbackUrlOptions, ClientOptions, FlowTarget, InvokeOptions, PartialOptions,
    PcfContext, PromiseOfClient, PromiseOfFlowResponse, PromiseOfString, PromiseOfVoid,
};
use super::{answer, error, options};
use crate::browser::{self, Browser, js};
use crate::host::HostFacts;
use crate::invocation;
use crate::model::{ErrorCode, FlowError, Stage};

/// A client for the flows of one environment: what `FlowClient` of the TypeScript layer wraps.
#[wasm_bindgen]
pub struct Client(Core);

/// A promise of work that outlives the JavaScript object that started it.
fn promise<P: JsCast>(work: impl Future<Output = Result<JsValue, FlowError>> + 'static) -> P {
    let work = work.boxed_local();
    let promise: Promise =
        future_to_promise(async move { work.await.map_err(|failed| error::to_js(&failed)) });
    promise.unchecked_into()
}

async fn client(
    auth: JsValue,
    web_api: JsValue,
    given: &JsValue,
    facts: HostFacts,
) -> Result<JsValue, FlowError> {
    let settings = options::settings(given, facts, browser::ask_org).await?;
    let world = Rc::new(Browser { auth, web_api });
    Ok(Client(Rc::new(crate::client::Client::new(world, settings))).into())
}

fn host_not_found(hint: &'static str) -> FlowError {
    FlowError::new(ErrorCode::HostNotFound, Stage::Options).hint(hint)
}

/// The caller's options with the auth that was passed beside them.
fn with_auth(given: &JsValue, auth: &JsValue) -> Result<JsValue, FlowError> {
    options::auth(&js::object(&[("auth", auth.clone())]))?;
    Ok(if given.is_object() {
        given.clone()
    } else {
        js::object(&[])
    })
}

#[wasm_bindgen]
impl Client {
    /// `FlowClient.create`.
    pub fn create(given: ClientOptions) -> PromiseOfClient {
        promise(async move {
            let given: JsValue = given.into();
            let auth = options::auth(&given)?;
            let web_api = options::web_api(&given)?.ok_or_else(|| {
                FlowError::invalid("webApi: must be Xrm.WebApi or a PCF context's webAPI")
            })?;
            client(auth, web_api, &given, browser::facts_of_page()).await
        })
    }

    /// `FlowClient.fromXrm`.
    #[wasm_bindgen(js_name = fromXrm)]
    pub fn from_xrm(auth: Auth, given: PartialOptions) -> PromiseOfClient {
        promise(async move {
            let auth: JsValue = auth.into();
            let given = with_auth(&given.into(), &auth)?;
            let xrm = browser::find_xrm()
                .ok_or_else(|| host_not_found("Xrm is neither on this window nor on its parent: call it in a model-driven app's page."))?;
            let web_api = options::web_api(&given)?
                .or_else(|| js::get(&xrm, "WebApi"))
                .unwrap_or_default();
            client(auth, web_api, &given, browser::facts_of_xrm(&xrm)).await
        })
    }

    /// `FlowClient.fromPcf`.
    #[wasm_bindgen(js_name = fromPcf)]
    pub fn from_pcf(context: PcfContext, auth: Auth, given: PartialOptions) -> PromiseOfClient {
        promise(async move {
            let (context, auth): (JsValue, JsValue) = (context.into(), auth.into());
            let given = with_auth(&given.into(), &auth)?;
            let own = js::object(&[("webApi", js::get(&context, "webAPI").unwrap_or_default())]);
            let web_api = options::web_api(&given)?.or(options::web_api(&own).ok().flatten()).ok_or_else(|| {
                host_not_found("The context has no webAPI: declare <uses-feature name=\"WebAPI\" required=\"true\" /> in the control's manifest, and use it in a model-driven app.")
            })?;
            client(auth, web_api, &given, browser::facts_of_pcf(&context)).await
        })
    }

    /// `flow(target).invoke(body, options)`.
    pub fn invoke(
        &self,
        target: FlowTarget,
        body: Body,
        given: InvokeOptions,
    ) -> PromiseOfFlowResponse {
        let core = self.0.clone();
        // Read now: what the caller changes after the call does not change the call.
        let read = options::target(&target.into()).and_then(|target| {
            Ok((
                target,
                options::call(&body.into(), &given.into(), core.timeout_ms())?,
            ))
        });
        promise(async move {
            let (target, call) = read?;
            invocation::invoke(&core, &target, call)
                .await
                .map(|found| answer::to_js(&found))
        })
    }

    /// `flow(target).callbackUrl(options)`.
    #[wasm_bindgen(js_name = callbackUrl)]
    pub fn callback_url(&self, target: FlowTarget, given: CallbackUrlOptions) -> PromiseOfString {
        let core = self.0.clone();
        let read = options::target(&target.into())
            .and_then(|target| Ok((target, options::refresh(&given.into())?)));
        promise(async move {
            let (target, refresh) = read?;
            core.callback_url(&target, refresh).await.map(JsValue::from)
        })
    }

    /// `signIn()`.
    #[wasm_bindgen(js_name = signIn)]
    pub fn sign_in(&self) -> PromiseOfVoid {
        let core = self.0.clone();
        promise(async move { core.sign_in().await.map(|()| JsValue::UNDEFINED) })
    }

    /// `clearCache()`.
    #[wasm_bindgen(js_name = clearCache)]
    pub fn clear_cache(&self) {
        self.0.clear_cache();
    }
}
