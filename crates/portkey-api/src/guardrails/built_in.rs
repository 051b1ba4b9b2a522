//! What is known of the checks that Portkey itself runs.

use super::checks::{
    KnownCheck,
    ParameterKind::{Any, Flag, Number, Object, OneOf, SomeOf, Text, Texts},
    known, needs, open, takes,
};

pub(super) const CHECKS: &[KnownCheck] = &[
    known(
        "default.addPrefix",
        &[
            needs("prefix", Text),
            takes("applyToRole", OneOf(&["user", "system", "assistant"])),
            takes("addToExisting", Flag),
            takes("onlyIfEmpty", Flag),
        ],
    ),
    known("default.alllowercase", &[takes("not", Flag)]),
    known(
        "default.allowedRequestTypes",
        &[
            takes("allowedTypes", SomeOf(REQUEST_TYPES)),
            takes("blockedTypes", SomeOf(REQUEST_TYPES)),
        ],
    ),
    known("default.alluppercase", &[takes("not", Flag)]),
    known(
        "default.characterCount",
        &[
            takes("minCharacters", Number),
            takes("maxCharacters", Number),
            takes("not", Flag),
        ],
    ),
    known(
        "default.contains",
        &[needs("words", Texts), needs("operator", OneOf(QUANTITIES))],
    ),
    known(
        "default.containsCode",
        &[
            needs("format", OneOf(LANGUAGES_OF_CODE)),
            takes("not", Flag),
        ],
    ),
    known(
        "default.endsWith",
        &[needs("suffix", Text), takes("not", Flag)],
    ),
    open("default.isAllLowerCase"),
    known(
        "default.jsonKeys",
        &[needs("keys", Texts), needs("operator", OneOf(QUANTITIES))],
    ),
    known(
        "default.jsonSchema",
        &[needs("schema", Object), takes("not", Flag)],
    ),
    known(
        "default.jwt",
        &[
            takes("jwksUri", Text),
            takes("jwks", Object),
            takes("introspectEndpoint", Text),
            takes("introspectContentType", Text),
            takes("introspectCacheMaxAge", Any),
            takes("headerKey", Text),
            takes("requiredClaims", Any),
            takes("claimValues", Any),
            takes("headerPayloadMatch", Any),
            takes("extractClaims", Any),
            takes("claimPrefix", Text),
            takes("cacheMaxAge", Number),
            takes("clockTolerance", Number),
            takes("maxTokenAge", Text),
            takes("algorithms", Texts),
        ],
    ),
    known(
        "default.log",
        &[needs("logURL", Text), takes("headers", Object)],
    ),
    known(
        "default.modelRules",
        &[needs("rules", Object), takes("not", Flag)],
    ),
    known("default.modelWhitelist", &[needs("models", Texts)]),
    known("default.modelwhitelist", &[needs("models", Texts)]),
    known("default.notNull", &[takes("not", Flag)]),
    known(
        "default.regexMatch",
        &[needs("rule", Text), takes("not", Flag)],
    ),
    known(
        "default.regexReplace",
        &[takes("rule", Text), takes("replace", Text)],
    ),
    known(
        "default.requestParametersCheck",
        &[takes("tools", Object), takes("params", Object)],
    ),
    known(
        "default.requiredMetadataKeyPairs",
        &[
            takes("metadataPairs", Object),
            takes("metadataKeyPairs", Any),
            takes("operator", OneOf(QUANTITIES)),
            takes(
                "matchType",
                OneOf(&["exact", "contains", "containsAll", "regex"]),
            ),
        ],
    ),
    known(
        "default.requiredMetadataKeys",
        &[
            needs("metadataKeys", Texts),
            needs("operator", OneOf(QUANTITIES)),
        ],
    ),
    known(
        "default.sentenceCount",
        &[
            takes("minSentences", Number),
            takes("maxSentences", Number),
            takes("not", Flag),
        ],
    ),
    known(
        "default.validUrls",
        &[takes("onlyDNS", Flag), takes("not", Flag)],
    ),
    known(
        "default.webhook",
        &[
            needs("webhookURL", Text),
            takes("headers", Object),
            takes("timeout", Number),
            takes("failOnError", Flag),
        ],
    ),
    known(
        "default.wordCount",
        &[
            takes("minWords", Number),
            takes("maxWords", Number),
            takes("not", Flag),
        ],
    ),
    open("portkey.gibberish"),
    known(
        "portkey.language",
        &[
            takes("language", OneOf(LANGUAGES)),
            takes("not", Flag),
            takes("timeout", Number),
        ],
    ),
    known(
        "portkey.moderateContent",
        &[
            needs("categories", SomeOf(MODERATED)),
            takes("timeout", Number),
        ],
    ),
    known(
        "portkey.pii",
        &[
            takes("redact", Flag),
            needs("categories", SomeOf(PERSONAL_DATA)),
            takes("timeout", Number),
        ],
    ),
];

const REQUEST_TYPES: &[&str] = &[
    "complete",
    "chatComplete",
    "embed",
    "rerank",
    "moderate",
    "proxy",
    "imageGenerate",
    "createSpeech",
    "createTranscription",
    "createTranslation",
    "realtime",
    "uploadFile",
    "listFiles",
    "retrieveFile",
    "deleteFile",
    "retrieveFileContent",
    "createBatch",
    "retrieveBatch",
    "cancelBatch",
    "listBatches",
    "getBatchOutput",
    "listFinetunes",
    "createFinetune",
    "retrieveFinetune",
    "cancelFinetune",
    "createModelResponse",
    "getModelResponse",
    "deleteModelResponse",
    "listResponseInputItems",
    "messages",
];

const QUANTITIES: &[&str] = &["any", "all", "none"];

const LANGUAGES_OF_CODE: &[&str] = &[
    "SQL",
    "Python",
    "TypeScript",
    "JavaScript",
    "Java",
    "C#",
    "C++",
    "C",
    "Ruby",
    "PHP",
    "Swift",
    "Kotlin",
    "Go",
    "Rust",
    "Scala",
    "R",
    "Perl",
    "Shell",
    "HTML",
    "CSS",
    "XML",
    "JSON",
    "YAML",
    "Markdown",
    "Dockerfile",
];

const LANGUAGES: &[&str] = &[
    "eng_Latn", "zho_Hans", "spa_Latn", "ara_Arab", "por_Latn", "ind_Latn", "fra_Latn", "jpn_Jpan",
    "rus_Cyrl", "deu_Latn", "kor_Hang", "tur_Latn", "ita_Latn", "pes_Arab", "pol_Latn", "vie_Latn",
    "nld_Latn", "hin_Deva", "tha_Thai", "heb_Hebr", "ben_Beng", "swe_Latn", "ces_Latn", "ron_Latn",
    "ell_Grek", "ukr_Cyrl", "dan_Latn", "fin_Latn", "nor_Latn", "hun_Latn", "cat_Latn", "bul_Cyrl",
    "msa_Latn", "hrv_Latn", "arb_Latn", "slk_Latn", "lit_Latn", "lav_Latn", "srp_Cyrl", "slv_Latn",
    "est_Latn", "urd_Arab", "fil_Latn", "aze_Latn", "tam_Taml", "tel_Telu", "mar_Deva", "kan_Knda",
    "fas_Arab",
];

const MODERATED: &[&str] = &[
    "hate",
    "hate/threatening",
    "harassment",
    "harassment/threatening",
    "self-harm",
    "self-harm/intent",
    "self-harm/instructions",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
];

const PERSONAL_DATA: &[&str] = &[
    "EMAIL_ADDRESS",
    "PHONE_NUMBER",
    "LOCATION_ADDRESS",
    "NAME",
    "IP_ADDRESS",
    "CREDIT_CARD",
    "SSN",
];
