// Requests to an app of h3 with its tracing plugin, one after the other; what each was answered with is printed.

import { trace } from '@opentelemetry/api';
import { H3, HTTPError, serve } from 'h3';
import { tracingPlugin } from 'h3/tracing';

const tracer = trace.getTracer('app');
const mark = (name) => tracer.startSpan(name).end();
const later = () => new Promise((resolve) => setTimeout(resolve, 1));

const inner = new H3().get('/deep/:name', (event) => {
  mark('inside');
  return event.context.params.name;
});
const withMiddleware = new H3().use((event, next) => next()).get('/item/:id', () => 'item');
const fetched = new H3().register(tracingPlugin()).get('/own/:id', () => 'fetched');
const foreign = { fetch: (request) => new Response(new URL(request.url).pathname) };

const app = new H3({ silent: true });
app.register(tracingPlugin());
app.use(async (event, next) => {
  mark('before');
  const answer = await next();
  mark('after');
  return answer;
});
app.use('/stopped', () => 'stopped');
app.get('/sync/:id', (event) => {
  mark('inside');
  return event.context.params.id;
});
app.get('/async/:id', async () => {
  await later();
  mark('awaited');
  return 'async';
});
app.get('/throws/:id', () => {
  throw new Error('thrown');
});
app.get('/gone', async () => {
  throw new HTTPError({ status: 410, message: 'gone' });
});
app.get('/own', () => 'own', { middleware: [(event, next) => next()] });
app.all('/files/**', () => 'file');
app.post('/body', async (event) => (await event.req.json()).name);
app.get('/stream', () => new Response(new Blob(['streamed']).stream()));
app.get('/outer/:id', async () => (await app.request('/sync/inner')).text());
app.get('/nothing', () => undefined);
app.mount('/sub', inner);
app.mount('/sub2', withMiddleware);
app.mount('/foreign', foreign);
app.mount('/fetched', { fetch: (request) => fetched.fetch(request) });

const server = serve(app, { port: 0, hostname: '127.0.0.1', silent: true });
await server.ready();
const ask = async (path, init) => {
  const response = await fetch(new URL(path, server.url), init);
  console.log(path, response.status, (await response.text()).replace(server.url, '<server>'));
};
await ask('/sync/1');
await ask('/sync/1', { method: 'HEAD' });
await ask('/async/1');
await ask('/throws/1');
await ask('/gone');
await ask('/own');
await ask('/files/a/b');
await ask('/body', { method: 'POST', body: '{"name":"n"}' });
await ask('/stream');
await ask('/outer/1');
await ask('/nothing');
await ask('/sub/deep/x');
await ask('/sub2/item/1');
await ask('/foreign/a');
await ask('/fetched/own/1');
await ask('/stopped');
await ask('/missing');
await server.close(true);
