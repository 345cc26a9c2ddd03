// Runs every case of HTTP traffic there is in here, one after the other, each inside a span `case <name>`.
const api = require('@opentelemetry/api');
const core = require('@opentelemetry/core');
const express = require('express');
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const http2 = require('node:http2');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const tls = require('node:tls');
const url = require('node:url');
const { once } = require('node:events');
const { setTimeout: delay } = require('node:timers/promises');

const tracer = api.trace.getTracer('traffic');
const cases = [];
const add = (name, run) => cases.push([name, run]);
const pair = { key: fs.readFileSync(process.argv[2]), cert: fs.readFileSync(process.argv[3]) };

/** A span in whatever context this is called in: where it lands is compared. */
const mark = (name) => tracer.startSpan(name).end();

/** What the server does in the case that runs. */
let handle;
const hello = (req, res) => {
  req.resume();
  res.setHeader('x-captured', 'from-server');
  res.end('hello');
};
const server = http.createServer((req, res) => handle(req, res));
const secure = https.createServer(pair, (req, res) => handle(req, res));
const unix = http.createServer((req, res) => handle(req, res));
const other = http.createServer((req, res) => otherHandle(req, res));
let otherHandle;
const unixPath = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'traffic-')), 'socket');
const port = () => server.address().port;
const securePort = () => secure.address().port;

/** The header that puts what a raw socket sends into the case's trace. */
function parent() {
  const carrier = {};
  api.propagation.inject(api.context.active(), carrier);
  return `traceparent: ${carrier.traceparent}\r\n`;
}

/** Resolves when the case's handler has been called. */
function handled() {
  const given = handle;
  return new Promise((resolve) => {
    handle = (req, res) => resolve(given(req, res));
  });
}

/** Writes bytes to a server, in pieces with a pause between, and resolves when it has closed the connection. */
async function raw(pieces, { to = port(), secure = false, end = true, afterMs = 0, until, cut = false } = {}) {
  const socket = secure
    ? tls.connect({ port: to, host: '127.0.0.1', rejectUnauthorized: false })
    : net.connect(to, '127.0.0.1');
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (data) => (text += data.toString('latin1')));
  const ended = closed(socket);
  await once(socket, secure ? 'secureConnect' : 'connect');
  for (const piece of [pieces].flat()) {
    socket.write(piece, 'latin1');
    await delay(15);
  }
  if (afterMs > 0) await delay(afterMs);
  await until;
  if (cut) socket.resetAndDestroy ? socket.resetAndDestroy() : socket.destroy();
  else if (end) socket.end();
  await ended;
  await delay(5);
  return text;
}

/** One request over a socket, in the case's trace. */
const request = (line, headers = 'Host: example.com\r\n', body = '') =>
  `${line}\r\n${parent()}${headers}Connection: close\r\n\r\n${body}`;
const get = (target, headers) => raw(request(`GET ${target} HTTP/1.1`, headers));

/** Waits until a client's request is over. */
function over(req) {
  return new Promise((resolve) => {
    req.on('error', () => {});
    req.on('response', (res) => {
      res.on('error', () => {});
      res.resume();
    });
    req.on('close', resolve);
  });
}
const closed = (emitter) => new Promise((resolve) => emitter.on('close', resolve));
const send = async (make) => {
  const req = make();
  if (!req.writableEnded) req.end();
  await over(req);
};

// --- the server, by method, status, target, host

for (const method of 'GET HEAD POST PUT DELETE OPTIONS TRACE PATCH PROPFIND MKCOL PURGE M-SEARCH SEARCH LINK REPORT'.split(
  ' ',
)) {
  add(`server: method ${method}`, () => raw(request(`${method} /x HTTP/1.1`)));
}

for (const status of [
  200, 201, 202, 204, 206, 299, 300, 301, 302, 304, 307, 400, 401, 403, 404, 409, 410, 418, 422, 429, 451, 499, 500,
  501, 502, 503, 504, 599, 600, 799, 999,
]) {
  add(`server and client: status ${status}`, () => {
    handle = (req, res) => {
      res.statusCode = status;
      res.end();
    };
    return send(() => http.get({ port: port(), path: '/status' }));
  });
}

for (const target of [
  '/',
  '/a/b',
  '/a//b',
  '//double/slash',
  '/a/../b',
  '/a/./b',
  '/%2e%2e/x',
  '/a/%2E/b',
  '/%41%c3%bc',
  '/\xfcml\xe4ut',
  '/?',
  '/a?',
  '/a?x',
  '/a?x=1',
  '/a?x=1&x=2',
  '/a??x=1',
  '/a?sig=secret',
  '/a?Signature=s&b=1&sig=2',
  '/a?SIG=no',
  '/a?X-Amz-Signature=s&X-Amz-Credential=c',
  '/a?q=a+b',
  '/a?q=a%20b',
  '/a?q=%C3%BC',
  "/a?q='x'",
  '/a?a[b]=c',
  '/a?x=1?y=2',
  '/a?=x',
  '/a?&&',
  '/a?x=~',
  '/a;p=1',
  '/a,b:c@d!$()*',
  'http://other.example/x?y=1',
  'http://other.example',
  '/.hidden',
  '/a/.well-known/x',
  '/..',
  '/a#b',
  '/a?b#c',
  '/a\\b',
  '/"quoted"',
  '/{a}|b',
  `/${'long/'.repeat(400)}`,
  `/a?${'x=1&'.repeat(300)}y=2`,
  '/a%',
  '/a%zz',
  '/a?b=%',
  '/index.html',
]) {
  add(`server: target ${target.slice(0, 60)}`, () => get(target));
}
add('server: target *', () => raw(request('OPTIONS * HTTP/1.1')));

for (const host of [
  'localhost',
  'example.com:8080',
  'EXAMPLE.com',
  '1.2.3.4',
  '1.2.3.4:80',
  '127.0.0.1:3000',
  '999.1.1.1',
  '0x7f.1',
  '[::1]',
  '[::1]:8080',
  'a b',
  'example.com:port',
  'example.com:99999',
  'example.com:',
  'a:b:c',
  'xn--mnchen-3ya.de',
  'under_score.example',
  '-dash.example',
  'a..b',
  'a.b.',
  'user@host',
  'host/path',
]) {
  add(`server: host ${host}`, () => get('/host?x=1', `Host: ${host}\r\n`));
  if (/^(localhost|1\.2|\[::1\])/.test(host)) {
    add(`server: host ${host} over TLS`, () =>
      raw(request('GET /host HTTP/1.1', `Host: ${host}\r\n`), { to: securePort(), secure: true }),
    );
  }
}
add('server: an empty host', () => get('/host', 'Host:\r\n'));
add('server: two hosts', () => get('/host', 'Host: one.example\r\nHost: two.example\r\n'));
add('server: HTTP/1.0 without a host', () => raw(request('GET /old HTTP/1.0', '')));

for (const [name, headers] of [
  ['Forwarded', 'Forwarded: for=192.0.2.60;proto=http;by=203.0.113.43;host=outside.example\r\n'],
  ['Forwarded with https', 'Forwarded: host=outside.example;proto=https\r\n'],
  ['Forwarded with a port', 'Forwarded: for="192.0.2.60:4711";host="outside.example:8443"\r\n'],
  ['Forwarded with IPv6', 'Forwarded: for="[2001:db8::1]:4711";host="[2001:db8::2]:8080"\r\n'],
  ['Forwarded with IPv6 and no port', 'Forwarded: for="[2001:db8::1]";host="[2001:db8::2]";proto=http\r\n'],
  ['Forwarded in a list', 'Forwarded: for=192.0.2.43, for=198.51.100.17;host=second.example\r\n'],
  ['Forwarded that is none', 'Forwarded: nonsense;;=\r\n'],
  ['Forwarded for somebody obscured', 'Forwarded: for=_hidden, for=unknown\r\n'],
  [
    'Forwarded and X-Forwarded',
    'Forwarded: for=192.0.2.60\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-Host: x.example\r\n',
  ],
  ['X-Forwarded-For', 'X-Forwarded-For: 203.0.113.195\r\n'],
  ['X-Forwarded-For in a list', 'X-Forwarded-For: 203.0.113.195, 70.41.3.18, 150.172.238.178\r\n'],
  ['X-Forwarded-For with a port', 'X-Forwarded-For: 203.0.113.195:41237\r\n'],
  ['X-Forwarded-For with IPv6', 'X-Forwarded-For: 2001:db8:85a3:8d3:1319:8a2e:370:7348\r\n'],
  ['X-Forwarded-For with IPv6 and a port', 'X-Forwarded-For: [2001:db8::1]:4711\r\n'],
  ['X-Forwarded-For that is empty', 'X-Forwarded-For:\r\n'],
  ['X-Forwarded-For twice', 'X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8\r\n'],
  ['X-Forwarded-Host', 'X-Forwarded-Host: outside.example\r\n'],
  ['X-Forwarded-Host and -Proto', 'X-Forwarded-Host: outside.example\r\nX-Forwarded-Proto: https\r\n'],
  ['X-Forwarded-Host with a port', 'X-Forwarded-Host: outside.example:8443\r\nX-Forwarded-Proto: https\r\n'],
  ['X-Forwarded-Host in a list', 'X-Forwarded-Host: one.example, two.example\r\nX-Forwarded-Proto: https, http\r\n'],
  ['X-Forwarded-Host that is empty', 'X-Forwarded-Host:\r\n'],
  ['X-Forwarded-Proto alone', 'X-Forwarded-Proto: https\r\n'],
  ['User-Agent', 'User-Agent: curl/8.0\r\n'],
  ['User-Agent that is empty', 'User-Agent:\r\n'],
  ['User-Agent twice', 'User-Agent: one\r\nUser-Agent: two\r\n'],
  ['a captured header', 'X-Captured: yes\r\n'],
  ['a captured header twice', 'X-Captured: yes\r\nX-Captured: again\r\n'],
  ['captured cookies', 'Cookie: a=1\r\nCookie: b=2\r\n'],
  ['baggage', 'Baggage: a=1,b=2\r\n'],
]) {
  add(`server: ${name}`, () => get('/headers', `Host: example.com\r\n${headers}`));
}

for (const [name, line] of [
  ['none', ''],
  ['one that is none', 'traceparent: 00-nonsense\r\n'],
  ['all zeros', `traceparent: 00-${'0'.repeat(32)}-${'0'.repeat(16)}-01\r\n`],
  ['one of a later version', `traceparent: 01-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01-more\r\n`],
  ['one that is not sampled', `traceparent: 00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-00\r\n`],
  [
    'two',
    `traceparent: 00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01\r\ntraceparent: 00-${'c1'.repeat(16)}-${'d2'.repeat(8)}-01\r\n`,
  ],
  ['one with state', `traceparent: 00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01\r\ntracestate: vendor=1,other=2\r\n`],
]) {
  add(`server: trace parent: ${name}`, () =>
    raw(`GET /parent HTTP/1.1\r\nHost: example.com\r\n${line}Connection: close\r\n\r\n`),
  );
}

// --- the server: bodies, connections, ends

add('server: keep-alive, 3 requests', () => {
  const one = (n) => `GET /keep/${n} HTTP/1.1\r\n${parent()}Host: a.example\r\n\r\n`;
  return raw([one(1), one(2), one(3)]);
});
add('server: pipelining, 3 requests', () => {
  const one = (n) => `GET /pipe/${n} HTTP/1.1\r\n${parent()}Host: a.example\r\n\r\n`;
  handle = (req, res) => setTimeout(() => res.end(mark(`in ${req.url}`)), 12 - Number(req.url.at(-1)) * 3);
  return raw([one(1) + one(2) + one(3)], { afterMs: 40 });
});
add('server: a chunked body in pieces, spans in its listeners', () => {
  handle = (req, res) => {
    mark('in handler');
    req.on('data', () => mark('in data'));
    req.on('end', () => {
      mark('in end');
      res.end();
    });
    req.on('close', () => mark('in close of the request'));
    res.on('finish', () => mark('in finish'));
    res.on('close', () => mark('in close of the response'));
  };
  const head = request('POST /body HTTP/1.1', 'Host: a.example\r\nTransfer-Encoding: chunked\r\n');
  return raw([head, '3\r\nabc\r\n', '2\r\nde\r\n', '0\r\n\r\n']);
});
add('server: a body read with for await', () => {
  handle = async (req, res) => {
    for await (const _ of req) mark('in chunk');
    mark('after');
    res.end();
  };
  const head = request('POST /body HTTP/1.1', 'Host: a.example\r\nContent-Length: 6\r\n');
  return raw([head, 'abc', 'def']);
});
add('server: a body read by readable and read', () => {
  handle = (req, res) => {
    req.on('readable', () => {
      if (req.read() !== null) mark('in readable');
    });
    req.once('end', () => res.end(mark('in end')));
  };
  return raw([request('POST /body HTTP/1.1', 'Host: a.example\r\nContent-Length: 6\r\n'), 'abc', 'def']);
});
add('server: a body piped into the response', () => {
  handle = (req, res) => req.pipe(res);
  return raw([request('POST /echo HTTP/1.1', 'Host: a.example\r\nContent-Length: 6\r\n'), 'abc', 'def']);
});
add('server: spans after timers, ticks and promises', () => {
  handle = async (req, res) => {
    process.nextTick(() => mark('in tick'));
    queueMicrotask(() => mark('in microtask'));
    setImmediate(() => mark('in immediate'));
    await delay(5);
    mark('after a timer');
    res.write('a', () => mark('in write callback'));
    res.end('b', () => mark('in end callback'));
  };
  return get('/async');
});
add('server: the body and the answer of a request cross', () => {
  handle = (req, res) => {
    res.end('early');
    req.on('data', () => mark('in data')).on('end', () => mark('in end'));
  };
  return raw([request('POST /cross HTTP/1.1', 'Host: a.example\r\nContent-Length: 6\r\n'), 'abc', 'def']);
});
add('server: Expect: 100-continue', () => {
  handle = (req, res) => req.on('data', () => mark('in data')).on('end', () => res.end());
  return raw([request('POST /x HTTP/1.1', 'Host: a.example\r\nContent-Length: 3\r\nExpect: 100-continue\r\n'), 'abc']);
});
add('server: Expect: 100-continue with a listener that continues', async () => {
  const listener = (req, res) => {
    res.writeContinue();
    server.emit('request', req, res);
  };
  server.on('checkContinue', listener);
  await raw([request('POST /x HTTP/1.1', 'Host: a.example\r\nContent-Length: 3\r\nExpect: 100-continue\r\n'), 'abc']);
  server.off('checkContinue', listener);
});
add('server: Expect: 100-continue with a listener that answers', async () => {
  const listener = (req, res) => res.writeHead(413).end();
  server.on('checkContinue', listener);
  await raw([request('POST /x HTTP/1.1', 'Host: a.example\r\nContent-Length: 3\r\nExpect: 100-continue\r\n')]);
  server.off('checkContinue', listener);
});
add('server: an expectation that Node.js refuses', () =>
  raw(request('GET /x HTTP/1.1', 'Host: a.example\r\nExpect: wonders\r\n')),
);
add('server: no host, which Node.js refuses', () => raw(request('GET /x HTTP/1.1', '')));
add('server: one request more than the connection may have', async () => {
  server.maxRequestsPerSocket = 1;
  const one = (n) => `GET /max/${n} HTTP/1.1\r\n${parent()}Host: a.example\r\n\r\n`;
  await raw([one(1) + one(2)]);
  server.maxRequestsPerSocket = 0;
});
add('server: what is no HTTP', () => raw('nonsense\r\n\r\n'));
add('server: early hints and 102', () => {
  handle = (req, res) => {
    res.writeEarlyHints({ link: '</a.css>; rel=preload' });
    res.writeProcessing();
    res.end('x');
  };
  return get('/hints');
});
add('server: trailers', () => {
  handle = (req, res) => {
    res.writeHead(200, { trailer: 'x-t' });
    res.write('a');
    res.addTrailers({ 'x-t': '1' });
    res.end();
  };
  return get('/trailers');
});
add('server: captured headers of the response', () => {
  handle = (req, res) => {
    res.setHeader('x-captured', ['a', 'b']);
    res.setHeader('content-length', 2);
    res.setHeader('set-cookie', 'c=1');
    res.end('ok');
  };
  return get('/captured');
});
add('server: headers given to writeHead', () => {
  handle = (req, res) => res.writeHead(201, { 'x-captured': 'head' }).end();
  return get('/captured');
});
add('server: the client goes before the answer', () => {
  handle = (req, res) => {
    req.on('aborted', () => mark('in aborted'));
    req.on('error', () => mark('in error'));
    req.on('close', () => mark('in close of the request'));
    res.on('close', () => mark('in close of the response'));
  };
  return raw(request('GET /gone HTTP/1.1'), { until: handled(), cut: true });
});
add('server: the client goes in the middle of the body', () => {
  handle = (req, res) => req.on('error', () => {}).on('data', () => {});
  return raw([request('POST /gone HTTP/1.1', 'Host: a.example\r\nContent-Length: 100\r\n'), 'abc'], {
    until: handled(),
    cut: true,
  });
});
add('server: the client goes in the middle of the answer', () => {
  handle = (req, res) => res.write('a');
  return raw(request('GET /gone HTTP/1.1'), { until: handled(), cut: true });
});
add('server: the client goes with a status set', () => {
  handle = (req, res) => {
    res.statusCode = 503;
    res.write('a');
  };
  return raw(request('GET /gone HTTP/1.1'), { until: handled(), cut: true });
});
add('server: the server destroys the connection', () => {
  handle = (req) => req.socket.destroy();
  return get('/destroyed');
});
add('server: the server destroys the response', () => {
  handle = (req, res) => res.destroy();
  return get('/destroyed');
});
add('server: the server destroys the response with an error', () => {
  handle = (req, res) => {
    res.on('error', () => mark('in error'));
    res.destroy(new TypeError('broken'));
  };
  return get('/destroyed');
});
add('server: the server destroys the request', () => {
  handle = (req, res) => {
    req.on('error', () => mark('in error'));
    req.destroy(new Error('enough'));
  };
  return get('/destroyed');
});
add('server: an error is emitted on the response', () => {
  handle = (req, res) => {
    res.on('error', () => {
      mark('in error');
      res.statusCode = 500;
      res.end();
    });
    res.emit('error', new RangeError('emitted'));
  };
  return get('/error');
});
add('server: written after the end', () => {
  handle = (req, res) => {
    res.on('error', () => mark('in error'));
    res.end('a');
    res.write('b');
  };
  return get('/after-end');
});
add('server: timeout of the server', async () => {
  server.setTimeout(80);
  handle = () => {};
  await raw(request('GET /slow HTTP/1.1'), { end: false });
  server.setTimeout(0);
});
add('server: timeout of the response', () => {
  handle = (req, res) => {
    res.setTimeout(60, () => {
      mark('in timeout');
      res.statusCode = 504;
      res.end();
    });
  };
  return raw(request('GET /slow HTTP/1.1'), { end: false });
});
add('server: an upgrade that nobody listens to', () =>
  raw(
    request('GET /ws HTTP/1.1', 'Host: a.example\r\nUpgrade: websocket\r\n').replace(
      'Connection: close',
      'Connection: Upgrade',
    ),
    { afterMs: 10 },
  ),
);
add('server: an upgrade', async () => {
  const listener = (req, socket) => {
    mark('in upgrade');
    socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  };
  server.on('upgrade', listener);
  await raw(
    request('GET /ws HTTP/1.1', 'Host: a.example\r\nUpgrade: websocket\r\n').replace(
      'Connection: close',
      'Connection: Upgrade',
    ),
  );
  server.off('upgrade', listener);
});
add('server: an upgrade after a request on the same connection', async () => {
  const listener = (req, socket) => {
    mark('in upgrade');
    socket.on('data', () => {
      mark('in data of the socket');
      socket.end();
    });
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  };
  server.on('upgrade', listener);
  await raw([
    `GET /first HTTP/1.1\r\n${parent()}Host: a.example\r\n\r\n`,
    `GET /ws HTTP/1.1\r\n${parent()}Host: a.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
    'data',
  ]);
  server.off('upgrade', listener);
});
add('server: CONNECT', async () => {
  const listener = (req, socket) => {
    mark('in connect');
    socket.end('HTTP/1.1 200 OK\r\n\r\n');
  };
  server.on('connect', listener);
  await raw(request('CONNECT example.com:443 HTTP/1.1'));
  server.off('connect', listener);
});
add('server: CONNECT that nobody listens to', () => raw(request('CONNECT example.com:443 HTTP/1.1')));
add('server: a handler that throws', async () => {
  const caught = new Promise((resolve) => process.once('uncaughtException', resolve));
  handle = (req, res) => {
    setTimeout(() => res.end(), 5);
    throw new SyntaxError('thrown');
  };
  await Promise.all([caught, get('/throw')]);
});
add('server: a handler that throws what is no error', async () => {
  const caught = new Promise((resolve) => process.once('uncaughtException', resolve));
  handle = (req, res) => {
    setTimeout(() => res.end(), 5);
    throw 'text';
  };
  await Promise.all([caught, get('/throw')]);
});
add('server: an asynchronous handler that rejects', async () => {
  const caught = new Promise((resolve) => process.once('unhandledRejection', resolve));
  handle = async (req, res) => {
    setTimeout(() => res.end(), 5);
    throw new Error('rejected');
  };
  await Promise.all([caught, get('/reject')]);
});
add('server: two servers of one process', async () => {
  otherHandle = (req, res) => res.end(mark('in the other'));
  handle = (req, res) => http.get({ port: other.address().port, path: '/other' }, (inner) => inner.pipe(res));
  await get('/first');
});
add('server: a request handed on to another server', async () => {
  otherHandle = (req, res) => res.end(mark('in the other'));
  handle = (req, res) => other.emit('request', req, res);
  await get('/handed-on');
});
add('server: a server with classes of its own', async () => {
  class Request extends http.IncomingMessage {}
  class Response extends http.ServerResponse {}
  const own = http.createServer({ IncomingMessage: Request, ServerResponse: Response }, (req, res) => {
    req.on('end', () => res.end(mark('in end'))).resume();
  });
  await once(own.listen(0), 'listening');
  await raw(request('GET /own HTTP/1.1'), { to: own.address().port });
  own.close();
});
add('server: HEAD, 204 and 304 by the client', async () => {
  for (const [method, status] of [
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ]) {
    handle = (req, res) => res.writeHead(status).end();
    await send(() => http.request({ port: port(), method }));
  }
});

// --- the server: routes

for (const route of ['/users/:id', '', '/', undefined, '*']) {
  add(`server: route ${route} by the metadata of the request`, () => {
    handle = (req, res) => {
      const metadata = core.getRPCMetadata(api.context.active());
      metadata.route = route;
      res.end(mark(`${metadata.type} ${metadata.span === api.trace.getActiveSpan()}`));
    };
    return get('/users/1');
  });
}
add('server: a route set after the answer', () => {
  handle = (req, res) => {
    res.on('finish', () => {
      core.getRPCMetadata(api.context.active()).route = '/late';
    });
    res.end();
  };
  return get('/late');
});
add('server: the span is renamed and has attributes of the app', () => {
  handle = (req, res) => {
    const span = api.trace.getActiveSpan();
    span.updateName('mine');
    span.setAttribute('app', true).setAttribute('http.route', '/mine');
    res.end();
  };
  return get('/mine');
});
add('server: the app sets the status of the span', () => {
  handle = (req, res) => {
    api.trace.getActiveSpan().setStatus({ code: api.SpanStatusCode.OK });
    res.writeHead(500).end();
  };
  return get('/ok');
});
add('server: the app ends the span', () => {
  handle = (req, res) => {
    api.trace.getActiveSpan().end();
    res.end();
  };
  return get('/ended');
});

const app = express();
app.use(express.json());
app.get('/express/:id', (req, res) => res.send(mark('in route') ?? 'ok'));
app.post('/express/json', (req, res) => res.json(mark('in route') ?? req.body));
app.get('/express/fail/sync', () => {
  throw new Error('failed');
});
app.get('/express/fail/async', async () => {
  await delay(2);
  throw new Error('failed');
});
const router = express.Router();
router.use((req, res, next) => setTimeout(next, 2));
router.get('/deep/:name', (req, res) => res.status(202).end());
app.use('/nested/:top', router);
app.use((error, req, res, next) => res.status(503).end(error.message));
const appServer = http.createServer(app);
for (const [method, target, body] of [
  ['GET', '/express/1?x=1'],
  ['POST', '/express/json', '{"a":1}'],
  ['POST', '/express/json', '{"a":'],
  ['GET', '/express/fail/sync'],
  ['GET', '/express/fail/async'],
  ['GET', '/nested/a/deep/b'],
  ['GET', '/express'],
  ['HEAD', '/express/1'],
  ['OPTIONS', '/express/1'],
]) {
  add(`express: ${method} ${target} ${body ?? ''}`, () =>
    send(() => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      const req = http.request({ port: appServer.address().port, path: target, method, headers });
      return req.end(body);
    }),
  );
}

// --- the client: arguments

const base = () => `http://localhost:${port()}`;
for (const [name, args] of [
  ['a string', () => [`${base()}/a?b=1`]],
  ['a string without a path', () => [base()]],
  ['a string with a user', () => [`http://user:pa%40ss@localhost:${port()}/a`]],
  ['a string with a fragment', () => [`${base()}/a#b`]],
  ['a string with capitals', () => [`HTTP://LOCALHOST:${port()}/A/../B`]],
  ['a string with a signature', () => [`${base()}/a?sig=s&b=1`]],
  ['a string with a question mark at its end', () => [`${base()}/a?`]],
  ['a string that needs encoding', () => [`${base()}/a b/ü?q=a b'&x=~`]],
  ['a string with IPv4', () => [`http://127.0.0.1:${port()}/`]],
  ['a string and options', () => [`${base()}/a`, { method: 'POST', headers: { 'x-captured': 'c' } }]],
  ['a string and options with another path', () => [`${base()}/a`, { path: '/b' }]],
  ['a string and options with a host', () => ['http://example.invalid/a', { host: 'localhost', port: port() }]],
  ['a string and options with a hostname', () => ['http://example.invalid/a', { hostname: 'localhost', port: port() }]],
  ['a string and nothing', () => [`${base()}/a`, undefined]],
  ['a URL', () => [new URL(`${base()}/a?b=1`)]],
  ['a URL with a user', () => [new URL(`http://user:pass@localhost:${port()}/a`)]],
  ['a URL with a fragment', () => [new URL(`${base()}/a?b#c`)]],
  ['a URL and options', () => [new URL(`${base()}/a`), { method: 'PUT', headers: { 'x-captured': 'c' } }]],
  ['a URL and options with an agent', () => [new URL(`${base()}/a`), { agent: false }]],
  ['what url.parse gave', () => [url.parse(`http://user:pass@localhost:${port()}/a?b=1#c`)]],
  ['what urlToHttpOptions gave', () => [url.urlToHttpOptions(new URL(`${base()}/a?b=1`))]],
  ['a string with IPv6', () => [`http://[::1]:${port()}/a`]],
  ['a URL with IPv6', () => [new URL(`http://[::1]:${port()}/a`)]],
  ['a hostname by IPv6', () => [{ hostname: '::1', port: port(), path: '/a' }]],
  ['a port', () => [{ port: port() }]],
  ['a port as text', () => [{ port: String(port()) }]],
  ['a host', () => [{ host: 'localhost', port: port(), path: '/a' }]],
  ['a hostname', () => [{ hostname: 'localhost', port: port(), path: '/a' }]],
  ['a host and a hostname', () => [{ host: 'example.invalid', hostname: 'localhost', port: port(), path: '/a' }]],
  ['a host by IPv4', () => [{ host: '127.0.0.1', port: port(), path: '/a' }]],
  ['a protocol', () => [{ protocol: 'http:', host: 'localhost', port: port(), path: '/a' }]],
  ['a path with a query', () => [{ port: port(), path: '/a?b=1&c=%20&sig=s' }]],
  ['a path with an empty query', () => [{ port: port(), path: '/a?' }]],
  ['a path with dots and a query', () => [{ port: port(), path: '/a/../b?c=1' }]],
  ['a path with dots', () => [{ port: port(), path: '/a/../b' }]],
  ['an absolute URL as path', () => [{ port: port(), path: 'http://example.com/x?y=1' }]],
  ['an absolute URL as path without a query', () => [{ port: port(), path: 'http://example.com/x' }]],
  ['an empty path', () => [{ port: port(), path: '' }]],
  ['a pathname only', () => [{ port: port(), pathname: '/never' }]],
  ['auth', () => [{ port: port(), auth: 'user:pass' }]],
  ['method in small letters', () => [{ port: port(), method: 'get' }]],
  ['method PATCH in small letters', () => [{ port: port(), method: 'patch' }]],
  ['method PROPFIND', () => [{ port: port(), method: 'PROPFIND' }]],
  ['method QUERY', () => [{ port: port(), method: process.versions.node.startsWith('20') ? 'SEARCH' : 'QUERY' }]],
  ['method undefined', () => [{ port: port(), method: undefined }]],
  ['method null', () => [{ port: port(), method: null }]],
  ['a header', () => [{ port: port(), headers: { 'x-captured': 'c', accept: '*/*' } }]],
  ['a header with many values', () => [{ port: port(), headers: { 'x-captured': ['c', 'd'] } }]],
  ['a header that is a number', () => [{ port: port(), headers: { 'x-captured': 1 } }]],
  ['headers null', () => [{ port: port(), headers: null }]],
  ['headers without a prototype', () => [{ port: port(), headers: Object.assign(Object.create(null), { a: 'b' }) }]],
  ['header host', () => [{ port: port(), headers: { host: 'virtual.example' } }]],
  ['header Host, and no host', () => [{ port: port(), headers: { Host: 'virtual.example:81' } }]],
  ['header user-agent', () => [{ port: port(), headers: { 'user-agent': 'mine/1' } }]],
  ['header User-Agent', () => [{ port: port(), headers: { 'User-Agent': 'mine/1' } }]],
  ['header traceparent of its own', () => [{ port: port(), headers: { traceparent: 'mine', tracestate: 'a=b' } }]],
  ['header Traceparent of its own', () => [{ port: port(), headers: { Traceparent: 'mine' } }]],
  ['header expect', () => [{ port: port(), headers: { Expect: '100-continue' } }]],
  ['setHost false', () => [{ port: port(), setHost: false, headers: { host: 'a' } }]],
  ['defaultPort', () => [{ hostname: 'localhost', defaultPort: port(), path: '/a' }]],
  ['a unix socket', () => [{ socketPath: unixPath, path: '/a' }]],
  ['a unix socket and a host', () => [{ socketPath: unixPath, host: 'over.example', path: '/a' }]],
  ['agent false', () => [{ port: port(), agent: false }]],
  ['createConnection', () => [{ port: port(), createConnection: (options) => net.connect(options) }]],
  [
    'createConnection that calls back',
    () => [
      { port: port(), createConnection: (options, done) => void setTimeout(() => done(null, net.connect(options)), 2) },
    ],
  ],
  [
    'a class of options',
    () => [
      new (class {
        get port() {
          return port();
        }
        get path() {
          return '/getter';
        }
      })(),
    ],
  ],
  ['localAddress', () => [{ host: '127.0.0.1', localAddress: '127.0.0.1', port: port() }]],
]) {
  for (const method of ['request', 'get'])
    add(`client: http.${method} with ${name}`, () => send(() => http[method](...args())));
}
add('client: a list of headers', () =>
  send(() => http.get({ port: port(), headers: ['X-Captured', 'c', 'Host', 'list.example'] })),
);
add('client: a list of pairs of headers', () =>
  send(() =>
    http.get({
      port: port(),
      headers: [
        ['X-Captured', 'c'],
        ['Host', 'list.example'],
      ],
    }),
  ),
);
for (const [name, args] of [
  ['a string that is no URL', () => ['nonsense']],
  ['an empty string', () => ['']],
  ['a path with a space', () => [{ port: port(), path: '/a b' }]],
  ['a protocol that is another', () => [{ port: port(), protocol: 'ftp:' }]],
  ['a method that is none', () => [{ port: port(), method: 'a b' }]],
  ['a method that is no text', () => [{ port: port(), method: 1 }]],
  ['a header that is none', () => [{ port: port(), headers: { 'a b': 'c' } }]],
  ['a header that has no value', () => [{ port: port(), headers: { a: undefined } }]],
  ['a host that is no text', () => [{ host: 1 }]],
  ['an agent that is none', () => [{ port: port(), agent: {} }]],
  ['https', () => [`https://localhost:${securePort()}/`]],
]) {
  add(`client: refused for ${name}`, () => {
    try {
      http.get(...args()).on('error', () => {});
    } catch (error) {
      return mark(`${error.name} ${error.code}`);
    }
  });
}
add('client: called without arguments', () => send(() => http.get(() => {})).catch(() => {}));
for (const [name, call] of [
  ['url, callback', (done) => http.get(`${base()}/a`, done)],
  ['url, options, callback', (done) => http.get(`${base()}/a`, { headers: { a: 'b' } }, done)],
  ['URL, callback', (done) => http.get(new URL(`${base()}/a`), done)],
  ['options, callback', (done) => http.get({ port: port(), path: '/a' }, done)],
  [
    'https url, options, callback',
    (done) => https.get(`https://localhost:${securePort()}/a`, { rejectUnauthorized: false }, done),
  ],
]) {
  add(
    `client: callback of (${name})`,
    () =>
      new Promise((resolve) => {
        call((res) => {
          mark('in callback');
          res.resume().on('end', resolve);
        });
      }),
  );
}
for (const [name, args] of [
  ['a string', () => [`https://localhost:${securePort()}/a?b=1`, { rejectUnauthorized: false }]],
  [
    'a string with a signature',
    () => [`https://localhost:${securePort()}/a?X-Goog-Signature=1`, { rejectUnauthorized: false }],
  ],
  [
    'a URL',
    () => [
      new URL(`https://localhost:${securePort()}/a`),
      { ca: pair.cert, checkServerIdentity: () => undefined, rejectUnauthorized: false },
    ],
  ],
  ['options', () => [{ host: 'localhost', port: securePort(), path: '/a', rejectUnauthorized: false }]],
  ['options with a hostname', () => [{ hostname: 'localhost', port: securePort(), rejectUnauthorized: false }]],
  [
    'options with a protocol',
    () => [{ protocol: 'https:', hostname: 'localhost', port: securePort(), rejectUnauthorized: false }],
  ],
  ['a port', () => [{ port: securePort(), rejectUnauthorized: false, servername: 'localhost' }]],
  [
    'what url.parse gave',
    () => [{ ...url.parse(`https://localhost:${securePort()}/a?b=1`), rejectUnauthorized: false }],
  ],
  ['agent false', () => [{ port: securePort(), agent: false, rejectUnauthorized: false }]],
  ['a certificate that nobody trusts', () => [{ port: securePort() }]],
  ['http', () => [{ port: port(), protocol: 'http:', agent: http.globalAgent, path: '/plain' }]],
]) {
  for (const method of ['request', 'get'])
    add(`client: https.${method} with ${name}`, () => send(() => https[method](...args())));
}
add('client: http.request with an agent for https', () =>
  send(() =>
    http.request({
      protocol: 'https:',
      hostname: 'localhost',
      port: securePort(),
      agent: https.globalAgent,
      rejectUnauthorized: false,
    }),
  ),
);

// --- the client: ends

const refusedPort = () => 1;
add('client: nobody listens', () => send(() => http.get({ host: '127.0.0.1', port: refusedPort() })));
add('client: nobody listens, and spans in the listeners', async () => {
  const req = http.get({ host: '127.0.0.1', port: refusedPort() });
  req.on('error', () => mark('in error')).on('close', () => mark('in close'));
  await closed(req);
});
add('client: nobody listens at the unix socket', () => send(() => http.get({ socketPath: '/nowhere/socket' })));
add('client: the server hangs up', () => {
  handle = (req) => req.socket.destroy();
  return send(() => http.get({ port: port() }));
});
add('client: the server resets', () => {
  handle = (req) => (req.socket.resetAndDestroy ?? req.socket.destroy).call(req.socket);
  return send(() => http.get({ port: port() }));
});
const odd = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => odd.answer(socket));
});
const oddPort = () => odd.address().port;
for (const [name, answer] of [
  ['is no HTTP', (socket) => socket.end('nonsense\r\n\r\n')],
  ['has a bad header', (socket) => socket.end('HTTP/1.1 200 OK\r\nbad header\r\n\r\n')],
  ['is HTTP/1.0', (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nold')],
  ['has no reason', (socket) => socket.end('HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n')],
  ['has a status below 100', (socket) => socket.end('HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n')],
  ['is cut in its head', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-')],
  ['is cut in its body', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc')],
  ['is cut in its body, with status 500', (socket) => socket.end('HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\nabc')],
  ['is cut in its chunks', (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n')],
  [
    'comes with 102 and 103',
    (socket) =>
      socket.end('HTTP/1.1 102 Wait\r\n\r\nHTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
  ],
  [
    'has headers twice',
    (socket) =>
      socket.end(
        'HTTP/1.1 200 OK\r\nX-Captured: a\r\nX-Captured: b\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n',
      ),
  ],
  ['redirects', (socket) => socket.end('HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n')],
]) {
  add(`client: an answer that ${name}`, () => {
    odd.answer = answer;
    return send(() => http.get({ port: oddPort(), path: '/odd' }));
  });
  add(`client: an answer that ${name}, with nobody listening to it`, async () => {
    odd.answer = answer;
    const req = http.get({ port: oddPort(), path: '/odd' });
    req.on('error', () => {});
    await closed(req);
  });
}
add('client: a response that nobody reads', async () => {
  handle = (req, res) => res.end('x'.repeat(10));
  const req = http.get({ port: port() });
  await once(req, 'response');
  await delay(10);
  req.destroy();
  await delay(10);
});
add('client: a response that nobody listens to', async () => {
  handle = (req, res) => res.end('x'.repeat(10));
  await closed(http.get({ port: port() }));
});
add('client: a response that is destroyed', async () => {
  handle = (req, res) => res.write('x');
  const req = http.get({ port: port() });
  const [res] = await once(req, 'response');
  res.destroy();
  await closed(req);
});
add('client: a response that is destroyed with an error', async () => {
  handle = (req, res) => res.write('x');
  const req = http.get({ port: port() });
  req.on('error', () => {});
  const [res] = await once(req, 'response');
  res.on('error', () => mark('in error'));
  res.destroy(new TypeError('mine'));
  await closed(req);
});
for (const [name, call] of [
  ['abort', (req) => req.abort()],
  ['destroy', (req) => req.destroy()],
  ['destroy with an error', (req) => req.destroy(new TypeError('mine'))],
]) {
  add(`client: ${name} at once`, () => {
    handle = () => {};
    return send(() => {
      const req = http.request({ port: port() });
      call(req);
      return req;
    });
  });
  add(`client: ${name} before the response`, async () => {
    const arrived = new Promise((resolve) => {
      handle = resolve;
    });
    const req = http.get({ port: port() });
    req.on('error', () => mark('in error')).on('close', () => mark('in close'));
    await arrived;
    call(req);
    await delay(15);
  });
  add(`client: ${name} in the middle of the response`, async () => {
    handle = (req, res) => res.write('x');
    const req = http.get({ port: port() });
    req.on('error', () => {});
    const [res] = await once(req, 'response');
    res.on('error', () => mark('in error')).on('aborted', () => mark('in aborted'));
    res.resume();
    await delay(5);
    call(req);
    await delay(15);
  });
}
add('client: a signal that is aborted', () => {
  handle = () => {};
  return send(() => http.get({ port: port(), signal: AbortSignal.abort() }));
});
add('client: a signal that aborts', () => {
  handle = () => {};
  return send(() => http.get({ port: port(), signal: AbortSignal.timeout(100) }));
});
add('client: a timeout that is listened to', async () => {
  handle = () => {};
  const req = http.get({ port: port(), timeout: 100 });
  req.on('error', () => {});
  req.on('timeout', () => {
    mark('in timeout');
    req.destroy(new Error('too slow'));
  });
  await closed(req);
});
add('client: a span in every listener', async () => {
  handle = (req, res) => res.write('a', () => setTimeout(() => res.end('b'), 5));
  const req = http.request({ port: port(), method: 'POST' });
  for (const event of ['socket', 'response', 'finish', 'close', 'prefinish']) req.on(event, () => mark(`in ${event}`));
  req.on('response', (res) => {
    for (const event of ['data', 'end', 'close']) res.on(event, () => mark(`in ${event} of the response`));
  });
  req.end('body', () => mark('in end callback'));
  await closed(req);
});
add('client: a response read with for await', async () => {
  handle = (req, res) => res.write('a', () => setTimeout(() => res.end('b'), 5));
  const req = http.get({ port: port() });
  const [res] = await once(req, 'response');
  mark('with the response');
  for await (const _ of res) mark('in chunk');
  mark('after');
});
add('client: 3 requests over one connection, and their spans', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (const n of [1, 2, 3]) {
    await tracer.startActiveSpan(`outer ${n}`, async (span) => {
      const req = http.get({ port: port(), agent, path: `/${n}` });
      req.on('response', (res) => {
        mark(`in response ${n}`);
        res
          .on('data', () => mark(`in data ${n}`))
          .on('end', () => mark(`in end ${n}`))
          .on('close', () => mark(`in close ${n}`));
      });
      req.on('close', () => mark(`in close of the request ${n}`));
      await closed(req);
      span.end();
    });
  }
  agent.destroy();
});
add('client: 3 requests that wait for one connection', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  await Promise.all(
    [1, 2, 3].map((n) =>
      tracer.startActiveSpan(`outer ${n}`, async (span) => {
        const req = http.get({ port: port(), agent, path: `/${n}` });
        req.on('response', (res) => res.on('data', () => mark(`in data ${n}`)).on('end', () => mark(`in end ${n}`)));
        await closed(req);
        span.end();
      }),
    ),
  );
  agent.destroy();
});
add('client: a connection that others have used breaks', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  await tracer.startActiveSpan('first', async (span) => {
    await over(http.get({ port: port(), agent, path: '/first' }));
    span.end();
  });
  handle = (req) => req.socket.destroy();
  await tracer.startActiveSpan('second', async (span) => {
    const req = http.get({ port: port(), agent, path: '/second' });
    req.on('error', () => mark('in error')).on('close', () => mark('in close'));
    await closed(req);
    await delay(5);
    span.end();
  });
  agent.destroy();
});
add('client: a connection that others have used breaks in the response', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  await tracer.startActiveSpan('first', async (span) => {
    await over(http.get({ port: port(), agent, path: '/first' }));
    span.end();
  });
  handle = (req, res) => res.write('a', () => setTimeout(() => req.socket.destroy(), 5));
  await tracer.startActiveSpan('second', async (span) => {
    const req = http.get({ port: port(), agent, path: '/second' });
    req.on('error', () => mark('in error')).on('close', () => mark('in close'));
    req.on('response', (res) => {
      res.resume().on('aborted', () => mark('in aborted of the response'));
      res.on('error', () => mark('in error of the response')).on('close', () => mark('in close of the response'));
    });
    await new Promise((resolve) => req.on('close', resolve));
    await delay(5);
    span.end();
  });
  agent.destroy();
});
add('client: an upgrade', async () => {
  odd.answer = (socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
  const req = http.get({ port: oddPort(), headers: { Upgrade: 'x', Connection: 'Upgrade' } });
  const [, socket] = await once(req, 'upgrade');
  socket.destroy();
  await delay(5);
});
add('client: an upgrade with a span in its listener', async () => {
  odd.answer = (socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
  const req = http.get({ port: oddPort(), headers: { Upgrade: 'x', Connection: 'Upgrade' } });
  await new Promise((resolve) => req.on('upgrade', (res, socket) => resolve(mark('in upgrade') ?? socket.destroy())));
  await delay(5);
});
add('client: an upgrade that nobody listens to', async () => {
  odd.answer = (socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
  await send(() => http.get({ port: oddPort(), headers: { Upgrade: 'x', Connection: 'Upgrade' } }));
});
add('client: CONNECT', async () => {
  odd.answer = (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n');
  const req = http.request({ port: oddPort(), method: 'CONNECT', path: 'example.com:443' }).end();
  await new Promise((resolve) => req.on('connect', (res, socket) => resolve(mark('in connect') ?? socket.destroy())));
  await delay(5);
});
add('client: CONNECT that is refused', async () => {
  odd.answer = (socket) => socket.end('HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n');
  const req = http.request({ port: oddPort(), method: 'CONNECT', path: 'example.com:443' }).end();
  await new Promise((resolve) => req.on('connect', (res, socket) => resolve(socket.destroy())));
  await delay(5);
});
add('client: 100-continue', async () => {
  handle = (req, res) => req.resume().on('end', () => res.end());
  const req = http.request({ port: port(), method: 'POST', headers: { expect: '100-continue', 'content-length': 3 } });
  req.flushHeaders();
  await new Promise((resolve) => req.on('continue', () => resolve(mark('in continue'))));
  req.end('abc');
  await over(req);
});
add('client: information', async () => {
  handle = (req, res) => {
    res.writeEarlyHints({ link: '</a.css>; rel=preload' });
    res.end();
  };
  const req = http.get({ port: port() });
  req.on('information', () => mark('in information'));
  await over(req);
});
add('client: a body of 1 MB', async () => {
  handle = (req, res) => {
    let bytes = 0;
    req.on('data', (chunk) => (bytes += chunk.length)).on('end', () => res.end(String(bytes)));
  };
  const req = http.request({ port: port(), method: 'POST' });
  req.end(Buffer.alloc(1024 * 1024));
  await over(req);
});
add('client: an answer of 1 MB', () => {
  handle = (req, res) => res.end(Buffer.alloc(1024 * 1024));
  return send(() => http.get({ port: port() }));
});
add('client: with tracing suppressed', () =>
  api.context.with(core.suppressTracing(api.context.active()), () =>
    send(() => http.get({ port: port(), path: '/suppressed' })),
  ),
);
add('client: without any span around it', () =>
  api.context.with(api.ROOT_CONTEXT, () => send(() => http.get({ port: port(), path: '/alone' }))),
);
add('client: new ClientRequest', () => send(() => new http.ClientRequest({ port: port(), path: '/class' })));
add('client: functions taken from the module', () => {
  const { request: make } = http;
  return send(() => make({ port: port(), path: '/taken' }));
});
add('client: imported by ESM', async () => {
  const { get: first, default: second } = await import('node:http');
  await send(() => first({ port: port(), path: '/named' }));
  await send(() => second.get({ port: port(), path: '/default' }));
});
add('client: fetch', async () => {
  handle = (req, res) => res.end(mark('in handler') ?? 'ok');
  await (await fetch(`${base()}/fetch`)).text();
});
add('client: a listener of the request is removed', async () => {
  const req = http.get({ port: port() });
  const gone = () => mark('never');
  req.on('response', gone).off('response', gone);
  req.once('response', (res) => res.resume());
  await closed(req);
  mark(`${req.listenerCount('response')}`);
});
add(
  'client: a request that is made in the response of another',
  () =>
    new Promise((resolve) => {
      http.get({ port: port(), path: '/outer' }, (res) => {
        res.resume().on('end', () => {
          http.get({ port: port(), path: '/inner' }, (inner) => inner.resume().on('end', resolve));
        });
      });
    }),
);
add('server: https', () => send(() => https.get({ port: securePort(), path: '/tls?a=1', rejectUnauthorized: false })));
add('server: https behind a proxy', () =>
  raw(request('GET /tls HTTP/1.1', 'Host: a.example\r\nX-Forwarded-Host: b.example\r\nX-Forwarded-Proto: http\r\n'), {
    to: securePort(),
    secure: true,
  }),
);

async function main() {
  await once(server.listen(0), 'listening');
  await once(secure.listen(0), 'listening');
  await once(unix.listen(unixPath), 'listening');
  await once(appServer.listen(0), 'listening');
  await once(odd.listen(0), 'listening');
  await once(other.listen(0), 'listening');
  const only = process.argv[4];
  for (const [name, run] of cases) {
    if (only !== undefined && !name.includes(only)) continue;
    handle = hello;
    const span = tracer.startSpan(`case ${name}`, { root: true });
    await api.context.with(api.trace.setSpan(api.ROOT_CONTEXT, span), async () => {
      const late = delay(4000, undefined, { ref: false }).then(() => {
        throw new Error('takes too long');
      });
      try {
        await Promise.race([run(), late]);
      } catch (error) {
        console.log(`${name}: ${error.stack}`);
      }
    });
    await delay(3);
    span.end();
    for (const one of [server, secure, unix, appServer, other]) one.closeAllConnections();
    await delay(2);
  }
  console.log(
    JSON.stringify({
      cases: cases.length,
      ports: {
        http: port(),
        https: securePort(),
        express: appServer.address().port,
        odd: oddPort(),
        other: other.address().port,
      },
      unixPath,
    }),
  );
  process.exit();
}
main();
