//! Answers that are whole: cut anywhere, in odd forms, with and without an end mark.

use super::*;

#[tokio::test]
async fn text_arrives_and_ends() {
    check(
        |case| stream(case.says("let ") + &case.says("b") + &case.end()),
        finished("let b"),
    )
    .await;
}

#[tokio::test]
async fn a_chunk_is_there_before_the_answer_ends() {
    for case in CASES {
        let gate = Gate::default();
        let server = FakeModel::start([vec![
            stream_head(),
            Act::send(case.says("first")),
            Act::Wait(gate.clone()),
            Act::send(case.end()),
        ]])
        .await;
        let mut events = case.backend(&server).generate(case.request());
        let Some(Ok(Event::Chunk(chunk))) = events.next().await else {
            panic!("{}: no chunk", case.name);
        };
        assert_eq!(chunk.text, "first");
        gate.open();
        assert_eq!(
            collect(events).await,
            (String::new(), Ok(EndReason::Finished))
        );
    }
}

#[tokio::test]
async fn characters_and_events_may_be_cut_anywhere() {
    check(
        |case| {
            let text = case.says("größe 🦀") + &case.end();
            let head = head(
                "200 OK",
                &[
                    ("transfer-encoding", "chunked"),
                    ("content-type", "text/event-stream"),
                ],
            );
            let pieces = text.as_bytes().chunks(3).map(chunk);
            [head]
                .into_iter()
                .chain(pieces)
                .chain([chunk("")])
                .collect()
        },
        finished("größe 🦀"),
    )
    .await;
}

#[tokio::test]
async fn odd_line_ends_marks_and_keep_alives_are_taken() {
    check(
        |case| {
            let text = format!(
                "\u{feff}{alive}{}{alive}{}",
                case.says("x"),
                case.end(),
                alive = case.keep_alive
            );
            stream(text.replace('\n', "\r\n"))
        },
        finished("x"),
    )
    .await;
    check(
        |case| stream((case.says("x") + &case.end()).replace('\n', "\r")),
        finished("x"),
    )
    .await;
}

#[tokio::test]
async fn a_reason_without_an_end_mark_is_an_end() {
    check(|case| stream(case.says("x") + case.reason), finished("x")).await;
}
