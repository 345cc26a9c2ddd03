import { requestBench } from './support/request-bench.ts';

export const express = requestBench({
  name: 'express',
  title: 'Express 5 route',
  about:
    'Express 5 with three middlewares, one of them in a router, and a route that answers JSON; 32 keep-alive connections. Six spans a request.',
  program: 'express.cjs',
  spansPerRequest: 6,
  load: ['http-load.ts', '/users/1', '32'],
});
