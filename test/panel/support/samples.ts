import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadParser } from '../../../server/src/entry/node/platform';
import type { MachineRef } from '../../../server/src/wire';
import { isSimulationCatalogue } from '../../../server/src/wire';
import type { LspClient } from '../../support/lspClient';
import { startClient } from '../../support/lspClient';
import { MemoryFs } from '../../support/memoryFs';
import { root } from '../../support/repo';

const sampleFiles = {
  nimbus: ['Makefile', 'main.c', 'hw.c', 'stream.c', 'nimbus.h'],
  stratus: ['Makefile', 'main.c'],
} as const;

export type SampleDriver = keyof typeof sampleFiles;

/** Where the sample drivers are in the server's tree. */
export function samplePath(driver: SampleDriver, file = 'main.c'): string {
  return `/tree/drivers/vfio/pci/${driver}/${file}`;
}

export function sampleText(driver: SampleDriver, file = 'main.c'): string {
  return readFileSync(join(root, 'test/samples', driver, file), 'utf8');
}

/** A real server that has found the two sample drivers. */
export async function sampleServer(): Promise<LspClient> {
  const drivers = ['nimbus', 'stratus'] as const;
  const files = drivers.flatMap((driver) =>
    sampleFiles[driver].map((file) => [samplePath(driver, file), sampleText(driver, file)] as const),
  );
  const client = await startClient({
    fs: new MemoryFs(Object.fromEntries(files)),
    platform: { loadParser },
    folders: ['/tree'],
  });
  await client.until('the scan', () => client.log.some((line) => line.startsWith('scan done')));
  return client;
}

/** The machine of a sample driver. */
export async function sampleMachine(server: LspClient, driver: SampleDriver): Promise<MachineRef> {
  const catalogue: unknown = await server.connection.sendRequest('vfio/simulation/catalogue');
  const found = isSimulationCatalogue(catalogue)
    ? catalogue.drivers.find(({ name }) => name.startsWith(driver))
    : undefined;
  if (found === undefined) throw new Error(`${driver} is not in the catalogue`);
  return found.ref;
}
