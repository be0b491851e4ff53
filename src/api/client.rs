use std::rc::Rc;

use futures_util::FutureExt;
use wasm_bindgen::prelude::*;

use super::given::Given;
use super::options::Core;
use super::types::{
    Auth, Body, CallbackUrlOptions, ClientOptions, FlowTarget, InvokeOptions, PartialOptions,
    PcfContext, PromiseOfClient, PromiseOfDiagnosis, PromiseOfFlowResponse, PromiseOfHttpFlows,
    PromiseOfPublishResults, PromiseOfString, PromiseOfVoid, Publications, WorkflowIds,
};
use super::{answer, error, options, report};
use crate::browser::{self, Browser, js};
use crate::host::HostFacts;
use crate::invocation;
use crate::model::{ErrorCode, FlowError, Stage};
use crate::port::ReadAs;
use crate::prefetch::prefetch;
use crate::publishing::publish;

/// A client for the flows of one environment: what `FlowClient` of the TypeScript layer wraps.
#[wasm_bindgen]
pub struct Client(pub(super) Core);

/// A promise of work that outlives the JavaScript object that started it.
pub(super) fn promise<P: JsCast>(
    work: impl Future<Output = Result<JsValue, FlowError>> + 'static,
) -> P {
    let work = work.boxed_local();
    browser::promise(async move { work.await.map_err(|failed| error::to_js(&failed)) })
        .unchecked_into()
}

/// What a client is made of, read from what the caller passed and from the host.
struct Parts {
    auth: JsValue,
    web_api: Option<JsValue>,
    given: Given,
    facts: Box<HostFacts>,
}

/// A promise of a client; `no_web_api` says what to do where there is none.
fn client(
    parts: Result<Parts, FlowError>,
    no_web_api: impl FnOnce() -> FlowError,
) -> PromiseOfClient {
    let parts = parts.and_then(
        |parts| match options::web_api(&parts.given)?.or(parts.web_api) {
            Some(web_api) => Ok((parts.auth, web_api, parts.given, parts.facts)),
            None => Err(no_web_api()),
        },
    );
    promise(async move {
        let (auth, web_api, given, facts) = parts?;
        let (on_event, user_timing) = options::telemetry(&given)?;
        let world = Rc::new(Browser {
            auth,
            web_api,
            on_event,
            user_timing,
        });
        let settings = options::settings(&given, facts, &*world, browser::ask_org).await?;
        Ok(Client(Rc::new(crate::client::Client::new(world, settings))).into())
    })
}

fn host_not_found(hint: &'static str) -> FlowError {
    FlowError::new(ErrorCode::HostNotFound, Stage::Options).hint(hint)
}

#[wasm_bindgen]
impl Client {
    /// `FlowClient.create`.
    pub fn create(given: ClientOptions) -> PromiseOfClient {
        let parts = Given::new(&given).and_then(|given| {
            Ok(Parts {
                auth: options::auth(&given)?,
                web_api: None,
                given,
                facts: browser::facts_of_page(),
            })
        });
        client(parts, || {
            FlowError::invalid(&["webApi: must be Xrm.WebApi or a PCF context's webAPI"])
        })
    }

    /// `FlowClient.fromXrm`.
    #[wasm_bindgen(js_name = fromXrm)]
    pub fn from_xrm(auth: Auth, given: PartialOptions) -> PromiseOfClient {
        let parts = options::auth_alone(auth.into()).and_then(|auth| {
            let xrm = browser::find_xrm().unwrap_or_default();
            Ok(Parts {
                auth,
                web_api: js::get(&xrm, "WebApi").filter(options::is_web_api),
                given: Given::new(&given)?,
                facts: browser::facts_of_xrm(&xrm),
            })
        });
        client(parts, || {
            host_not_found(
                "Xrm is neither on this window nor on its parent: call it in a model-driven app's page.",
            )
        })
    }

    /// `FlowClient.fromPcf`.
    #[wasm_bindgen(js_name = fromPcf)]
    pub fn from_pcf(context: PcfContext, auth: Auth, given: PartialOptions) -> PromiseOfClient {
        let context: JsValue = context.into();
        let parts = options::auth_alone(auth.into()).and_then(|auth| {
            Ok(Parts {
                auth,
                web_api: js::get(&context, "webAPI").filter(options::is_web_api),
                given: Given::new(&given)?,
                facts: browser::facts_of_pcf(&context),
            })
        });
        client(parts, || {
            host_not_found(
                "The context has no webAPI: declare <uses-feature name=\"WebAPI\" required=\"true\" /> in the control's manifest, and use it in a model-driven app.",
            )
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
            let options = Given::new(&given)?;
            let call = options::call(&body.into(), &options, core.timeout_ms())?;
            let streams = call.read_as == Some(ReadAs::Stream);
            let signal = streams.then(|| js::get(&given, "signal")).flatten();
            Ok((target, call, signal))
        });
        promise(async move {
            let (target, call, signal) = read?;
            invocation::invoke(&core, &target, call)
                .await
                .map(|found| answer::to_js(&found, signal))
        })
    }

    /// `flow(target).callbackUrl(options)`.
    #[wasm_bindgen(js_name = callbackUrl)]
    pub fn callback_url(&self, target: FlowTarget, given: CallbackUrlOptions) -> PromiseOfString {
        let core = self.0.clone();
        let read = options::target(&target.into())
            .and_then(|target| Ok((target, options::refresh(&Given::new(&given)?)?)));
        promise(async move {
            let (target, refresh) = read?;
            core.callback_url(&target, refresh).await.map(JsValue::from)
        })
    }

    /// `prefetch(workflowIds)`.
    pub fn prefetch(&self, workflow_ids: WorkflowIds) -> PromiseOfVoid {
        let core = self.0.clone();
        let read = options::workflow_ids(&workflow_ids.into());
        promise(async move {
            prefetch(&core, &read?).await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// `publish(map)`.
    pub fn publish(&self, map: Publications) -> PromiseOfPublishResults {
        let core = self.0.clone();
        let read = options::publications(&map.into());
        promise(async move {
            let list = read?;
            let outcomes = publish(&core, &list).await;
            Ok(answer::published(&list, outcomes))
        })
    }

    /// `flow(target).diagnose()`.
    pub fn diagnose(&self, target: FlowTarget) -> PromiseOfDiagnosis {
        let core = self.0.clone();
        let read = options::target(&target.into());
        promise(async move { Ok(report::diagnosis(&*core.diagnose(&read?).await)) })
    }

    /// `httpFlows()`.
    #[wasm_bindgen(js_name = httpFlows)]
    pub fn http_flows(&self) -> PromiseOfHttpFlows {
        let core = self.0.clone();
        promise(async move { core.http_flows().await.map(report::http_flows) })
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
