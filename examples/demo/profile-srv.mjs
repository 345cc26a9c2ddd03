// A small HTTP service: the profile of user 2 is slow, that of user 3 cannot be read. No line of it is about tracing.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const languages = { 1: 'Analytical Engine', 2: 'COBOL' };

const server = createServer(async ({ url }, response) => {
  const [, id] = /^\/profiles\/(\d+)$/.exec(url) ?? [];
  if (id === undefined) return response.writeHead(404).end();
  await sleep(id === '2' ? 350 : 8);
  if (languages[id] === undefined) return response.writeHead(500).end();
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ language: languages[id] }));
});
server.listen(process.env.PORT ?? 8081, process.env.HOST ?? '127.0.0.1', () => {
  console.log(`profile-srv on ${server.address().port}`);
});
