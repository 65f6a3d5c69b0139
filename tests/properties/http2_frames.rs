use std::{
    collections::{HashMap, HashSet},
    future::{Ready, ready},
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use clerk_core::{
    Actor, ActorTokens, CreateActorToken, SecretKey, UserId,
    bytes::{Buf as _, BufMut as _, Bytes, BytesMut},
    http::Uri,
};
use clerk_transport_hyper::{HyperTransport, TokioTimer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream},
    runtime::Builder,
    time::timeout,
};

/// The length of the preface.
const PREFACE: usize = 24;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

const NO_ERROR: u32 = 0;
const REFUSED_STREAM: u32 = 7;

const CREATES: [&str; 3] = ["a", "b", "c"];

/// Heads of responses in HPACK: the statuses 200, 429, 503 and 103, and 200 with a length.
const HEADS: [&[u8]; 5] =
    [&[0x88], b"\x08\x03429", b"\x08\x03503", b"\x08\x03103", b"\x88\x00\x0econtent-length\x019"];
const TOO_MANY_REQUESTS: usize = 1;
const EARLY_HINTS: usize = 3;

const BODIES: [&[u8]; 3] = [
    b"{\"errors\":[]}",
    b"{\"object\":\"actor_token\",\"id\":\"act_1\",\"status\":\"pending\",\"user_id\":\"user_1\",\
      \"actor\":{\"sub\":\"user_2\"},\"token\":\"t\",\"url\":\"u\",\"created_at\":1,\"updated_at\":1}",
    b"",
];

/// Opens a connection to the server.
pub(crate) type Connect = Arc<dyn Fn(Uri) -> Ready<io::Result<DuplexStream>> + Send + Sync>;

/// Sends creates to a server whose frames, and whose order of frames, these bytes choose. A create
/// is sent again only if the server said that it had not been processed.
pub(crate) fn http2_frames(script: &[u8], transport: impl FnOnce(Connect) -> HyperTransport) {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let server =
        Arc::new(Mutex::new(Server { script: script.to_vec().into(), ..Server::default() }));
    runtime.block_on(async {
        let shared = Arc::clone(&server);
        let transport = transport(Arc::new(move |_| {
            let (client, socket) = tokio::io::duplex(64 * 1024);
            tokio::spawn(Connection::new(socket, Arc::clone(&shared)).serve());
            ready(Ok(client))
        }));
        let actor_tokens = ActorTokens::builder(transport, SecretKey::new("sk_test_1").unwrap())
            .base_url("http://127.0.0.1/v1")
            .timer(TokioTimer)
            .build()
            .unwrap();
        let calls = CREATES.map(|name| {
            let actor = Actor::new("user_2").unwrap().with_claim("call", name).unwrap();
            let command = CreateActorToken::new(UserId::new("user_1").unwrap(), actor);
            tokio::spawn(actor_tokens.create(command))
        });
        drop(actor_tokens.revoke(&"act_1".parse().unwrap()).await);
        for call in calls {
            drop(call.await.unwrap());
        }
    });
    let server = server.lock().unwrap();
    for (name, streams) in &server.creates {
        let repeated = &streams[..streams.len() - 1];
        assert!(
            repeated.iter().all(|stream| server.unprocessed.contains(stream)),
            "{name} was sent again: {streams:?}, but only {:?} were not processed",
            server.unprocessed
        );
    }
}

/// A stream, and the number of its connection.
type StreamId = (usize, u32);

/// What all connections of the server share.
#[derive(Default)]
struct Server {
    script: Bytes,
    connections: usize,
    /// The streams on which each create arrived as a whole.
    creates: HashMap<String, Vec<StreamId>>,
    /// The streams on which a final head was written.
    heads: HashSet<StreamId>,
    /// The streams that the server said it had not processed.
    unprocessed: HashSet<StreamId>,
}

/// One connection of the server.
struct Connection {
    number: usize,
    socket: DuplexStream,
    buffer: BytesMut,
    bodies: HashMap<u32, BytesMut>,
    server: Arc<Mutex<Server>>,
}

impl Connection {
    fn new(socket: DuplexStream, server: Arc<Mutex<Server>>) -> Self {
        let number = {
            let mut server = server.lock().unwrap();
            server.connections += 1;
            server.connections
        };
        Self { number, socket, buffer: BytesMut::new(), bodies: HashMap::new(), server }
    }

    /// Plays the script until it ends, and then reads until the client closes the connection.
    async fn serve(mut self) -> Option<()> {
        while self.buffer.len() < PREFACE {
            self.read().await?;
        }
        self.buffer.advance(PREFACE);
        loop {
            // Everything that has arrived is read before the next frame is written.
            while let Ok(read) = timeout(Duration::from_millis(1), self.read()).await {
                read?;
            }
            let frame = self.server.lock().unwrap().next_frame(self.number);
            match frame {
                Some(frame) => self.socket.write_all(&frame).await.ok()?,
                None => self.read().await?,
            }
        }
    }

    /// Reads some bytes, and records the creates that are then whole.
    async fn read(&mut self) -> Option<()> {
        if self.socket.read_buf(&mut self.buffer).await.ok()? == 0 {
            return None;
        }
        // Before the preface is read, this is a huge frame that never ends.
        while let Some((kind, flags, stream, payload)) = parse(&mut self.buffer) {
            if kind == DATA {
                let body = self.bodies.entry(stream).or_default();
                body.extend_from_slice(&payload);
                if let Some(name) = (flags & END_STREAM != 0).then(|| name_of(body)).flatten() {
                    let mut server = self.server.lock().unwrap();
                    server.creates.entry(name).or_default().push((self.number, stream));
                }
            }
        }
        Some(())
    }
}

impl Server {
    /// Returns the next frame of the script.
    fn next_frame(&mut self, connection: usize) -> Option<Vec<u8>> {
        if self.script.len() < 2 {
            return None;
        }
        let (kind, argument) = (self.script.get_u8(), self.script.get_u8());
        let stream = 1 + 2 * u32::from(argument % 8);
        let choice = usize::from(argument / 8);
        let code = u32::try_from(choice % 14).unwrap();
        Some(match kind % 9 {
            0 => match argument {
                0 => frame(SETTINGS, 0, 0, &[]),
                _ => frame(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, argument % 4]),
            },
            1 | 2 => {
                let head = choice % HEADS.len();
                if head == TOO_MANY_REQUESTS {
                    self.unprocessed.insert((connection, stream));
                } else if head != EARLY_HINTS {
                    self.heads.insert((connection, stream));
                }
                frame(HEADERS, END_HEADERS | ((kind / 9) & END_STREAM), stream, HEADS[head])
            }
            3 => frame(DATA, (kind / 9) & END_STREAM, stream, BODIES[choice % BODIES.len()]),
            4 => {
                if code == REFUSED_STREAM {
                    self.reject(connection, stream);
                }
                frame(RST_STREAM, 0, stream, &code.to_be_bytes())
            }
            5 => {
                let last = stream - 1;
                if code == NO_ERROR {
                    (last..100).for_each(|stream| self.reject(connection, stream + 1));
                }
                frame(GOAWAY, 0, 0, &[last.to_be_bytes(), code.to_be_bytes()].concat())
            }
            6 => frame(PING, argument & 1, 0, &[0; 8]),
            7 => frame(WINDOW_UPDATE, 0, stream - 1, &[argument; 4]),
            _ => {
                // Any bytes at all, which may say anything.
                (1..100).for_each(|stream| self.reject(connection, stream));
                let length = choice.min(self.script.len());
                self.script.split_to(length).to_vec()
            }
        })
    }

    /// Records that a stream was said not to have been processed, unless it has a response.
    fn reject(&mut self, connection: usize, stream: u32) {
        if !self.heads.contains(&(connection, stream)) {
            self.unprocessed.insert((connection, stream));
        }
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    frame.put_uint(payload.len() as u64, 3);
    frame.put_u8(kind);
    frame.put_u8(flags);
    frame.put_u32(stream);
    frame.extend_from_slice(payload);
    frame
}

fn parse(buffer: &mut BytesMut) -> Option<(u8, u8, u32, Bytes)> {
    let length: usize = buffer.get(..3)?.get_uint(3).try_into().unwrap();
    if buffer.len() < 9 + length {
        return None;
    }
    buffer.advance(3);
    let (kind, flags, stream) = (buffer.get_u8(), buffer.get_u8(), buffer.get_u32());
    Some((kind, flags, stream, buffer.split_to(length).freeze()))
}

fn name_of(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    Some(body["actor"]["call"].as_str()?.to_owned())
}
