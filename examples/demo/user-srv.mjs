// A gRPC service. Its calls are traced by the flag alone; the helper is used for spans of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { setAttributes, withSpan } from 'otel-preload';

const { user } = grpc.loadPackageDefinition(loadSync(fileURLToPath(new URL('user.proto', import.meta.url))));
const profiles = `http://${process.env.PROFILE_SRV ?? '127.0.0.1:8081'}`;
const users = new Map([
  [1, 'Ada'],
  [2, 'Grace'],
  [3, 'Barbara'],
]);

async function findUser(id) {
  return withSpan('find user', { attributes: { 'user.id': id } }, async () => {
    await sleep(5);
    const name = users.get(id);
    setAttributes({ 'user.found': name !== undefined });
    return name;
  });
}

async function loadProfile(id) {
  return withSpan('load profile', { attributes: { 'user.id': id } }, async () => {
    const response = await fetch(`${profiles}/profiles/${id}`);
    if (!response.ok) throw new Error(`profile-srv answered ${response.status}`);
    return response.json();
  });
}

const server = new grpc.Server();
server.addService(user.UserSrvServer.service, {
  async GetUserInfo({ request: { id } }, answer) {
    try {
      const name = await findUser(id);
      if (name === undefined) return answer({ code: grpc.status.NOT_FOUND, details: `no user ${id}` });
      answer(null, { id, name, ...(await loadProfile(id)) });
    } catch (error) {
      answer({ code: grpc.status.UNAVAILABLE, details: error.message });
    }
  },
});
const host = process.env.HOST ?? '127.0.0.1';
server.bindAsync(`${host}:${process.env.PORT ?? 50061}`, grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`user-srv on ${port}`);
});
