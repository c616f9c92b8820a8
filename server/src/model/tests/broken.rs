//! Answers that break off, do not come, or are none.

use super::*;

#[tokio::test]
async fn a_missing_end_mark_is_an_answer_that_broke_off() {
    check(
        |case| stream(case.says("half")),
        |case, (text, end)| {
            assert_eq!(text, "half", "{}", case.name);
            assert!(matches!(end, Err(Error::Closed { .. })), "{end:?}");
        },
    )
    .await;
}

#[tokio::test]
async fn a_connection_closed_within_a_chunk_broke_off() {
    check(
        |case| {
            let head = head("200 OK", &[("transfer-encoding", "chunked")]);
            vec![head, chunk(case.says("half")), Act::send("ffff\r\nda")]
        },
        |case, (text, end)| {
            assert_eq!(text, "half", "{}", case.name);
            assert!(matches!(end, Err(Error::Closed { .. })), "{end:?}");
        },
    )
    .await;
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_broke_off() {
    check(
        |_| Vec::new(),
        |case, (_, end)| {
            assert!(
                matches!(end, Err(Error::Closed { .. })),
                "{}: {end:?}",
                case.name
            )
        },
    )
    .await;
}

#[tokio::test]
async fn silence_is_a_timeout_that_says_what_was_awaited() {
    // A busy machine may be late with what is not awaited here, so only the awaited is short.
    async fn waited_for(case: &Case, script: Vec<Act>, first: u64, next: u64) -> &'static str {
        let server = FakeModel::start([script]).await;
        let backend = (case.connect)(http::Settings {
            first_byte_timeout: Duration::from_millis(first),
            silence_timeout: Duration::from_millis(next),
            ..http::Settings::new(server.url())
        });
        match collect(backend.generate(case.request())).await.1 {
            Err(Error::Timeout { waiting_for, .. }) => waiting_for,
            other => panic!("{}: {other:?}", case.name),
        }
    }
    for case in CASES {
        let waited = waited_for(case, vec![Act::AwaitClose], 100, 60_000).await;
        assert_eq!(waited, "the first byte");
    }
    for case in CASES {
        let script = vec![stream_head(), Act::send(case.says("x")), Act::AwaitClose];
        let waited = waited_for(case, script, 60_000, 100).await;
        assert_eq!(waited, "the next piece of the answer");
    }
}

#[tokio::test]
async fn a_page_for_people_is_no_answer() {
    check(
        |_| answer("200 OK", "text/html", "<html><title>Welcome</title></html>"),
        |case, (_, end)| {
            assert!(
                matches!(end, Err(Error::Malformed { .. })),
                "{}: {end:?}",
                case.name
            )
        },
    )
    .await;
    check(
        |_| {
            answer(
                "502 Bad Gateway",
                "text/html",
                "<html><title>Bad Gateway</title></html>",
            )
        },
        |case, (_, end)| match end {
            Err(Error::Rejected {
                status: 502,
                message,
                ..
            }) => {
                assert_eq!(message, "a web page: Bad Gateway");
            }
            other => panic!("{}: {other:?}", case.name),
        },
    )
    .await;
}

#[tokio::test]
async fn an_error_in_the_middle_is_told() {
    check(
        |case| stream(case.says("x") + case.error),
        |case, (text, end)| {
            assert_eq!(text, "x", "{}", case.name);
            assert!(end.is_err_and(|error| error.to_string().contains("out of memory")));
        },
    )
    .await;
}

#[tokio::test]
async fn what_is_not_json_is_malformed() {
    for body in ["data: {\"choices\":\n\n", "hello world\n\n", ""] {
        check(
            |_| stream(body),
            |case, (_, end)| {
                assert!(
                    matches!(end, Err(Error::Malformed { .. })),
                    "{}: {end:?}",
                    case.name
                );
            },
        )
        .await;
    }
}

#[tokio::test]
async fn an_endless_event_is_refused() {
    check(
        |_| stream("data: ".to_owned() + &"x".repeat(5 << 20)),
        |case, (_, end)| {
            assert!(
                matches!(end, Err(Error::Malformed { .. })),
                "{}: {end:?}",
                case.name
            )
        },
    )
    .await;
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    for case in CASES {
        let url = FakeModel::start([]).await.url();
        tokio::task::yield_now().await;
        let backend = (case.connect)(http::Settings::new(url.clone()));
        let (_, end) = collect(backend.generate(case.request())).await;
        match end {
            Err(Error::Unreachable { target, .. }) => assert_eq!(target, url),
            // The listener's socket may close a moment later.
            Err(Error::Closed { .. }) => {}
            other => panic!("{}: {other:?}", case.name),
        }
    }
}
