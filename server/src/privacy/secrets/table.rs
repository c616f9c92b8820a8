//! The built-in rules: one row a kind of secret, with a sample in which it must be found.

use super::pattern::Pattern;
use super::random::{is_encoded, is_mixed, is_password, is_random, is_real};
use super::{Rule, Scope};

/// A kind of secret.
pub struct Row {
    pub name: &'static str,
    /// The secret is the first group, or all of the match where there is none.
    pub pattern: &'static str,
    /// Whether what matches really is one.
    pub check: fn(&str) -> bool,
    /// A text with one such secret in it, between `[[` and `]]`. No real ones, and cut by `~`, which is taken out before use, so that
    /// no scanner of repositories takes them for any.
    #[cfg(test)]
    pub sample: &'static str,
}

/// The rules. A row whose pattern is wrong would find nothing; a test sees to it that none is.
pub fn rules() -> Vec<Rule> {
    let rule = |row: &Row| Rule {
        name: row.name.into(),
        // The border of a word by ASCII: by Unicode, a text with any other letter would be searched many times slower.
        pattern: Pattern::new(row.pattern.replace(r"\b", r"(?-u:\b)")),
        check: row.check,
        scope: scope(row.name),
    };
    ROWS.iter().map(rule).collect()
}

/// Where the rules with large patterns are tried; each of the line rules matches within one line.
fn scope(name: &str) -> Scope {
    match name {
        "private-key" | "private-key-end" => Scope::Having("PRIVATE KEY"),
        "url-password" => Scope::Having("://"),
        "assignment"
        | "assignment-unquoted"
        | "flag"
        | "connection-string"
        | "env-password"
        | "env-key" => Scope::Lines,
        _ => Scope::All,
    }
}

fn always(_: &str) -> bool {
    true
}

/// Between the first and the last letter of the body there are at least 16 in a row of base64.
fn is_key_body(body: &str) -> bool {
    let mut runs = body.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c)));
    runs.any(|run| run.len() >= 16)
}

/// Words behind which a value is secret.
macro_rules! secret_words {
    () => {
        r"passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|signing[_-]?key|encryption[_-]?key|credentials?|client[_-]?secret"
    };
}

/// A row in one or two lines; its sample is for the tests alone.
macro_rules! row {
    ($name:literal, $pattern:expr, $check:expr, $sample:literal) => {
        Row {
            name: $name,
            pattern: $pattern,
            check: $check,
            #[cfg(test)]
            sample: $sample,
        }
    };
}

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    // Private keys: the lines around the key stay. The key may be cut at either end, and stand in a string with escapes.
    row!("private-key", r#"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----((?:[A-Za-z0-9+/=\s"'`,]|\\[rnt]|[A-Za-z-]+: [^\n]*\n)+)"#,
        is_key_body, "-----BEGIN RSA PRIVATE ~KEY-----[[\nMIIEpAIBAAKCAQEA1v\n]]-----END RSA PRIVATE KEY-----"),
    row!("private-key-end", r#"((?:[A-Za-z0-9+/=]{16,}(?:\s|\\[rnt]|["'`,+])*)+[A-Za-z0-9+/=\s"'`,\\]{0,80})-----END (?:[A-Z0-9]+ )*PRIVATE KEY"#,
        is_key_body, "[[kCAQEA1vMIIEpAIBAA\nabc=\n]]-----END EC PRIVATE ~KEY-----"),
    row!("age-key", r"\bAGE-SECRET-KEY-1[0-9A-Z]{30,}", always, "[[AGE-SECRET-~KEY-1QJ0V9XN2L5Q8ZC3W7E4R6T1Y0U2I9O8P7A6S5D4F3G2H1]]"),
    // Clouds.
    row!("aws-key-id", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b", always, "id = [[AKIA~QYLPMN5HHHFPXMPL]]"),
    row!("aws-secret", r#"(?i)\baws[_-]?(?:secret)?[_-]?(?:access)?[_-]?key["']?\s*(?::=|=>|[=:,])\s*["'`]?([A-Za-z0-9/+=]{40})(?:[^A-Za-z0-9/+=]|\z)"#,
        is_real, "aws_secret_access_key = [[wJalr~XUtnFEMIK7MDENGbPxRfiCYzzAbCdEfGhI1]]\n"),
    row!("google-key", r"\bAIza[A-Za-z0-9_-]{30,}", always, "key=[[AI~zaSyD4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0Ui2Op]]&x"),
    row!("google-oauth", r"\b(?:GOCSPX-[A-Za-z0-9_-]{20,}|ya29\.[A-Za-z0-9_-]{20,}|1//0[A-Za-z0-9_-]{30,})", always, "\"[[GOC~SPX-4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0U]]\""),
    row!("azure-key", r"(?i)\b(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{40,}={0,2})", always, "AccountName=a;Account~Key=[[4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0U4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0U==]];"),
    row!("azure-signature", r"[?&]sig=([A-Za-z0-9%+/=_-]{30,})", always, "https://a/b?se=1&s~ig=[[4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0U4f9Kq2Lm%3D]]"),
    row!("digitalocean", r"\bdo[opr]_v1_[a-f0-9]{32,}", always, "[[dop_~v1_4f9b2c8d7e6a5f4b3c2d1e0f9a8b7c6d]]"),
    row!("databricks", r"\bdapi[a-f0-9]{32}\b", always, "[[dap~i4f9b2c8d7e6a5f4b3c2d1e0f9a8b7c6d]]"),
    row!("vault", r"\bhv[sbr]\.[A-Za-z0-9_-]{20,}", always, "[[hvs~.CAESIJ4f9Kq2Lm8Nv6Xc1Zb3Qw7]]"),
    row!("tailscale", r"\btskey-[a-z]+-[A-Za-z0-9-]{16,}", always, "[[tske~y-auth-k4f9Kq2Lm8Nv6Xc1-Zb3Qw7]]"),
    // Forges and registries of packages.
    row!("github", r"\bgh[pousr]_[A-Za-z0-9]{20,}", always, "token: [[gh~p_4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0Ui2Op4As]]"),
    row!("github-fine", r"\bgithub_pat_[A-Za-z0-9_]{20,}", always, "[[github_~pat_11ABCDEFG0x4f9Kq2Lm8Nv_6Xc1Zb3Qw7]]"),
    row!("gitlab", r"\bgl(?:pat|dt|rt|ptt|cbt|ft|imt|oas|soat|agent)-[A-Za-z0-9_.-]{20,}", always, "[[gl~pat-4f9Kq2Lm8Nv6Xc1Zb3Qw]]"),
    row!("npm", r"\bnpm_[A-Za-z0-9]{30,}", always, "//registry/:_authToken=[[npm~_4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0Ui2Op4As1]]"),
    row!("pypi", r"\bpypi-[A-Za-z0-9_-]{40,}", always, "password = [[pypi~-AgEIcHlwaS5vcmcCJ4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0]]"),
    row!("crates", r"\bcio[A-Za-z0-9]{32}\b", is_mixed, "token = \"[[ci~o4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0Ui2Op]]\""),
    row!("rubygems", r"\brubygems_[a-f0-9]{32,}", always, "[[rubyge~ms_4f9b2c8d7e6a5f4b3c2d1e0f9a8b7c6d4f9b2c8d]]"),
    row!("docker", r"\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}", always, "[[dckr_~pat_4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5]]"),
    // Chat and mail.
    row!("slack", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}", always, "[[xox~b-123456789012-4f9Kq2Lm8Nv6]]"),
    row!("slack-app", r"\bxapp-[0-9]-[A-Za-z0-9-]{10,}", always, "[[xap~p-1-A0123-4f9Kq2Lm8Nv6]]"),
    row!("webhook", r"https://(?:hooks\.slack\.com/(?:services|workflows|triggers)|discord(?:app)?\.com/api/webhooks)/([A-Za-z0-9/_+-]{20,})", always,
        "https://hooks.slack.com/serv~ices/[[T0123ABCD/B0123ABCD/4f9Kq2Lm8Nv6Xc1Z]]"),
    row!("telegram", r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{30,}", always, "bot[\"x\"] = \"[[123456789:A~A4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0Ui2O]]\""),
    row!("sendgrid", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}", always, "[[S~G.4f9Kq2Lm8Nv6Xc1Zb3Qw7E.4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0]]"),
    row!("mailgun", r"\bkey-[0-9a-f]{32}\b", always, "api:[[key~-4f9b2c8d7e6a5f4b3c2d1e0f9a8b7c6d]]"),
    row!("twilio", r"\bSK[0-9a-f]{32}\b", always, "[[S~K4f9b2c8d7e6a5f4b3c2d1e0f9a8b7c6d]]"),
    // Money.
    row!("stripe", r"\b(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,}", always, "stripe.Key = \"[[sk_li~ve_4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5]]\""),
    row!("stripe-webhook", r"\bwhsec_[A-Za-z0-9+/=]{20,}", always, "[[whs~ec_4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5]]"),
    row!("square", r"\bsq0(?:atp|csp|idp)-[A-Za-z0-9_-]{20,}", always, "[[sq0~csp-4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5]]"),
    row!("shopify", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}", always, "[[shp~at_4f9b2c8d7e6a5f4b3c2d1e0f9a8b7c6d]]"),
    // Models.
    row!("anthropic", r"\bsk-ant-[A-Za-z0-9_-]{16,}", always, "[[sk-an~t-api03-4f9Kq2Lm8Nv6Xc1Zb3Qw]]"),
    row!("openai", r"\bsk-[A-Za-z0-9_-]{20,}", is_mixed, "OpenAI(\"[[sk-p~roj-4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5]]\")"),
    row!("huggingface", r"\bhf_[A-Za-z0-9]{30,}", always, "[[h~f_QwErTyUiOpAsDfGhJkLzXcVbNmQwErTyUi]]"),
    row!("groq", r"\b(?:gsk|xai|pplx|nvapi|r8|csk)[_-][A-Za-z0-9_-]{32,}", is_mixed, "[[gs~k_4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0Ui2Op4As]]"),
    // Everywhere.
    row!("jwt", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?", always, "Cookie: t=[[eyJ~hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5]]; x"),
    row!("linear", r"\b(?:lin_api|ntn|secret|figd|PMAK|dp\.pt|sbp|phx|phc|ATATT3|glsa|NRAK)[_-][A-Za-z0-9_=.-]{32,}", is_mixed, "[[lin~_api_4f9Kq2Lm8Nv6Xc1Zb3Qw7Er5Ty0Ui2Op4As]]"),
    row!("url-password", r#"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@"'`<>()]*:([^\s/@"'`<>()]{2,})@[A-Za-z0-9\[]"#, is_real, "connect(\"postgres://app:[[hunter2~]]@db:5432/app\")"),
    row!("authorization", r#"(?i)\bauthorization["']?\s*(?::=|[=:,])\s*["'`]?(?:bearer|token)\s+([A-Za-z0-9+/=_.~-]{12,})"#, is_random, "-H 'Authorization: Token [[4f9Kq2Lm8~Nv6Xc1Zb3Qw7]]'"),
    row!("basic", r#"(?i)\bauthorization["']?\s*(?::=|[=:,])\s*["'`]?basic\s+([A-Za-z0-9+/]{8,}={0,2})"#, is_encoded, "-H 'Authorization: Basic [[dXNlcjpwYX~NzdzByZA==]]'"),
    row!("bearer", r"(?i)\bbearer\s+([A-Za-z0-9+/=_.~-]{16,})", is_random, "set(\"x\", \"Bearer [[4f9Kq2Lm8~Nv6Xc1Zb3Qw7]]\")"),
    row!("assignment", concat!(r#"(?i)(?:"#, secret_words!(), r#")[A-Za-z0-9_.-]{0,40}["'`)\]]{0,2}[ \t]*(?::[ \t]*)?(?:[&'A-Za-z<>\[\]_]{1,24}[ \t]+){0,2}(?::=|=>|==|!=|[=:,(])[ \t]*(?:[A-Za-z_:.]{1,24}\()?[brfu@]{0,2}["'`]([^"'`\s]{8,})["'`]"#),
        is_random, "let db_password: &'static str = \"[[x9!kQ2#~mZ7$w]]\";"),
    // The name's characters: letters, digits, `_`, `.`, `-` and all beyond ASCII, said without Unicode's own tables, which are large.
    row!("assignment-unquoted", concat!(r#"(?im)^[^A-Za-z0-9_\n]*[^\x00-,/:-@\[-^`{-\x7f]*(?:"#, secret_words!(), r#")[^\x00-,/:-@\[-^`{-\x7f]*[ \t]*[:=][ \t]*([^\s"'`#{}\[\]<>()&*!|,;]{8,})[ \t]*\r?$"#),
        is_random, "spring.datasource.password: [[x9kQ2~mZ7w4Lp]]\n"),
    row!("flag", concat!(r#"(?i)(?:^|\s)--(?:[a-z-]{0,20})(?:"#, secret_words!(), r#")(?:[ \t]+|=)["']?([^\s"'`-][^\s"'`]{7,})"#), is_random, "deploy --api-key [[x9kQ2~mZ7w4Lp]] now"),
    row!("connection-string", r#"(?i)[;"'`?&](?:password|pwd|passwd)=([^;"'`\s&]{3,})[;"'`&]"#, is_password, "\"Server=db;User Id=sa;Password=[[hunter2~]];\""),
    // Environment files: passwords whatever they look like.
    row!("env-password", r#"(?m)^[^A-Za-z0-9_\n]*(?:export[ \t]+)?[A-Z][A-Z0-9_]*?(?:PASSWORD|PASSWD|PASS|PWD|SECRET)=["']?([^\s"'`#()]{4,})["']?[ \t]*\r?$"#, is_password, "# db\nDB_PASSWORD=[[hunter2~]]\n"),
    row!("env-key", r#"(?m)^[^A-Za-z0-9_\n]*(?:export[ \t]+)?[A-Z][A-Z0-9_]*?(?:KEY|TOKEN|CREDENTIALS?|AUTH|DSN|SALT)=["']?([^\s"'`#()]{8,})["']?[ \t]*\r?$"#, is_random, "export SESSION_KEY='[[x9kQ2~mZ7w4Lp]]'\n"),
];
