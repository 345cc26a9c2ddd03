import { requestBench } from './support/request-bench.ts';

export const httpClient = requestBench({
  name: 'http-client',
  title: 'HTTP client',
  about:
    'An app that calls a server with `node:http` over a keep-alive agent, 16 requests at a time. One client span a request.',
  program: 'http-client.cjs',
  spansPerRequest: 1,
});
