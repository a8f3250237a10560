import assert from 'node:assert/strict';
import { join } from 'node:path';
import { SummaryCache } from '../../server/src/analysis';
import type { FrontEnd } from '../../server/src/c';
import { createFrontEnd } from '../../server/src/c';
import type { CheckedText, Recheck } from '../../server/src/check';
import { checkModule, defaultConfig, driverNamed, findModules, edited, writeArc } from '../../server/src/check';
import { nodeFileSystem } from '../../server/src/cli';
import { loadParser } from '../../server/src/entry/node/platform';
import { removalWays } from '../../server/src/mend';
import { arcText, sameArc } from '../../server/src/uapi';
import { corpusDrivers } from '../corpus/drivers';
import { kernelTrees } from '../support/corpus';

const trees = kernelTrees();
describe('real', () => {
  if (typeof trees === 'string') return;
  let frontEnd: FrontEnd;
  before(async () => { frontEnd = await createFrontEnd(await loadParser()); });
  for (const { name, tree, truth } of corpusDrivers(trees)) {
    it(name, async () => {
      const modules = await findModules(nodeFileSystem(), join(tree.path, truth.file), { profile: null });
      const source = modules.find(({ files }) => files.some(({ path }) => path === join(tree.path, truth.step.file)));
      assert.ok(source);
      const cache = new SummaryCache();
      let n = 0;
      const recheck: Recheck = (files) => {
        n++;
        const module = frontEnd.module(files);
        return { files, module, report: checkModule(module, source.profile, defaultConfig, cache) };
      };
      const plain: CheckedText = recheck(source.files);
      const driver = plain.report.drivers.find((d) => d.driver.setState.name === truth.setState)?.driver;
      assert.ok(driver);
      for (const arc of driver.arcs.filter((a) => a.required)) {
        const ops = driver.ops.name;
        n = 0;
        let gone: CheckedText | undefined;
        for (const edits of removalWays({ driver, module: plain.module }, arc)) {
          const after = recheck(edited(plain.files, edits));
          if (driverNamed(after, ops)?.missing.some((m) => sameArc(m, arc)) && driverNamed(after, ops)?.missing.length === 1) { gone = after; break; }
        }
        if (!gone) { console.log('NOT REMOVED', arcText(arc), n); continue; }
        const t = performance.now();
        n = 0;
        const back = writeArc(gone, ops, arc, recheck);
        console.log(back.proved ? 'ok' : `NO ${back.reason}`, arcText(arc), n, (performance.now() - t).toFixed(0));
        if (process.env['SHOW'] && back.proved) console.log(back.edits.map((e) => e.text).join('\n'));
      }
      void driverNamed;
    });
  }
});
