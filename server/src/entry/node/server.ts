import { parentProcess, serve, standardStreams } from './serve';

/** The language server as a program of its own: dist/server.js. */
const transports = { '--stdio': standardStreams, '--node-ipc': parentProcess };

const chosen = Object.entries(transports).find(([name]) => process.argv.includes(name));
if (chosen !== undefined) {
  const [, transport] = chosen;
  serve(transport());
} else {
  process.stderr.write(`usage: server.js ${Object.keys(transports).join(' | ')}\n`);
  process.exitCode = 2;
}
