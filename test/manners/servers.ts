import { ServerProcess } from '../support/serverProcess';

/** The servers of a suite, none of which outlives the test that started it. */
export function startedServers(): { start(args?: readonly string[]): ServerProcess } {
  const running: ServerProcess[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.kill()));
  });
  return {
    start(args) {
      const server = new ServerProcess(args);
      running.push(server);
      return server;
    },
  };
}
