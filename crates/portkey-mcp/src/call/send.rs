//! What a call makes of the object, where Portkey's answer does not say.

use serde_json::Value;

use super::{done, permit::Permit, says_nothing};

impl Permit<'_> {
    /// Where an update answers nothing, what it made of the object. A failure to read that does not turn the
    /// update, which has happened, into a failure.
    pub(super) async fn refresh(&self, answer: Value) -> Value {
        if !says_nothing(&answer) {
            return answer;
        }
        let Some(source) = self.operation.fresh else {
            return done();
        };
        let source = source();
        // Where several objects were changed, there is no one to read.
        let Ok(permit) = self
            .run
            .permit(source, source.path_arguments(&self.arguments))
            .await
        else {
            return done();
        };
        permit.read().await.unwrap_or_else(|_| done())
    }
}
