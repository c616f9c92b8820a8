//! Every rule finds its sample and no harmless text; what is found is replaced and nothing else.

use std::collections::HashSet;

use expect_test::{Expect, expect};

use super::table::ROWS;
use super::*;

/// A sample, and the secret in it.
fn drawn(sample: &str) -> (String, Range<usize>) {
    let sample = sample.replace('~', "");
    let start = sample.find("[[").expect("a secret");
    let end = sample.find("]]").expect("its end") - 2;
    (sample.replace("[[", "").replace("]]", ""), start..end)
}

fn check(text: &str, redacted: Expect) {
    redacted.assert_eq(&Rules::built_in().redact(&text.replace('~', "")));
}

#[test]
fn every_rule_compiles_and_has_its_own_name() {
    let names: HashSet<&str> = ROWS.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), ROWS.len());
    let rules = Rules::built_in();
    assert_eq!(rules.names().count(), ROWS.len());
    assert!(rules.all.is_some());
    assert!(rules.rules.iter().all(|rule| rule.pattern.get().is_some()));
}

#[test]
fn every_rule_finds_the_secret_in_its_sample_and_nothing_around_it() {
    for rule in &Rules::built_in().rules {
        let row = ROWS
            .iter()
            .find(|row| row.name == rule.name)
            .expect("its row");
        let (text, secret) = drawn(row.sample);
        let found = rule.find(&text);
        assert_eq!(found, std::slice::from_ref(&secret), "{}: {text}", row.name);
        let all = Rules::built_in().find(&text);
        assert_eq!(all.len(), 1, "{}: {all:?}", row.name);
        assert!(all[0].range.start <= secret.start && secret.end <= all[0].range.end);
    }
}

#[test]
fn what_was_replaced_once_is_left_alone() {
    for row in ROWS {
        let (text, secret) = drawn(row.sample);
        let once = Rules::built_in().redact(&text).into_owned();
        assert!(!once.contains(&text[secret]), "{}: {once}", row.name);
        assert_eq!(Rules::built_in().redact(&once), once, "{}", row.name);
    }
}

const HARMLESS: &[&str] = &[
    // Names and numbers.
    "id: 550e8400-e29b-41d4-a716-446655440000",
    "\"requestId\": \"550e8400-e29b-41d4-a716-446655440000\"",
    "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
    "github.com/stretchr/testify v1.9.0 h1:HtqpIVDClZ4nwg75+f6Lvsy/wHu+3BoSGCbBAcpTsTg=",
    "checksum = \"b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53\"",
    "\"integrity\": \"sha512-q5WNNqyqJqzVvQz3mOVVG0Yc0pCqbWCM2BCYxYZ7sX5nTEnOnuDmCqUHnNqzZcGZzVQ==\"",
    "FROM golang@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "const icon = \"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4\"",
    "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo\n-----END PUBLIC KEY-----",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me@host",
    // Code about secrets.
    "if !strings.HasPrefix(pem, \"-----BEGIN RSA PRIVATE KEY-----\") {\n\treturn errors.New(\"no private key found\")\n}",
    "assert_eq!(text, \"-----BEGIN PRIVATE KEY-----\");\nlet expected = parse(text).unwrap();",
    "password := os.Getenv(\"DB_PASSWORD\")",
    "let token = tokens.next().unwrap();",
    "func TestTokenExpired_ReturnsUnauthorized(t *testing.T) {",
    "{name: \"wrong password\", password: \"wrong-password\", want: \"invalid credentials\"},",
    "return Err(Error::Unauthorized { message: \"the token has expired\" })",
    "Password string `json:\"password\" validate:\"required,min=8\"`",
    "#[serde(rename = \"access_token\")]\npub access_token: String,",
    "const TOKEN_URL: &str = \"https://accounts.example.org/o/oauth2/token\";",
    "secretName: database-credentials",
    "  password: ${DATABASE_PASSWORD}",
    "token: ${{ secrets.GITHUB_TOKEN }}",
    "api_key = \"<your-api-key>\"",
    "password = \"****************\"",
    "tokenizer: Tokenizer = new(\"wordpiece-uncased\")",
    "max_tokens = 1024\nMAX_TOKENS=1024\nKEY=value",
    "PRIMARY_KEY=user_id\nSORT_KEY=created_at\nTOKEN_FILE=/run/secrets/token",
    "secret_key_base: config.secret_key_base",
    "if token.kind == TokenKind::Identifier && key == \"authorization\" {",
    "class=\"sk-folding-cube-animation-container\"",
    "fn sk_test_helper() {}",
    "Authorization: Bearer <token>",
    "Authorization: Basic authentication is deprecated",
    "req.Header.Set(\"Authorization\", \"Bearer \"+token)",
    "// Bearer authentication is described in the documentation",
    "git clone https://github.com/org/repo.git && cd repo",
    "http://localhost:8080/path?user@host",
    "url = fmt.Sprintf(\"postgres://%s:%s@%s/%s\", user, pass, host, name)",
    "postgres://user:${PASSWORD}@localhost/app",
    "import { PasswordInput, TokenField } from \"@components/forms/inputs\";",
    "keyboard.on(\"ctrl-shift-alt-delete-now\", handler)",
    "let key = \"textDocument/inlineCompletion\";",
    "author@example.org: someone:else@example.org",
    "token.is_ascii_alphanumeric() || token == \"fim_prefix_token_id\"",
    "('password', 'pbkdf2_iterations', 'algorithm_name')",
    "hf_model_name_of_the_tokenizer = 1",
    "eyJ is how base64 of a JSON object begins",
];

#[test]
fn harmless_texts_are_left_alone() {
    for text in HARMLESS {
        let found = Rules::built_in().find(text);
        let shown: Vec<_> = found
            .iter()
            .map(|one| (one.rule, &text[one.range.clone()]))
            .collect();
        assert_eq!(shown, [], "{text}");
    }
}

#[test]
fn quotes_names_and_separators_stay() {
    check(
        "password := \"x9!kQ2#~mZ7$w\" // x",
        expect![[r#"password := "REDACTED" // x"#]],
    );
    check(
        "cfg.SetPassword('x9!kQ2#~mZ7$w')",
        expect!["cfg.SetPassword('REDACTED')"],
    );
    check(
        "{\"api_key\": \"x9kQ2~mZ7w4Lp\", \"a\": 1}",
        expect![[r#"{"api_key": "REDACTED", "a": 1}"#]],
    );
    check(
        "const apiKey string = `x9kQ2~mZ7w4Lp`",
        expect!["const apiKey string = `REDACTED`"],
    );
    check(
        "Token: aws.String(\"x9kQ2~mZ7w4Lp\"),",
        expect![[r#"Token: aws.String("REDACTED"),"#]],
    );
    check(
        "os.Setenv(\"API_TOKEN\", \"x9kQ2~mZ7w4Lp\")",
        expect![[r#"os.Setenv("API_TOKEN", "REDACTED")"#]],
    );
    check(
        "if password == \"x9kQ2~mZ7w4Lp\" {",
        expect![[r#"if password == "REDACTED" {"#]],
    );
    check(
        "let token: Option<&str> = Some(\"x9kQ2~mZ7w4Lp\");",
        expect![[r#"let token: Option<&str> = Some("REDACTED");"#]],
    );
    check(
        "redis://:hunter~2@cache:6379/0",
        expect!["redis://:REDACTED@cache:6379/0"],
    );
    check(
        "// DB_PASSWORD=hunter~2\n// next",
        expect!["// DB_PASSWORD=REDACTED\n// next"],
    );
}

#[test]
fn a_private_key_goes_and_its_frame_stays() {
    check(
        "key := `-----BEGIN EC PRIVATE ~KEY-----\nProc-Type: 4,ENCRYPTED\n\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY\nabc=\n-----END EC PRIVATE KEY-----`\n",
        expect!["key := `-----BEGIN EC PRIVATE KEY-----REDACTED-----END EC PRIVATE KEY-----`\n"],
    );
    check(
        "\"-----BEGIN PRIVATE ~KEY-----\\nMHcCAQEEIIrYSSNQFaA2Hwf1duRS\\nabc=\\n-----END PRIVATE KEY-----\\n\"",
        expect![[r#""-----BEGIN PRIVATE KEY-----REDACTED-----END PRIVATE KEY-----\n""#]],
    );
}

#[test]
fn a_private_key_that_is_cut_goes_too() {
    check(
        "x\n-----BEGIN EC PRIVATE ~KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY\nMHcCAQEEI",
        expect!["x\n-----BEGIN EC PRIVATE KEY-----REDACTED"],
    );
    check(
        "IrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSe\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY\nabc=\n-----END EC PRIVATE ~KEY-----\ny",
        expect!["REDACTED-----END EC PRIVATE KEY-----\ny"],
    );
}

#[test]
fn own_rules_stand_beside_the_built_in_ones() {
    let text = "[[rule]]\nname = 'acme'\npattern = 'acme_([a-z]{4})'\nsample = 'acme_abcd'\n";
    let rules = Rules::with(text).expect("rules");
    assert_eq!(rules.redact("x acme_abcd y"), "x acme_REDACTED y");
    assert_eq!(rules.names().last(), Some("acme"));
    let (sample, _) = drawn(ROWS[3].sample);
    assert_eq!(rules.redact(&sample), Rules::built_in().redact(&sample));
}

#[test]
fn a_mistake_in_own_rules_is_told_with_its_line() {
    for (text, line, told) in [
        ("[[rule]]\nname = 'a'\npattern = '('\n", 3, "unclosed group"),
        ("[[rule]]\nname = 'a'\npattern = 'x*'\n", 3, "empty text"),
        (
            "[[rule]]\nname = 'a'\npattern = 'x'\nsample = 'y'\n",
            4,
            "finds nothing",
        ),
        ("[[rule]]\nname = 'a'\npatern = 'x'\n", 3, "patern"),
        ("[[rule]]\nname = 'a'\n", 1, "pattern"),
        ("[[rule]]\nname = ' '\npattern = 'x'\n", 2, "name"),
        ("\n\nrules = 1\n", 3, "rules"),
        ("[[rule]\n", 1, ""),
    ] {
        let wrong = Rules::with(text).expect_err(text);
        assert_eq!(wrong.line, line, "{text}: {wrong:?}");
        assert!(wrong.message.contains(told), "{text}: {wrong:?}");
    }
}
