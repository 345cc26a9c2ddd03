// A server that is stressed from outside, and a client that stresses itself. Tells what is on its heap when asked.
const http = require('node:http');
const v8 = require('node:v8');

let seen = 0;
let open = 0;
const server = http.createServer((req, res) => {
  seen++;
  if (req.url === '/hang') return;
  if (req.url === '/echo') return void req.pipe(res);
  res.end('hello');
});
server.keepAliveTimeout = 0;
server.on('connection', (socket) => {
  open++;
  socket.on('error', () => {}).on('close', () => open--);
});

/** How many objects of these classes are reachable. */
async function alive(names) {
  const chunks = [];
  for await (const chunk of v8.getHeapSnapshot()) chunks.push(chunk);
  const { snapshot, nodes, strings } = JSON.parse(Buffer.concat(chunks).toString());
  const fields = snapshot.meta.node_fields;
  const [type, name] = [fields.indexOf('type'), fields.indexOf('name')];
  const object = snapshot.meta.node_types[type].indexOf('object');
  const counts = Object.fromEntries(names.map((one) => [one, 0]));
  for (let at = 0; at < nodes.length; at += fields.length) {
    const text = strings[nodes[at + name]];
    if (nodes[at + type] === object && Object.hasOwn(counts, text)) counts[text]++;
  }
  return counts;
}

/** Requests of its own that it gives up: at once, before the answer, or in the middle of it. */
async function abort(count) {
  const { port } = server.address();
  for (let n = 0; n < count; n += 20) {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const req = http.get({ port, path: index % 3 === 2 ? '/hello' : '/hang', agent: false });
        const over = new Promise((resolve) => req.on('error', () => {}).on('close', resolve));
        if (index % 3 === 0) req.destroy();
        else if (index % 3 === 1)
          req.on('socket', (socket) => socket.on('connect', () => setTimeout(() => req.destroy(), 2)));
        else req.on('response', (res) => res.on('error', () => {}).destroy());
        return over;
      }),
    );
  }
}

const answers = {
  async state({ names }) {
    for (let n = 0; n < 3; n++) {
      global.gc();
      await new Promise(setImmediate);
    }
    const { heapUsed } = process.memoryUsage();
    return { seen, open, heapUsed, alive: names.length === 0 ? {} : await alive(names) };
  },
  async abort({ count }) {
    await abort(count);
    return {};
  },
  end() {
    server.close();
    server.closeAllConnections();
    process.disconnect();
    return undefined;
  },
};
process.on('message', async ({ ask, ...options }) => {
  const answer = await answers[ask](options);
  if (answer !== undefined) process.send(answer);
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
