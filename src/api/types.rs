//! The TypeScript types of the surface: names of the hand-written ones, so that the compiler holds the two
//! to each other.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const IMPORTS: &str = r#"
import type { Auth, ClientOptions, Diagnosis, FlowResponse, FlowTarget, HttpFlow, InvokeOptions, OperationResult, OperationTable, PcfContext, Publication, PublishResult, WaitOptions } from "../js/src/types.js";
"#;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "Auth")]
    pub type Auth;
    #[wasm_bindgen(typescript_type = "ClientOptions")]
    pub type ClientOptions;
    #[wasm_bindgen(typescript_type = "Partial<ClientOptions> | undefined")]
    pub type PartialOptions;
    #[wasm_bindgen(typescript_type = "PcfContext")]
    pub type PcfContext;
    #[wasm_bindgen(typescript_type = "string | FlowTarget")]
    pub type FlowTarget;
    #[wasm_bindgen(typescript_type = "unknown")]
    pub type Body;
    #[wasm_bindgen(typescript_type = "InvokeOptions | undefined")]
    pub type InvokeOptions;
    #[wasm_bindgen(typescript_type = "{ refresh?: boolean } | undefined")]
    pub type CallbackUrlOptions;
    #[wasm_bindgen(typescript_type = "string[]")]
    pub type WorkflowIds;
    #[wasm_bindgen(typescript_type = "Publication[]")]
    pub type Publications;
    #[wasm_bindgen(typescript_type = "Promise<PublishResult[]>")]
    pub type PromiseOfPublishResults;
    #[wasm_bindgen(typescript_type = "OperationTable")]
    pub type OperationTable;
    #[wasm_bindgen(typescript_type = "WaitOptions | undefined")]
    pub type WaitOptions;
    #[wasm_bindgen(typescript_type = "Promise<OperationResult<unknown>>")]
    pub type PromiseOfOperationResult;
    #[wasm_bindgen(typescript_type = "Promise<Client>")]
    pub type PromiseOfClient;
    #[wasm_bindgen(typescript_type = "Promise<FlowResponse<unknown>>")]
    pub type PromiseOfFlowResponse;
    #[wasm_bindgen(typescript_type = "Promise<Diagnosis>")]
    pub type PromiseOfDiagnosis;
    #[wasm_bindgen(typescript_type = "Promise<HttpFlow[]>")]
    pub type PromiseOfHttpFlows;
    #[wasm_bindgen(typescript_type = "Promise<string>")]
    pub type PromiseOfString;
    #[wasm_bindgen(typescript_type = "Promise<void>")]
    pub type PromiseOfVoid;
}
