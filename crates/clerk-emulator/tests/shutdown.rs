//! The end of an emulator. One test in a file of its own: a port that was just given back must not
//! be taken by another test's emulator before this one has looked.

mod wire;

use std::{
    io::{ErrorKind, Read as _},
    net::TcpStream,
    time::Duration,
};

use clerk_emulator::{Emulator, Fault};
use wire::{host, send_into_fault};

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

    // At once: whoever drops an emulator may start another at its port.
    assert_eq!(TcpStream::connect(&address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    for stream in [&mut idle, &mut silent, &mut waiting] {
        // The end of the stream or a reset, but no byte and no waiting.
        assert_eq!(stream.read(&mut [0; 1]).unwrap_or(0), 0);
    }
}
