//! The end of an emulator. A program with one test: the emulator of another test could take the
//! port before this one has checked that it is free.

mod http_client;

use std::{
    io::{ErrorKind, Read as _},
    net::TcpStream,
    time::Duration,
};

use clerk_emulator::{Emulator, Fault};
use http_client::{host, send_into_fault};

#[test]
fn a_dropped_emulator_closes_its_connections_and_its_port() {
    let emulator = Emulator::start().unwrap();
    let address = host(&emulator).to_owned();
    let mut idle = TcpStream::connect(&address).unwrap();
    emulator.inject(Fault::silence());
    let mut silent = send_into_fault(&emulator);
    emulator.inject(Fault::delay(Duration::from_secs(3600)));
    let mut waiting = send_into_fault(&emulator);

    drop(emulator);

    // At once: a test may start another emulator on the same port.
    assert_eq!(TcpStream::connect(&address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    for stream in [&mut idle, &mut silent, &mut waiting] {
        // The stream ends or is reset, without a byte and without a wait.
        assert_eq!(stream.read(&mut [0; 1]).unwrap_or(0), 0);
    }
}
