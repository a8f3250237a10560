import type { DriverModel } from '../analysis/model';
import type { CModule } from '../c/module';
import { profileIds } from '../uapi';
import { arcsDocument, driverJson } from './arcsJson';
import { driverTable } from './arcsText';
import type { OptionSpecs } from './args';
import { CommandLineError, parseCommandLine } from './args';
import type { Trouble } from './collect';
import { checkPaths } from './collect';
import { styleFor } from './display';
import type { Platform } from './platform';
import { exitCodes } from './platform';

export const arcsFormats = ['text', 'json'] as const;

const options: OptionSpecs = {
  format: { type: 'string', oneOf: arcsFormats },
  profile: { type: 'string', oneOf: profileIds },
};

/** `arcs PATH...`: what each driver does for every pair of states. Not a judgement: the exit code is 0 unless reading failed. */
export async function runArcs(args: readonly string[], platform: Platform): Promise<number> {
  const line = parseCommandLine(args, options, { paths: true });
  if (line.paths.length === 0) {
    throw new CommandLineError('a file or folder is needed');
  }
  const profile = profileIds.find((id) => id === line.text('profile')) ?? null;
  const trouble: Trouble = { happened: false };
  const asJson = line.choice('format', arcsFormats, 'text') === 'json';
  const style = styleFor(platform.stdout, platform.env);
  const drivers: unknown[] = [];
  const show = (driver: DriverModel, module: CModule) => {
    if (asJson) {
      drivers.push(driverJson(driver, module, platform.cwd));
    } else {
      platform.stdout.write(`${driverTable(driver, module, platform.cwd, style).join('\n')}\n\n`);
    }
  };
  for await (const { module, report } of checkPaths(line.paths, platform, { profile }, trouble)) {
    for (const { driver } of report.drivers) {
      show(driver, module);
    }
  }
  if (asJson) {
    platform.stdout.write(`${JSON.stringify(arcsDocument(drivers), null, 2)}\n`);
  }
  return trouble.happened ? exitCodes.trouble : exitCodes.clean;
}
