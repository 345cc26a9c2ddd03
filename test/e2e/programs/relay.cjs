// Whoever asks it by HTTP or by gRPC has it ask on by http.get, fetch and gRPC: node relay.cjs <HTTP port> <gRPC port>.
const http = require('http');
const grpc = require('@grpc/grpc-js');

const bytes = (value) => value;
const definition = {
  Ask: {
    path: '/test.Relay/Ask',
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  },
};
const [httpPort, grpcPort] = process.argv.slice(2);
const Client = grpc.makeClientConstructor(definition, 'Relay');
const client = new Client(`127.0.0.1:${grpcPort}`, grpc.credentials.createInsecure());

async function askOn() {
  const url = `http://127.0.0.1:${httpPort}`;
  await new Promise((resolve, reject) => {
    http.get(`${url}/http`, { agent: false }, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
  await (await fetch(`${url}/fetch`)).text();
  await new Promise((resolve, reject) => {
    client.Ask(Buffer.from(''), (error) => (error ? reject(error) : resolve()));
  });
}

const server = http.createServer(async (request, response) => {
  await askOn();
  response.end('ok');
});
const grpcServer = new grpc.Server();
grpcServer.addService(definition, { Ask: (_, answer) => askOn().then(() => answer(null, Buffer.from('ok')), answer) });
server.listen(0, '127.0.0.1', () => {
  const credentials = grpc.ServerCredentials.createInsecure();
  grpcServer.bindAsync('127.0.0.1:0', credentials, (_, port) => console.log(`on ${server.address().port} ${port}`));
});
