// An HTTP gateway in front of the gRPC service. No line of it is about tracing.
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const { user } = grpc.loadPackageDefinition(loadSync(fileURLToPath(new URL('user.proto', import.meta.url))));
const users = new user.UserSrvServer(process.env.USER_SRV ?? '127.0.0.1:50061', grpc.credentials.createInsecure());

const server = createServer((request, response) => {
  const [, id] = /^\/users\/(\d+)$/.exec(request.url) ?? [];
  if (id === undefined) return response.writeHead(404).end();
  users.GetUserInfo({ id: Number(id) }, (error, info) => {
    if (error) return response.writeHead(error.code === grpc.status.NOT_FOUND ? 404 : 502).end(`${error.details}\n`);
    response.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(info)}\n`);
  });
});
server.listen(process.env.PORT ?? 8080, process.env.HOST ?? '127.0.0.1', () => {
  console.log(`gateway on ${server.address().port}`);
});
