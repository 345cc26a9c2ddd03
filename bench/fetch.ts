import { requestBench } from './support/request-bench.ts';

export const fetch = requestBench({
  name: 'fetch',
  title: 'fetch client',
  about: 'An app that calls a server with the global `fetch`, 16 requests at a time. One client span a request.',
  program: 'fetch.cjs',
  spansPerRequest: 1,
});
