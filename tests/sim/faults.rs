//! What can go wrong at each port, and what can happen to the world in between.

/// Whom a request goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Port {
    Entra,
    Dataverse,
    /// `listCallbackUrl`.
    FlowApi,
    /// A flow's trigger URL.
    Trigger,
    /// Where a 202 leads.
    Poll,
    /// The org's own question, and hosts that are knocked at.
    Page,
}

/// What becomes of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    None,
    Delay,
    /// It never arrives.
    DropBefore,
    /// It arrives, and its answer does not.
    DropAfter,
    /// No answer, and no word of it.
    Hang,
    /// The browser does not send it.
    Refused,
    Status,
    /// 429 and its like, with a `Retry-After` or without.
    Throttle,
    /// Not what it should be.
    Garbage,
    /// An error that repeats the secrets of its request.
    Echo,
    /// A refused token, with a claims challenge.
    Challenge,
    /// A token that the service does not take any more.
    OldToken,
    /// The user has to be asked.
    AskUser,
}

impl Port {
    pub(crate) const ALL: [Self; 6] = [
        Self::Entra,
        Self::Dataverse,
        Self::FlowApi,
        Self::Trigger,
        Self::Poll,
        Self::Page,
    ];

    pub(crate) fn index(self) -> usize {
        self as usize
    }

    pub(crate) fn faults(self) -> &'static [Fault] {
        use Fault::{
            AskUser, Challenge, Delay, DropAfter, DropBefore, Echo, Garbage, Hang, OldToken,
            Refused, Status, Throttle,
        };
        match self {
            Self::Entra => &[
                Delay, DropBefore, Hang, Status, Garbage, Echo, OldToken, AskUser,
            ],
            Self::Dataverse => &[
                Delay, DropBefore, DropAfter, Hang, Status, Throttle, Garbage, Echo,
            ],
            Self::FlowApi | Self::Trigger => &[
                Delay, DropBefore, DropAfter, Hang, Refused, Status, Throttle, Garbage, Echo,
                Challenge,
            ],
            Self::Poll => &[
                Delay, DropBefore, DropAfter, Hang, Status, Throttle, Garbage, Echo,
            ],
            Self::Page => &[Delay, DropBefore, Hang, Status, Garbage],
        }
    }
}

/// What happens to the world, whoever is asking it something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Happening {
    /// A new resourceid and a new URL.
    FlowRecreated,
    /// Anyone may trigger it from now on, or only the tenant again.
    FlowSwitched,
    FlowSwitchedOff,
    RowDeleted,
    /// The services take none of the tokens of before.
    TokensRevoked,
    /// The services want a token with claims.
    ClaimsWanted,
    /// Entra wants the user.
    SessionLost,
    /// The device's date is set.
    DateSet,
    /// The device sleeps, and timers ring late.
    Suspended,
    Offline,
    /// The document of a copy goes away, and all that runs in it.
    FrameRemoved,
    /// Another script writes into the page's registry.
    PageForged,
    /// What an environment variable holds is changed.
    VariableChanged,
    /// The tab goes into the background, or comes back.
    TabHidden,
}

impl Happening {
    pub(crate) const ALL: [Self; 14] = [
        Self::FlowRecreated,
        Self::FlowSwitched,
        Self::FlowSwitchedOff,
        Self::RowDeleted,
        Self::TokensRevoked,
        Self::ClaimsWanted,
        Self::SessionLost,
        Self::DateSet,
        Self::Suspended,
        Self::Offline,
        Self::FrameRemoved,
        Self::PageForged,
        Self::VariableChanged,
        Self::TabHidden,
    ];
}
