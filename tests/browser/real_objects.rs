//! The adapters with the browser's own objects: what a host is asked, what `fetch` gets, and what comes back.

use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::trial::{each, met, met_by};

const GOOD: &str = r#"200 {"answer":42}"#;

#[test]
async fn fetch_gets_a_request_that_carries_the_token_and_no_cookie_and_follows_no_redirect() {
    met(
        "{
            options: { path: ['a b', 'c/d'], query: { n: 1, yes: true, none: undefined }, headers: { 'x-a': '1' } },
            see: ({ requests }) => requests.map((it) => [
                it instanceof Request, it.method, it.credentials, it.redirect, it.cache, it.headers.get('authorization'),
                new URL(it.url).search, it.headers.get('x-a'),
            ]),
        }",
    )
    .await
    .is(GOOD)
    .and_saw(r#"[[true,"POST","omit","error","default","Bearer good.access.token","?api-version=2016-11-01",null],[true,"POST","omit","error","default","Bearer good.access.token","?api-version=1&n=1&yes=true","1"]]"#);
}

#[test]
async fn every_method_arrives_as_it_is() {
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] {
        met(&format!(
            "{{ body: undefined, options: {{ method: '{method}' }}, see: ({{ requests }}) => requests[1].method }}"
        ))
        .await
        .is(GOOD)
        .and_saw(&format!("{method:?}"));
    }
}

#[test]
async fn a_body_is_sent_as_fetch_would_send_it_and_anything_else_as_json() {
    let json = "application/json";
    let text = "text/plain;charset=UTF-8";
    for (body, expected) in [
        ("{ a: [1, null, 'z'] }", [json, r#"{"a":[1,null,"z"]}"#]),
        ("[]", [json, "[]"]),
        ("0", [json, "0"]),
        ("NaN", [json, "null"]),
        ("false", [json, "false"]),
        ("new Date(0)", [json, r#""1970-01-01T00:00:00.000Z""#]),
        ("{ toJSON: () => 'own' }", [json, r#""own""#]),
        ("elsewhere.eval('({ a: 1 })')", [json, r#"{"a":1}"#]),
        (
            "Object.assign(Object.create(null), { a: 1 })",
            [json, r#"{"a":1}"#],
        ),
        ("'text \\u20ac'", [text, "text €"]),
        ("''", [text, ""]),
        ("new Blob(['b'], { type: 'image/png' })", ["image/png", "b"]),
        (
            "new elsewhere.Blob(['b'], { type: 'image/png' })",
            ["image/png", "b"],
        ),
        (
            "new File(['f'], 'f.csv', { type: 'text/csv' })",
            ["text/csv", "f"],
        ),
        ("new TextEncoder().encode('bytes')", ["", "bytes"]),
        (
            "new elsewhere.TextEncoder().encode('bytes').buffer",
            ["", "bytes"],
        ),
        (
            "new DataView(new TextEncoder().encode('bytes').buffer, 1, 2)",
            ["", "yt"],
        ),
        (
            "new URLSearchParams('a=1&b=2')",
            ["application/x-www-form-urlencoded;charset=UTF-8", "a=1&b=2"],
        ),
    ] {
        let trouble = "{
            body: IT,
            see: async ({ requests: [, it] }) => [it.headers.get('content-type') ?? '', await it.text()].join(' | '),
        }";
        let seen = js_sys::JSON::stringify(&expected.join(" | ").into());
        let seen = seen.unwrap_or_default();
        met(&trouble.replace("IT", body))
            .await
            .is(GOOD)
            .and_saw(&String::from(seen));
    }
}

#[test]
async fn no_body_is_sent_for_undefined_and_null() {
    for body in ["undefined", "null"] {
        let trouble = "{ body: IT, see: ({ requests: [, it] }) => [it.body, it.headers.get('content-type')] }";
        met(&trouble.replace("IT", body))
            .await
            .is(GOOD)
            .and_saw("[null,null]");
    }
}

#[test]
async fn form_data_arrives_with_its_boundary() {
    for owner in ["window", "elsewhere"] {
        met_by(&format!(
            "const body = new {owner}.FormData();
            body.set('file', new Blob(['content']), 'a.txt');
            return {{
                body,
                see: async ({{ requests }}) => {{
                    const sent = (await requests[1].formData()).get('file');
                    return [sent.name, await sent.text()];
                }},
            }}"
        ))
        .await
        .is(GOOD)
        .and_saw(r#"["a.txt","content"]"#);
    }
}

#[test]
async fn a_content_type_of_the_callers_stays() {
    let trouble = "{
        options: { headers: { 'Content-Type': 'application/vnd.contoso+json' } },
        see: ({ requests }) => requests[1].headers.get('content-type'),
    }";
    met(trouble)
        .await
        .is(GOOD)
        .and_saw(r#""application/vnd.contoso+json""#);
}

#[test]
async fn an_answer_is_read_by_its_content_type_or_as_it_was_asked_for() {
    for (answer, how, seen) in [
        (
            "Response.json({ a: 1 })",
            "auto",
            r#"["[object Object]",{"a":1}]"#,
        ),
        (
            "new Response('text')",
            "auto",
            r#"["[object String]","text"]"#,
        ),
        (
            "new Response(new Blob(['%PDF'], { type: 'application/pdf' }))",
            "auto",
            r#"["[object Blob]",{}]"#,
        ),
        (
            "new Response('{\"a\":1}')",
            "json",
            r#"["[object Object]",{"a":1}]"#,
        ),
        (
            "Response.json({ a: 1 })",
            "text",
            r#"["[object String]","{\"a\":1}"]"#,
        ),
        ("Response.json({ a: 1 })", "blob", r#"["[object Blob]",{}]"#),
        (
            "Response.json({ a: 1 })",
            "arrayBuffer",
            r#"["[object ArrayBuffer]",{}]"#,
        ),
        (
            "Response.json({ a: 1 })",
            "stream",
            r#"["[object ReadableStream]",{}]"#,
        ),
        (
            "new Response(null, { status: 204 })",
            "auto",
            r#"["[object Undefined]",null]"#,
        ),
        (
            "new Response(null, { status: 204 })",
            "json",
            r#"["[object Undefined]",null]"#,
        ),
        (
            "new Response('', { headers: { 'content-type': 'application/json' } })",
            "auto",
            r#"["[object Undefined]",null]"#,
        ),
        ("new Response('null')", "json", r#"["[object Null]",null]"#),
    ] {
        let trouble = format!(
            "{{
                invoke: async () => {answer},
                options: {{ responseType: '{how}' }},
                see: ({{ answer: {{ data }} }}) => [Object.prototype.toString.call(data), data],
            }}"
        );
        met(&trouble).await.and_saw(seen);
    }
}

#[test]
async fn a_stream_can_be_read_to_its_end_after_the_call() {
    met(
        "{
            invoke: async () => new Response(new ReadableStream({
                async pull(controller) {
                    await wait(20);
                    controller.enqueue(new TextEncoder().encode('late'));
                    controller.close();
                },
            })),
            options: { responseType: 'stream', timeoutMs: 2000 },
            see: async ({ answer, requests }) => [await new Response(answer.data).text(), requests[1].signal.aborted],
        }",
    )
    .await
    .and_saw(r#"["late",false]"#);
}

#[test]
async fn an_answer_tells_status_headers_and_the_run() {
    met(
        "{
            invoke: async () => Response.json({}, { status: 202, headers: { 'x-ms-workflow-run-id': '0858', 'x-ms-client-tracking-id': 't' } }),
            see: ({ answer }) => [
                answer.accepted, answer.runId, answer.trackingId, answer.attempts, answer.durationMs >= 0,
                answer.headers instanceof Headers, answer.headers.get('x-ms-workflow-run-id'),
            ],
        }",
    )
    .await
    .is("202 {}")
    .and_saw(r#"[true,"0858","t",1,true,true,"0858"]"#);
}

#[test]
async fn an_error_of_the_flows_own_brings_its_headers_and_its_body() {
    for (body, seen) in [
        (
            "Response.json({ why: ['a'] }, init)",
            r#"[409,{"why":["a"]},true,"1"]"#,
        ),
        ("new Response('why', init)", r#"[409,"why",true,"1"]"#),
        ("new Response(null, init)", r#"[409,null,true,"1"]"#),
    ] {
        met(&format!(
            "{{
                invoke: async () => {{ const init = {{ status: 409, headers: {{ 'x-a': '1' }} }}; return {body} }},
                see: ({{ error }}) => [error.status, error.data, error.headers instanceof Headers, error.headers.get('x-a')],
            }}"
        ))
        .await
        .is("flow_failed at invoke, may have run")
        .and_saw(seen);
    }
}

#[test]
async fn an_accepted_error_status_can_still_be_read() {
    met("{
            invoke: async () => Response.json({ missing: true }, { status: 404 }),
            options: { acceptStatus: (status) => status === 404 },
        }")
    .await
    .is(r#"404 {"missing":true}"#);
}

#[test]
async fn dataverse_is_asked_for_three_columns_of_one_row() {
    met_by(
        "const asked = [];
        return {
            webApi: { async retrieveRecord(...args) { asked.push(args); return row } },
            see: () => asked,
        }",
    )
    .await
    .is(GOOD)
    .and_saw(r#"[["workflow","9b2e4c70-6d1f-ee11-8179-000d3a2b0001","?$select=resourceid,statecode,category"]]"#);
}

#[test]
async fn a_token_function_is_asked_in_plain_words() {
    met_by(
        "const asked = [];
        return {
            auth: { async getToken(...args) { asked.push(args); return 'good.access.token' } },
            see: () => asked,
        }",
    )
    .await
    .is(GOOD)
    .and_saw(
        r#"[[{"scopes":["https://service.flow.microsoft.com//.default"],"interactive":false}]]"#,
    );
}

#[test]
async fn a_refused_token_is_forced_with_the_challenges_claims() {
    met_by(
        "const asked = [];
        let times = 0;
        const text = JSON.stringify({ access_token: { note: 'Zürich' } });
        const claims = btoa(String.fromCharCode(...new TextEncoder().encode(text)));
        const challenge = { 'www-authenticate': `Bearer error=\"insufficient_claims\", claims=\"${claims}\"` };
        return {
            settings: { maxAttempts: 2 },
            auth: { async getToken(request) { asked.push(request); return 'good.access.token' } },
            invoke: async (request) => times++ > 0 ? good.invoke(request) : new Response(null, { status: 401, headers: challenge }),
            see: () => [asked[1].forceRefresh, asked[1].claims],
        }",
    )
    .await
    .is(GOOD)
    .and_saw(r#"[true,"{\"access_token\":{\"note\":\"Zürich\"}}"]"#);
}

#[test]
async fn msal_is_asked_with_its_own_account_object_and_called_on_itself() {
    met_by(
        "const asked = [];
        const auth = {
            ...msal,
            own: true,
            async acquireTokenSilent(request) {
                asked.push([this.own, request.account === account, request.scopes, Object.keys(request)]);
                return { accessToken: 'good.access.token' };
            },
        };
        return {
            create: (Client, options) => Client.create({ ...options, auth }),
            see: () => asked,
        }",
    )
    .await
    .is(GOOD)
    .and_saw(r#"[[true,true,["https://service.flow.microsoft.com//.default"],["scopes","account"]]]"#);
}

#[test]
async fn a_window_opens_only_right_after_a_click() {
    let members = "calm: { auth: msal }, auth: { ...msal, getAllAccounts: () => [] }";
    met(&format!("{{ {members} }}"))
        .await
        .is("interaction_required at token");
    let activations = &["{ isActive: true }"];
    each(
        &format!("{{ {members}, userActivation: IT }}"),
        activations,
        GOOD,
    )
    .await;
    let broken = &["{ get isActive() { throw 1 } }", "nasty({})", "{}"];
    each(
        &format!("{{ {members}, userActivation: IT }}"),
        broken,
        "interaction_required at token",
    )
    .await;
}

#[test]
async fn no_timer_of_a_call_that_is_over_runs_on() {
    met_by(
        "const running = new Set();
        const { setTimeout, clearTimeout } = window;
        const undo = [
            put(window, 'setTimeout', (work, ms) => {
                const id = setTimeout(() => { running.delete(id); work() }, ms);
                running.add(id);
                return id;
            }),
            put(window, 'clearTimeout', (id) => { running.delete(id); clearTimeout(id) }),
        ];
        let most = 0;
        return {
            invoke: (request) => { most = running.size; return good.invoke(request) },
            see: async () => { await wait(10); return [most > 0, running.size] },
            end() { for (const it of undo) it() },
        }",
    )
    .await
    .is(GOOD)
    .and_saw("[true,0]");
}

#[test]
async fn calls_that_wait_at_once_each_meet_their_own_limit() {
    met_by(
        "const ends = [];
        let calls = 0;
        return {
            invoke: () => ((calls += 1) === 4 ? good.invoke() : forever()),
            call: async (client, world) => {
                const others = [900, 300, 600].map((timeoutMs) => endOf(client, timeoutMs, ends));
                const answer = await good.call(client, world);
                await Promise.all(others);
                return answer;
            },
            see: () => ends,
        }",
    )
    .await
    .is(GOOD)
    .and_saw(r#"[[300,"timeout"],[600,"timeout"],[900,"timeout"]]"#);
}

#[test]
async fn limits_that_ended_while_the_page_was_busy_are_all_met_in_its_next_turn() {
    met_by(
        "const ends = [];
        let calls = 0;
        return {
            invoke: () => ((calls += 1) === 5 ? good.invoke() : forever()),
            call: async (client, world) => {
                const late = [300, 320, 340].map((timeoutMs) => endOf(client, timeoutMs, ends));
                await new Promise((done) => setTimeout(done, 200));
                const busy = performance.now() + 300;
                while (performance.now() < busy);
                const other = endOf(client, 1500, ends);
                late[0].then(() => setTimeout(() => ends.push('a turn'), 0));
                setTimeout(() => ends.push('a while'), 500);
                await Promise.all([...late, other]);
                return good.call(client, world);
            },
            see: () => ends,
        }",
    )
    .await
    .is(GOOD)
    .and_saw(
        r#"[[300,"timeout"],[320,"timeout"],[340,"timeout"],"a turn","a while",[1500,"timeout"]]"#,
    );
}

#[test]
async fn of_a_header_in_two_cases_the_last_is_sent() {
    met_by(
        "return {
            options: { headers: { 'X-A': '1', 'x-a': '2', __proto__: null, ['__proto__']: '3' } },
            see: ({ requests: [, it] }) => [it.headers.get('x-a'), it.headers.get('__proto__')],
        }",
    )
    .await
    .is(GOOD)
    .and_saw(r#"["2","3"]"#);
}

#[test]
async fn members_that_a_page_adds_to_every_object_are_not_sent() {
    met_by(
        "Object.prototype.polyfill = 'of the page';
        Array.prototype.polyfill = 'of the page';
        return {
            options: { headers: { 'x-a': '1' }, query: { a: 1 }, path: ['p'] },
            see: async ({ requests: [, it] }) => [new URL(it.url).search, [...it.headers.keys()], await it.text()],
            end() { delete Object.prototype.polyfill; delete Array.prototype.polyfill },
        }",
    )
    .await
    .is(GOOD)
    .and_saw(r#"["?api-version=1&a=1",["authorization","content-type","x-a"],"{\"order\":1}"]"#);
}

#[test]
async fn a_page_may_have_patched_its_promises() {
    met_by(
        "const undo = put(window, 'Promise', class Zone extends Promise {
            then(...handlers) { return super.then(...handlers.map((it) => it && ((value) => it(value)))) }
        });
        return { end: undo }",
    )
    .await
    .is(GOOD);
}

#[test]
async fn host_objects_with_private_members_are_called_on_themselves() {
    let classes = "
        class Api { #row = row; async retrieveRecord() { return this.#row } }
        class Tokens { #token = 'good.access.token'; async getToken() { return this.#token } }
        class Msal {
            #token = 'good.access.token';
            #accounts = [account];
            getAllAccounts() { return this.#accounts }
            async acquireTokenSilent() { return { accessToken: this.#token } }
            async ssoSilent() { throw new Error('no') }
            async acquireTokenPopup() { throw new Error('no') }
        }
        const webApi = new Api();
        const auth = new AUTH();
        return { create: (Client, options) => Client.create({ ...options, webApi, auth }) }";
    for auth in ["Tokens", "Msal"] {
        met_by(&classes.replace("AUTH", auth)).await.is(GOOD);
    }
}

#[test]
async fn a_stream_that_breaks_off_after_the_call_fails_its_reader_alone() {
    met("{
            invoke: async () => new Response(breakingOff(new Error('the line went dead'))),
            options: { responseType: 'stream' },
            see: async ({ answer }) => {
                const reader = answer.data.getReader();
                try { while (!(await reader.read()).done); } catch (error) { return error.message }
            },
        }")
    .await
    .and_saw(r#""the line went dead""#);
}
