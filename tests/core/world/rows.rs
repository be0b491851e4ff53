//! Definitions of flows, lists of them, and what a page says of itself: for `httpFlows` and `diagnose`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use entra_flow::port::{DataverseCall, DataverseFailure, Organization, PolicyWatch, Violation};
use serde_json::{Value, json};

use super::log::What;
use super::{ADA, ENVIRONMENT, Reply, TENANT, World};

/// The rest of the world; see the file's first lines.
pub(crate) struct Rows {
    /// `clientdata` of the flow [`super::WORKFLOW`].
    pub(crate) clientdata: RefCell<Value>,
    /// The answers to lists of flows, by the options that ask for them.
    pub(crate) pages: RefCell<Vec<Reply<Result<Value, DataverseFailure>>>>,
    /// The options that lists were asked with.
    pub(crate) listed: RefCell<Vec<String>>,
    pub(crate) origin: RefCell<String>,
    pub(crate) organization: RefCell<Option<Organization>>,
    /// The org never says which environment it is.
    pub(crate) organization_hangs: Cell<bool>,
    /// What the page's policy blocks, told when a host is knocked at.
    pub(crate) blocks: RefCell<Vec<Violation>>,
    seen: Rc<RefCell<Vec<Violation>>>,
    /// Hosts that were knocked at.
    pub(crate) knocks: RefCell<Vec<String>>,
    /// Whether hosts answer.
    pub(crate) answers: Cell<bool>,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            clientdata: RefCell::new(json!(http_definition(
                json!({"triggerAuthenticationType": "Tenant"})
            ))),
            pages: RefCell::default(),
            listed: RefCell::default(),
            origin: RefCell::new("https://contoso.crm4.dynamics.com".to_owned()),
            organization: RefCell::new(Some(Organization {
                environment_id: Some(ENVIRONMENT.to_owned()),
                tenant_id: Some(TENANT.to_owned()),
            })),
            organization_hangs: Cell::new(false),
            blocks: RefCell::default(),
            seen: Rc::default(),
            knocks: RefCell::default(),
            answers: Cell::new(true),
        }
    }
}

struct Watch(Rc<RefCell<Vec<Violation>>>);

impl PolicyWatch for Watch {
    fn seen(&self) -> Vec<Violation> {
        self.0.borrow().clone()
    }
}

impl Rows {
    pub(crate) fn watch(&self) -> Box<dyn PolicyWatch> {
        Box::new(Watch(self.seen.clone()))
    }

    pub(crate) fn knock(&self, host: &str) -> bool {
        self.knocks.borrow_mut().push(host.to_owned());
        self.seen.borrow_mut().extend(self.blocks.take());
        self.answers.get()
    }
}

impl World {
    /// Answers what the rest of the world does not know: definitions, and lists of flows.
    pub(crate) async fn row_with_definition(
        &self,
        call: DataverseCall<'_>,
    ) -> Option<Result<Value, DataverseFailure>> {
        match call {
            DataverseCall::Retrieve { table, id, options } if options.contains("clientdata") => {
                assert_eq!(
                    (table, options),
                    (
                        "workflow",
                        "?$select=resourceid,statecode,category,clientdata"
                    )
                );
                let reply = self.row.next(id);
                let row = self.asked(What::Row(id.as_str().to_owned()), reply).await;
                Some(row.map(|mut row| {
                    row["clientdata"] = self.rows.clientdata.borrow().clone();
                    row
                }))
            }
            DataverseCall::RetrievePage {
                table,
                options,
                size,
            } => {
                assert_eq!((table, size), ("workflow", 100));
                self.rows.listed.borrow_mut().push(options.to_owned());
                let reply = self.rows.pages.borrow_mut().remove(0);
                Some(self.asked(What::Row("a list".to_owned()), reply).await)
            }
            _ => None,
        }
    }
}

/// A `clientdata` with one HTTP trigger of those inputs, and a secret among its actions.
pub(crate) fn http_definition(inputs: Value) -> String {
    definition(json!({"manual": {"type": "Request", "kind": "Http", "inputs": inputs}}))
}

/// A `clientdata` with those triggers.
pub(crate) fn definition(triggers: Value) -> String {
    json!({"properties": {"connectionReferences": {}, "definition": {
        "triggers": triggers,
        "actions": {"HTTP": {"type": "Http", "inputs": {"headers": {"x-api-key": "GEHEIM"}}}},
    }}, "schemaVersion": "1.0.0.0"})
    .to_string()
}

/// The claims of ada's token for the flow service, good for an hour.
pub(crate) fn claims(world: &World) -> Value {
    use entra_flow::port::Clock;
    let now = (world.date_ms() / 1000.0).floor();
    json!({
        "aud": "https://service.flow.microsoft.com/", "tid": TENANT, "scp": "Flows.Read.All User",
        "oid": OID, "upn": ADA, "nbf": now - 60.0, "exp": now + 3600.0,
    })
}

/// Ada's object id.
pub(crate) const OID: &str = "1d3f6a20-5b7c-4e89-9f01-a2b3c4d5e601";
