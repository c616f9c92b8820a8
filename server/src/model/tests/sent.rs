//! What is sent, to whom, and that nothing is where it should not be.

use super::*;

#[tokio::test]
async fn dropping_the_stream_closes_the_socket() {
    for case in CASES {
        let server = FakeModel::start([vec![
            stream_head(),
            Act::send(case.says("x")),
            Act::AwaitClose,
        ]])
        .await;
        let mut events = case.backend(&server).generate(case.request());
        assert!(matches!(events.next().await, Some(Ok(Event::Chunk(_)))));
        drop(events);
        server.left(1).await;
    }
}

#[tokio::test]
async fn dropping_the_stream_before_the_answer_closes_the_socket() {
    for case in CASES {
        let server = FakeModel::start([vec![Act::AwaitClose]]).await;
        let backend = (case.connect)(http::Settings::new(server.url()));
        let generation = tokio::spawn(collect(backend.generate(case.request())));
        while server.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        generation.abort();
        server.left(1).await;
    }
}

#[tokio::test]
async fn a_stream_that_is_not_polled_sends_nothing() {
    for case in CASES {
        let server = FakeModel::start([Vec::new()]).await;
        let backend = case.backend(&server);
        drop(backend.generate(case.request()));
        let _ = collect(backend.generate(case.request())).await;
        assert_eq!(server.requests().len(), 1, "{}", case.name);
    }
}

#[tokio::test]
async fn what_is_sent_is_what_the_server_needs_and_no_more() {
    for case in CASES {
        let server = FakeModel::start([stream(case.end())]).await;
        let _ = collect(case.backend(&server).generate(case.request())).await;
        let requests = server.requests();
        let body = requests[0].json();
        assert_eq!(requests[0].path, case.path, "{}", case.name);
        assert_eq!(requests[0].method, "POST");
        assert_eq!(requests[0].header("authorization"), None);
        let sampling = case.sampling.map(|place| body.pointer(place).cloned());
        assert_eq!(
            sampling,
            [Some(8.into()), Some(0.2.into())],
            "{}",
            case.name
        );
        assert_eq!(body["stream"], true);
        assert!(!String::from_utf8_lossy(&requests[0].body).contains("secret"));
    }
}

#[tokio::test]
async fn a_ca_file_that_holds_none_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let nonsense = "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n";
    for content in [nonsense, "", "no PEM at all"] {
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, content).unwrap();
        for case in CASES {
            let server = FakeModel::start([stream(case.end())]).await;
            let backend = (case.connect)(http::Settings {
                ca_file: Some(path.clone()),
                ..http::Settings::new(server.url())
            });
            let (_, end) = collect(backend.generate(case.request())).await;
            let told = end.expect_err("a bad ca_file").to_string();
            assert!(told.contains("ca_file"), "{told}");
            assert_eq!(server.requests(), []);
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_goes_into_the_header_and_nowhere_else() {
    for case in CASES {
        let server = FakeModel::start([stream(case.end())]).await;
        let command = ["printf", "sk-test"].map(str::to_owned).to_vec();
        let backend = (case.connect)(http::Settings {
            key: key::Source::Command(command),
            ..http::Settings::new(server.url())
        });
        let _ = collect(backend.generate(case.request())).await;
        let requests = server.requests();
        let (header, before) = case.key;
        let value = format!("{before}sk-test");
        assert_eq!(requests[0].header(header), Some(value.as_str()));
        assert!(!String::from_utf8_lossy(&requests[0].body).contains("sk-test"));
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_had_sends_nothing() {
    for case in CASES {
        let server = FakeModel::start([stream(case.end())]).await;
        let backend = (case.connect)(http::Settings {
            key: key::Source::Variable("CONVIVE_NO_SUCH_KEY".to_owned()),
            ..http::Settings::new(server.url())
        });
        let (_, end) = collect(backend.generate(case.request())).await;
        assert!(
            matches!(end, Err(Error::Unauthorized { .. })),
            "{}",
            case.name
        );
        assert_eq!(server.requests(), []);
    }
}
