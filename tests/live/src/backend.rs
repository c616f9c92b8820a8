//! A scripted backend for editors: a server that speaks OpenAI's protocol and says what the scenario wants said.

use serde_json::{Value, json};
use support::fake_model::{self, Act, FakeModel, Gate, Recorded};
use tokio::runtime::Runtime;

/// The server. Dropping it makes it unreachable.
pub struct Backend {
    model: FakeModel,
    // Behind the model, which ends its task in it.
    runtime: Runtime,
}

/// One step of an answer.
#[derive(Clone)]
pub enum Say {
    Text(String),
    /// Goes on when the scenario opens the gate.
    Wait(Gate),
}

/// What was asked.
pub struct Asked {
    body: Value,
}

impl Asked {
    /// Whether it is a question; else a completion.
    pub fn is_chat(&self) -> bool {
        self.body["messages"].is_array()
    }

    /// The text in front of the cursor, as far as a completion's prompt has it.
    pub fn prefix(&self) -> &str {
        let prompt = self.body["prompt"].as_str().unwrap_or_default();
        let prompt = prompt.split("<|fim_suffix|>").next().unwrap_or_default();
        prompt.rsplit("<|fim_prefix|>").next().unwrap_or_default()
    }

    /// The seed, where one is asked for: then another answer is wanted.
    pub fn seed(&self) -> Option<u64> {
        self.body["seed"].as_u64()
    }

    /// What the messages of a question say, oldest first.
    pub fn messages(&self) -> Vec<&str> {
        let messages = self.body["messages"].as_array();
        let messages = messages.into_iter().flatten();
        messages
            .filter_map(|message| message["content"].as_str())
            .collect()
    }

    /// The last of them.
    pub fn question(&self) -> &str {
        self.messages().pop().unwrap_or_default()
    }
}

impl Backend {
    /// A server that answers each request by what it asks.
    pub fn start(answer: impl Fn(&Asked) -> Vec<Say> + Send + Sync + 'static) -> Backend {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let respond = move |request: &Recorded| {
            let asked = Asked {
                body: request.json(),
            };
            let said = answer(&asked);
            stream(asked.is_chat(), &said)
        };
        let model = runtime.block_on(FakeModel::start_answering(respond));
        Backend { model, runtime }
    }

    /// Completes as somebody who knows what the texts will be: the rest of one up to its end, behind the mark `$0` or anywhere
    /// after it. A text that begins with the mark is for empty files.
    pub fn knows<'a>(texts: impl IntoIterator<Item = &'a str>) -> Backend {
        let split = |text: &'a str| text.split_once("$0").expect("a mark");
        let texts = texts.into_iter().map(split);
        let texts: Vec<(String, String)> = texts
            .map(|(before, rest)| (before.to_owned(), rest.to_owned()))
            .collect();
        Backend::start(move |asked| {
            let mut known = texts.iter();
            let said = known.find_map(|(before, rest)| rest_of(before, rest, asked.prefix()));
            let said = said.filter(|_| !asked.is_chat());
            said.map(Say::Text).into_iter().collect()
        })
    }

    /// Convive's options for this server.
    pub fn options(&self) -> String {
        let url = self.model.url();
        format!(
            "[completion]\nbackend = \"box\"\n[backend.box]\nkind = \"openai\"\nurl = {url:?}\nmodel = \"qwen2.5-coder:1.5b\"\n"
        )
    }

    /// `127.0.0.1:PORT`
    pub fn address(&self) -> String {
        self.model.address().to_string()
    }

    /// Waits until the other side has left `count` answers before their ends.
    pub fn left(&self, count: usize) {
        self.runtime.block_on(self.model.left(count));
    }
}

/// What is still to be written of `rest`, when `prefix` ends with `before` and a part of it.
fn rest_of(before: &str, rest: &str, prefix: &str) -> Option<String> {
    if before.is_empty() {
        return prefix.trim().is_empty().then(|| rest.to_owned());
    }
    let ends = (0..=rest.len()).filter(|at| rest.is_char_boundary(*at));
    // The longest first: a short part may stand at the end by chance.
    let at = ends
        .rev()
        .find(|at| prefix.ends_with(&format!("{before}{}", &rest[..*at])))?;
    Some(rest[at..].to_owned())
}

fn stream(chat: bool, said: &[Say]) -> Vec<Act> {
    let mut acts = vec![fake_model::stream_head()];
    let event = |text: &str, finish: Value| {
        let choice = match chat {
            true => json!({ "index": 0, "delta": { "content": text }, "finish_reason": finish }),
            false => json!({ "index": 0, "text": text, "finish_reason": finish }),
        };
        Act::send(format!("data: {}\n\n", json!({ "choices": [choice] })))
    };
    for step in said {
        acts.push(match step {
            Say::Text(text) => event(text, Value::Null),
            Say::Wait(gate) => Act::Wait(gate.clone()),
        });
    }
    acts.push(event("", "stop".into()));
    acts.push(Act::send("data: [DONE]\n\n"));
    acts
}

#[cfg(test)]
mod tests {
    use super::rest_of;

    #[test]
    fn the_rest_is_what_is_not_typed_yet() {
        let rest = |prefix| rest_of("let x = ", "one();", prefix);
        assert_eq!(rest("let x = ").as_deref(), Some("one();"));
        assert_eq!(rest("fn f() {\n    let x = on").as_deref(), Some("e();"));
        assert_eq!(rest("let y = "), None);
    }
}
