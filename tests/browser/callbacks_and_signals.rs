//! Callbacks and signals of the caller's may misbehave at any time.

use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::trial::{ANYTHING, each, met, met_by};

const GOOD: &str = r#"200 {"answer":42}"#;

#[test]
async fn accept_status_decides_only_with_true() {
    for (answer, expected) in [
        ("true", r#"200 {"answer":42}"#),
        ("false", "flow_failed at invoke, may have run"),
        ("undefined", "flow_failed at invoke, may have run"),
        ("1", "flow_failed at invoke, may have run"),
        ("'yes'", "flow_failed at invoke, may have run"),
        ("10n", "flow_failed at invoke, may have run"),
        ("Symbol('s')", "flow_failed at invoke, may have run"),
        ("nasty({})", "flow_failed at invoke, may have run"),
        (
            "Promise.resolve(true)",
            "flow_failed at invoke, may have run",
        ),
        (
            "Promise.resolve(false)",
            "flow_failed at invoke, may have run",
        ),
    ] {
        met(&format!(
            "{{ options: {{ acceptStatus: () => ({answer}) }} }}"
        ))
        .await
        .is(expected);
    }
}

#[test]
async fn whatever_accept_status_throws_is_told_with_the_flow_having_run() {
    let trouble = "{ options: { acceptStatus() { throw (IT) } } }";
    each(
        trouble,
        ANYTHING,
        "invalid_argument at invoke, may have run",
    )
    .await;
    let functions = &[
        "nasty(() => {})",
        "class {}",
        "elsewhere.eval('() => { throw 1 }')",
    ];
    let trouble = "{ options: { acceptStatus: IT } }";
    each(
        trouble,
        functions,
        "invalid_argument at invoke, may have run",
    )
    .await;
    met_by(
        "const thrown = nasty({});
        return {
            options: { acceptStatus() { throw thrown } },
            see: ({ error }) => [error.cause === thrown, error.message],
        }",
    )
    .await
    .is("invalid_argument at invoke, may have run")
    .and_saw(r#"[true,"acceptStatus threw"]"#);
}

#[test]
async fn accept_status_may_call_back_into_the_client() {
    met_by(
        "const inner = [];
        let client;
        return {
            options: {
                acceptStatus(status) {
                    client.clearCache();
                    inner.push(client.invoke(flowId, {}, undefined));
                    return status === 200;
                },
            },
            call: (it, { target, body, options }) => (client = it).invoke(target, body, options),
            see: async () => (await Promise.all(inner)).map((answer) => answer.status),
        }",
    )
    .await
    .is(GOOD)
    .and_saw("[200]");
}

#[test]
async fn what_is_read_of_the_arguments_may_call_back_into_the_client() {
    met_by(
        "const inner = [];
        let client;
        const again = () => {
            client.clearCache();
            inner.push(client.invoke(flowId, {}, undefined));
        };
        return {
            target: { get workflowId() { again(); return flowId } },
            body: { toJSON() { again(); return {} } },
            options: { get timeoutMs() { again(); return 3000 }, headers: { get a() { again(); return 'b' } } },
            call: (it, { target, body, options }) => (client = it).invoke(target, body, options),
            see: async () => (await Promise.all(inner)).length >= 4,
        }",
    )
    .await
    .is(GOOD)
    .and_saw("true");
}

#[test]
async fn a_signal_that_is_aborted_already_lets_nothing_be_sent() {
    let signals = &[
        "AbortSignal.abort()",
        "AbortSignal.abort(null)",
        "AbortSignal.abort('enough')",
        "AbortSignal.abort(nasty({}))",
        "elsewhere.AbortSignal.abort()",
        "{ aborted: true, addEventListener() {}, removeEventListener() {} }",
        "{ aborted: 1, get reason() { throw 1 }, addEventListener() {} }",
    ];
    for signal in signals {
        let trouble = "{ options: { signal: IT }, see: ({ requests }) => requests.length }";
        met(&trouble.replace("IT", signal))
            .await
            .is("aborted at token")
            .and_saw("0");
    }
}

#[test]
async fn a_call_can_be_aborted_at_every_step_with_the_signals_reason() {
    for (step, expected) in [
        ("auth: { getToken: stop }", "aborted at token"),
        ("webApi: { retrieveRecord: stop }", "aborted at workflow"),
        ("discovery: stop", "aborted at discovery"),
        ("invoke: stop", "aborted at invoke, may have run"),
    ] {
        for owner in ["window", "elsewhere"] {
            let body = "
                const controller = new OWNER.AbortController();
                const reason = nasty({});
                const stop = () => { setTimeout(() => controller.abort(reason)); return forever() };
                return {
                    STEP,
                    hurry: 200,
                    settings: { maxAttempts: 2 },
                    options: { signal: controller.signal, timeoutMs: 3e6 },
                    see: ({ error }) => error.cause === reason,
                }";
            met_by(&body.replace("OWNER", owner).replace("STEP", step))
                .await
                .is(expected)
                .and_saw("true");
        }
    }
}

#[test]
async fn an_aborted_call_gives_its_request_up() {
    met_by(
        "const controller = new AbortController();
        return {
            invoke: () => { setTimeout(() => controller.abort()); return forever() },
            options: { signal: controller.signal },
            see: ({ requests }) => requests[1].signal.aborted,
        }",
    )
    .await
    .is("aborted at invoke, may have run")
    .and_saw("true");
}

#[test]
async fn signals_that_misbehave_do_not_harm_the_call() {
    let signals = &[
        "{ aborted: false, addEventListener: thrower('add'), removeEventListener: thrower('remove') }",
        "{ aborted: false, addEventListener: nasty(() => {}), removeEventListener: null }",
        "{ aborted: false, addEventListener(_, listener) { listener(); listener() }, removeEventListener() {} }",
        "{ reads: 0, get aborted() { if (this.reads++ > 0) throw 1; return false }, addEventListener() {} }",
    ];
    each("{ options: { signal: IT } }", signals, GOOD).await;
}

#[test]
async fn a_signal_that_keeps_its_listener_can_not_harm_later_calls() {
    met_by(
        "let kept;
        return {
            options: { signal: { aborted: false, addEventListener(_, listener) { kept = listener }, removeEventListener() {} } },
            see() {
                try { kept() } catch (error) { return error instanceof Error }
                return true;
            },
        }",
    )
    .await
    .is(GOOD)
    .and_saw("true");
}

#[test]
async fn a_real_signal_keeps_no_listener_of_a_call_that_is_over() {
    met_by(
        "const { signal } = new AbortController();
        let listeners = 0;
        const count = (name, step) => {
            const real = signal[name];
            signal[name] = (...args) => { listeners += step; return real.apply(signal, args) };
        };
        count('addEventListener', 1);
        count('removeEventListener', -1);
        let most = 0;
        return {
            invoke: (request) => { most = listeners; return good.invoke(request) },
            options: { signal },
            see: () => [most, listeners],
        }",
    )
    .await
    .is(GOOD)
    .and_saw("[1,0]");
}
