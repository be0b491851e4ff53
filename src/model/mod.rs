//! What things are: values that can only be built right, and know nothing of how they are used.

mod cloud;
mod error;
mod foreign;
mod ids;
pub(crate) mod percent;
mod secret;

pub use cloud::Cloud;
pub use error::{ErrorCode, FlowError, ServiceError, Stage};
pub use foreign::Foreign;
pub use ids::{EnvironmentId, FlowRef, Guid, SchemaName};
pub use secret::Secret;
