//! A chat model of one answer, on loopback: for the picture of a test, which the default model is too small to write.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

/// The function that is tested in the picture.
pub const TESTED: &str = "return s.OnHand - s.Reserved";

/// The answer: a test of that function, like its siblings.
pub const TEST: &str = "```go
func TestAvailable(t *testing.T) {
	tests := []struct {
		name   string
		shelf  Shelf
		want   int
	}{
		{\"nothing reserved\", Shelf{OnHand: 40}, 40},
		{\"some reserved\", Shelf{OnHand: 40, Reserved: 15}, 25},
		{\"all reserved\", Shelf{OnHand: 40, Reserved: 40}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.shelf.Available(); got != tt.want {
				t.Errorf(\"Available() = %d, want %d\", got, tt.want)
			}
		})
	}
}
```";

/// Answers every chat with `answer` until this program ends; gives the base address.
pub fn serve(answer: &'static str) -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that has gone is no matter.
            let _ = respond(stream, answer);
        }
    });
    Ok(format!("http://{address}/v1"))
}

fn respond(stream: TcpStream, answer: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
    }
    std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
    let mut stream = reader.into_inner();
    let content = escaped(answer);
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n\
         data: {{\"choices\":[{{\"delta\":{{\"content\":\"{content}\"}},\"finish_reason\":\"stop\"}}]}}\n\ndata: [DONE]\n\n"
    )
}

/// A text as JSON writes it between quotes.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    text.replace('\n', "\\n").replace('\t', "\\t")
}
