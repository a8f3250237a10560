import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { root } from '../../support/repo';

const approved = join(root, 'test', 'panel', 'approved');
/** How far apart two colours may be, of 1. */
const colourTolerance = 0.2;
/** The share of pixels that may differ: browsers change how they smooth letters. */
const mostDifferent = 0.005;

/**
 * Compares a picture with the approved one of the same name, where there is one, and fails when more than a few pixels
 * differ; the differences are then drawn into `NAME-difference.png` beside it. `APPROVE=1` approves what is seen instead.
 */
export async function compareWithApproved(folder: string, name: string): Promise<void> {
  const file = join(approved, `${name}.png`);
  if (!existsSync(file)) return;
  const taken = readFileSync(join(folder, `${name}.png`));
  if (process.env['APPROVE']) {
    writeFileSync(file, taken);
    return;
  }
  if (!hasFonts) {
    console.log(`      ${name}: not compared with the approved picture, whose fonts are not here (DejaVu)`);
    return;
  }
  const [seen, wanted] = [PNG.sync.read(taken), PNG.sync.read(readFileSync(file))];
  const { width, height } = wanted;
  assert.deepEqual([seen.width, seen.height], [width, height], `${name}: another size than the approved picture`);
  const { default: pixelmatch } = await import('pixelmatch');
  const difference = new PNG({ width, height });
  const count = pixelmatch(seen.data, wanted.data, difference.data, width, height, { threshold: colourTolerance });
  if (count <= width * height * mostDifferent) return;
  const drawn = join(folder, `${name}-difference.png`);
  writeFileSync(drawn, PNG.sync.write(difference));
  assert.fail(`${name}: ${count} pixels differ from test/panel/approved/${name}.png; see ${drawn}`);
}

/** The approved pictures were taken with these; in CI they have to be there. */
const hasFonts =
  Boolean(process.env['CI']) ||
  ['sans-serif', 'monospace'].every((family) =>
    /DejaVu/.test(spawnSync('fc-match', [family], { encoding: 'utf8' }).stdout ?? ''),
  );
