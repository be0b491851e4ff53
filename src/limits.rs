//! The ends that a call can meet before its answer: its time and its caller's patience.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_util::future::LocalBoxFuture;

use crate::model::{ErrorCode, FlowError, Foreign, Stage};
use crate::port::Clock;

/// Resolves with the signal's reason when the caller gives up.
pub type Abort = LocalBoxFuture<'static, Foreign>;

/// How far a call has come, kept where its limits can see it.
pub struct Progress {
    /// The step it is at; shared with the flight that it waits for.
    stage: RefCell<Rc<Cell<Stage>>>,
    /// Whether the flow may have run by now.
    pub may_have_run: Cell<bool>,
    /// How many requests were sent to the trigger URL.
    pub attempts: Cell<u32>,
    /// The run that a 202 named, whose own answer need not name it again.
    pub run_id: RefCell<Option<String>>,
    /// When the request was sent that has no outcome yet.
    pub sent_ms: Cell<Option<f64>>,
}

impl Progress {
    /// A call at its first step.
    #[must_use]
    pub fn at(stage: Stage) -> Self {
        let stage = RefCell::new(Rc::new(Cell::new(stage)));
        Self {
            stage,
            may_have_run: Cell::new(false),
            attempts: Cell::new(0),
            run_id: RefCell::default(),
            sent_ms: Cell::new(None),
        }
    }

    /// The call goes on to another step.
    pub fn enter(&self, stage: Stage) {
        self.stage.replace(Rc::new(Cell::new(stage)));
    }

    /// The call waits for a flight and is wherever that is.
    pub fn follow(&self, stage: &Rc<Cell<Stage>>) {
        self.stage.replace(stage.clone());
    }

    /// The step it is at.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage.borrow().get()
    }
}

/// Work behind a pointer. Its state machine would otherwise be compiled into each of the callers' own.
pub type Work<'a, T> = LocalBoxFuture<'a, T>;

/// The work's own outcome, or `aborted` or `timeout` if the caller or the time is faster.
///
/// # Errors
/// The work's own, `aborted`, `timeout`.
pub async fn limited<T>(
    clock: &impl Clock,
    timeout_ms: f64,
    abort: Option<Abort>,
    progress: &Progress,
    work: Work<'_, Result<T, FlowError>>,
) -> Result<T, FlowError> {
    let mut abort = abort.unwrap_or_else(|| Box::pin(std::future::pending()));
    let mut rest = within(clock, timeout_ms, work);
    // The signal is asked first: a call whose signal is aborted already sends nothing.
    let ended = poll_fn(|context| match abort.as_mut().poll(context) {
        Poll::Ready(reason) => Poll::Ready(Err(Some(reason))),
        Poll::Pending => Pin::new(&mut rest)
            .poll(context)
            .map(|outcome| outcome.ok_or(None)),
    });
    let error = match ended.await {
        Ok(outcome) => return outcome,
        Err(None) => timed_out(progress.stage()).detail("the call took longer than timeoutMs"),
        Err(reason) => FlowError::new(ErrorCode::Aborted, progress.stage()).cause(reason),
    };
    Err(error.may_have_run(progress.may_have_run.get()))
}

/// The error of a step that took too long.
#[must_use]
pub fn timed_out(stage: Stage) -> FlowError {
    let error = FlowError::new(ErrorCode::Timeout, stage);
    match stage {
        Stage::Token => {
            error.hint("If a sign-in window is open, finish or close it; then try again.")
        }
        _ => error,
    }
}

/// The work's outcome, or nothing if it takes longer.
pub fn within<'a, T>(clock: &impl Clock, ms: f64, work: Work<'a, T>) -> Within<'a, T> {
    let time = clock.sleep(ms);
    Within { work, time }
}

/// Written by hand: as an `async fn`, or by way of `select`, it would be compiled into each of its callers anew.
pub struct Within<'a, T> {
    work: Work<'a, T>,
    time: LocalBoxFuture<'static, ()>,
}

impl<T> Future for Within<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        match self.work.as_mut().poll(context) {
            Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
            Poll::Pending => self.time.as_mut().poll(context).map(|()| None),
        }
    }
}
