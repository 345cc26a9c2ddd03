// Preloaded beside the preload: tells at the end what the process has loaded, and loads nothing but node:fs itself.
const { writeFileSync } = require('fs');

process.once('exit', () => {
  const builtins = process.moduleLoadList.filter((name) => name.startsWith('NativeModule '));
  const files = Object.keys(require.cache);
  writeFileSync(process.env.LOADED, JSON.stringify({ files, builtins: builtins.map((name) => name.slice(13)) }));
});
