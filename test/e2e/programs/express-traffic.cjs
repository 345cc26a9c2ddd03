// Cases of traffic through Express 4 or 5, one after the other, each within a span of its own name. Each has an app of its
// own; what its requests come to for the client is printed. The modules are given in the way that the program has imported them.

const http = require('node:http');
const { AsyncLocalStorage } = require('node:async_hooks');
const { EventEmitter, once } = require('node:events');
const { setTimeout: delay } = require('node:timers/promises');

const STREAM_PARTS = 3;

/**
 * @param modules `express` and `api`
 * @returns name → what makes the app ready for the requests that it returns: `/path`, `METHOD /path`, or a function
 */
function createCases({ express, api }, isFive) {
  const tracer = api.trace.getTracer('cases');
  /** A span that has begun and ended: its parent tells which context is active here. */
  const mark = (name) => tracer.startSpan(name).end();
  const { Router } = express;
  const store = new AsyncLocalStorage();
  const ok = (req, res) => res.send('ok');
  const named = (name, then = (req, res, next) => next()) => Object.defineProperty(then, 'name', { value: name });
  const fail = (message) => () => {
    throw new Error(message);
  };
  /** Handles errors; four parameters tell Express so. */
  const handler = (status = 500) =>
    function onError(error, req, res, next) {
      mark(`error handler ${error?.message ?? error}`);
      res.status(status).send(`handled ${error?.message ?? error}`);
    };
  /** What matches all, as either version writes it. */
  const all = isFive ? '/{*rest}' : '*';
  const rest = isFive ? '/*rest' : '/*';

  const cases = {
    // --- routes

    'route: /'(app) {
      app.get('/', ok);
      return ['/', '/?a=1', '/other'];
    },
    'route: a path'(app) {
      app.get('/a/b', ok);
      return ['/a/b', '/a/b/', '/a/b?c=1', '/A/B'];
    },
    'route: a parameter'(app) {
      app.get('/users/:id', (req, res) => res.send(req.params.id));
      return ['/users/1', '/users/%C3%BC', '/users/a%2Fb', '/users/%'];
    },
    'route: parameters with text between'(app) {
      app.get('/from/:a-:b', (req, res) => res.send([req.params.a, req.params.b].join()));
      return ['/from/x-y'];
    },
    'route: a regular expression'(app) {
      app.get(/^\/re(\d+)$/, (req, res) => res.send(req.params[0]));
      return ['/re12', '/rex'];
    },
    'route: a list of paths'(app) {
      app.get(['/one', '/two/:id', /three/], ok);
      return ['/one', '/two/2', '/three'];
    },
    'route: everything'(app) {
      app.get(all, ok);
      return ['/', '/any/thing'];
    },
    'route: everything below'(app) {
      app.get(`/files${rest}`, ok);
      return ['/files/a/b'];
    },
    'route: an optional part'(app) {
      app.get(isFive ? '/opt{/:id}' : '/opt/:id?', ok);
      return ['/opt', '/opt/1'];
    },
    'route: every method'(app) {
      for (const method of ['get', 'post', 'put', 'delete', 'patch']) app[method]('/m', ok);
      return ['GET /m', 'POST /m', 'PUT /m', 'DELETE /m', 'PATCH /m', 'HEAD /m', 'OPTIONS /m'];
    },
    'route: all()'(app) {
      app.all('/all', ok);
      return ['GET /all', 'POST /all', 'OPTIONS /all'];
    },
    'route: route()'(app) {
      app
        .route('/book')
        .get(ok)
        .post((req, res) => res.status(201).end());
      return ['GET /book', 'POST /book', 'PUT /book'];
    },
    'route: several handlers'(app) {
      app.get('/h', (req, res, next) => next(), named('second'), [named('third'), named('fourth')], ok);
      return ['/h'];
    },
    'route: two of the same path'(app) {
      app.get('/twice', (req, res, next) => next());
      app.get('/twice', ok);
      return ['/twice'];
    },
    'route: one that another path matches too'(app) {
      app.get('/:any', (req, res, next) => next());
      app.get('/exact', ok);
      return ['/exact'];
    },
    "route: next('route')"(app) {
      app.get('/r', (req, res, next) => next('route'), fail('never'));
      app.get('/r', ok);
      return ['/r'];
    },
    'route: a handler of any arity'(app) {
      app.get('/none', function () {
        this?.never;
        arguments[1].send('none');
      });
      app.get('/rest', (...args) => args[1].send('rest'));
      return ['/none', '/rest'];
    },
    'route: none'() {
      return ['/', '/nothing', 'POST /nothing'];
    },

    // --- middleware

    'middleware: named, unnamed, arrow'(app) {
      app.use(named('named'));
      app.use((req, res, next) => next());
      app.use(function (req, res, next) {
        next();
      });
      app.get('/m', ok);
      return ['/m', '/'];
    },
    'middleware: with a path'(app) {
      app.use('/api', named('first'));
      app.use('/api/v1', named('second'));
      app.get('/api/v1/x', ok);
      return ['/api/v1/x', '/api/v1', '/api'];
    },
    'middleware: with a parameter, a list, a regular expression'(app) {
      app.use('/u/:id', named('parameter'));
      app.use(['/u', '/v'], named('list'));
      app.use(/^\/u/, named('expression'));
      app.get('/u/:id', ok);
      return ['/u/1', '/v'];
    },
    'middleware: several at once'(app) {
      app.use('/s', named('one'), [named('two'), named('three')]);
      app.get('/s', ok);
      return ['/s'];
    },
    'middleware: several at once in a router'(app) {
      const router = Router();
      router.use(named('one'), named('two'));
      router.use('/p', named('three'), named('four'));
      router.get('/p', ok);
      app.use('/r', router);
      return ['/r/p'];
    },
    'middleware: answers'(app) {
      app.use(named('answers', (req, res) => res.send('here')));
      app.get('/', fail('never'));
      return ['/', '/x'];
    },
    'middleware: answers, and goes on'(app) {
      app.use((req, res, next) => {
        res.send('here');
        next();
      });
      app.get('/', (req, res) => mark(`sent ${res.headersSent}`));
      return ['/'];
    },
    'middleware: body parsers'(app) {
      app.use(express.json(), express.urlencoded({ extended: false }));
      app.use(express.text());
      app.post('/b', (req, res) => res.json(req.body ?? null));
      return [
        ['POST /b', '{"a":1}', 'application/json'],
        ['POST /b', 'a=1', 'application/x-www-form-urlencoded'],
        ['POST /b', 'text', 'text/plain'],
        ['POST /b', '{', 'application/json'],
      ];
    },
    'middleware: static files'(app) {
      app.use('/static', express.static(__dirname));
      return ['/static/traffic.cjs', '/static/none', '/static'];
    },
    'middleware: spans inside, before and after the next'(app) {
      app.use(
        named('around', (req, res, next) => {
          mark('before');
          next();
          mark('after');
        }),
      );
      app.get('/', (req, res) => {
        mark('inside');
        res.send('ok');
      });
      return ['/'];
    },
    'middleware: goes on later'(app) {
      app.use((req, res, next) => {
        setTimeout(() => {
          mark('late');
          next();
          mark('later');
        }, 2);
      });
      app.use((req, res, next) => setImmediate(next));
      app.use((req, res, next) => process.nextTick(next));
      app.get('/', async (req, res) => {
        mark('handler');
        await delay(1);
        mark('awaited');
        res.send('ok');
      });
      return ['/'];
    },
    'middleware: awaits, and goes on'(app) {
      app.use(
        named('awaits', async (req, res, next) => {
          await delay(1);
          mark('awaited');
          next();
        }),
      );
      app.use(named('promises', (req, res, next) => Promise.resolve().then(() => next())));
      app.get('/', ok);
      return ['/'];
    },
    'middleware: a span of its own around the next'(app) {
      app.use((req, res, next) => tracer.startActiveSpan('own', (span) => (next(), span.end())));
      app.get('/', (req, res) => {
        mark('inside');
        res.send('ok');
      });
      return ['/'];
    },
    'middleware: a value in the context'(app) {
      const key = api.createContextKey('value');
      app.use((req, res, next) => api.context.with(api.context.active().setValue(key, 'kept'), next));
      app.use((req, res, next) => next());
      app.get('/', (req, res) => res.send(String(api.context.active().getValue(key))));
      return ['/'];
    },
    'middleware: no context at all around the next'(app) {
      app.use((req, res, next) => api.context.with(api.ROOT_CONTEXT, next));
      app.get('/', (req, res) => {
        mark('inside');
        res.send('ok');
      });
      return ['/'];
    },
    "middleware: the app's own AsyncLocalStorage"(app) {
      app.use((req, res, next) => store.run('mine', next));
      app.use((req, res, next) => setImmediate(next));
      app.get('/', (req, res) => res.send(String(store.getStore())));
      return ['/'];
    },
    'middleware: calls next twice'(app) {
      let calls = 0;
      app.use('/t', (req, res, next) => {
        next();
        next();
      });
      app.get('/t', (req, res) => {
        calls += 1;
        if (calls === 1) res.send('ok');
      });
      return ['/t'];
    },
    'middleware: the same function twice'(app) {
      const same = named('same');
      app.use(same);
      app.use('/x', same);
      app.get('/x', same, ok);
      return ['/x'];
    },
    'middleware: a bound function, a class, a callable object'(app) {
      app.use(
        function bound(req, res, next) {
          next();
        }.bind({}),
      );
      app.use(named('', (req, res, next) => next()));
      app.use(named('handle'));
      app.use(named('bound dispatch'));
      app.use('/p', named('handle'));
      app.get('/p', ok);
      return ['/', '/p'];
    },
    'middleware: five parameters'(app) {
      app.use((req, res, next, four, five) => next());
      app.get('/', ok);
      return ['/'];
    },
    'middleware: named router'(app) {
      app.use(named('router'));
      app.use('/n', named('router'));
      app.get('/n', ok);
      return ['/n'];
    },
    'middleware: changes the URL'(app) {
      app.use('/old', (req, res, next) => {
        req.url = '/moved';
        next();
      });
      app.use((req, res, next) => {
        if (req.url === '/before') req.url = '/after';
        next();
      });
      app.get('/after', ok);
      app.get('/old/moved', ok);
      return ['/before', '/old/x'];
    },
    'middleware: many, one after the other'(app) {
      for (let i = 0; i < 120; i++) app.use(named(`m${i}`));
      app.get('/', ok);
      return ['/'];
    },
    'middleware: many that wait'(app) {
      for (let i = 0; i < 12; i++) app.use(named(`w${i}`, (req, res, next) => setImmediate(next)));
      app.get('/', ok);
      return ['/'];
    },

    // --- routers and apps

    'router: mounted'(app) {
      const router = Router();
      router.use(named('inner'));
      router.get('/:id', ok);
      app.use('/users', router);
      return ['/users/1', '/users', '/users/1/x'];
    },
    'router: mounted without a path'(app) {
      const router = Router();
      router.get('/plain', ok);
      app.use(router);
      return ['/plain', '/other'];
    },
    'router: three deep'(app) {
      const [one, two, three] = [Router(), Router(), Router()];
      three.get('/end/:id', ok);
      two.use('/two', three);
      one.use('/one', two);
      app.use('/zero', one);
      return ['/zero/one/two/end/1', '/zero/one/two', '/zero/one'];
    },
    'router: mounted twice'(app) {
      const router = Router();
      router.get('/x', ok);
      app.use('/v1', router);
      app.use('/v2', router);
      return ['/v1/x', '/v2/x', '/v1/x'];
    },
    'router: mounted at a parameter'(app) {
      const router = Router({ mergeParams: true });
      router.get('/items/:item', (req, res) => res.json(req.params));
      app.use('/shops/:shop', router);
      return ['/shops/1/items/2'];
    },
    'router: mounted at a list'(app) {
      const router = Router();
      router.get('/x', ok);
      app.use(['/a', '/b'], router);
      return ['/a/x', '/b/x'];
    },
    'router: one after the other'(app) {
      for (const name of ['/a', '/b', '/c']) {
        const router = Router();
        router.get('/x', ok);
        app.use(name, router);
      }
      return ['/a/x', '/c/x', '/d/x'];
    },
    'router: that has nothing for it'(app) {
      const router = Router();
      router.use(named('passes'));
      app.use('/r', router);
      app.get('/r/x', ok);
      return ['/r/x'];
    },
    'router: empty'(app) {
      app.use('/e', Router());
      app.get('/e', ok);
      return ['/e'];
    },
    'router: filled after it was mounted'(app) {
      const router = Router();
      app.use('/later', router);
      router.get('/x', ok);
      return ['/later/x'];
    },
    'router: filled while it serves'(app) {
      const router = Router();
      router.get('/x', (req, res) => {
        router.get('/y', ok);
        res.send('ok');
      });
      app.use('/grows', router);
      return ['/grows/y', '/grows/x', '/grows/y'];
    },
    'router: made for each request'(app) {
      app.use('/made', (req, res, next) => {
        const router = Router();
        router.get('/x', ok);
        router(req, res, next);
      });
      return ['/made/x', '/made/x', '/made/y'];
    },
    "router: next('router')"(app) {
      const router = Router();
      router.use(named('leaves', (req, res, next) => next('router')));
      router.get('/x', fail('never'));
      app.use('/r', router);
      app.get('/r/x', ok);
      return ['/r/x'];
    },
    'router: a trailing slash and case, strict'(app) {
      const router = Router({ strict: true, caseSensitive: true });
      router.get('/Case/', ok);
      app.use('/strict', router);
      return ['/strict/Case/', '/strict/case/', '/strict/Case'];
    },
    'router: param()'(app) {
      const router = Router();
      router.param('id', (req, res, next, id) => {
        mark(`param ${id}`);
        setImmediate(next);
      });
      router.get('/:id', ok);
      app.use('/p', router);
      return ['/p/7'];
    },
    'router: param() fails'(app) {
      app.param('id', (req, res, next, id) => next(new Error(`no ${id}`)));
      app.get('/p/:id', ok);
      app.use(handler());
      return ['/p/7'];
    },
    'app: mounted'(app) {
      const admin = express();
      admin.use(named('inner'));
      admin.get('/panel', (req, res) => res.send(`${req.baseUrl} ${req.app === admin}`));
      app.use('/admin', admin);
      app.get('/admin/other', (req, res) => res.send(String(req.app === app)));
      return ['/admin/panel', '/admin/other'];
    },
    'app: mounted in a mounted one'(app) {
      const [outer, inner] = [express(), express()];
      inner.get('/x/:id', ok);
      outer.use('/inner', inner);
      app.use('/outer', outer);
      return ['/outer/inner/x/1'];
    },
    'app: called by another'(app) {
      const other = express();
      other.get('/x', ok);
      app.use((req, res) => other(req, res));
      return ['/x'];
    },

    // --- errors

    'error: next(error) in a middleware'(app) {
      app.use('/e', (req, res, next) => next(new TypeError('no')));
      app.get('/e', fail('never'));
      return ['/e'];
    },
    'error: next(error) in a handler'(app) {
      app.get('/e/:id', (req, res, next) => next(Object.assign(new Error('gone'), { status: 410, code: 'E_GONE' })));
      return ['/e/1'];
    },
    'error: handled'(app) {
      app.use(named('passes'));
      app.get('/e', (req, res, next) => next(new Error('no')));
      app.use(handler(418));
      return ['/e'];
    },
    'error: handled in its router'(app) {
      const router = Router();
      router.get('/e', (req, res, next) => next(new Error('no')));
      router.use(handler(503));
      app.use('/r', router);
      return ['/r/e'];
    },
    'error: handled, and goes on'(app) {
      app.use((req, res, next) => next(new Error('no')));
      app.use((error, req, res, next) => next());
      app.get('/x', ok);
      return ['/x'];
    },
    'error: of a route handled, and goes on'(app) {
      app.get('/x', (req, res, next) => next(new Error('no')));
      app.use((error, req, res, next) => next());
      app.use(named('after'));
      app.use((req, res) => res.send('recovered'));
      return ['/x'];
    },
    'error: thrown in a middleware'(app) {
      app.use(named('throws', fail('thrown')));
      return ['/e'];
    },
    'error: thrown in a middleware with a path, handled, and goes on'(app) {
      app.use('/e', named('throws', fail('thrown')));
      app.use((error, req, res, next) => next());
      app.get('/e', ok);
      return ['/e'];
    },
    'error: thrown in a handler'(app) {
      app.get('/e', fail('thrown'));
      app.use(handler());
      return ['/e'];
    },
    'error: thrown after the next'(app) {
      app.use((req, res, next) => {
        next();
        throw new Error('late');
      });
      app.get('/e', ok);
      return ['/e'];
    },
    'error: a handler rejects'(app) {
      app.get('/e', async (req, res, next) => {
        await delay(1);
        mark('before');
        if (!isFive) return next(new Error('rejected'));
        throw new Error('rejected');
      });
      app.use(handler());
      return ['/e'];
    },
    'error: a middleware rejects'(app) {
      app.use('/e', async function rejects(req, res, next) {
        await delay(1);
        if (!isFive) return next(new Error('rejected'));
        throw new Error('rejected');
      });
      app.use(handler());
      return ['/e'];
    },
    'error: a middleware rejects with nothing'(app) {
      app.use('/e', function rejects(req, res, next) {
        if (!isFive) return next(new Error('nothing'));
        return Promise.reject();
      });
      app.use(handler());
      return ['/e'];
    },
    'error: a text'(app) {
      app.get('/e', (req, res, next) => next('a text'));
      return ['/e'];
    },
    'error: an object, a number, an empty text'(app) {
      app.use('/o', (req, res, next) => next({ message: 'of an object' }));
      app.use('/n', (req, res, next) => next(404));
      app.use('/e', (req, res, next) => next(''));
      app.use(handler());
      return ['/o', '/n', '/e'];
    },
    'error: null and undefined are none'(app) {
      app.use((req, res, next) => next(null));
      app.use((req, res, next) => next(undefined));
      app.get('/', ok);
      return ['/'];
    },
    'error: the handler of errors fails'(app) {
      app.get('/e', (req, res, next) => next(new Error('first')));
      app.use((error, req, res, next) => next(new Error('second')));
      app.use(handler());
      return ['/e'];
    },
    'error: three routers up'(app) {
      const [one, two] = [Router(), Router()];
      two.get('/e', (req, res, next) => next(new Error('deep')));
      one.use('/two', two);
      app.use('/one', one);
      app.use(handler());
      return ['/one/two/e'];
    },
    'error: a path that cannot be decoded, with a middleware before'(app) {
      app.use(named('passes'));
      app.get('/d/:id', ok);
      app.use(handler(400));
      return ['/d/%zz'];
    },

    // --- answers

    'answer: json, redirect, status, file'(app) {
      app.get('/json', (req, res) => res.json({ a: 1 }));
      app.get('/redirect', (req, res) => res.redirect('/json'));
      app.get('/status', (req, res) => res.sendStatus(204));
      app.get('/file', (req, res) => res.sendFile(__filename));
      app.get('/error', (req, res) => res.status(503).end());
      return ['/json', '/redirect', '/status', '/file', '/error'];
    },
    'answer: streamed'(app) {
      app.get('/s', async (req, res) => {
        for (let part = 0; part < STREAM_PARTS; part++) {
          res.write(`part ${part}`);
          await delay(1);
          mark(`part ${part}`);
        }
        res.end();
      });
      return ['/s'];
    },
    'answer: after the handler has returned'(app) {
      app.get('/later', (req, res) => {
        res.on('finish', () => mark('finish'));
        setTimeout(() => res.send('later'), 3);
      });
      return ['/later'];
    },
    'answer: sent by a middleware that waits'(app) {
      app.use(
        named('waits', async (req, res) => {
          await delay(2);
          res.send('waited');
        }),
      );
      return ['/'];
    },
    'answer: the client goes away'(app) {
      const arrived = new Promise((resolve) => {
        app.get('/hangs', (req, res) => {
          res.on('close', () => mark('close'));
          resolve();
        });
      });
      return [
        async (port) => {
          const request = http.get({ port, path: '/hangs' }).on('error', () => {});
          await arrived;
          request.destroy();
          await delay(10);
          return 'gone';
        },
      ];
    },
    'answer: the client has gone before the handler'(app) {
      const steps = new EventEmitter();
      app.use((req, res, next) => {
        res.on('close', () => setImmediate(next));
        steps.emit('waits');
      });
      app.get('/late', () => steps.emit('late'));
      return [
        async (port) => {
          const request = http.get({ port, path: '/late' }).on('error', () => {});
          await once(steps, 'waits');
          request.destroy();
          await once(steps, 'late');
          await delay(5);
          return 'gone';
        },
      ];
    },
    'answer: two requests at once'(app) {
      const router = Router();
      router.use((req, res, next) => setTimeout(next, req.url === '/1' ? 6 : 1));
      router.get('/:id', (req, res) => setTimeout(() => res.send(req.params.id), 3));
      app.use('/at-once', router);
      const get = async (port, path) => (await fetch(`http://localhost:${port}${path}`)).text();
      return [async (port) => (await Promise.all([get(port, '/at-once/1'), get(port, '/at-once/2')])).join()];
    },
    'answer: one connection for three requests'(app) {
      app.use(named('passes'));
      app.get('/k/:id', ok);
      return [
        async (port) => {
          const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
          const bodies = [];
          for (const id of [1, 2, 3]) bodies.push(await ask(port, ['GET', `/k/${id}`], { agent }));
          agent.destroy();
          return bodies.join();
        },
      ];
    },

    // --- what apps look at

    'seen: the functions in the stack'(app) {
      const middleware = named('mine');
      app.use(middleware);
      app.get('/s', (req, res) => {
        const { stack } = app._router ?? app.router;
        res.json(stack.map(({ name, handle, route }) => [name, handle.length, Boolean(route)]));
      });
      return ['/s'];
    },
    'seen: keys of the request'(app) {
      app.get('/k', (req, res) => res.json(Object.keys(req).filter((key) => key.includes('ot'))));
      return ['/k'];
    },
    'seen: a layer is replaced'(app) {
      app.use(named('before', fail('never')));
      const { stack } = app._router ?? app.router;
      stack.at(-1).handle = (req, res, next) => next();
      app.get('/s', ok);
      return ['/s'];
    },
    'seen: a layer is taken out'(app) {
      const gone = named('gone', fail('never'));
      app.use(gone);
      const { stack } = app._router ?? app.router;
      stack.splice(stack.length - 1, 1);
      app.get('/s', ok);
      return ['/s'];
    },
    'seen: a request of the handler'(app, port) {
      app.get('/inner', ok);
      app.get('/outer', async (req, res) => res.send(await (await fetch(`http://localhost:${port}/inner`)).text()));
      return ['/outer'];
    },
    'seen: tracing suppressed'(app) {
      app.use(named('mine'));
      app.get('/ignored', ok);
      return ['/ignored'];
    },
  };
  return { cases, tracer };
}

/** One request; resolves with its status and the beginning of its body. */
async function ask(port, [method, path, body, type], { agent } = {}) {
  const headers = body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) };
  const request = http.request({ port, method, path, headers, agent });
  request.end(body);
  const [response] = await once(request, 'response');
  let text = '';
  response.setEncoding('utf8').on('data', (part) => (text += part));
  await once(response, 'close');
  return `${response.statusCode} ${text.slice(0, 80)}`;
}

/**
 * Runs the cases one after the other, and prints what each came to for the client, and the server's port.
 *
 * @param modules `express` and `api`, in the way that the program has imported them
 * @param only a regular expression for the names of the cases; default: all
 */
exports.run = async (modules, only = process.argv[2] ?? '') => {
  process.on('unhandledRejection', () => {});
  const isFive = !('query' in modules.express);
  const { cases, tracer } = createCases(modules, isFive);
  let app;
  const server = http.createServer((request, response) => app(request, response));
  await once(server.listen(0), 'listening');
  const { port } = server.address();
  const results = {};
  for (const [name, prepare] of Object.entries(cases)) {
    if (!new RegExp(only).test(name)) continue;
    app = modules.express();
    app.set('env', 'production');
    const requests = prepare(app, port);
    await tracer.startActiveSpan(`case ${name}`, { root: true }, async (span) => {
      const late = delay(4000, 'TIMEOUT', { ref: false });
      results[name] = [];
      for (const request of requests) {
        const [line, ...body] = [request].flat();
        const [method, path = method] = typeof line === 'string' ? line.split(' ') : [];
        const asked =
          typeof line === 'function' ? line(port) : ask(port, [line.includes(' ') ? method : 'GET', path, ...body]);
        results[name].push(await Promise.race([asked, late]).catch((error) => `rejected: ${error.message}`));
      }
      await delay(3);
      span.end();
    });
    server.closeAllConnections();
    await delay(1);
  }
  server.close();
  console.log(JSON.stringify({ results, port }));
  process.exit();
};
