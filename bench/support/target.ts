/** The server that client benches call: one answer, made once, for each request. */
import { type AddressInfo, createServer } from 'node:net';
import { answer } from '../apps/answer.cjs';

const BODY = '{"id":"1","user":"ada"}';
const response = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
);

const server = createServer({ noDelay: true }, (socket) => {
  // A client that does not pipeline sends a request of this size in one piece.
  socket.on('data', () => socket.write(response)).on('error', () => {});
});
server.listen(0, '127.0.0.1', () => answer({}, { port: (server.address() as AddressInfo).port }));
