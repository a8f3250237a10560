import { serve } from './serve';

/** The language server as a program of its own: dist/server.js. */
const transports = /^--(?:stdio|node-ipc|socket|pipe)(?:=|$)/;

if (process.argv.slice(2).some((argument) => transports.test(argument))) {
  serve();
} else {
  process.stderr.write('usage: server.js --stdio | --node-ipc | --socket=PORT | --pipe=NAME\n');
  process.exitCode = 2;
}
