//! The client that reaches a server as its settings say.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use url::Url;

use super::reason;
use crate::model::key::Source;

pub(super) const USER_AGENT: &str = concat!("convive/", env!("CARGO_PKG_VERSION"));

/// How to reach a server.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The base address: endpoints are added to its path.
    pub url: String,
    pub key: Source,
    /// PEM certificates to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    pub connect_timeout: Duration,
    /// From the start of a request to the head of its answer.
    pub first_byte_timeout: Duration,
    /// Between two pieces of an answer.
    pub silence_timeout: Duration,
}

impl Settings {
    /// The usual timeouts, no key.
    pub fn new(url: impl Into<String>) -> Settings {
        Settings {
            url: url.into(),
            key: Source::None,
            ca_file: None,
            connect_timeout: Duration::from_secs(5),
            first_byte_timeout: Duration::from_secs(60),
            silence_timeout: Duration::from_secs(20),
        }
    }

    /// Whether a certificate may have to be checked: not on the way to a server on this machine, which leads through no proxy.
    pub(super) fn needs_certificates(&self) -> bool {
        let url = Url::parse(&self.url).ok();
        url.is_none_or(|url| url.scheme() != "http") || !self.is_loopback()
    }

    /// A server on this machine is reached without any proxy.
    fn is_loopback(&self) -> bool {
        let url = Url::parse(&self.url).ok();
        match url.as_ref().and_then(Url::host) {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// Reads the certificates from the disk, where there may be some to check.
    pub(super) fn client(&self) -> Result<Client, String> {
        // Fails where a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(self.connect_timeout)
            // The user's code and key go to the address the user wrote, and to no other.
            .redirect(Policy::none());
        if self.is_loopback() {
            builder = builder.no_proxy();
        }
        let Some(path) = &self.ca_file else {
            if !self.needs_certificates() {
                builder = builder.tls_certs_only([]);
            }
            return builder.build().map_err(|error| reason(&error));
        };
        let wrong = |reason: String| format!("ca_file {} {reason}", path.display());
        let pem = std::fs::read(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let certificates = Certificate::from_pem_bundle(&pem)
            .map_err(|error| wrong(format!("is no PEM file: {error}")))?;
        if certificates.is_empty() {
            return Err(wrong("holds no certificate in PEM form".to_owned()));
        }
        let checked = builder.tls_certs_merge(certificates).build();
        checked.map_err(|error| {
            wrong(format!(
                "holds a certificate that cannot be used: {}",
                reason(&error)
            ))
        })
    }
}
