//! Tells requests, notifications and responses apart in a JSON body, and what to answer where it is none of them.

use serde_json::Value;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};

use crate::lsp::convert;

/// What a body says.
#[derive(Debug, PartialEq)]
pub enum Message {
    /// A request or a notification.
    Call(Request),
    /// The client's answer to a request of ours.
    Answer(Response),
    /// Nothing that can be served: the errors to answer with, one for each request in it.
    Refused(Vec<Response>),
}

/// Why a body is no JSON; carries the error to answer with.
#[derive(Debug, PartialEq)]
pub struct NotJson(pub Response);

/// Reads a body.
pub fn read(body: &[u8]) -> Result<Message, NotJson> {
    match serde_json::from_slice(body) {
        Ok(Value::Array(batch)) => Ok(refuse_batch(&batch)),
        Ok(value) => Ok(classify(value)),
        Err(error) => Err(NotJson(Response::from_error(
            lenient_id(body),
            convert::error(ErrorCode::ParseError, error.to_string()),
        ))),
    }
}

fn classify(value: Value) -> Message {
    let id = id_of(&value);
    let refuse = |why: &'static str| {
        let id = id.clone().flatten().unwrap_or(Id::Null);
        Message::Refused(vec![Response::from_error(
            id,
            convert::error(ErrorCode::InvalidRequest, why),
        )])
    };
    let Value::Object(mut fields) = value else {
        return refuse("a message is an object");
    };
    if fields.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return refuse("`jsonrpc` must be \"2.0\"");
    }
    let Some(id) = id.clone() else {
        return refuse("`id` must be a whole number, a string or null");
    };
    match fields.remove("method") {
        Some(Value::String(method)) => {
            let mut request = Request::build(method);
            if let Some(id) = id {
                request = request.id(id);
            }
            if let Some(params) = fields.remove("params") {
                request = request.params(params);
            }
            Message::Call(request.finish())
        }
        Some(_) => refuse("`method` must be a string"),
        None => match id {
            Some(id) if fields.contains_key("result") || fields.contains_key("error") => {
                Message::Answer(answer(id, &mut fields))
            }
            _ => refuse("neither a request nor a response"),
        },
    }
}

/// A response of the client's; unlike the framework's own reading it takes errors with more fields than the protocol names.
fn answer(id: Id, fields: &mut serde_json::Map<String, Value>) -> Response {
    match fields.remove("error") {
        None | Some(Value::Null) => {
            Response::from_ok(id, fields.remove("result").unwrap_or_default())
        }
        Some(error) => {
            let code = error["code"]
                .as_i64()
                .unwrap_or(ErrorCode::InternalError.code());
            let message = error["message"].as_str().unwrap_or_default().to_owned();
            Response::from_error(id, convert::error(code.into(), message))
        }
    }
}

/// The protocol has no batches: each request in it is refused, an answer or a notification is not answered.
fn refuse_batch(batch: &[Value]) -> Message {
    let error = || convert::error(ErrorCode::InvalidRequest, "batches are not supported");
    let requests = batch.iter().filter(|value| value.get("method").is_some());
    let ids: Vec<Id> = requests.filter_map(|value| id_of(value)?).collect();
    if ids.is_empty() {
        return Message::Refused(vec![Response::from_error(Id::Null, error())]);
    }
    let refuse = |id| Response::from_error(id, error());
    Message::Refused(ids.into_iter().map(refuse).collect())
}

/// The id: `Some(None)` where there is none, `None` where it is of a wrong type.
pub fn id_of(value: &Value) -> Option<Option<Id>> {
    match value.get("id") {
        None => Some(None),
        Some(Value::Null) => Some(Some(Id::Null)),
        Some(Value::String(id)) => Some(Some(Id::String(id.clone()))),
        Some(id) => id.as_i64().map(|id| Some(Id::Number(id))),
    }
}

/// The id of a message that is followed by rubbish or holds bytes that are no UTF-8; null where it cannot be read.
fn lenient_id(body: &[u8]) -> Id {
    let text = String::from_utf8_lossy(body);
    let mut values = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let first = values.next().and_then(Result::ok);
    first
        .and_then(|value| id_of(&value).flatten())
        .unwrap_or(Id::Null)
}

/// The error that says that a handler broke down.
pub fn panicked() -> Error {
    convert::error(
        ErrorCode::InternalError,
        "an internal error; the server's log says more",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The answers to `body`, as JSON; `call` and `answer` where it can be served.
    fn check(body: &str, expected: Value) {
        let codes = |responses: Vec<Response>| {
            let code = |response: &Response| response.error().map(|error| error.code.code());
            json!(
                responses
                    .iter()
                    .map(|response| json!([response.id(), code(response)]))
                    .collect::<Vec<_>>()
            )
        };
        let got = match read(body.as_bytes()) {
            Ok(Message::Call(_)) => json!("call"),
            Ok(Message::Answer(_)) => json!("answer"),
            Ok(Message::Refused(responses)) => codes(responses),
            Err(NotJson(response)) => codes(vec![response]),
        };
        assert_eq!(got, expected, "{body}");
    }

    #[test]
    fn messages() {
        check(r#"{"jsonrpc":"2.0","method":"m"}"#, json!("call"));
        check(r#"{"jsonrpc":"2.0","id":null,"method":"m"}"#, json!("call"));
        check(r#"{"jsonrpc":"2.0","id":1,"result":null}"#, json!("answer"));
        check(
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m","more":2}}"#,
            json!("answer"),
        );
    }

    #[test]
    fn what_is_no_json() {
        check("", json!([[null, -32700]]));
        check("{", json!([[null, -32700]]));
        check(
            r#"{"jsonrpc":"2.0","id":7,"method":"m"}x"#,
            json!([[7, -32700]]),
        );
        check(&"[".repeat(1000), json!([[null, -32700]]));
        let NotJson(response) = read(b"{\"id\":\"a\",\"method\":\"\xff\"}").unwrap_err();
        assert_eq!(response.id(), &Id::String("a".to_owned()));
    }

    #[test]
    fn what_is_no_message() {
        check("{}", json!([[null, -32600]]));
        check("3", json!([[null, -32600]]));
        check(
            r#"{"jsonrpc":"1.0","id":4,"method":"m"}"#,
            json!([[4, -32600]]),
        );
        check(r#"{"jsonrpc":"2.0","id":4}"#, json!([[4, -32600]]));
        check(
            r#"{"jsonrpc":"2.0","id":4,"method":5}"#,
            json!([[4, -32600]]),
        );
        check(
            r#"{"jsonrpc":"2.0","id":1.5,"method":"m"}"#,
            json!([[null, -32600]]),
        );
        check(
            r#"{"jsonrpc":"2.0","id":[],"method":"m"}"#,
            json!([[null, -32600]]),
        );
    }

    #[test]
    fn batches() {
        check("[]", json!([[null, -32600]]));
        check(
            r#"[{"jsonrpc":"2.0","id":1,"method":"m"},{"jsonrpc":"2.0","method":"n"},{"jsonrpc":"2.0","id":"b","method":"m"}]"#,
            json!([[1, -32600], ["b", -32600]]),
        );
        check(
            r#"[{"jsonrpc":"2.0","method":"n"}]"#,
            json!([[null, -32600]]),
        );
    }
}
