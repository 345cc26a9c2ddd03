import { requestBench } from './support/request-bench.ts';

export const grpc = requestBench({
  name: 'grpc',
  title: 'gRPC unary server',
  about: 'A unary method of `@grpc/grpc-js`, 4 connections with 16 calls at a time each. One server span a call.',
  program: 'grpc.cjs',
  spansPerRequest: 1,
  load: ['grpc-load.ts', '/hello.Greeter/SayHello', '4', '16'],
});
