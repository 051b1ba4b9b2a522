//! Tests of commands that secrets are handed to.

use super::*;

const SECRET: &str = "sk-canary-0123456789";

async fn handed_to(script: &str) -> Result<String, SinkFailure> {
    let words = ["sh", "-c", script].map(str::to_owned).to_vec();
    let command = SecretCommand::new(words, ["HOME".to_owned()].into());
    let new = NewSecret {
        tool: "create_api_key",
        field: "key".to_owned(),
        id: Some("k-1".to_owned()),
        principal: "a principal with a name that is rather long, as those of pipelines are".into(),
        secret: SECRET.to_owned(),
    };
    command.find()?;
    command.hand_over(&new).await
}

#[tokio::test]
async fn its_first_line_says_where_the_secret_is() {
    let told = handed_to("cat >/dev/null; echo vault: keys/7; echo more").await;
    assert_eq!(told.unwrap(), "vault: keys/7");
    let told = handed_to("exit 0").await;
    assert_eq!(told.unwrap(), "the operator's sh");
}

#[tokio::test]
async fn what_repeats_the_secret_or_a_part_of_it_is_not_passed_on() {
    for script in [
        "cat",
        "echo in the vault; cat",
        "cat | cut -c 1-196",
        "cat > /dev/null; echo sk-canary-0123",
        "cat > /dev/null; echo vault ry-0123",
        "cat > /dev/null; printf 'sk-ca\\n'; printf 'nary-\\n'",
        "cat > /dev/null; printf 'sk-ca\\000nary-0123'",
        "cat | base64 -w 0",
        "cat | tr '[:lower:]' '[:upper:]'",
    ] {
        assert_eq!(
            handed_to(script).await.unwrap(),
            "the operator's sh",
            "{script}"
        );
    }
}

#[tokio::test]
async fn it_gets_the_secret_and_not_the_environment_of_the_server() {
    let told = handed_to("grep -q sk-canary-0123456789 && test -z \"$HOME\" && echo ok").await;
    assert_eq!(told.unwrap(), "ok");
}

#[tokio::test]
async fn its_exit_code_counts_whoever_holds_its_output_open() {
    let refused = handed_to("cat >/dev/null; exit 3").await.unwrap_err();
    let text = refused.to_string();
    assert!(
        text.contains("exit status: 3") && !text.contains(SECRET),
        "{text}"
    );
    let told = handed_to("cat >/dev/null; sleep 30 & echo vault; exit 0").await;
    assert_eq!(told.unwrap(), "vault");
    let refused = handed_to("sleep 30 & exit 4").await.unwrap_err();
    assert!(refused.to_string().contains("exit status: 4"), "{refused}");
}

#[tokio::test]
async fn one_that_says_more_than_is_heard_is_not_held_up() {
    let told =
        handed_to("cat >/dev/null; echo vault; head -c 1000000 /dev/zero | tr '\\0' .").await;
    assert_eq!(told.unwrap(), "vault");
}

#[test]
fn a_command_that_is_not_there_is_noticed_before() {
    let command = SecretCommand::new(vec!["no-such-command-here".to_owned()], [].into());
    assert!(matches!(command.find(), Err(SinkFailure::NoCommand { .. })));
}
