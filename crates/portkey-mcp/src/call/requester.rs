use std::sync::Arc;

use crate::policy::Policy;

/// On whose behalf a call is made, and what they may do.
#[derive(Debug, Clone)]
pub struct Requester {
    /// The principal's name, unique within the server.
    pub principal: Arc<str>,
    /// The program they use, as it calls itself.
    pub client: Option<Arc<str>>,
    /// What they may do.
    pub policy: Arc<Policy>,
}
