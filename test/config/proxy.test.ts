import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProxy, proxyOption } from '../../src/config/proxy.ts';

function isProxied(host: string, noProxy: string): boolean {
  const settings = { httpProxy: 'proxy:3128', httpsProxy: undefined, noProxy };
  return proxyOption(`http://${host}/api/traces`, settings) !== undefined;
}

test('the proxy is that of the scheme, and without one there is none', () => {
  const settings = { httpProxy: 'a', httpsProxy: 'b', noProxy: undefined };
  assert.equal(proxyOption('http://h/', settings), 'httpProxy');
  assert.equal(proxyOption('https://h/', settings), 'httpsProxy');
  assert.equal(proxyOption('https://h/', { ...settings, httpsProxy: undefined }), undefined);
  assert.equal(proxyOption('http://h/', { ...settings, httpProxy: undefined }), undefined);
});

// The cases are those by which golang.org/x/net/http/httpproxy is tested.
const list =
  'foobar.com, .barbaz.net, *.wildcard.io, 192.168.1.1, 192.168.1.2:81, 192.168.1.3:80, 10.0.0.0/30, ' +
  '2001:db8::52:0:1, [2001:db8::52:0:2]:443, [2001:db8::52:0:3]:80, 2002:db8:a::45/64';

const hosts: Readonly<Record<string, boolean>> = {
  localhost: false,
  '127.0.0.1': false,
  '127.0.0.2': false,
  '[::1]': false,
  '[::2]': true,
  '192.168.1.1': false,
  '192.168.1.2': true,
  '192.168.1.3': false,
  '192.168.1.4': true,
  '10.0.0.2': false,
  '10.0.0.4': true,
  '[2001:db8::52:0:1]': false,
  '[2001:db8::52:0:2]': true,
  '[2001:db8::52:0:3]': false,
  '[2002:db8:a::123]': false,
  '[2002:db8:b::123]': true,
  '[fe80::424b:c8be:1643:a1b6]': true,
  'barbaz.net': true,
  'www.barbaz.net': false,
  'foobar.com': false,
  'www.foobar.com': false,
  'FooBar.com': false,
  'foofoobar.com': true,
  'baz.com': true,
  'localhost.net': true,
  'local.localhost': true,
  'barbarbaz.net': true,
  'wildcard.io': true,
  'nested.wildcard.io': false,
  'awildcard.io': true,
};

test("hosts are reached without a proxy by Go's rules: names, subdomains, addresses, blocks, ports, this machine", () => {
  const found = Object.keys(hosts).map((host) => [host, isProxied(host, list)]);
  assert.deepEqual(Object.fromEntries(found), hosts);
});

test('* is all hosts, and an entry that is none is passed over', () => {
  for (const host of Object.keys(hosts)) assert.equal(isProxied(host, 'a, * ,b'), false, host);
  for (const list of [':1', '', ',', '10.0.0.0/99', '999.0.0.0/8', '[', '[]:80', 'example.com:x'])
    assert.equal(isProxied('example.com', list), true, list);
  assert.equal(isProxied('10.0.0.1', '10.0.0.0/99'), true);
});

test('a port of the list is compared with the one that the URL leaves out', () => {
  assert.equal(isProxied('h', 'h:80'), false);
  assert.equal(isProxied('h:8080', 'h:80'), true);
  assert.equal(isProxied('h:8080', 'h:8080'), false);
  assert.equal(isProxied('[2001:db8::1]:8080', '[2001:db8::1]:8080'), false);
});

test('names beyond ASCII are the same in both spellings', () => {
  assert.equal(isProxied('www.示例.com', '.示例.com'), false);
  assert.equal(isProxied('www.示例.com', 'xn--fsq092h.com'), false);
  assert.equal(isProxied('www.xn--fsq092h.com', '示例.com'), false);
});

test('a proxy is a URL with http or https, or host:port; its credentials are a header', () => {
  assert.deepEqual(parseProxy('proxy:3128'), { url: 'http://proxy:3128' });
  assert.deepEqual(parseProxy('cache.corp.example.com'), { url: 'http://cache.corp.example.com' });
  assert.deepEqual(parseProxy('https://proxy:443/'), { url: 'https://proxy' });
  const authorization = `Basic ${btoa('u:p@w')}`;
  assert.deepEqual(parseProxy('http://u:p%40w@proxy:3128'), { url: 'http://proxy:3128', authorization });
  assert.deepEqual(parseProxy('u:p%40w@proxy:3128'), { url: 'http://proxy:3128', authorization });
  for (const text of ['socks5://proxy:1080', 'http://', 'a b', 'proxy:99999'])
    assert.equal(parseProxy(text), undefined);
});
