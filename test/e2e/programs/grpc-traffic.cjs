// Cases of gRPC traffic, one after the other, each within a span of its own name, which also has a span of what the case
// came to for the app. The modules are given in the way that the program has imported them.

const { promisify } = require('node:util');
const { once } = require('node:events');
const { createServer } = require('node:net');
const { setTimeout: delay } = require('node:timers/promises');

const json = (value) => Buffer.from(JSON.stringify(value));
const parse = (bytes) => JSON.parse(String(bytes));

const method = (path, requestStream, responseStream, originalName) => ({
  path,
  requestStream,
  responseStream,
  requestSerialize: json,
  requestDeserialize: parse,
  responseSerialize: json,
  responseDeserialize: parse,
  originalName,
});

/** All messages of a stream. With most versions of Node.js `for await` waits until a duplex stream is written to its end, too. */
async function all(call) {
  const messages = [];
  call.on('data', (message) => messages.push(message));
  await once(call, 'end');
  return messages;
}

/** As @grpc/proto-loader gives it. */
const definition = {
  'test.Calls': {
    Unary: method('/test.Calls/Unary', false, false, 'unary'),
    Collect: method('/test.Calls/Collect', true, false, 'collect'),
    List: method('/test.Calls/List', false, true, 'list'),
    Chat: method('/test.Calls/Chat', true, true, 'chat'),
    Missing: method('/test.Calls/Missing', false, false, 'missing'),
    MissingStream: method('/test.Calls/MissingStream', false, true, 'missingStream'),
  },
};

/** As grpc-tools writes it: names as in JavaScript, and nothing of the original's. */
const staticDefinition = {
  unary: {
    path: '/test.Static/Unary',
    requestStream: false,
    responseStream: false,
    requestType: Object,
    responseType: Object,
    requestSerialize: json,
    requestDeserialize: parse,
    responseSerialize: json,
    responseDeserialize: parse,
  },
};

const healthProto = `syntax = "proto3";
package grpc.health.v1;
message HealthCheckRequest { string service = 1; }
message HealthCheckResponse { enum ServingStatus { UNKNOWN = 0; SERVING = 1; } ServingStatus status = 1; }
service Health {
  rpc Check(HealthCheckRequest) returns (HealthCheckResponse);
  rpc Watch(HealthCheckRequest) returns (stream HealthCheckResponse);
}`;

function createCases({ grpc, api, protoLoader }) {
  const { status } = grpc;
  const isBefore1_10 = !('drain' in grpc.Server.prototype);
  const tracer = api.trace.getTracer('cases');
  /** A span that has begun and ended: its parent tells which context is active here. */
  const mark = (name) => tracer.startSpan(name).end();
  const metadataOf = (entries, options) => {
    const metadata = new grpc.Metadata(options);
    for (const [key, value] of Object.entries(entries)) metadata.set(key, value);
    return metadata;
  };
  const inMs = (ms) => ({ deadline: Date.now() + ms });
  /** What an app sees of an error; the details of a deadline hold times. */
  const seen = (error) => ({
    code: error.code ?? error.message,
    details: error.code === status.DEADLINE_EXCEEDED ? undefined : error.details,
    metadata: error.metadata?.get('x-reason'),
  });

  /** What the server does in this case. */
  let serve = {};
  const service = {
    Unary: (call, answer) => serve.unary(call, answer),
    Collect: (call, answer) => serve.collect(call, answer),
    List: (call) => serve.list(call),
    Chat: (call) => serve.chat(call),
  };
  const { test } = grpc.loadPackageDefinition(definition);
  const Static = grpc.makeGenericClientConstructor(staticDefinition, 'test.Static');
  const health = protoLoader?.fromJSON(require('protobufjs').parse(healthProto).root.toJSON());
  const servers = [];
  const holes = [];
  const ports = [];
  const clients = [];

  async function startServer(options = {}) {
    const server = new grpc.Server(options);
    servers.push(server);
    server.addService(test.Calls.service, service);
    server.addService(staticDefinition, { unary: service.Unary });
    if (health) {
      server.addService(grpc.loadPackageDefinition(health).grpc.health.v1.Health.service, {
        Check: (call, answer) => serve.unary(call, answer),
        Watch: (call) => serve.list(call),
      });
    }
    const credentials = grpc.ServerCredentials.createInsecure();
    const port = await promisify(server.bindAsync.bind(server))('127.0.0.1:0', credentials);
    ports.push(port);
    // Announced as deprecated since.
    if (isBefore1_10) server.start();
    return port;
  }

  let port;
  let client;
  function connect(Class = test.Calls, options = {}, target = `127.0.0.1:${port}`) {
    const one = new Class(target, grpc.credentials.createInsecure(), options);
    clients.push(one);
    return one;
  }

  /** A client of a server that takes connections and says nothing. */
  async function connectToHole() {
    const hole = createServer((socket) => holes.push(socket.on('error', () => {}).resume()));
    await once(hole.listen(0, '127.0.0.1'), 'listening');
    holes.push({ destroy: () => hole.close() });
    ports.push(hole.address().port);
    return connect(test.Calls, {}, `127.0.0.1:${hole.address().port}`);
  }

  /** Calls a method whose answer comes by callback; gives what the app gets. */
  const ask = (target, name, ...args) =>
    new Promise((resolve) => {
      target[name](...args, (error, value) => {
        mark('in callback');
        resolve(error ? seen(error) : value);
      });
    });

  /** Reads a stream to its end; gives what the app gets. */
  const read = (call) =>
    new Promise((resolve) => {
      const got = [];
      call.on('data', (message) => {
        mark('in data');
        got.push(message);
      });
      call.on('error', (error) => {
        mark('in error');
        got.push(seen(error));
      });
      call.on('status', ({ code, metadata }) => {
        mark('in status');
        resolve([...got, { status: code, trailer: metadata.get('x-trailer') }]);
      });
    });

  const say = (text) => ({
    unary(call, answer) {
      mark('in handler');
      answer(null, text);
    },
  });
  const failWith = (error) => ({ unary: (call, answer) => answer(error()) });
  const streamOf = (...messages) => ({
    list(call) {
      mark('in handler');
      for (const message of messages) call.write(message);
      call.end();
    },
  });

  const cases = {
    // --- unary, what the server answers
    async 'unary: ok'() {
      serve = say('hello');
      return await ask(client, 'Unary', 'hi');
    },
    async 'unary: in lower case'() {
      serve = say('hello');
      return await ask(client, 'unary', 'hi');
    },
    async 'unary: the handler awaits'() {
      serve = {
        async unary(call, answer) {
          await delay(5);
          mark('after await');
          answer(null, call.request);
        },
      };
      return await ask(client, 'Unary', 'hi');
    },
    async 'unary: an empty object'() {
      serve = say({});
      return await ask(client, 'Unary', {});
    },
    async 'unary: error with code and details'() {
      serve = failWith(() => ({ code: status.NOT_FOUND, details: 'no such user' }));
      return await ask(client, 'Unary', 'hi');
    },
    async 'unary: Error with code, details and metadata'() {
      serve = failWith(() =>
        Object.assign(new Error('denied'), {
          code: status.PERMISSION_DENIED,
          details: 'not yours',
          metadata: metadataOf({ 'x-reason': 'owner' }),
        }),
      );
      return await ask(client, 'Unary', 'hi');
    },
    async 'unary: Error with a code and a name'() {
      class QuotaError extends Error {
        name = 'QuotaError';
        code = status.RESOURCE_EXHAUSTED;
      }
      serve = failWith(() => new QuotaError('too many'));
      return await ask(client, 'Unary', 'hi');
    },
    async 'unary: Error without a code'() {
      serve = failWith(() => new TypeError('boom'));
      return await ask(client, 'Unary', 'hi');
    },
    async 'unary: error with the code of a system error'() {
      serve = failWith(() => Object.assign(new Error('no file'), { code: 'ENOENT' }));
      return await ask(client, 'Unary', 'hi');
    },
    async 'unary: error with code 0'() {
      serve = failWith(() => ({ code: 0, details: 'fine' }));
      return await ask(client, 'Unary', 'hi');
    },
    async 'unary: error with an unknown code'() {
      serve = failWith(() => ({ code: 99, details: 'what' }));
      return await ask(client, 'Unary', 'hi');
    },
    ...Object.fromEntries(
      Object.keys(status)
        .filter((name) => Number(status[name]) > 0)
        .flatMap((name) => {
          const error = () => Object.assign(new Error(`it is ${name}`), { code: status[name] });
          return [
            [
              `unary: ${name}`,
              async () => {
                serve = failWith(error);
                return await ask(client, 'Unary', 'hi');
              },
            ],
            [
              `client stream: ${name}`,
              async () => {
                serve = { collect: (call, answer) => answer(error()) };
                let call;
                const answer = new Promise((resolve) => (call = client.Collect((failed) => resolve(seen(failed)))));
                call.end(1);
                return await answer;
              },
            ],
            [
              `server stream: ${name}`,
              async () => {
                serve = { list: (call) => call.emit('error', error()) };
                return await read(client.List('all'));
              },
            ],
          ];
        }),
    ),
    async 'unary: the handler throws'() {
      serve = {
        unary() {
          throw new RangeError('thrown');
        },
      };
      return await ask(client, 'Unary', 'hi', inMs(300));
    },
    async 'unary: the handler rejects'() {
      const rejected = once(process, 'unhandledRejection');
      serve = {
        async unary() {
          throw new RangeError('rejected');
        },
      };
      const answer = await ask(client, 'Unary', 'hi', inMs(300));
      const [error] = await rejected;
      return [answer, error.message];
    },
    async 'unary: answered twice'() {
      serve = {
        unary(call, answer) {
          answer(null, 'first');
          answer(null, 'second');
        },
      };
      return (await ask(client, 'Unary', 'hi', inMs(300))).code;
    },
    async 'unary: answered, then thrown'() {
      serve = {
        unary(call, answer) {
          answer(null, 'first');
          throw new Error('second');
        },
      };
      return await ask(client, 'Unary', 'hi');
    },
    async 'unary: an answer that cannot be serialized'() {
      serve = say(10n);
      return await ask(client, 'Unary', 'hi');
    },
    async 'unary: trailers'() {
      serve = { unary: (call, answer) => answer(null, 'ok', metadataOf({ 'x-trailer': 'last' })) };
      const call = client.Unary('hi', () => {});
      const [{ code, metadata }] = await once(call, 'status');
      return [code, metadata.get('x-trailer')];
    },
    async 'unary: trailers with an error'() {
      serve = { unary: (call, answer) => answer(new Error('no'), null, metadataOf({ 'x-reason': 'trailers' })) };
      return await ask(client, 'Unary', 'hi');
    },
    async 'unary: the server sends metadata first'() {
      serve = {
        unary(call, answer) {
          call.sendMetadata(metadataOf({ 'x-first': 'yes' }));
          answer(null, 'ok');
        },
      };
      const call = client.Unary('hi', () => {});
      const [metadata] = await once(call, 'metadata');
      return metadata.get('x-first');
    },
    async 'unary: a missing method of the service'() {
      return (await ask(client, 'Missing', 'hi')).code;
    },
    async 'unary: a path that the server does not know'() {
      return (await ask(client, 'makeUnaryRequest', '/no.Such/Method', json, parse, 'hi')).code;
    },

    // --- unary, how the client asks
    async 'unary: with metadata'() {
      serve = { unary: (call, answer) => answer(null, call.metadata.get('x-user')) };
      return await ask(client, 'Unary', 'hi', metadataOf({ 'x-user': 'ada' }));
    },
    async 'unary: with metadata and options'() {
      serve = { unary: (call, answer) => answer(null, call.metadata.get('x-user')) };
      return await ask(client, 'Unary', 'hi', metadataOf({ 'x-user': 'ada' }), inMs(5000));
    },
    async 'unary: with options'() {
      serve = say('hello');
      return await ask(client, 'Unary', 'hi', inMs(5000));
    },
    async 'unary: with options that have no prototype'() {
      serve = say('hello');
      return await ask(client, 'Unary', 'hi', Object.assign(Object.create(null), inMs(5000)));
    },
    async 'unary: with binary metadata'() {
      serve = { unary: (call, answer) => answer(null, call.metadata.get('x-bin').map(String)) };
      return await ask(client, 'Unary', 'hi', metadataOf({ 'x-bin': Buffer.from('bytes') }));
    },
    async 'unary: one metadata object for two calls'() {
      serve = { unary: (call, answer) => answer(null, call.metadata.get('x-user')) };
      const metadata = metadataOf({ 'x-user': 'ada' });
      return [await ask(client, 'Unary', 'a', metadata), await ask(client, 'Unary', 'b', metadata)];
    },
    async 'unary: the metadata object is used by two calls at once and sent later'() {
      serve = { unary: (call, answer) => answer(null, call.request) };
      const later = (options, next) =>
        new grpc.InterceptingCall(next(options), {
          start: (metadata, listener, next) => void delay(10).then(() => next(metadata, listener)),
        });
      const slow = connect(test.Calls, { interceptors: [later] });
      const metadata = metadataOf({ 'x-user': 'ada' });
      const both = await Promise.all(
        ['a', 'b'].map((text) =>
          tracer.startActiveSpan(text, async (span) => {
            const answer = await ask(slow, 'Unary', text, metadata);
            span.end();
            return answer;
          }),
        ),
      );
      return both;
    },
    async 'unary: the metadata object stays as it was'() {
      serve = say('hello');
      const metadata = metadataOf({ 'x-user': 'ada' });
      await ask(client, 'Unary', 'hi', metadata);
      return metadata.getMap();
    },
    async 'unary: promisified'() {
      serve = say('hello');
      return await promisify(client.Unary.bind(client))('hi');
    },
    async 'unary: a wrapper that makes promises and cancels by signal'() {
      serve = say('hello');
      const call = (name, request, signal) =>
        new Promise((resolve, reject) => {
          const one = client[name](request, (error, value) => (error ? reject(error) : resolve(value)));
          signal.addEventListener('abort', () => one.cancel());
        });
      return await call('Unary', 'hi', new AbortController().signal);
    },
    async 'unary: without an active span'() {
      serve = say('hello');
      return await api.context.with(api.ROOT_CONTEXT, () => ask(client, 'Unary', 'hi'));
    },
    async 'unary: with baggage'() {
      serve = {
        unary(call, answer) {
          mark(`for ${api.propagation.getActiveBaggage()?.getEntry('user')?.value}`);
          answer(null, 'hello');
        },
      };
      const baggage = api.propagation.createBaggage({ user: { value: 'ada' } });
      const context = api.propagation.setBaggage(api.context.active(), baggage);
      return await api.context.with(context, () => ask(client, 'Unary', 'hi'));
    },
    async 'unary: one call in the handler of another'() {
      serve = {
        unary(call, answer) {
          if (call.request === 'inner') answer(null, 'inner answer');
          else client.Unary('inner', answer);
        },
      };
      return await ask(client, 'Unary', 'outer');
    },
    async 'unary: ten at once'() {
      serve = { unary: (call, answer) => setTimeout(answer, 5, null, call.request) };
      return await Promise.all(Array.from({ length: 10 }, (_, index) => ask(client, 'Unary', index + 1)));
    },
    async 'unary: wait for ready'() {
      serve = say('hello');
      const one = connect();
      await promisify(one.waitForReady.bind(one))(Date.now() + 5000);
      return await ask(one, 'Unary', 'hi', metadataOf({}, { waitForReady: true }));
    },
    async 'unary: the message is compressed'() {
      serve = { unary: (call, answer) => answer(null, call.request.length) };
      const one = connect(test.Calls, { 'grpc.default_compression_algorithm': 2 });
      return await ask(one, 'Unary', 'a'.repeat(2000));
    },
    async 'unary: keepalive'() {
      serve = say('hello');
      const one = connect(test.Calls, { 'grpc.keepalive_time_ms': 10_000, 'grpc.keepalive_permit_without_calls': 1 });
      return await ask(one, 'Unary', 'hi');
    },
    async 'unary: a request that is too large to send'() {
      const one = connect(test.Calls, { 'grpc.max_send_message_length': 100 });
      return (await ask(one, 'Unary', 'a'.repeat(200))).code;
    },
    async 'unary: a request that is too large to receive'() {
      serve = say('never');
      const one = connect(test.Calls, {}, `127.0.0.1:${await startServer({ 'grpc.max_receive_message_length': 100 })}`);
      return (await ask(one, 'Unary', 'a'.repeat(200))).code;
    },
    async 'unary: an answer that is too large to receive'() {
      serve = say('a'.repeat(200));
      const one = connect(test.Calls, { 'grpc.max_receive_message_length': 100 });
      return (await ask(one, 'Unary', 'hi')).code;
    },
    async 'unary: an answer that is too large to send'() {
      serve = say('a'.repeat(200));
      const one = connect(test.Calls, {}, `127.0.0.1:${await startServer({ 'grpc.max_send_message_length': 100 })}`);
      return (await ask(one, 'Unary', 'hi')).code;
    },
    async 'unary: a request that cannot be serialized'() {
      return (await ask(client, 'Unary', 10n)).code;
    },
    async 'unary: an answer that cannot be parsed'() {
      serve = say('hello');
      const broken = () => {
        throw new Error('not JSON');
      };
      return (await ask(client, 'makeUnaryRequest', '/test.Calls/Unary', json, broken, 'hi')).code;
    },
    async 'unary: no server there'() {
      const one = connect(test.Calls, {}, '127.0.0.1:1');
      return (await ask(one, 'Unary', 'hi')).code;
    },
    async 'unary: the client is closed'() {
      const one = connect();
      one.close();
      try {
        return (await ask(one, 'Unary', 'hi')).code;
      } catch (error) {
        return `thrown: ${error.message}`;
      }
    },
    async 'unary: wrong arguments'() {
      try {
        client.Unary('hi', 'no callback');
      } catch (error) {
        return `thrown: ${error.message}`;
      }
    },
    async 'unary: retried by the service configuration'() {
      let attempts = 0;
      serve = {
        unary(call, answer) {
          attempts++;
          if (attempts < 3) answer({ code: status.UNAVAILABLE, details: 'later' });
          else answer(null, attempts);
        },
      };
      const retryPolicy = {
        maxAttempts: 4,
        initialBackoff: '0.01s',
        maxBackoff: '0.02s',
        backoffMultiplier: 1,
        retryableStatusCodes: ['UNAVAILABLE'],
      };
      const config = { loadBalancingConfig: [], methodConfig: [{ name: [{ service: 'test.Calls' }], retryPolicy }] };
      const one = connect(test.Calls, { 'grpc.service_config': JSON.stringify(config) });
      return await ask(one, 'Unary', 'hi');
    },

    // --- interceptors and credentials
    async 'interceptor: adds metadata and makes a span'() {
      serve = { unary: (call, answer) => answer(null, call.metadata.get('x-added')) };
      const add = (options, next) =>
        new grpc.InterceptingCall(next(options), {
          start(metadata, listener, next) {
            mark('in interceptor');
            metadata.set('x-added', 'yes');
            next(metadata, listener);
          },
        });
      return await ask(connect(test.Calls, { interceptors: [add] }), 'Unary', 'hi');
    },
    async 'interceptor: given with the call'() {
      serve = say('hello');
      const interceptor = (options, next) => {
        mark('in interceptor');
        return new grpc.InterceptingCall(next(options));
      };
      return await ask(client, 'Unary', 'hi', { interceptors: [interceptor] });
    },
    async 'interceptor: makes an error of an answer'() {
      serve = say('hello');
      const refuse = (options, next) =>
        new grpc.InterceptingCall(next(options), {
          start(metadata, listener, next) {
            next(metadata, {
              onReceiveStatus: (received, next) =>
                next({ ...received, code: status.ABORTED, details: 'by interceptor' }),
            });
          },
        });
      return await ask(connect(test.Calls, { interceptors: [refuse] }), 'Unary', 'hi');
    },
    async 'interceptor: throws'() {
      const broken = () => {
        throw new Error('broken interceptor');
      };
      try {
        return await ask(connect(test.Calls, { interceptors: [broken] }), 'Unary', 'hi');
      } catch (error) {
        return `thrown: ${error.message}`;
      }
    },
    async 'interceptor: on the server'() {
      serve = say('hello');
      const interceptor = (method, call) => {
        mark('in interceptor');
        return new grpc.ServerInterceptingCall(call);
      };
      const one = connect(test.Calls, {}, `127.0.0.1:${await startServer({ interceptors: [interceptor] })}`);
      return await ask(one, 'Unary', 'hi');
    },
    async 'interceptor: on the server, around the handler'() {
      serve = {
        unary(call, answer) {
          mark('in handler');
          setImmediate(() => answer(null, 'hello'));
        },
      };
      const interceptor = (method, call) =>
        new grpc.ServerInterceptingCall(call, {
          start: (next) =>
            next({
              onReceiveHalfClose(next) {
                mark('before the handler');
                next();
                mark('after the handler');
              },
            }),
        });
      const one = connect(test.Calls, {}, `127.0.0.1:${await startServer({ interceptors: [interceptor] })}`);
      return await ask(one, 'Unary', 'hi');
    },
    async 'credentials: a call credential'() {
      serve = say('hello');
      const credentials = grpc.credentials.createFromMetadataGenerator((_, done) => done(null, metadataOf({ a: 'b' })));
      return (await ask(client, 'Unary', 'hi', { credentials })).code ?? 'ok';
    },
    async 'transformer: changes the call'() {
      serve = { unary: (call, answer) => answer(null, call.metadata.get('x-added')) };
      const callInvocationTransformer = (properties) => {
        properties.metadata.set('x-added', 'yes');
        return properties;
      };
      return await ask(connect(test.Calls, { callInvocationTransformer }), 'Unary', 'hi');
    },

    // --- unary, cancelled or late
    async 'unary: deadline, and the server answers later'() {
      let answered;
      const done = new Promise((resolve) => (answered = resolve));
      serve = {
        unary(call, answer) {
          call.on('cancelled', () => {
            answer(null, 'late');
            answered();
          });
        },
      };
      const result = await ask(client, 'Unary', 'hi', inMs(300));
      await done;
      return result;
    },
    async 'unary: deadline in the past'() {
      return await ask(await connectToHole(), 'Unary', 'hi', inMs(-1000));
    },
    async 'unary: deadline, and nobody listens'() {
      return await ask(await connectToHole(), 'Unary', 'hi', inMs(50));
    },
    async 'unary: cancelled, and the server answers later'() {
      let cancelled;
      const done = new Promise((resolve) => (cancelled = resolve));
      serve = {
        unary(call, answer) {
          call.on('cancelled', () => {
            mark('in cancelled');
            answer({ code: status.CANCELLED, details: 'stopped' });
            cancelled(call.cancelled);
          });
          asking.cancel();
        },
      };
      let asking;
      const result = await new Promise((resolve) => {
        asking = client.Unary('hi', (error) => resolve(seen(error)));
      });
      return [result, await done];
    },
    async 'unary: cancelled, and the server never answers'() {
      let cancelled;
      const done = new Promise((resolve) => (cancelled = resolve));
      serve = {
        unary(call) {
          call.on('cancelled', cancelled);
          asking.cancel();
        },
      };
      let asking;
      const result = await new Promise((resolve) => {
        asking = client.Unary('hi', (error) => resolve(seen(error)));
      });
      await done;
      return result;
    },
    async 'unary: cancelled before it is sent'() {
      const one = await connectToHole();
      return await new Promise((resolve) => {
        one.Unary('hi', (error) => resolve(seen(error))).cancel();
      });
    },
    async 'unary: cancelled with the call that it is part of'() {
      let inner;
      const done = new Promise((resolve) => (inner = resolve));
      serve = {
        unary(call, answer) {
          if (call.request === 'inner') {
            call.on('cancelled', () => answer({ code: status.CANCELLED }));
            asking.cancel();
          } else {
            client.Unary('inner', { parent: call, propagate_flags: grpc.propagate.CANCELLATION }, (error) => {
              answer(error);
              inner(error.code);
            });
          }
        },
      };
      let asking;
      const outer = await new Promise((resolve) => {
        asking = client.Unary('outer', (error) => resolve(seen(error)));
      });
      return [outer, await done];
    },
    async 'unary: the server shuts down'() {
      const own = await startServer();
      const server = servers.at(-1);
      const one = connect(test.Calls, {}, `127.0.0.1:${own}`);
      serve = { unary: (call, answer) => (server.forceShutdown(), answer(null, 'too late')) };
      return (await ask(one, 'Unary', 'hi')).code;
    },

    // --- client streams
    async 'client stream: ok'() {
      serve = {
        async collect(call, answer) {
          let sum = 0;
          for await (const message of call) sum += message;
          mark('after messages');
          answer(null, sum);
        },
      };
      let call;
      const answer = new Promise((resolve) => (call = client.Collect((error, value) => resolve(error ?? value))));
      for (const number of [1, 2, 3]) call.write(number);
      call.end();
      return await answer;
    },
    async 'client stream: with metadata, read by listeners'() {
      serve = {
        collect(call, answer) {
          let sum = 0;
          call.on('data', (message) => {
            mark('in data');
            sum += message;
          });
          call.on('end', () => answer(null, [sum, call.metadata.get('x-user')]));
        },
      };
      let call;
      const answer = new Promise((resolve) => {
        call = client.Collect(metadataOf({ 'x-user': 'ada' }), (error, value) => resolve(error ?? value));
      });
      call.write(1);
      call.end(2);
      return await answer;
    },
    async 'client stream: no message'() {
      serve = {
        async collect(call, answer) {
          answer(null, (await all(call)).length);
        },
      };
      let call;
      const answer = new Promise((resolve) => (call = client.Collect(inMs(5000), (error, value) => resolve(value))));
      call.end();
      return await answer;
    },
    async 'client stream: the server answers before the end'() {
      serve = { collect: (call, answer) => call.once('data', () => answer(null, 'enough')) };
      let call;
      const answer = new Promise((resolve) => (call = client.Collect((error, value) => resolve(error ?? value))));
      call.write(1);
      return await answer;
    },
    async 'client stream: error'() {
      serve = { collect: (call, answer) => answer({ code: status.FAILED_PRECONDITION, details: 'not now' }) };
      let call;
      const answer = new Promise((resolve) => (call = client.Collect((error) => resolve(seen(error)))));
      call.end(1);
      return await answer;
    },
    async 'client stream: the handler throws'() {
      serve = {
        collect() {
          throw new Error('thrown');
        },
      };
      let call;
      const answer = new Promise((resolve) => (call = client.Collect((error) => resolve(seen(error)))));
      call.end(1);
      return await answer;
    },
    async 'client stream: answered twice'() {
      serve = {
        collect(call, answer) {
          answer({ code: status.INTERNAL, details: 'first' });
          answer(null, 'second');
        },
      };
      let call;
      const answer = new Promise((resolve) => (call = client.Collect((error) => resolve(seen(error)))));
      call.end(1);
      return await answer;
    },
    async 'client stream: cancelled, and the server answers'() {
      let answered;
      const done = new Promise((resolve) => (answered = resolve));
      serve = {
        collect(call, answer) {
          call.on('data', () => call_.cancel());
          call.on('cancelled', () => {
            answer({ code: status.CANCELLED, details: 'stopped' });
            answered();
          });
        },
      };
      let call_;
      const result = await new Promise((resolve) => {
        call_ = client.Collect((error) => resolve(seen(error)));
        call_.write(1);
      });
      await done;
      return result;
    },
    async 'client stream: deadline'() {
      let answered;
      const done = new Promise((resolve) => (answered = resolve));
      serve = {
        collect(call, answer) {
          call.on('data', () => {});
          call.on('cancelled', () => {
            answer({ code: status.DEADLINE_EXCEEDED, details: 'too slow' });
            answered();
          });
        },
      };
      let call;
      const answer = new Promise((resolve) => (call = client.Collect(inMs(300), (error) => resolve(seen(error)))));
      call.write(1);
      const result = await answer;
      await done;
      return result;
    },

    // --- server streams
    async 'server stream: ok'() {
      serve = streamOf(1, 2, 3);
      return await read(client.List('all'));
    },
    async 'server stream: no message'() {
      serve = streamOf();
      return await read(client.List('none'));
    },
    async 'server stream: with metadata and options'() {
      serve = {
        list(call) {
          call.write(call.metadata.get('x-user'));
          call.end();
        },
      };
      return await read(client.list('all', metadataOf({ 'x-user': 'ada' }), inMs(5000)));
    },
    async 'server stream: with options'() {
      serve = streamOf(1);
      return await read(client.List('all', inMs(5000)));
    },
    async 'server stream: end with trailers'() {
      serve = {
        list(call) {
          call.sendMetadata(metadataOf({ 'x-first': 'yes' }));
          call.write(1);
          call.end(metadataOf({ 'x-trailer': 'last' }));
        },
      };
      return await read(client.List('all'));
    },
    async 'server stream: read by for await'() {
      serve = streamOf(1, 2);
      const got = [];
      for await (const message of client.List('all')) {
        mark('in loop');
        got.push(message);
      }
      return got;
    },
    async 'server stream: emits an error'() {
      serve = {
        list(call) {
          call.write(1);
          call.emit('error', { code: status.OUT_OF_RANGE, details: 'no more' });
        },
      };
      return await read(client.List('all'));
    },
    async 'server stream: emits an Error without a code'() {
      serve = { list: (call) => call.emit('error', new Error('boom')) };
      return await read(client.List('all'));
    },
    async 'server stream: destroyed with an error'() {
      serve = { list: (call) => call.destroy(Object.assign(new Error('gone'), { code: status.UNAVAILABLE })) };
      return (await read(client.List('all', inMs(300)))).map(({ code }) => code);
    },
    async 'server stream: the handler throws'() {
      serve = {
        list(call) {
          call.write(1);
          throw new Error('thrown');
        },
      };
      return (await read(client.List('all', inMs(300)))).at(-1);
    },
    async 'server stream: writes after the end'() {
      serve = {
        list(call) {
          call.write(1);
          call.end();
          call.write(2);
        },
      };
      return (await read(client.List('all', inMs(300)))).at(-1).status;
    },
    async 'server stream: a missing method of the service'() {
      return (await read(client.MissingStream('hi'))).at(-1).status;
    },
    async 'server stream: a listener of the server makes a span'() {
      serve = {
        list(call) {
          call.on('finish', () => mark('in finish'));
          call.write(1);
          setImmediate(() => call.end());
        },
      };
      return await read(client.List('all'));
    },
    async 'server stream: cancelled by the client'() {
      let cancelled;
      const done = new Promise((resolve) => (cancelled = resolve));
      serve = {
        list(call) {
          call.on('cancelled', () => {
            mark('in cancelled');
            cancelled();
          });
          call.write(1);
        },
      };
      const call = client.List('all');
      call.once('data', () => call.cancel());
      const result = await read(call);
      await done;
      return result;
    },
    async 'server stream: deadline'() {
      let cancelled;
      const done = new Promise((resolve) => (cancelled = resolve));
      serve = {
        list(call) {
          call.on('cancelled', cancelled);
        },
      };
      const result = await read(client.List('all', inMs(300)));
      await done;
      return result;
    },
    async 'server stream: the client stops reading'() {
      let cancelled;
      const done = new Promise((resolve) => (cancelled = resolve));
      serve = {
        list(call) {
          call.on('cancelled', cancelled);
          for (let index = 0; index < 10; index++) call.write(index);
        },
      };
      const call = client.List('all');
      for await (const message of call) if (message === 1) break;
      call.on('error', () => {});
      call.cancel();
      await done;
      return call.destroyed;
    },
    async 'server stream: the client destroys it'() {
      let finished;
      const done = new Promise((resolve) => (finished = resolve));
      serve = {
        list(call) {
          call.on('finish', finished);
          for (let index = 0; index < 10; index++) call.write(index);
          call.end();
        },
      };
      const call = client.List('all');
      call.once('data', () => call.destroy());
      await once(call, 'close');
      await done;
      // The status is held back until somebody asks for it, and with it the connection.
      call.on('error', () => {});
      call.cancel();
      return call.destroyed;
    },
    async 'server stream: no server there'() {
      return (await read(connect(test.Calls, {}, '127.0.0.1:1').List('all'))).at(-1).status;
    },
    async 'server stream: a thousand messages'() {
      serve = {
        async list(call) {
          for (let index = 0; index < 1000; index++) if (!call.write(index)) await once(call, 'drain');
          call.end();
        },
      };
      let count = 0;
      const call = client.List('all');
      call.on('data', () => count++);
      const [{ code }] = await once(call, 'status');
      return [count, code];
    },

    // --- both ways
    async 'bidi: echo'() {
      serve = {
        chat(call) {
          call.on('data', (message) => {
            mark('in data of the server');
            call.write(message);
          });
          call.on('end', () => call.end());
        },
      };
      const call = client.Chat();
      const answer = read(call);
      call.write('a');
      call.write('b');
      call.end();
      return await answer;
    },
    async 'bidi: with metadata and options, half closed first'() {
      serve = {
        async chat(call) {
          const got = await all(call);
          call.write([got, call.metadata.get('x-user')]);
          call.end(metadataOf({ 'x-trailer': 'last' }));
        },
      };
      const call = client.chat(metadataOf({ 'x-user': 'ada' }), inMs(5000));
      const answer = read(call);
      call.write('a');
      call.end();
      return await answer;
    },
    async 'bidi: both by for await'() {
      serve = {
        async chat(call) {
          call.once('end', () => call.end());
          for await (const message of call) {
            mark('in loop of the server');
            call.write(message + 1);
          }
        },
      };
      const call = client.Chat();
      call.write(1);
      const got = [];
      for await (const message of call) {
        got.push(message);
        if (message < 4) call.write(message);
        else call.end();
      }
      return got;
    },
    async 'bidi: the server ends first'() {
      serve = {
        chat(call) {
          call.write('bye');
          call.end();
        },
      };
      const call = client.Chat(inMs(5000));
      const answer = await read(call);
      call.end();
      return answer;
    },
    async 'bidi: error'() {
      serve = {
        chat(call) {
          call.on('data', () => call.emit('error', Object.assign(new Error('bad'), { code: status.INVALID_ARGUMENT })));
        },
      };
      const call = client.Chat();
      call.write('a');
      return await read(call);
    },
    async 'bidi: the handler throws'() {
      serve = {
        chat() {
          throw new Error('thrown');
        },
      };
      return (await read(client.Chat(inMs(300)))).at(-1);
    },
    async 'bidi: cancelled by the client'() {
      let cancelled;
      const done = new Promise((resolve) => (cancelled = resolve));
      serve = {
        chat(call) {
          call.on('cancelled', cancelled);
          call.on('data', (message) => call.write(message));
        },
      };
      const call = client.Chat();
      call.write('a');
      call.once('data', () => call.cancel());
      const result = await read(call);
      await done;
      return result;
    },
    async 'bidi: deadline'() {
      let cancelled;
      const done = new Promise((resolve) => (cancelled = resolve));
      serve = {
        chat(call) {
          call.on('cancelled', cancelled);
          call.resume();
        },
      };
      const result = await read(client.Chat(inMs(300)));
      await done;
      return result;
    },
    async 'bidi: the client is closed'() {
      const one = connect();
      one.close();
      try {
        return (await read(one.Chat())).at(-1).status;
      } catch (error) {
        return `thrown: ${error.message}`;
      }
    },

    // --- other clients, services and targets
    async 'static: a client of makeGenericClientConstructor'() {
      serve = say('hello');
      return await ask(connect(Static), 'unary', 'hi');
    },
    async 'static: a client of makeClientConstructor'() {
      serve = say('hello');
      return await ask(connect(grpc.makeClientConstructor(staticDefinition, 'test.Static')), 'unary', 'hi');
    },
    async 'direct: makeUnaryRequest'() {
      serve = say('hello');
      return await ask(connect(grpc.Client), 'makeUnaryRequest', '/test.Calls/Unary', json, parse, 'hi');
    },
    async 'direct: makeUnaryRequest with metadata and options'() {
      serve = { unary: (call, answer) => answer(null, call.metadata.get('x-user')) };
      const args = ['/test.Calls/Unary', json, parse, 'hi', metadataOf({ 'x-user': 'ada' }), inMs(5000)];
      return await ask(connect(grpc.Client), 'makeUnaryRequest', ...args);
    },
    async 'direct: makeClientStreamRequest with metadata'() {
      serve = {
        async collect(call, answer) {
          answer(null, (await all(call)).length);
        },
      };
      const one = connect(grpc.Client);
      let call;
      const answer = new Promise((resolve) => {
        const done = (error, value) => resolve(error ? seen(error) : value);
        call = one.makeClientStreamRequest('/test.Calls/Collect', json, parse, metadataOf({}), done);
      });
      call.end(1);
      return await answer;
    },
    async 'direct: makeClientStreamRequest with a callback only'() {
      serve = {
        async collect(call, answer) {
          answer(null, (await all(call)).length);
        },
      };
      const one = connect(grpc.Client);
      let call;
      const answer = new Promise((resolve) => {
        const done = (error, value) => resolve(error ? seen(error) : value);
        call = one.makeClientStreamRequest('/test.Calls/Collect', json, parse, done);
      });
      call.end(1);
      return await answer;
    },
    async 'direct: makeClientStreamRequest with options'() {
      serve = {
        async collect(call, answer) {
          answer(null, (await all(call)).length);
        },
      };
      const one = connect(grpc.Client);
      try {
        let call;
        const answer = new Promise((resolve) => {
          const done = (error, value) => resolve(error ? seen(error) : value);
          call = one.makeClientStreamRequest('/test.Calls/Collect', json, parse, inMs(5000), done);
        });
        call.end(1);
        return await answer;
      } catch (error) {
        return `thrown: ${error.message}`;
      }
    },
    async 'direct: makeServerStreamRequest'() {
      serve = streamOf(1);
      return await read(connect(grpc.Client).makeServerStreamRequest('/test.Calls/List', json, parse, 'all'));
    },
    async 'direct: makeBidiStreamRequest with metadata'() {
      serve = { chat: (call) => call.end() };
      const call = connect(grpc.Client).makeBidiStreamRequest('/test.Calls/Chat', json, parse, metadataOf({}));
      call.end();
      return await read(call);
    },
    async 'direct: makeBidiStreamRequest'() {
      serve = { chat: (call) => call.end() };
      const call = connect(grpc.Client).makeBidiStreamRequest('/test.Calls/Chat', json, parse);
      call.end();
      return await read(call);
    },
    async 'direct: a class that extends a client'() {
      serve = say('hello');
      class Own extends test.Calls {
        greet(name, done) {
          return this.Unary(name, done);
        }
      }
      return await ask(connect(Own), 'greet', 'hi');
    },
    async 'service: grpc.health.v1 of @grpc/proto-loader'() {
      serve = { unary: (call, answer) => answer(null, { status: 'SERVING' }) };
      const { Health } = grpc.loadPackageDefinition(health).grpc.health.v1;
      return await ask(connect(Health), 'Check', { service: '' });
    },
    async 'service: a watch of grpc.health.v1'() {
      serve = streamOf({ status: 'SERVING' });
      const { Health } = grpc.loadPackageDefinition(health).grpc.health.v1;
      return await read(connect(Health).Watch({ service: '' }));
    },
    async 'service: a method registered by its path'() {
      const server = servers[0];
      server.register('/test.Own/Path', (call, answer) => answer(null, call.request), json, parse, 'unary');
      return await ask(client, 'makeUnaryRequest', '/test.Own/Path', json, parse, 'hi');
    },
    async 'target: dns'() {
      serve = say('hello');
      return await ask(connect(test.Calls, {}, `dns:localhost:${port}`), 'Unary', 'hi');
    },
    async 'target: dns with an authority'() {
      serve = say('hello');
      return await ask(connect(test.Calls, {}, `dns:///localhost:${port}`), 'Unary', 'hi');
    },
    async 'target: ipv4'() {
      serve = say('hello');
      return await ask(connect(test.Calls, {}, `ipv4:127.0.0.1:${port}`), 'Unary', 'hi');
    },
    async 'target: several addresses'() {
      serve = say('hello');
      return await ask(connect(test.Calls, {}, `ipv4:127.0.0.1:1,127.0.0.1:${port}`), 'Unary', 'hi');
    },
    async 'target: ipv6'() {
      return (await ask(connect(test.Calls, {}, 'ipv6:[::1]:1'), 'Unary', 'hi')).code;
    },
    async 'target: a host without a port'() {
      return (await ask(connect(test.Calls, {}, 'dns:127.0.0.1'), 'Unary', 'hi', inMs(300))).code;
    },
    async 'target: a socket'() {
      return (await ask(connect(test.Calls, {}, 'unix:/nowhere/socket'), 'Unary', 'hi', inMs(300))).code;
    },
  };

  if (isBefore1_10) {
    for (const name of ['client stream', 'server stream', 'bidi']) delete cases[`${name}: the handler throws`];
    for (const where of ['', ', around the handler']) delete cases[`interceptor: on the server${where}`];
  }
  return {
    cases,
    ports,
    tracer,
    async open() {
      port = await startServer();
      client = connect();
    },
    close() {
      for (const one of clients) one.close();
      for (const server of servers) server.forceShutdown();
      for (const one of holes) one.destroy();
    },
  };
}

/**
 * Runs the cases one after the other, prints what each came to for the app, and what ports there were.
 *
 * @param modules `grpc`, `api` and `protoLoader`, in the way that the program has imported them
 * @param only a regular expression for the names of the cases; default: all
 */
exports.run = async (modules, only = process.argv[2] ?? '') => {
  const { cases, tracer, open, close, ports } = createCases(modules);
  // That of a handler that rejects.
  process.on('unhandledRejection', () => {});
  await open();
  const results = {};
  for (const [name, run] of Object.entries(cases)) {
    if (!new RegExp(only).test(name)) continue;
    const late = delay(5000, 'TIMEOUT', { ref: false });
    await tracer.startActiveSpan(`case ${name}`, async (span) => {
      results[name] = await Promise.race([run(), late]).catch((error) => `rejected: ${error.message}`);
      tracer.startSpan(`comes to ${JSON.stringify(results[name])}`).end();
      span.end();
    });
  }
  // What is collected now can be answered by nobody; that is noticed in a task of its own.
  for (let round = 0; round < 5; round++) {
    await delay(10);
    globalThis.gc?.();
  }
  await delay(10);
  close();
  console.log(JSON.stringify({ results, ports }));
};
