import { requestBench } from './support/request-bench.ts';

export const fastify = requestBench({
  name: 'fastify',
  title: 'Fastify route',
  about:
    "Fastify 5 with a hook and a route that answers JSON; 32 keep-alive connections. A server span and the handler's a request; where half of them arrive, the handler has none.",
  program: 'fastify.cjs',
  spansPerRequest: 2,
  load: ['http-load.ts', '/users/1', '32'],
  needs: 'fastify',
});
