//! Skills of the protocol's extension. Their files are embedded; `resources/read` answers with their bytes.

use rmcp::{
    ErrorData,
    model::{
        CacheScope, GetSkillResult, Skill as McpSkill, SkillFrontmatter, SkillResource,
        SkillResources,
    },
};

use super::{
    Server,
    request::{Context, FRESH_FOR_MS},
    resources::unknown,
};
use crate::surface::{SKILLS, Skill};

/// A skill as clients see it, with the digest of its one file.
pub(super) fn described(skill: &Skill) -> McpSkill {
    let file = SkillResource::from_bytes(&skill.uri, skill.file.as_bytes());
    let head = SkillFrontmatter::new(skill.name, skill.description);
    McpSkill::new(&skill.uri, head, SkillResources::Files(vec![file]))
}

impl Server {
    /// The skill at an address.
    pub(super) fn skill(&self, uri: &str, context: &Context) -> Result<GetSkillResult, ErrorData> {
        let principal = self.principal(context)?;
        let mut skills = SKILLS.iter().filter(|skill| skill.is_for(&principal));
        let Some(skill) = skills.find(|skill| skill.uri == uri) else {
            return Err(unknown(uri, &principal));
        };
        let mut result = GetSkillResult::new(described(skill))
            .with_ttl_ms(FRESH_FOR_MS)
            .with_cache_scope(CacheScope::Private);
        result.meta = self.meta_for(context);
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use rmcp::model::validate_skills;

    use super::*;

    #[test]
    fn the_sdk_accepts_every_skill() {
        let skills: Vec<_> = SKILLS.iter().map(described).collect();
        validate_skills(&skills).unwrap();
    }
}
