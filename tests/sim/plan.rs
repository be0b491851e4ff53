//! What a seed chooses: pages, copies of the module, calls, and how much goes wrong.

use entra_flow::policy::request::Method;
use entra_flow::port::ReadAs;
use entra_flow::settings::{CacheScope, DiscoveryApi, Interaction};
use fastrand::Rng;

use super::faults::{Happening, Port};

/// A scenario.
pub(crate) struct Plan {
    /// Nothing goes wrong: then everything that nobody cancelled must succeed.
    pub(crate) calm: bool,
    pub(crate) pages: usize,
    pub(crate) frames: Vec<FramePlan>,
    pub(crate) flows: usize,
    pub(crate) steps: Vec<Step>,
    /// By [`Port::index`], how likely a fault is.
    pub(crate) rates: [f64; Port::ALL.len()],
    /// When the faults stop.
    pub(crate) stop_ms: f64,
    pub(crate) token_life_ms: f64,
}

/// A copy of the module and its one client.
#[derive(Clone)]
pub(crate) struct FramePlan {
    pub(crate) page: usize,
    pub(crate) cache: CacheScope,
    pub(crate) discovery: DiscoveryApi,
    pub(crate) interaction: Interaction,
    pub(crate) user_known: bool,
    pub(crate) sas_allowed: bool,
    pub(crate) max_attempts: u32,
    pub(crate) timeout_ms: f64,
    pub(crate) login_hint: bool,
    /// The host gave a function in the place of an MSAL instance.
    pub(crate) function: bool,
}

pub(crate) struct Step {
    pub(crate) at_ms: f64,
    pub(crate) what: What,
}

pub(crate) enum What {
    Call(Box<CallPlan>),
    Happening(Happening),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Invoke,
    InvokeByVariable,
    InvokeByUrl,
    OnBehalfOf,
    OperationRun,
    OperationStart,
    OperationWait,
    Prefetch,
    Publish,
    HttpFlows,
    Diagnose,
    CallbackUrl,
    SignIn,
    ClearCache,
    Create,
}

impl Kind {
    pub(crate) const ALL: [Self; 15] = [
        Self::Invoke,
        Self::InvokeByVariable,
        Self::InvokeByUrl,
        Self::OnBehalfOf,
        Self::OperationRun,
        Self::OperationStart,
        Self::OperationWait,
        Self::Prefetch,
        Self::Publish,
        Self::HttpFlows,
        Self::Diagnose,
        Self::CallbackUrl,
        Self::SignIn,
        Self::ClearCache,
        Self::Create,
    ];

    pub(crate) fn invokes(self) -> bool {
        matches!(
            self,
            Self::Invoke | Self::InvokeByVariable | Self::InvokeByUrl | Self::OnBehalfOf
        )
    }

    pub(crate) fn operates(self) -> bool {
        matches!(
            self,
            Self::OperationRun | Self::OperationStart | Self::OperationWait
        )
    }

    /// Whether it takes a signal.
    pub(crate) fn hears(self) -> bool {
        self.invokes() || self.operates()
    }
}

/// How a caller loses patience.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cancel {
    Never,
    /// Aborts after so many milliseconds.
    AfterMs(f64),
    /// Aborts when the call is polled for that time: at the end of one of its awaits.
    AtPoll(u32),
    /// Goes away without a word, likewise.
    VanishAfterMs(f64),
    VanishAtPoll(u32),
}

impl Cancel {
    /// Anywhere in a call: most have a handful of awaits and end within seconds, some have forty and last for minutes.
    fn of(dice: &mut Rng, kind: Kind, timeout_ms: f64) -> Self {
        let (soon, chance, how) = (dice.bool(), dice.f64(), dice.u8(..10));
        let ms = (chance * if soon { 2_000.0 } else { timeout_ms }).floor();
        let poll = if soon {
            dice.u32(1..12)
        } else {
            // As likely among the polls from 4 to 8 as among those from 64 to 128.
            (4.0 * (chance * 5.0).exp2()) as u32
        };
        match how {
            0 if kind.hears() => Self::AfterMs(ms),
            1 if kind.hears() => Self::AtPoll(poll),
            0 | 2 => Self::VanishAfterMs(ms),
            1 | 3 => Self::VanishAtPoll(poll),
            _ => Self::Never,
        }
    }
}

/// Whose callers lose patience.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Patience {
    /// As the seed has it.
    Planned,
    /// Nobody's.
    Endless,
    /// That call's alone.
    EndlessBut(usize, Cancel),
}

impl Patience {
    /// How the caller of a call loses patience.
    pub(crate) fn of(self, call: usize, planned: Cancel) -> Cancel {
        match self {
            Self::Planned => planned,
            Self::EndlessBut(own, cancel) if own == call => cancel,
            _ => Cancel::Never,
        }
    }

    /// What `npm run sim` is to be told for it.
    pub(crate) fn option(self) -> String {
        match self {
            Self::EndlessBut(call, Cancel::AtPoll(poll)) => {
                format!(" --cancel {call}:abort:{poll}")
            }
            Self::EndlessBut(call, Cancel::VanishAtPoll(poll)) => {
                format!(" --cancel {call}:vanish:{poll}")
            }
            Self::Endless => " --cancel none".to_owned(),
            _ => String::new(),
        }
    }

    /// Reads the same.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text == "none" {
            return Some(Self::Endless);
        }
        let mut parts = text.split(':');
        let call = parts.next()?.parse().ok()?;
        let how = parts.next()?;
        let poll = parts.next()?.parse().ok()?;
        match how {
            "abort" => Some(Self::EndlessBut(call, Cancel::AtPoll(poll))),
            "vanish" => Some(Self::EndlessBut(call, Cancel::VanishAtPoll(poll))),
            _ => None,
        }
    }
}

/// What the flow does with the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Behaviour {
    Answers,
    /// An error of its own, in its own shape.
    Fails(u16),
    /// 202 with a `Location` that can be followed.
    Later,
    /// 202 and nothing more.
    Accepts,
}

#[derive(Clone, Debug)]
pub(crate) struct CallPlan {
    pub(crate) frame: usize,
    pub(crate) kind: Kind,
    pub(crate) flow: usize,
    /// For what is about several.
    pub(crate) flows: Vec<usize>,
    pub(crate) idempotent: bool,
    pub(crate) method: Method,
    pub(crate) timeout_ms: f64,
    pub(crate) cancel: Cancel,
    pub(crate) behaviour: Behaviour,
    pub(crate) read_as: Option<ReadAs>,
    /// `acceptStatus` says yes to everything.
    pub(crate) accepts_all: bool,
    pub(crate) follow: bool,
    pub(crate) refresh: bool,
    /// A choice of its own for whatever else there is.
    pub(crate) variant: u32,
}

impl Plan {
    pub(crate) fn of(dice: &mut Rng) -> Self {
        let calm = dice.u8(..6) == 0;
        let pages = dice.usize(1..=2);
        let frames: Vec<_> = (0..dice.usize(1..=4))
            .map(|_| FramePlan::of(dice, pages, calm))
            .collect();
        // More than the lanes of a prefetch, now and then.
        let flows = *choose(dice, &[1, 1, 2, 2, 3, 3, 12]);
        let span = *choose(dice, &[100_u32, 5_000, 60_000, 300_000]);
        let mut rates = [0.0; Port::ALL.len()];
        if !calm {
            for rate in &mut rates {
                *rate = *choose(dice, &[0.0, 0.05, 0.2, 0.2, 0.6]);
            }
        }
        let mut steps = Vec::new();
        // Several at one instant, and others at any time.
        let instant = f64::from(dice.u32(..=span));
        for _ in 0..dice.usize(2..=10) {
            let at_ms = if dice.bool() {
                instant
            } else {
                f64::from(dice.u32(..=span))
            };
            let call = CallPlan::of(dice, frames.len(), flows, calm);
            steps.push(Step {
                at_ms,
                what: What::Call(Box::new(call)),
            });
        }
        if !calm {
            for _ in 0..*choose(dice, &[0, 0, 1, 2, 4]) {
                steps.push(Step {
                    at_ms: f64::from(dice.u32(..=span)),
                    what: What::Happening(*choose(dice, &Happening::ALL)),
                });
            }
        }
        steps.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
        let life = if calm {
            3_600_000
        } else {
            *choose(dice, &[3_600_000, 3_600_000, 30_000, 2_000])
        };
        Self {
            calm,
            pages,
            frames,
            flows,
            steps,
            rates,
            stop_ms: f64::from(span) + f64::from(dice.u32(1_000..=200_000)),
            token_life_ms: f64::from(life),
        }
    }
}

fn choose<'a, T>(dice: &mut Rng, all: &'a [T]) -> &'a T {
    &all[dice.usize(..all.len())]
}

impl FramePlan {
    fn of(dice: &mut Rng, pages: usize, calm: bool) -> Self {
        let interactions = [Interaction::Auto, Interaction::Popup, Interaction::None];
        Self {
            page: dice.usize(..pages),
            cache: *choose(
                dice,
                &[
                    CacheScope::Page,
                    CacheScope::Page,
                    CacheScope::Client,
                    CacheScope::None,
                ],
            ),
            discovery: if dice.u8(..4) == 0 {
                DiscoveryApi::EnvironmentApi
            } else {
                DiscoveryApi::FlowApi
            },
            interaction: *choose(dice, &interactions),
            user_known: dice.u8(..5) > 0,
            sas_allowed: dice.u8(..3) == 0,
            max_attempts: *choose(dice, &[4, 4, 4, 1, 1, 2, 3]),
            timeout_ms: if calm {
                150_000.0
            } else {
                *choose(dice, &[150_000.0, 150_000.0, 20_000.0, 400_000.0])
            },
            login_hint: dice.bool(),
            function: dice.u8(..4) == 0,
        }
    }
}

impl CallPlan {
    fn of(dice: &mut Rng, frames: usize, flows: usize, calm: bool) -> Self {
        let kind = if dice.bool() {
            *choose(
                dice,
                &[
                    Kind::Invoke,
                    Kind::Invoke,
                    Kind::InvokeByVariable,
                    Kind::OnBehalfOf,
                ],
            )
        } else {
            *choose(dice, &Kind::ALL)
        };
        let timeout_ms = if calm {
            150_000.0
        } else {
            let times = [150_000.0, 150_000.0, 150_000.0, 30_000.0, 1_000.0, 40.0];
            *choose(dice, &times)
        };
        let cancel = Cancel::of(dice, kind, timeout_ms);
        let behaviour = match dice.u8(..8) {
            0 if !calm => Behaviour::Fails(*choose(
                dice,
                &[400, 401, 403, 404, 409, 429, 500, 502, 503, 504],
            )),
            1 => Behaviour::Later,
            2 => Behaviour::Accepts,
            _ => Behaviour::Answers,
        };
        let method = match dice.u8(..5) {
            0 if kind != Kind::OnBehalfOf => Method::Get,
            1 => Method::Put,
            _ => Method::Post,
        };
        Self {
            frame: dice.usize(..frames),
            kind,
            flow: dice.usize(..flows),
            flows: (0..flows).filter(|_| dice.u8(..3) > 0).collect(),
            idempotent: dice.u8(..4) == 0,
            method,
            timeout_ms,
            cancel,
            behaviour,
            read_as: *choose(dice, &[None, None, Some(ReadAs::Json)]),
            accepts_all: dice.u8(..8) == 0,
            follow: dice.u8(..6) > 0,
            refresh: dice.bool(),
            variant: dice.u32(..1_000_000),
        }
    }

    /// It waits for an operation's row that nobody made.
    pub(crate) fn waits_in_vain(&self) -> bool {
        self.kind == Kind::OperationWait && self.variant.is_multiple_of(4)
    }

    /// A plain call, when all is well again.
    pub(crate) fn probe(frame: usize, kind: Kind, flow: usize) -> Self {
        Self {
            frame,
            kind,
            flow,
            flows: vec![flow],
            idempotent: false,
            method: Method::Post,
            timeout_ms: 150_000.0,
            cancel: Cancel::Never,
            behaviour: Behaviour::Answers,
            read_as: None,
            accepts_all: false,
            follow: true,
            refresh: false,
            variant: 0,
        }
    }
}
