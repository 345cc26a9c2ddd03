// Requests to an app of Fastify, one after the other over one connection; what each came to for the client is printed. Spans that
// begin and end at once tell which context is active where. The modules are given in the way that the program has imported them.

const http = require('node:http');
const { once } = require('node:events');
const { Readable } = require('node:stream');
const { setTimeout: delay } = require('node:timers/promises');

/** @param modules `fastify` and `api` */
function createApp({ fastify, api }) {
  const mark = (name) => api.trace.getTracer('marks').startSpan(name).end();
  const app = fastify();

  // Marks of the hooks are asked for, so that most requests stay short to read.
  const marked = (name) => async (request) => {
    if (!request.url.endsWith('?hooks')) return;
    await delay(1);
    mark(name);
  };
  for (const hook of ['onRequest', 'preHandler', 'onError', 'onSend', 'onResponse']) app.addHook(hook, marked(hook));

  app.get('/sync/:id', function getSync(request) {
    mark('inside');
    return request.params.id;
  });
  app.get('/async/:id', async function getAsync(request) {
    mark('inside');
    await delay(1);
    mark('awaited');
    await new Promise((resolve) => setImmediate(resolve));
    mark('awaited again');
    return request.params.id;
  });
  app.get('/later', (request, reply) => {
    setTimeout(() => {
      mark('timer');
      reply.send('later');
    }, 1);
  });
  app.get('/throws', () => {
    throw new TypeError('thrown');
  });
  app.get('/rejects', async () => {
    await delay(1);
    throw Object.assign(new Error('gone'), { statusCode: 410 });
  });
  app.get('/rejects/nothing', () => Promise.reject(undefined));
  app.get('/rejects/text', () => Promise.reject('text'));
  const schema = { params: { type: 'object', properties: { id: { type: 'integer' } } } };
  app.get('/valid/:id', { schema }, async (request) => request.params.id + 1);
  app.post('/body', async (request) => request.body);
  app.route({ method: ['PUT', 'PATCH'], url: '/several', handler: async (request) => request.method });
  app.get('/files/*', async (request) => request.params['*']);
  app.get('/denied/:id', { onRequest: async (request, reply) => reply.code(401).send('denied') }, () => 'never');
  app.get('/stopped', { preHandler: (request, reply, done) => void reply.code(403).send('stopped') }, () => 'never');
  const broken = (request, reply, done) => done(new Error('hook'));
  app.get('/broken/early', { onRequest: broken }, () => 'never');
  app.get('/broken/late', { preHandler: broken }, () => 'never');
  app.get('/missing', (request, reply) => reply.callNotFound());
  app.get('/stream', async (request, reply) => reply.send(Readable.from(['a', 'b'])));
  app.get('/hijack', async (request, reply) => {
    await delay(1);
    reply.hijack();
    reply.raw.end('hijacked');
  });
  app.get('/thenable', () => ({ then: (resolve) => resolve('at once') }));
  app.get('/inner/:id', async () => 'inner');
  app.get('/outer', async () => `${(await app.inject('/inner/1')).body} in outer`);
  app.get('/same', async () => {
    const span = api.trace.getActiveSpan();
    const seen = [];
    for (let turn = 0; turn < 5; turn++) {
      await delay(turn);
      seen.push(api.trace.getActiveSpan() === span);
    }
    return seen.every(Boolean);
  });

  app.register(
    async function items(instance) {
      instance.setErrorHandler((error, request, reply) => {
        mark('error handler');
        reply.code(418).send(error.message);
      });
      instance.setNotFoundHandler(async () => 'none of ours');
      instance.get('/', async () => 'list');
      instance.get('/:id', async (request) => {
        if (request.params.id === '0') throw new Error('no such item');
        return request.params.id;
      });
      instance.register(
        async function deep(inner) {
          inner.get('/deep', async () => 'deep');
        },
        { prefix: '/:id/sub' },
      );
    },
    { prefix: '/items' },
  );
  return app;
}

const requests = [
  'GET /sync/1?hooks',
  'GET /async/1?hooks',
  'GET /later?hooks',
  'GET /throws?hooks',
  'GET /rejects?hooks',
  'GET /rejects/nothing',
  'GET /rejects/text',
  'GET /valid/1',
  'GET /valid/x',
  'POST /body {"a":1}',
  'POST /body {',
  'PATCH /several',
  'GET /files/a/b',
  'GET /denied/1',
  'GET /stopped',
  'GET /broken/early',
  'GET /broken/late',
  'GET /missing',
  'GET /none',
  'DELETE /sync/1',
  'GET /stream',
  'GET /hijack',
  'GET /thenable',
  'GET /outer',
  'GET /items',
  'GET /items/7',
  'HEAD /items/7',
  'GET /items/0',
  'GET /items/7/sub/deep',
  'GET /items/a/b',
];

/** One request; resolves with what it came to. */
async function ask(port, agent, line) {
  const [method, path, body] = line.split(' ');
  const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length };
  const request = http.request({ port, method, path, headers, agent });
  request.end(body);
  const [response] = await once(request, 'response');
  let text = '';
  response.setEncoding('utf8').on('data', (part) => (text += part));
  await once(response, 'close');
  return `${line}: ${response.statusCode} ${text}`;
}

exports.run = async (modules) => {
  const app = createApp(modules);
  await app.listen({ port: 0 });
  const { port } = app.server.address();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (const line of requests) console.log(await ask(port, agent, line));
  const together = new http.Agent({ keepAlive: true });
  console.log(await Promise.all(Array.from({ length: 4 }, () => ask(port, together, 'GET /same'))));
  agent.destroy();
  together.destroy();
  await app.close();
  console.log('closed');
};
