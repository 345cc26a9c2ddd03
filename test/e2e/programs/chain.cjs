// A (HTTP) asks B (gRPC), which asks C (HTTP) by http.get and by fetch. They require nothing themselves: they are given
// the modules in the way that their user imported them, so that the tree of spans tells whether that way is traced.

const definition = {
  'test.Echo': {
    Say: {
      path: '/test.Echo/Say',
      requestStream: false,
      responseStream: false,
      requestSerialize: (text) => Buffer.from(text),
      requestDeserialize: String,
      responseSerialize: (text) => Buffer.from(text),
      responseDeserialize: String,
    },
  },
};

const portOf = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

const get = (http, url) =>
  new Promise((resolve, reject) => {
    http
      .get(url, { agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (part) => (body += part));
        response.on('end', () => resolve(body));
      })
      .on('error', reject);
  });

exports.C = async ({ http }) => {
  const server = http.createServer((request, response) => response.end(request.url));
  return { port: await portOf(server), close: () => server.close().closeAllConnections() };
};

exports.B = async ({ http, grpc }, portOfC) => {
  const { test } = grpc.loadPackageDefinition(definition);
  const server = new grpc.Server();
  server.addService(test.Echo.service, {
    async Say({ request }, answer) {
      const byGet = await get(http, `http://127.0.0.1:${portOfC}/get/${request}`);
      const byFetch = await (await fetch(`http://127.0.0.1:${portOfC}/fetch/${request}`)).text();
      answer(null, `${byGet} ${byFetch}`);
    },
  });
  const port = await new Promise((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
  return { port, close: () => server.forceShutdown() };
};

exports.A = async ({ http, grpc, express }, portOfB) => {
  const { test } = grpc.loadPackageDefinition(definition);
  const client = new test.Echo(`127.0.0.1:${portOfB}`, grpc.credentials.createInsecure());
  const say = (word, response) =>
    client.Say(word, (error, said) => response.writeHead(error ? 500 : 200).end(error ? error.message : said));
  let handle = (request, response) => say(request.url.slice('/say/'.length), response);
  if (express !== undefined) {
    handle = express();
    handle.use(function first(request, response, next) {
      next();
    });
    handle.use(function second(request, response, next) {
      setImmediate(() => next());
    });
    handle.get('/say/:word', (request, response) => say(request.params.word, response));
  }
  const server = http.createServer(handle);
  return { port: await portOf(server), close: () => (client.close(), server.close().closeAllConnections()) };
};

/** All three in one process, and one request to A. */
exports.chain = async (modules) => {
  const c = await exports.C(modules);
  const b = await exports.B(modules, c.port);
  const a = await exports.A(modules, b.port);
  console.log(await get(modules.http, `http://127.0.0.1:${a.port}/say/hello`));
  for (const { close } of [a, b, c]) close();
};

/** One of the three, as `node <program> <name> <port of the next>`. */
exports.serve = async (modules) => {
  const [name, portOfNext] = process.argv.slice(2);
  const { port } = await exports[name](modules, portOfNext);
  console.log(`on ${port}`);
};
