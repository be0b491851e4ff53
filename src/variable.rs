//! Reads a trigger URL out of an environment variable: for users who may not read the workflow table.

use std::rc::Rc;

use futures_util::FutureExt;

use crate::call::Source;
use crate::discovery::Found;
use crate::flight::Flight;
use crate::model::{ErrorCode, FlowError, Foreign, Guid, SchemaName, Stage};
use crate::policy::trust::TrustedUrl;
use crate::policy::{dataverse, odata};
use crate::port::{DataverseCall, Fact, Step, Values, World};
use crate::rows::{self, Ask};
use crate::settings::Settings;
use crate::telemetry;
use crate::urls::Urls;

const VALUES: &str = "environmentvariabledefinition_environmentvariablevalue";
/// The definition with its value, where it has one, in one query. Needs Read on both tables.
const QUERY: &str = "?$select=environmentvariabledefinitionid,schemaname,type,defaultvalue&$expand=environmentvariabledefinition_environmentvariablevalue($select=environmentvariablevalueid,value)&$filter=schemaname%20eq%20";
/// A `type` of the definition's: what is in the row then only names a secret of Azure Key Vault.
const SECRET: f64 = 100_000_005.0;

/// An environment variable as its rows say.
pub struct Variable {
    /// The definition's row.
    pub definition_id: Option<Guid>,
    /// The schema name as the definition writes it.
    pub schema_name: Option<String>,
    /// The value's row, where there is one.
    pub value_id: Option<Guid>,
    /// The value, or else the default.
    pub effective: Option<String>,
    /// The value is kept elsewhere.
    pub is_secret: bool,
}

/// Reads trigger URLs out of environment variables.
pub struct Variables<W> {
    world: Rc<W>,
    settings: Rc<Settings>,
    urls: Rc<Urls<W>>,
}

impl<W: World> Variables<W> {
    /// Variables whose URLs are not among these.
    #[must_use]
    pub fn new(world: Rc<W>, settings: Rc<Settings>, urls: Rc<Urls<W>>) -> Rc<Self> {
        Rc::new(Self {
            world,
            settings,
            urls,
        })
    }

    /// The URL that is known already.
    #[must_use]
    pub fn cached(&self, name: &SchemaName) -> Option<TrustedUrl> {
        let started = self.world.now_ms();
        let url = self.urls.get(Source::Variable(name))?;
        self.tell(name, started, "hit");
        Some(url)
    }

    /// Reads the variable, or joins who is reading it already.
    pub fn ask(self: &Rc<Self>, name: &SchemaName) -> Flight<Result<Found, FlowError>> {
        self.urls.join(Source::Variable(name), |search| {
            let (variables, name) = (self.clone(), name.clone());
            search.stage.set(Stage::Discovery);
            async move {
                let started = variables.world.now_ms();
                if let Some(url) = variables.urls.of_others(&search).await {
                    variables.tell(&name, started, "shared");
                    return Ok(Found { url, renewed: None });
                }
                let work = variables.find(&name, variables.urls.end_ms());
                variables.urls.ask(search, work.boxed_local()).await
            }
        })
    }

    /// Tells of a variable that was not read, since its URL was known or shared.
    fn tell(&self, name: &SchemaName, started_ms: f64, cache: &str) {
        let facts = [
            ("environmentVariable", Fact::Text(Some(name.as_str()))),
            ("cache", Fact::Text(Some(cache))),
        ];
        telemetry::ended(&*self.world, Step::Variable, started_ms, None, &facts);
    }

    async fn find(&self, name: &SchemaName, end_ms: f64) -> Result<Found, FlowError> {
        let world = &*self.world;
        let options = query(name);
        let answer = rows::ask(world, &self.settings, read(&options, name), end_ms)
            .await
            .map_err(missing_rights)?;
        let variable = variable_of(world, name, &answer)?;
        let empty = |why: &str| {
            let detail = [name.as_str(), why].concat();
            FlowError::new(ErrorCode::VariableEmpty, Stage::Discovery).detail(&detail)
        };
        if variable.is_secret {
            return Err(secret(name));
        }
        let text = variable
            .effective
            .ok_or_else(|| empty(" has neither a value nor a default"))?;
        let place = [name.as_str(), " holds "].concat();
        Ok(Found {
            url: self.settings.admit(&text, Stage::Discovery, &place)?,
            renewed: None,
        })
    }
}

/// The error that a variable of type Secret is, to read and to write.
#[must_use]
pub fn secret(name: &SchemaName) -> FlowError {
    let detail = [
        name.as_str(),
        " is of type Secret, whose value no page can read",
    ]
    .concat();
    FlowError::new(ErrorCode::VariableEmpty, Stage::Discovery)
        .detail(&detail)
        .hint("Use an environment variable of type Text: a trigger URL that wants a token is no secret.")
}

/// The query for a variable.
#[must_use]
pub fn query(name: &SchemaName) -> String {
    [QUERY, &odata::text_literal(name.as_str())].concat()
}

/// Asking for a variable's rows by that query.
pub(crate) fn read<'a>(query: &'a str, name: &'a SchemaName) -> Ask<'a> {
    Ask {
        call: DataverseCall::RetrieveMultiple {
            table: "environmentvariabledefinition",
            options: query,
        },
        stage: Stage::Discovery,
        code_of: dataverse::variable_code,
        step: Step::Variable,
        about: ("environmentVariable", Fact::Text(Some(name.as_str()))),
    }
}

/// A refused read of variables says which rights it takes.
pub(crate) fn missing_rights(error: FlowError) -> FlowError {
    match error.code {
        ErrorCode::DiscoveryForbidden => error.hint("Give the user's security role Read on Environment Variable Definition and on Environment Variable Value."),
        _ => error,
    }
}

/// The variable that a query's answer has.
///
/// # Errors
/// `variable_not_found`.
pub fn variable_of<V: Values>(
    world: &V,
    name: &SchemaName,
    answer: &Foreign,
) -> Result<Box<Variable>, FlowError> {
    let first = |value: &Foreign, list| {
        let list = world.member(value, list)?;
        world.items(&list).into_iter().next()
    };
    let definition = first(answer, "entities").ok_or_else(|| {
        FlowError::new(ErrorCode::VariableNotFound, Stage::Discovery).detail(name.as_str())
    })?;
    let value = first(&definition, VALUES);
    let id = |row: &Foreign, column| Guid::parse(&world.text(row, column)?);
    let text = |row: &Foreign, column| {
        world
            .text(row, column)
            .filter(|text| !text.trim().is_empty())
    };
    Ok(Box::new(Variable {
        definition_id: id(&definition, "environmentvariabledefinitionid"),
        schema_name: text(&definition, "schemaname"),
        value_id: value
            .as_ref()
            .and_then(|row| id(row, "environmentvariablevalueid")),
        effective: value
            .as_ref()
            .and_then(|row| text(row, "value"))
            .or_else(|| text(&definition, "defaultvalue")),
        is_secret: world.number(&definition, "type") == Some(SECRET),
    }))
}
