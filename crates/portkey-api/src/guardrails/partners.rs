//! What is known of the checks that partners run, with credentials the organisation has set up.

use super::checks::{
    KnownCheck,
    ParameterKind::{Flag, Number, Object, OneOf, Share, SomeOf, Text, Texts},
    known, needs, open, takes,
};

pub(super) const CHECKS: &[KnownCheck] = &[
    known(
        "acuvity.scan",
        &[
            takes("prompt_injection", Flag),
            takes("prompt_injection_threshold", Share),
            takes("toxic", Flag),
            takes("toxic_threshold", Share),
            takes("jail_break", Flag),
            takes("jail_break_threshold", Share),
            takes("malicious_url", Flag),
            takes("malicious_url_threshold", Share),
            takes("biased", Flag),
            takes("biased_threshold", Share),
            takes("harmful", Flag),
            takes("harmful_threshold", Share),
            takes("language", Flag),
            takes("language_values", Text),
            takes("pii", Flag),
            takes("pii_redact", Flag),
            takes("pii_categories", SomeOf(ACUVITY_PERSONAL_DATA)),
            takes("secrets", Flag),
            takes("secrets_redact", Flag),
            takes("secrets_categories", Texts),
            takes("timeout", Number),
        ],
    ),
    known(
        "aporia.validateProject",
        &[needs("projectID", Text), takes("timeout", Number)],
    ),
    known(
        "azure.contentSafety",
        &[
            takes("blocklistNames", Texts),
            takes("apiVersion", Text),
            takes("severity", Number),
            takes(
                "categories",
                SomeOf(&["Hate", "SelfHarm", "Sexual", "Violence"]),
            ),
            takes("timeout", Number),
        ],
    ),
    known(
        "azure.pii",
        &[
            takes("domain", OneOf(&["none", "phi"])),
            takes("apiVersion", Text),
            takes("modelVersion", Text),
            takes("language", Text),
            takes("redact", Flag),
            takes("timeout", Number),
        ],
    ),
    known(
        "azure.protectedMaterial",
        &[takes("timeout", Number), takes("apiVersion", Text)],
    ),
    known(
        "azure.shieldPrompt",
        &[takes("timeout", Number), takes("apiVersion", Text)],
    ),
    known(
        "bedrock.guard",
        &[
            needs("guardrailVersion", Text),
            needs("guardrailId", Text),
            takes("redact", Flag),
            takes("timeout", Number),
        ],
    ),
    known(
        "cato.analyze",
        &[
            takes("userEmail", Text),
            takes("keyAlias", Text),
            takes("timeout", Number),
        ],
    ),
    open("crowdstrike-aidr.guardChatCompletions"),
    known(
        "exa.online",
        &[
            takes("prefix", Text),
            takes("suffix", Text),
            takes("numResults", Number),
            takes("includeDomains", Texts),
            takes("excludeDomains", Texts),
            takes("timeout", Number),
        ],
    ),
    known(
        "f5-guardrails.scan",
        &[
            takes("redact", Flag),
            takes("projectId", Text),
            takes("timeout", Number),
        ],
    ),
    known("javelin.guardrails", &[]),
    open("lasso.classify"),
    known(
        "mistral.moderateContent",
        &[
            needs("categories", SomeOf(MISTRAL_MODERATED)),
            takes("timeout", Number),
        ],
    ),
    known("pangea.pii", &[takes("redact", Flag)]),
    known(
        "pangea.textGuard",
        &[
            takes("recipe", Text),
            takes("debug", Flag),
            takes("overrides", Object),
        ],
    ),
    known(
        "panw-prisma-airs.intercept",
        &[
            takes("profile_name", Text),
            takes("profile_id", Text),
            takes("ai_model", Text),
            takes("app_name", Text),
            takes("app_user", Text),
            takes("scan_scope", Text),
            takes("strip_scaffolding", Flag),
        ],
    ),
    known(
        "patronus.custom",
        &[needs("profile", Text), takes("timeout", Number)],
    ),
    known(
        "patronus.isConcise",
        &[takes("redact", Flag), takes("timeout", Number)],
    ),
    known(
        "patronus.isHelpful",
        &[takes("redact", Flag), takes("timeout", Number)],
    ),
    known(
        "patronus.isPolite",
        &[takes("redact", Flag), takes("timeout", Number)],
    ),
    known(
        "patronus.noApologies",
        &[takes("redact", Flag), takes("timeout", Number)],
    ),
    known(
        "patronus.noGenderBias",
        &[takes("redact", Flag), takes("timeout", Number)],
    ),
    known(
        "patronus.noRacialBias",
        &[takes("redact", Flag), takes("timeout", Number)],
    ),
    known(
        "patronus.phi",
        &[takes("redact", Flag), takes("timeout", Number)],
    ),
    known(
        "patronus.pii",
        &[takes("redact", Flag), takes("timeout", Number)],
    ),
    known(
        "patronus.retrievalAnswerRelevance",
        &[takes("redact", Flag), takes("timeout", Number)],
    ),
    open("patronus.retrievalHallucination"),
    known(
        "patronus.toxicity",
        &[takes("redact", Flag), takes("timeout", Number)],
    ),
    known(
        "pillar.scanPrompt",
        &[
            needs("scanners", SomeOf(SCANNERS)),
            takes("timeout", Number),
        ],
    ),
    known(
        "pillar.scanResponse",
        &[
            needs("scanners", SomeOf(SCANNERS)),
            takes("timeout", Number),
        ],
    ),
    known(
        "promptfoo.guard",
        &[takes("redact", Flag), takes("timeout", Number)],
    ),
    known(
        "promptfoo.harm",
        &[takes("redact", Flag), takes("timeout", Number)],
    ),
    known(
        "promptfoo.pii",
        &[takes("redact", Flag), takes("timeout", Number)],
    ),
    open("promptsecurity.protectPrompt"),
    open("promptsecurity.protectResponse"),
    open("qualifire.contentModeration"),
    known("qualifire.grounding", &[takes("mode", OneOf(MODES))]),
    known("qualifire.hallucinations", &[takes("mode", OneOf(MODES))]),
    open("qualifire.pii"),
    known(
        "qualifire.policy",
        &[
            needs("policies", Texts),
            takes("mode", OneOf(MODES)),
            takes("policy_target", OneOf(&["input", "output", "both"])),
        ],
    ),
    open("qualifire.promptInjections"),
    known("qualifire.toolUseQuality", &[takes("mode", OneOf(MODES))]),
    known(
        "sydelabs.sydeguard",
        &[
            takes("prompt_injection_threshold", Share),
            takes("toxicity_threshold", Share),
            takes("evasion_threshold", Share),
            takes("timeout", Number),
        ],
    ),
    known(
        "walledai.walledprotect",
        &[
            takes("generic_safety_check", Text),
            takes(
                "greetings_list",
                SomeOf(&["Casual & Friendly", "Professional & Polite"]),
            ),
            takes(
                "pii_list",
                SomeOf(&[
                    "Person's Name",
                    "Address",
                    "Email Id",
                    "Contact No",
                    "Date Of Birth",
                    "Unique Id",
                    "Financial Data",
                ]),
            ),
            takes("compliance_list", Texts),
        ],
    ),
];

const ACUVITY_PERSONAL_DATA: &[&str] = &[
    "email_address",
    "ssn",
    "person",
    "aba_routing_number",
    "address",
    "bank_account",
    "bitcoin_wallet",
    "credit_card",
    "driver_license",
    "itin_number",
    "location",
    "medical_license",
    "money_amount",
    "passport_number",
    "phone_number",
];

const MISTRAL_MODERATED: &[&str] = &[
    "sexual",
    "hate_and_discrimination",
    "violence_and_threats",
    "dangerous_and_criminal_content",
    "selfharm",
    "health",
    "financial",
    "law",
    "pii",
];

const SCANNERS: &[&str] = &[
    "prompt_injection",
    "pii",
    "secrets",
    "toxic_language",
    "invisible_characters",
];

const MODES: &[&str] = &["speed", "balanced", "quality"];
