'use strict';
const { loadPackageDefinition, Server, ServerCredentials } = require('@grpc/grpc-js');
const { loadSync } = require('@grpc/proto-loader');
const { answer } = require('./answer.cjs');

const { hello } = loadPackageDefinition(loadSync(`${__dirname}/hello.proto`));
const server = new Server();
server.addService(hello.Greeter.service, {
  SayHello: ({ request }, reply) => reply(null, { message: `hello ${request.name}` }),
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  answer({}, { port });
});
