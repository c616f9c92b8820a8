//! Why a server could not be reached, in the words of the innermost error, and what to do where that is not plain.

use std::error::Error;

use rustls::CertificateError;

/// The innermost reason of an error: "connection refused", "certificate has expired".
pub fn reason(error: &(dyn Error + 'static)) -> String {
    let mut inner = error;
    while let Some(source) = source(inner) {
        inner = source;
    }
    match inner.downcast_ref() {
        Some(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
            "its certificate is signed by nobody whom this system trusts; if you trust the server, set its `ca_file` to a PEM \
             file with the certificate of who signed it"
                .to_owned()
        }
        _ => inner.to_string(),
    }
}

/// What is behind an error; of one of input and output, the error that it carries.
fn source<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let carried = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    match carried {
        Some(carried) => Some(carried),
        None => error.source(),
    }
}
