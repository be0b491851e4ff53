//! Arguments of the other roads to a flow are refused by name as well: a second token, schemas, lists, tables, waits.

use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::trial::{met, met_by, refused};

/// Of no type that anything here has.
const NOTHING: &[&str] = &["1", "'x'", "true", "10n", "Symbol('s')", "nasty({})"];

/// Refused in the place of `IT`, with no request made.
async fn unsent(trouble: &str, field: &str, values: &[&str]) {
    for value in values {
        let told = met(&trouble.replace("IT", value)).await;
        told.refuses(field);
        told.and_saw("0");
    }
}

async fn option_unsent(name: &str, values: &[&str]) {
    let trouble =
        format!("{{ options: {{ {name}: IT }}, see: ({{ requests }}) => requests.length }}");
    unsent(&trouble, name, values).await;
}

#[test]
async fn a_second_token_that_goes_nowhere_is_refused() {
    option_unsent("onBehalfOf", NOTHING).await;
    option_unsent(
        "onBehalfOf",
        &[
            "{}",
            "{ scopes: [] , header: 'x-user' }",
            "{ scopes: 'api://x/user', header: 'x-user' }",
            "{ scopes: [1], header: 'x-user' }",
            "{ scopes: ['a b'], header: 'x-user' }",
            "{ scopes: [''], header: 'x-user' }",
            "{ scopes: ['api://x/user'] }",
            "{ scopes: ['api://x/user'], header: 'x\\r\\ny' }",
            "{ scopes: ['api://x/user'], header: 'Authorization' }",
            "{ scopes: ['api://x/user'], header: 1 }",
            "{ scopes: ['api://x/user'], property: '' }",
            "{ scopes: ['api://x/user'], property: 'order' }",
            "{ scopes: ['api://x/user'], property: {} }",
        ],
    )
    .await;
}

#[test]
async fn follow_and_schema_are_refused_where_they_are_none() {
    option_unsent("follow", &["1", "'yes'", "{}", "10n", "nasty({})"]).await;
    option_unsent(
        "schema",
        &[
            "1",
            "'x'",
            "{}",
            "() => true",
            "{ '~standard': 1 }",
            "{ '~standard': { validate: 'x' } }",
            "{ get '~standard'() { throw 1 } }",
            "nasty({})",
        ],
    )
    .await;
}

#[test]
async fn what_a_schema_answers_is_a_value_or_issues_and_nothing_else_passes() {
    const SAYS: &str = "{ options: { schema: { '~standard': { validate: () => (IT) } } } }";
    for garbage in [
        "undefined",
        "null",
        "7",
        "'x'",
        "true",
        "{}",
        "[]",
        "{ valid: true }",
        "{ get issues() { throw 1 }, value: 1 }",
        "{ get value() { throw 1 } }",
        "nasty({})",
        "Promise.resolve({})",
        "Promise.reject(1)",
    ] {
        met(&SAYS.replace("IT", garbage))
            .await
            .is("invalid_argument at invoke, may have run");
    }
    for issues in ["[]", "[null]", "'x'", "{}", "[{ message: 7 }]"] {
        met(&SAYS.replace("IT", &format!("{{ issues: {issues} }}")))
            .await
            .is("output_invalid at invoke, may have run");
    }
    met(&SAYS.replace("IT", "{ value: undefined }"))
        .await
        .is("200 nothing");
    met(&SAYS.replace("IT", "Promise.resolve({ value: 7, issues: undefined })"))
        .await
        .is("200 7");
}

#[test]
async fn a_url_or_a_trigger_of_no_sensible_length_is_refused() {
    unsent(
        "{ target: IT, see: ({ requests }) => requests.length }",
        "url",
        &["{ url: triggerUrl + 'x'.repeat(20000) }"],
    )
    .await;
    unsent(
        "{ target: IT, see: ({ requests }) => requests.length }",
        "trigger",
        &["{ workflowId: flowId, trigger: 'x'.repeat(20000) }"],
    )
    .await;
    unsent(
        "{ options: IT, see: ({ requests }) => requests.length }",
        "path, query",
        &[
            "{ path: ['x'.repeat(20000)] }",
            "{ query: { q: 'x'.repeat(20000) } }",
        ],
    )
    .await;
    for method in ["callbackUrl", "diagnose"] {
        refused(
            &format!("{{ call: (client) => client.{method}({{ url: IT }}) }}"),
            "url",
            &["'https://a.logic.azure.com/' + 'x'.repeat(20000)", "1"],
        )
        .await;
    }
}

#[test]
async fn callback_url_takes_an_object_or_nothing() {
    let trouble = "{ call: (client, { target }) => client.callbackUrl(target, IT) }";
    let values = ["1", "true", "'refresh'", "10n", "Symbol('s')", "() => {}"];
    refused(trouble, "options", &values).await;
}

#[test]
async fn options_of_a_client_that_lead_nowhere_are_refused() {
    let trouble = "{ settings: IT, create: (Client, options) => Client.create(options) }";
    refused(
        trouble,
        "discovery",
        &[
            "{ discovery: '' }",
            "{ discovery: 'FlowApi' }",
            "{ discovery: 1 }",
            "{ discovery: nasty({}) }",
        ],
    )
    .await;
    refused(
        trouble,
        "loginHint",
        &["{ loginHint: '' }", "{ loginHint: ' ' }"],
    )
    .await;
    refused(
        trouble,
        "cloud",
        &[
            "{ cloud: { audience: 'https://a/', flowApi: 'https://a.example', triggerHosts: [] } }",
            "{ cloud: { audience: 'https://a/ openid', flowApi: 'https://a.example', triggerHosts: ['*.a.example'] } }",
            "{ cloud: { audience: 'https://a/', flowApi: 'https://a.example/x', triggerHosts: ['*.a.example'] } }",
            "{ cloud: { audience: 'https://a/', flowApi: 'https://a.example', triggerHosts: ['*'] } }",
        ],
    )
    .await;
    // Nor is the org asked which environment it is.
    let told = met("{
            settings: {
                environmentId: undefined,
                discovery: 'environmentApi',
                cloud: { audience: 'https://a/', flowApi: 'https://a.example', triggerHosts: ['*.a.example'] },
            },
            org() { window.asked = true; return Response.json({}) },
            create: (Client, options) => { window.asked = false; return Client.create(options) },
            see: () => window.asked,
        }")
    .await;
    told.refuses("discovery");
    told.and_saw("false");
}

#[test]
async fn lists_are_refused_by_their_entry() {
    let prefetch = "{ call: (client) => client.prefetch(IT) }";
    refused(
        prefetch,
        "workflowIds",
        &["undefined", "null", "{}", "new Set([flowId])"],
    )
    .await;
    refused(prefetch, "workflowIds", NOTHING).await;
    refused(
        prefetch,
        "workflowIds[1]",
        &[
            "[flowId, 'x']",
            "[flowId, 1]",
            "[flowId, null]",
            "[flowId, `${flowId}' or 1 eq 1`]",
        ],
    )
    .await;
    let publish = "{ call: (client) => client.publish(IT) }";
    refused(publish, "map", &["undefined", "null", "{}"]).await;
    refused(publish, "map", NOTHING).await;
    refused(
        publish,
        "map[0].workflowId",
        &[
            "[{}]",
            "[null]",
            "['x']",
            "[{ workflowId: 'x', environmentVariable: 'ef_A' }]",
        ],
    )
    .await;
    for trigger in ["''", "1", "'..'", "{}", "'a'.repeat(257)"] {
        let one =
            format!("[{{ workflowId: flowId, environmentVariable: 'ef_A', trigger: {trigger} }}]");
        refused(publish, "map[0].trigger", &[&one]).await;
    }
    for name in [
        "undefined",
        "''",
        "1",
        "'ef_A\\' or 1 eq 1'",
        "'a'.repeat(101)",
    ] {
        refused(
            publish,
            "map[0].environmentVariable",
            &[&format!(
                "[{{ workflowId: flowId, environmentVariable: {name} }}]"
            )],
        )
        .await;
    }
}

#[test]
async fn tables_and_waits_are_refused_by_their_field() {
    const GOOD: &str = "table: 'ef_op', input: 'ef_input', result: 'ef_result', status: 'ef_status', states: { completed: 1, failed: 2 }";
    let run = format!(
        "{{ webApi: {{ ...good.webApi, createRecord: thrower('createRecord') }}, call: (client) => client.run({{ {GOOD}, IT }}, 'x', undefined) }}"
    );
    for field in ["table", "input", "result", "status"] {
        for value in [
            "undefined",
            "1",
            "''",
            "'EF_X'",
            "'a,b'",
            "'a$filter=1'",
            "'a/b'",
            "nasty({})",
        ] {
            refused(&run, field, &[&format!("{field}: {value}")]).await;
        }
    }
    refused(&run, "error", &["error: 1", "error: 'a b'"]).await;
    refused(&run, "deleteWhenDone", &["deleteWhenDone: 1"]).await;
    refused(
        &run,
        "states",
        &[
            "states: 1",
            "states: undefined",
            "states: { completed: 1, failed: 1 }",
        ],
    )
    .await;
    refused(
        &run,
        "completed",
        &[
            "states: { failed: 2 }",
            "states: { completed: '1', failed: 2 }",
        ],
    )
    .await;
    refused(&run, "failed", &["states: { completed: 1, failed: 1.5 }"]).await;
    let wait = format!("{{ call: (client) => client.wait({{ {GOOD} }}, flowId, IT) }}");
    refused(&wait, "options", &["1", "'x'", "true", "() => {}"]).await;
    refused(
        &wait,
        "timeoutMs",
        &[
            "{ timeoutMs: 0 }",
            "{ timeoutMs: NaN }",
            "{ timeoutMs: '1' }",
        ],
    )
    .await;
    refused(
        &wait,
        "onProgress",
        &["{ onProgress: 1 }", "{ onProgress: {} }"],
    )
    .await;
    refused(&wait, "signal", &["{ signal: {} }", "{ signal: 1 }"]).await;
    refused(&wait, "schema", &["{ schema: {} }", "{ schema: 1 }"]).await;
    let id = format!("{{ call: (client) => client.wait({{ {GOOD} }}, IT, undefined) }}");
    refused(
        &id,
        "id",
        &["undefined", "''", "'x'", "`${flowId})/x`", "1", "nasty({})"],
    )
    .await;
}

#[test]
async fn a_canvas_apps_web_api_is_told_apart_on_every_road() {
    const CANVAS: &str =
        "webApi: { retrieveRecord: no, retrieveMultipleRecords: no, createRecord: no }";
    const TABLE: &str = "{ table: 'ef_op', input: 'ef_i', result: 'ef_r', status: 'ef_s', states: { completed: 1, failed: 2 } }";
    let run = format!("client.run({TABLE}, 'x', undefined)");
    let wait = format!("client.wait({TABLE}, flowId, undefined)");
    for (work, expected) in [
        ("client.invoke(flowId)", "host_not_found at workflow"),
        ("client.prefetch([flowId])", "host_not_found at workflow"),
        ("client.httpFlows()", "host_not_found at workflow"),
        (
            "client.invoke({ environmentVariable: 'ef_A' })",
            "host_not_found at discovery",
        ),
        (&run, "host_not_found at operation"),
        (&wait, "host_not_found at operation, may have run"),
    ] {
        for no in [
            "() => { throw new Error('Method not implemented.') }",
            "async () => { throw { message: 'Method not implemented.' } }",
        ] {
            met_by(&format!(
                "const no = {no}; return {{ {CANVAS}, call: (client) => {work} }}"
            ))
            .await
            .is(expected);
        }
    }
}
