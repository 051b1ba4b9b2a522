//! What clients are told of arguments and answers is JSON Schema, and stands by itself.

use portkey_workflows::catalog;
use serde_json::Value;

#[test]
fn every_schema_is_valid_and_refers_to_nothing() {
    for tool in catalog().tools() {
        let declaration = tool.declaration();
        for schema in [declaration.input_schema(), declaration.output_schema()] {
            let schema = Value::Object(schema);
            let name = declaration.name;
            assert!(
                jsonschema::draft202012::meta::is_valid(&schema),
                "{name}: {schema}"
            );
            assert!(!schema.to_string().contains("\"$ref\""), "{name}: {schema}");
        }
    }
}
