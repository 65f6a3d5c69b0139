use std::net::{Ipv4Addr, SocketAddr};

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use clerk_core::http::Uri;
use clerk_transport_hyper::HyperTransport;
use h2::Reason;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::connector::Connector;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

/// The largest frame that may be written without asking.
const MAX_FRAME: usize = 16 * 1024;

/// A server that a test plays by hand, frame by frame, over HTTP/2 without TLS.
pub struct Http2Peer {
    listener: TcpListener,
}

/// The server's side of one connection. It reads nothing unless the test asks it to.
pub struct Http2PeerConnection {
    socket: TcpStream,
    buffer: BytesMut,
}

/// The frames that matter to a test; all others are read over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The head of a request on this stream.
    Headers(u32),
    /// A part of a body, and whether it is the last one.
    Data(u32, Bytes, bool),
    Reset(u32, Reason),
    Pong,
    /// The client has closed the connection.
    End,
}

impl Http2Peer {
    pub async fn start() -> Self {
        Self { listener: TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap() }
    }

    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    /// Returns a transport that takes HTTP/2 for negotiated.
    pub fn transport() -> HyperTransport {
        let connector = Connector::http2(|uri: Uri| async move {
            let stream = TcpStream::connect(uri.authority().unwrap().as_str()).await?;
            stream.set_nodelay(true)?;
            Ok(stream)
        });
        HyperTransport::builder().connector(connector).build().unwrap()
    }

    /// Accepts a connection and states the limit of streams.
    pub async fn accept(&self, max_streams: Option<u32>) -> Http2PeerConnection {
        let mut connection = self.accept_silently().await;
        connection.settings(max_streams).await;
        connection
    }

    /// Accepts a connection without the SETTINGS that should begin it. One that the client has
    /// given up already is passed over.
    pub async fn accept_silently(&self) -> Http2PeerConnection {
        loop {
            let (mut socket, _) = self.listener.accept().await.unwrap();
            socket.set_nodelay(true).unwrap();
            let mut preface = vec![0; PREFACE.len()];
            if socket.read_exact(&mut preface).await.is_ok() {
                assert_eq!(preface, PREFACE);
                return Http2PeerConnection { socket, buffer: BytesMut::new() };
            }
        }
    }
}

impl Http2PeerConnection {
    /// Returns the next frame that matters.
    pub async fn next(&mut self) -> Frame {
        loop {
            if let Some((kind, flags, stream, payload)) = self.parse() {
                match (kind, flags) {
                    (0, _) => return Frame::Data(stream, payload, flags & END_STREAM != 0),
                    (1, _) => return Frame::Headers(stream),
                    (3, _) => return Frame::Reset(stream, (&payload[..]).get_u32().into()),
                    (4, flags) if flags != ACK => self.write(4, ACK, 0, &[]).await,
                    (6, ACK) => return Frame::Pong,
                    (6, _) => self.write(6, ACK, 0, &payload).await,
                    // PRIORITY, GOAWAY, WINDOW_UPDATE, acknowledged SETTINGS.
                    _ => {}
                }
            } else if !matches!(self.socket.read_buf(&mut self.buffer).await, Ok(1..)) {
                return Frame::End;
            }
        }
    }

    /// Returns the number of the next stream and the whole body of its request.
    pub async fn request(&mut self) -> (u32, Bytes) {
        let mut requests = self.requests(1).await;
        requests.remove(0)
    }

    /// Returns the numbers of the next streams and the whole bodies of their requests.
    pub async fn requests(&mut self, count: usize) -> Vec<(u32, Bytes)> {
        let (mut begun, mut whole) = (Vec::new(), Vec::new());
        while whole.len() < count {
            match self.next().await {
                Frame::Headers(stream) => begun.push((stream, BytesMut::new())),
                Frame::Data(stream, data, is_last) => {
                    let at = begun.iter().position(|(of, _)| *of == stream).unwrap();
                    begun[at].1.extend_from_slice(&data);
                    if is_last {
                        whole.push((stream, begun.remove(at).1.freeze()));
                    }
                }
                Frame::Reset(..) | Frame::Pong => {}
                Frame::End => panic!("expected a request"),
            }
        }
        assert!(begun.is_empty(), "more requests than expected");
        whole
    }

    /// Returns all frames that the client sends of its own accord, up to now. It has then read what
    /// was written before.
    pub async fn sent_so_far(&mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        // What the client had to send when the first ping arrived precedes the second pong.
        for _ in 0..2 {
            self.write(6, 0, 0, &[0; 8]).await;
            loop {
                match self.next().await {
                    Frame::Pong => break,
                    Frame::End => return frames,
                    frame => frames.push(frame),
                }
            }
        }
        frames
    }

    /// Writes SETTINGS, with this limit of streams if there is one.
    pub async fn settings(&mut self, max_streams: Option<u32>) {
        let mut payload = Vec::new();
        if let Some(max_streams) = max_streams {
            payload.put_u16(3);
            payload.put_u32(max_streams);
        }
        self.write(4, 0, 0, &payload).await;
    }

    /// Writes a head with the status 200, these headers, and no body if it is the end.
    pub async fn head(&mut self, stream: u32, headers: &[(&str, &str)], is_end: bool) {
        let mut block = BytesMut::from(&[0x88][..]);
        for (name, value) in headers {
            block.put_u8(0);
            put_string(&mut block, name);
            put_string(&mut block, value);
        }
        let end_stream = if is_end { END_STREAM } else { 0 };
        let chunks: Vec<_> = block.chunks(MAX_FRAME).collect();
        for (index, chunk) in chunks.iter().enumerate() {
            let end_headers = if index + 1 == chunks.len() { END_HEADERS } else { 0 };
            let (kind, flags) = if index == 0 { (1, end_stream) } else { (9, 0) };
            self.write(kind, flags | end_headers, stream, chunk).await;
        }
    }

    /// Writes a part of a body.
    pub async fn data(&mut self, stream: u32, data: &[u8], is_end: bool) {
        self.write(0, if is_end { END_STREAM } else { 0 }, stream, data).await;
    }

    /// Writes a whole response with the status 200.
    pub async fn respond(&mut self, stream: u32, body: &str) {
        self.head(stream, &[], false).await;
        self.data(stream, body.as_bytes(), true).await;
    }

    pub async fn reset(&mut self, stream: u32, reason: Reason) {
        self.write(3, 0, stream, &u32::from(reason).to_be_bytes()).await;
    }

    /// Writes a GOAWAY.
    pub async fn go_away(&mut self, last_stream: u32, reason: Reason) {
        let payload = [last_stream.to_be_bytes(), u32::from(reason).to_be_bytes()].concat();
        self.write(7, 0, 0, &payload).await;
    }

    /// Lets the client send this many bytes more, on a stream or, if it is 0, on the connection.
    pub async fn window_update(&mut self, stream: u32, bytes: u32) {
        self.write(8, 0, stream, &bytes.to_be_bytes()).await;
    }

    /// Writes a frame. If the client has closed the connection, the next read shows it.
    pub async fn write(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let mut frame = BytesMut::new();
        frame.put_uint(payload.len() as u64, 3);
        frame.put_u8(kind);
        frame.put_u8(flags);
        frame.put_u32(stream);
        frame.extend_from_slice(payload);
        let _closed = self.socket.write_all(&frame).await;
    }

    fn parse(&mut self) -> Option<(u8, u8, u32, Bytes)> {
        let length = self.buffer.get(..3)?.get_uint(3).try_into().unwrap();
        if self.buffer.len() < 9 + length {
            return None;
        }
        self.buffer.advance(3);
        let (kind, flags) = (self.buffer.get_u8(), self.buffer.get_u8());
        let stream = self.buffer.get_u32();
        Some((kind, flags, stream, self.buffer.split_to(length).freeze()))
    }
}

/// Writes a string of HPACK, without compression.
fn put_string(block: &mut BytesMut, string: &str) {
    let mut length = string.len();
    if length < 127 {
        block.put_u8(u8::try_from(length).unwrap());
    } else {
        block.put_u8(127);
        length -= 127;
        while length >= 128 {
            block.put_u8(u8::try_from(length % 128 + 128).unwrap());
            length /= 128;
        }
        block.put_u8(u8::try_from(length).unwrap());
    }
    block.extend_from_slice(string.as_bytes());
}
