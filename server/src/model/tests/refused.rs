//! Servers that refuse, and what is told of it.

use super::*;

#[tokio::test]
async fn a_refused_key_says_so() {
    check(
        |_| {
            answer(
                "401 Unauthorized",
                "application/json",
                "{\"error\":\"bad key\"}",
            )
        },
        |case, (_, end)| match end {
            Err(Error::Unauthorized { message, .. }) => assert_eq!(message, "bad key"),
            other => panic!("{}: {other:?}", case.name),
        },
    )
    .await;
}

#[tokio::test]
async fn a_prompt_that_is_too_long_says_so() {
    let body = "{\"error\":{\"message\":\"request (9000 tokens) exceeds the available context size (4096 tokens)\"}}";
    check(
        |_| answer("400 Bad Request", "application/json", body),
        |case, (_, end)| {
            assert!(
                matches!(end, Err(Error::TooLong { .. })),
                "{}: {end:?}",
                case.name
            )
        },
    )
    .await;
}

#[tokio::test]
async fn a_busy_server_is_left_alone_as_long_as_it_asks() {
    for case in CASES {
        let mut busy = answer(
            "429 Too Many Requests",
            "application/json",
            "{\"error\":\"busy\"}",
        );
        busy[0] = head(
            "429 Too Many Requests",
            &[("retry-after", "60"), ("content-length", "16")],
        );
        let server = FakeModel::start([busy]).await;
        let backend = case.backend(&server);
        for _ in 0..3 {
            let (_, end) = collect(backend.generate(case.request())).await;
            let Err(Error::Rejected {
                status: 429,
                message,
                retry_after,
                ..
            }) = end
            else {
                panic!("{}: {end:?}", case.name);
            };
            assert_eq!(message, "busy");
            let left = retry_after.expect("a time");
            assert!(left > Duration::from_secs(30) && left <= Duration::from_secs(60));
        }
        assert_eq!(server.requests().len(), 1, "{}", case.name);
    }
}

#[tokio::test]
async fn nothing_is_sent_to_the_address_of_a_redirect() {
    for case in CASES {
        let other = FakeModel::start([stream(case.end())]).await;
        let location = other.url();
        let server = FakeModel::start([vec![head(
            "307 Temporary Redirect",
            &[("location", &location), ("content-length", "0")],
        )]])
        .await;
        let (_, end) = collect(case.backend(&server).generate(case.request())).await;
        assert!(
            end.is_err_and(|error| error.to_string().contains(&location)),
            "{}",
            case.name
        );
        assert_eq!(other.requests(), []);
    }
}
