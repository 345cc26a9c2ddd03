// A server by requests and responses, one by streams, one over TLS that speaks HTTP/1 too, and a client to each.
const { readFileSync } = require('node:fs');
const { EventEmitter, once } = require('node:events');
const api = require('@opentelemetry/api');

exports.run = async ({ http2, https }, keyFile, certFile) => {
  const tracer = api.trace.getTracer('traffic');
  const mark = (name) => tracer.startSpan(name).end();
  const pair = { key: readFileSync(keyFile), cert: readFileSync(certFile) };

  const received = new EventEmitter();
  const compat = http2.createServer((req, res) => {
    req.on('data', () => {
      mark('in data');
      received.emit('data');
    });
    req.on('end', () => {
      mark('in end');
      res.on('finish', () => mark('in finish')).on('close', () => mark('in close'));
      res.writeHead(req.url === '/fails' ? 503 : 200, { 'x-captured': 'a' });
      res.end('x');
    });
  });
  const streams = http2.createServer().on('stream', (stream, headers) => {
    mark('in stream');
    stream.on('error', () => {});
    if (headers[':path'] === '/reset') return stream.close(http2.constants.NGHTTP2_CANCEL);
    stream.respond({ ':status': 404 });
    stream.end('y');
  });
  const secure = http2.createSecureServer({ ...pair, allowHTTP1: true }, (req, res) => {
    req.resume().on('end', () => res.end(mark(`by ${req.httpVersion}`)));
  });
  for (const server of [compat, streams, secure]) await once(server.listen(0), 'listening');
  const ports = { compat: compat.address().port, streams: streams.address().port, secure: secure.address().port };

  async function ask(origin, headers, body) {
    const session = http2.connect(origin, { rejectUnauthorized: false });
    await tracer.startActiveSpan(`case ${headers[':path']}`, async (span) => {
      const stream = session.request(headers, { endStream: body === undefined });
      stream.on('response', () => mark('in response')).on('end', () => mark('in end of the response'));
      stream.on('error', () => mark('in error'));
      if (body !== undefined) {
        stream.write(body);
        void once(received, 'data').then(() => stream.end(body));
      }
      stream.resume();
      await new Promise((resolve) => stream.on('close', resolve));
      span.end();
    });
    session.close();
  }
  await ask(`http://localhost:${ports.compat}`, { ':path': '/body?sig=1', ':method': 'POST' }, 'abc');
  await ask(`http://localhost:${ports.compat}`, { ':path': '/fails' });
  await ask(`http://localhost:${ports.streams}`, { ':path': '/stream' });
  await ask(`http://localhost:${ports.streams}`, { ':path': '/reset' });
  await ask(`https://localhost:${ports.secure}`, { ':path': '/secure' });
  await tracer.startActiveSpan('case /http1', async (span) => {
    const req = https.get({ port: ports.secure, path: '/http1', rejectUnauthorized: false, agent: false });
    req.on('response', (res) => res.resume());
    await once(req, 'close');
    span.end();
  });
  for (const server of [compat, streams, secure]) server.close();
  console.log(JSON.stringify(ports));
};
