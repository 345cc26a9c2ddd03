// A gRPC service. Its calls are traced by the flag alone; the helper is used in one place, for a span of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { setAttributes, withSpan } from 'otel-preload';

const { user } = grpc.loadPackageDefinition(loadSync(fileURLToPath(new URL('user.proto', import.meta.url))));
const users = new Map([
  [1, 'Ada'],
  [2, 'Grace'],
]);

async function findUser(id) {
  return withSpan('find user', { attributes: { 'user.id': id } }, async () => {
    await sleep(5);
    const name = users.get(id);
    setAttributes({ 'user.found': name !== undefined });
    return name;
  });
}

const server = new grpc.Server();
server.addService(user.UserSrvServer.service, {
  async GetUserInfo({ request: { id } }, answer) {
    const name = await findUser(id);
    if (name === undefined) answer({ code: grpc.status.NOT_FOUND, details: `no user ${id}` });
    else answer(null, { id, name });
  },
});
const host = process.env.HOST ?? '127.0.0.1';
server.bindAsync(`${host}:${process.env.PORT ?? 50061}`, grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`user-srv on ${port}`);
});
