import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tellingText } from '../../../../src/viewer/page/trace/telling-text.ts';

const told = (operation: string, tags: Readonly<Record<string, string>>): string =>
  tellingText(
    operation,
    Object.entries(tags).map(([key, value]) => ({ key, type: 'string', value })),
  );

test('a path, an address or a query is told beside a name that does not say it', () => {
  assert.equal(told('GET /users/:id', { 'url.path': '/users/1', 'url.scheme': 'http' }), '/users/1');
  assert.equal(told('GET /users', { 'url.path': '/users', 'url.query': 'page=2' }), '/users?page=2');
  assert.equal(told('GET', { 'url.full': 'https://api.test:8443/users/1?full' }), 'api.test:8443/users/1?full');
  assert.equal(told('SELECT users', { 'db.query.text': 'SELECT *\n  FROM users' }), 'SELECT * FROM users');
  assert.equal(told('GET', { 'http.target': '/old' }), '/old');
  assert.equal(told('send', { 'messaging.destination.name': 'orders' }), 'orders');
});

test('what the name says already, or nothing at all, is not told', () => {
  assert.equal(told('GET /users/1', { 'url.path': '/users/1' }), '');
  assert.equal(told('SELECT 1', { 'db.query.text': 'SELECT 1' }), '');
  assert.equal(told('work', { 'user.id': '7', 'url.path': '' }), '');
});

test('201 characters are cut to 200, and a megabyte is not looked through', () => {
  assert.equal(told('q', { 'db.query.text': 'x'.repeat(200) }), 'x'.repeat(200));
  assert.equal(told('q', { 'db.query.text': 'x'.repeat(201) }), `${'x'.repeat(200)}…`);
  assert.equal(told('q', { 'db.query.text': ' '.repeat(1e6) }), '');
});
