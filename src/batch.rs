//! The rows of many flows in one query, and their callback URLs side by side, so many at once.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::FutureExt;

use crate::flight::{Flight, Lazy};
use crate::model::{ErrorCode, FlowError, Foreign, Guid, Stage};
use crate::policy::dataverse;
use crate::port::{Clock, DataverseCall, Fact, Step, World};
use crate::rows::{self, Ask};
use crate::settings::Settings;
use crate::signal::Signal;

/// Flows in one query. Each takes 62 characters of the URL, which therefore stays well below the 8,192 that proxies
/// let through, and far below Dataverse's own 32,768 and its 500 conditions.
const FLOWS_A_QUERY: usize = 100;
/// Callback URLs asked for at once.
const LANES: usize = 10;

type Rows = Rc<Vec<(Guid, Foreign)>>;
type Query = Lazy<Result<Rows, FlowError>>;

/// Reads rows for many flows.
pub struct Batches<W> {
    world: Rc<W>,
    settings: Rc<Settings>,
    lanes: Rc<Lanes>,
}

/// One flow's part in a batch.
pub struct Ticket {
    query: Rc<Query>,
    lanes: Rc<Lanes>,
}

impl Ticket {
    /// The flow's row. The first who wants one starts the query for all; if another copy of the module finds
    /// the URLs, it is never sent.
    ///
    /// # Errors
    /// The query's own, or `workflow_not_found` where the flow was not among its rows.
    pub async fn row(&self, clock: &impl Clock, id: &Guid) -> Result<Foreign, FlowError> {
        let not_found = || FlowError::new(ErrorCode::WorkflowNotFound, Stage::Workflow);
        let query = Flight::first(clock, &self.query).ok_or_else(not_found)?;
        let rows = query.outcome().await?;
        rows.iter()
            .find(|(own, _)| own == id)
            .map(|(_, row)| row.clone())
            .ok_or_else(not_found)
    }

    /// Leave to ask for the callback URL, for as long as the lane is held.
    pub async fn lane(&self) -> Lane {
        loop {
            let free = self.lanes.free.get();
            if free > 0 {
                self.lanes.free.set(free - 1);
                return Lane(self.lanes.clone());
            }
            let freed = self.lanes.freed.borrow().clone();
            freed.fired().await;
        }
    }
}

struct Lanes {
    free: Cell<usize>,
    /// Fired when a lane comes free. All who wait then look again: one of them may have gone meanwhile.
    freed: RefCell<Signal>,
}

/// A lane that is taken.
pub struct Lane(Rc<Lanes>);

impl Drop for Lane {
    fn drop(&mut self) {
        self.0.free.set(self.0.free.get() + 1);
        self.0.freed.take().fire();
    }
}

impl<W: World> Batches<W> {
    /// With all lanes free.
    #[must_use]
    pub fn new(world: Rc<W>, settings: Rc<Settings>) -> Rc<Self> {
        Rc::new(Self {
            world,
            settings,
            lanes: Rc::new(Lanes {
                free: Cell::new(LANES),
                freed: RefCell::default(),
            }),
        })
    }

    /// Prepares as few queries as there can be, and hands each flow its ticket, in their order.
    pub fn read(self: &Rc<Self>, ids: Vec<Guid>) -> Vec<Ticket> {
        let mut tickets = Vec::with_capacity(ids.len());
        for ids in ids.chunks(FLOWS_A_QUERY) {
            let (batches, own) = (self.clone(), ids.to_vec());
            let query = async move { batches.query(&own).await }.boxed_local();
            let query = Rc::new(Lazy::new(query));
            tickets.extend(ids.iter().map(|_| Ticket {
                query: query.clone(),
                lanes: self.lanes.clone(),
            }));
        }
        tickets
    }

    async fn query(&self, ids: &[Guid]) -> Result<Rows, FlowError> {
        let world = &*self.world;
        let mut options = "?$select=workflowid,resourceid,statecode,category&$filter=".to_owned();
        for (index, id) in ids.iter().enumerate() {
            if index > 0 {
                options.push_str("%20or%20");
            }
            options.push_str("workflowid%20eq%20");
            options.push_str(id.as_str());
        }
        #[allow(clippy::cast_precision_loss)]
        let count = ids.len() as f64;
        let read = Ask {
            call: DataverseCall::RetrieveMultiple {
                table: "workflow",
                options: &options,
            },
            stage: Stage::Workflow,
            code_of: dataverse::workflow_code,
            step: Step::Workflow,
            about: ("workflows", Fact::Number(Some(count))),
        };
        let end_ms = world.now_ms() + self.settings.flight_ms();
        let answer = rows::ask(world, &self.settings, read, end_ms).await?;
        let entities = world.member(&answer, "entities");
        let rows = entities.map_or_else(Vec::new, |entities| world.items(&entities));
        let with_id = |row| {
            let id = Guid::parse(&world.text(&row, "workflowid")?)?;
            Some((id, row))
        };
        Ok(Rc::new(rows.into_iter().filter_map(with_id).collect()))
    }
}
