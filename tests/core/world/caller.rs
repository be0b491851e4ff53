//! Who calls: a client, a call to be made, a task under way, the caller's signal, and the scenes they begin in.

use super::*;

/// A client and the world it is in.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) world: Rc<World>,
    pub(crate) client: Rc<Client<World>>,
}

pub(crate) type Outcome = Result<Answer, FlowError>;

impl Caller {
    /// Starts a call and goes on.
    pub(crate) fn start(&self, call: ACall) -> Handle<Outcome> {
        let client = self.client.clone();
        self.world.start(async move {
            invoke(&client, &call.target.clone(), call.into_call())
                .await
                .map(|answer| *answer)
        })
    }

    /// Makes a call, the only one meanwhile, and lets the world judge its outcome.
    #[track_caller]
    pub(crate) fn outcome(&self, call: ACall) -> Outcome {
        let (before, started) = (self.world.log.requests().len(), self.world.time.now());
        let (idempotent, timeout_ms) = (call.call.idempotent, call.call.timeout_ms);
        let outcome = self
            .start(call)
            .wait()
            .inspect_err(|error| assert_no_secret(&everything_said(error)));
        assert!(
            self.world.time.now() <= started + timeout_ms,
            "the call outlived its deadline"
        );
        let requests = self.world.log.requests();
        let to_the_flow: Vec<_> = requests
            .iter()
            .skip(before)
            .filter(|sent| sent.is_to_the_flow())
            .collect();
        let runs = to_the_flow.iter().filter(|sent| sent.ran.get()).count();
        assert!(
            idempotent || runs <= 1,
            "the flow may have run {runs} times: {:?}",
            self.world.story()
        );
        if let Err(error) = &outcome {
            assert!(
                error.may_have_run || runs == 0,
                "mayHaveRun is false, but the flow may have run: {error:?}"
            );
            assert!(
                !error.may_have_run || !to_the_flow.is_empty(),
                "mayHaveRun without a request to the flow: {error:?}"
            );
        }
        outcome
    }

    #[track_caller]
    pub(crate) fn succeeds(&self, call: ACall) -> Answer {
        match self.outcome(call) {
            Ok(answer) => answer,
            Err(error) => panic!("failed: {error:?} after {:?}", self.world.story()),
        }
    }

    #[track_caller]
    pub(crate) fn fails(&self, call: ACall) -> FlowError {
        match self.outcome(call) {
            Ok(answer) => panic!(
                "succeeded with {} after {:?}",
                answer.status,
                self.world.story()
            ),
            Err(error) => error,
        }
    }

    /// The flow's trigger URL, as `flow.callbackUrl()` answers it.
    #[track_caller]
    pub(crate) fn callback_url(&self, refresh: bool) -> Result<String, FlowError> {
        let client = self.client.clone();
        let url = self
            .world
            .start(async move { client.callback_url(&flow_target(WORKFLOW), refresh).await })
            .wait();
        url.inspect(|url| assert_no_secret(url))
            .inspect_err(|error| assert_no_secret(&everything_said(error)))
    }

    /// Starts `signIn()` and goes on.
    pub(crate) fn start_sign_in(&self) -> Handle<Result<(), FlowError>> {
        let client = self.client.clone();
        self.world.start(async move { client.sign_in().await })
    }

    #[track_caller]
    pub(crate) fn sign_in(&self) -> Result<(), FlowError> {
        self.start_sign_in()
            .wait()
            .inspect_err(|error| assert_no_secret(&everything_said(error)))
    }
}

/// A task under way.
pub(crate) struct Handle<T> {
    pub(super) world: Rc<World>,
    pub(super) id: u64,
    pub(super) slot: Rc<RefCell<Option<T>>>,
}

impl<T> Handle<T> {
    /// Lets time pass until it ends, and no longer.
    #[track_caller]
    pub(crate) fn wait(&self) -> T {
        self.world.time.settle();
        loop {
            if let Some(outcome) = self.slot.take() {
                return outcome;
            }
            assert!(
                self.world.time.step(f64::INFINITY),
                "hangs for ever after {:?}",
                self.world.story()
            );
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.slot.borrow().is_some()
    }

    /// The caller goes away without a word: its future is dropped.
    pub(crate) fn vanish(self) {
        self.world.time.cancel(self.id);
    }
}

impl Handle<Outcome> {
    #[track_caller]
    pub(crate) fn wait_to_fail(&self) -> FlowError {
        match self.wait() {
            Ok(answer) => panic!(
                "succeeded with {} after {:?}",
                answer.status,
                self.world.story()
            ),
            Err(error) => error,
        }
    }

    #[track_caller]
    pub(crate) fn wait_to_succeed(&self) -> Answer {
        match self.wait() {
            Ok(answer) => answer,
            Err(error) => panic!("failed: {error:?} after {:?}", self.world.story()),
        }
    }
}

/// A call to be made: `call().idempotent().timeout(5000.0)`.
pub(crate) struct ACall {
    target: Target,
    call: Call,
}

/// A POST of a small object to the flow [`WORKFLOW`].
pub(crate) fn call() -> ACall {
    ACall {
        target: flow_target(WORKFLOW),
        call: Call {
            method: Method::Post,
            path: vec![],
            query: vec![],
            headers: vec![],
            body: Some(Rc::new(json!({"order": 42}))),
            read_as: None,
            timeout_ms: Settings::TIMEOUT_MS,
            abort: None,
            idempotent: false,
            accept: None,
            on_behalf_of: None,
            second_token: None,
            follow: true,
            schema: None,
        },
    }
}

impl ACall {
    pub(crate) fn into_call(self) -> Box<Call> {
        Box::new(self.call)
    }

    pub(crate) fn edit(mut self, change: impl FnOnce(&mut Call)) -> Self {
        change(&mut self.call);
        self
    }

    pub(crate) fn to(self, target: Target) -> Self {
        Self { target, ..self }
    }

    pub(crate) fn at_url(self, url: &str) -> Self {
        self.to(Target::Url(url.to_owned()))
    }

    /// Methods that take no body go without one.
    pub(crate) fn method(self, method: Method) -> Self {
        self.edit(|call| {
            call.method = method;
            call.body = call.body.take().filter(|_| method.takes_a_body());
        })
    }

    pub(crate) fn idempotent(self) -> Self {
        self.edit(|call| call.idempotent = true)
    }

    pub(crate) fn timeout(self, ms: f64) -> Self {
        self.edit(|call| call.timeout_ms = ms)
    }

    pub(crate) fn signal(self, signal: &Signal) -> Self {
        self.edit(|call| call.abort = Some(signal.listener()))
    }

    pub(crate) fn accepting(self, accept: impl Fn(u16) -> bool + 'static) -> Self {
        self.edit(|call| {
            call.accept = Some(Box::new(move |status| Ok(accept(status))) as AcceptStatus)
        })
    }
}

/// An `AbortSignal`.
#[derive(Clone, Default)]
pub(crate) struct Signal {
    aborted: Gate,
    listeners: Rc<Cell<usize>>,
}

impl Signal {
    pub(crate) fn abort(&self) {
        self.aborted.open();
    }

    pub(crate) fn listeners(&self) -> usize {
        self.listeners.get()
    }

    pub(crate) fn listener(&self) -> Abort {
        let (aborted, listeners) = (self.aborted.clone(), self.listeners.clone());
        listeners.set(listeners.get() + 1);
        let gone = OnDrop(move || listeners.set(listeners.get() - 1));
        async move {
            aborted.opened().await;
            drop(gone);
            foreign("the caller's reason")
        }
        .boxed_local()
    }
}

pub(crate) fn flow_target(workflow_id: &str) -> Target {
    Target::Flow(FlowRef {
        workflow_id: Guid::parse(workflow_id).unwrap(),
        trigger: "manual".to_owned(),
    })
}

/// A world where all is well and a client that has asked for nothing yet.
pub(crate) fn scene() -> (Rc<World>, Caller) {
    scene_with(|_| {})
}

pub(crate) fn scene_with(change: impl FnOnce(&mut Settings)) -> (Rc<World>, Caller) {
    let world = World::new();
    let caller = world.client_with(change);
    (world, caller)
}

/// The same after a first call: the trigger URL is known, the log is empty, the clock of the story is at 0.
pub(crate) fn warm_scene() -> (Rc<World>, Caller) {
    warm_scene_with(|_| {})
}

pub(crate) fn warm_scene_with(change: impl FnOnce(&mut Settings)) -> (Rc<World>, Caller) {
    let (world, caller) = scene_with(change);
    caller.succeeds(call());
    world.new_page();
    (world, caller)
}
