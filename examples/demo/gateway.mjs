// An HTTP gateway in front of the gRPC service. No line of it is about tracing.
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import express from 'express';

const { user } = grpc.loadPackageDefinition(loadSync(fileURLToPath(new URL('user.proto', import.meta.url))));
const users = new user.UserSrvServer(process.env.USER_SRV ?? '127.0.0.1:50061', grpc.credentials.createInsecure());

const app = express();
app.get('/users/:id', ({ params: { id } }, response) => {
  users.GetUserInfo({ id: Number(id) }, (error, info) => {
    if (error) response.status(error.code === grpc.status.NOT_FOUND ? 404 : 502).send(`${error.details}\n`);
    else response.json(info);
  });
});
const server = app.listen(process.env.PORT ?? 8080, process.env.HOST ?? '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`gateway on ${server.address().port}`);
});
