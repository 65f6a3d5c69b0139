// An HTTP/2 server that passes requests on, and prints the client's port and the upstream's status
// for each of them. It closes a session gracefully after MAX_REQUESTS, if that is given.

import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createSecureServer } from "node:http2";

const [port, upstreamPort, identity, maxRequests] = process.argv.slice(2);
const pem = readFileSync(identity);
const requests = new WeakMap();

const server = createSecureServer({ cert: pem, key: pem }, (incoming, outgoing) => {
  const { session } = incoming.stream;
  const { remotePort } = session.socket;
  const { "content-type": contentType, "content-length": contentLength } = incoming.headers;
  const upstream = request(
    {
      host: "127.0.0.1",
      port: upstreamPort,
      method: incoming.method,
      path: incoming.url,
      headers: { "content-type": contentType, "content-length": contentLength },
    },
    (response) => {
      console.log(remotePort, response.statusCode);
      outgoing.writeHead(response.statusCode, { "content-type": "application/json" });
      response.pipe(outgoing);
    },
  );
  incoming.pipe(upstream);

  requests.set(session, (requests.get(session) ?? 0) + 1);
  if (requests.get(session) === Number(maxRequests)) session.close();
});

server.listen(port, "127.0.0.1");
