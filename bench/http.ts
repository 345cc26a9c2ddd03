import { requestBench } from './support/request-bench.ts';

export const http = requestBench({
  name: 'http',
  title: 'HTTP hello',
  about: 'A `node:http` server that answers `hello`, 32 keep-alive connections. One server span a request.',
  program: 'http.cjs',
  spansPerRequest: 1,
  load: ['http-load.ts', '/hello?name=ada', '32'],
});
