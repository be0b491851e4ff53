//! A second token, for an API of the caller's own, that goes to the flow with its input.
//!
//! A flow sees neither the token that called it nor its claims. It can exchange this one on behalf of the user, and
//! that exchange is what validates it: it fails for a token that is forged, stale or meant for another API.

use crate::call::Call;
use crate::client::Client;
use crate::limits::{Progress, Work};
use crate::model::{ErrorCode, FlowError, Secret, Stage};
use crate::policy::request;
use crate::policy::text::after;
use crate::port::{Http, World};

/// Which token is wanted, and where in the request it goes: into the header, the property, or both.
#[derive(Clone)]
pub struct OnBehalfOf {
    /// The scopes, of one API of the caller's own.
    pub scopes: Vec<String>,
    /// A request header.
    pub header: Option<String>,
    /// A member of a JSON body.
    pub property: Option<String>,
}

/// Refuses a wish that could not be met, before anything is sent.
///
/// # Errors
/// `invalid_argument`, naming the field.
pub fn check(bodies: &impl Http, call: &Call) -> Result<(), FlowError> {
    let Some(wish) = &call.on_behalf_of else {
        return Ok(());
    };
    let is_scope = |scope: &String| !scope.is_empty() && !scope.contains(char::is_whitespace);
    let problem = if wish.scopes.is_empty() || !wish.scopes.iter().all(is_scope) {
        ".scopes: must be a list of your API's scopes, such as api://<app id>/access_as_user"
    } else {
        match (&wish.header, &wish.property) {
            (None, None) => ": must name the header or the property that the token goes into",
            (Some(header), _) if !request::is_header_name(header) => ".header: not a header name",
            (Some(header), _) if request::is_the_browsers(header) => {
                ".header: the browser sets it, or sends none"
            }
            (Some(header), _) if header.eq_ignore_ascii_case("authorization") => {
                ".header: the flow's own token is in authorization; name another one"
            }
            (Some(header), _) if header_of(call, header).is_some() => {
                ".header: headers has it already"
            }
            (_, Some(property)) if property.is_empty() => ".property: can't be empty",
            (_, Some(property)) if !takes_member(bodies, call, property) => {
                ".property: the body must be a JSON object without that property; name a header for any other"
            }
            _ => return Ok(()),
        }
    };
    Err(FlowError::invalid(&["onBehalfOf", problem]))
}

fn header_of<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    let named = |(own, _): &&(String, String)| own.eq_ignore_ascii_case(name);
    call.headers
        .iter()
        .find(named)
        .map(|(_, value)| value.as_str())
}

/// Whether the trigger will see an object that one more property fits into.
fn takes_member(bodies: &impl Http, call: &Call, property: &str) -> bool {
    let is_json =
        header_of(call, "content-type").is_some_and(|value| after(value, "json").is_some());
    let nothing = Secret::new(String::new());
    is_json
        && call
            .body
            .as_ref()
            .is_some_and(|body| bodies.with_member(body, property, &nothing).is_some())
}

/// Waits for a call's preparation and puts the second token, asked for beside it, into the call.
///
/// # Errors
/// The preparation's, and those of a token.
pub async fn beside<T, W: World>(
    client: &Client<W>,
    call: &mut Call,
    progress: &Progress,
    preparation: Work<'_, Result<T, FlowError>>,
) -> Result<T, FlowError> {
    let Some(wish) = call.on_behalf_of.clone() else {
        return preparation.await;
    };
    let tokens = &client.tokens;
    // Quietly: two sign-in windows at once would be one too many, and one sign-in often serves both.
    let quiet = tokens.quietly_for(&wish.scopes);
    let prepared = preparation.await?;
    progress.enter(Stage::Token);
    let token = match quiet.outcome().await {
        Err(error) if error.code == ErrorCode::InteractionRequired => {
            tokens.get_for(&wish.scopes).await?
        }
        outcome => {
            let token = outcome?;
            tokens.served(&wish.scopes);
            token
        }
    };
    if let Some(property) = &wish.property {
        let body = call.body.as_ref();
        call.body = body.and_then(|body| client.world.with_member(body, property, &token));
    }
    if let Some(header) = wish.header {
        call.headers.push((header, token.expose().to_owned()));
    }
    call.second_token = Some(token);
    Ok(prepared)
}
