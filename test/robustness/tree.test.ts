import assert from 'node:assert/strict';
import { join } from 'node:path';
import { frontEnd } from '../support/analyse';
import { kernelTrees } from '../support/corpus';
import { addSurvey, emptySurvey, shareSupported, survey } from './survey';
import { modulesOf, read, sourcesUnder } from './tree';

const trees = kernelTrees();
const leastShare = 0.97;

describe('the front end over the VFIO folders of kernel trees', () => {
  if (typeof trees === 'string') {
    it('reads every file', function () {
      console.log(`Not run, ${trees}`);
      this.skip();
    });
    return;
  }
  for (const { series, path } of trees) {
    it(`${series}: every file is read without an exception, and nearly every function whole`, async () => {
      const end = await frontEnd();
      const total = emptySurvey();
      for (const folder of ['drivers/vfio', 'samples/vfio-mdev']) {
        for (const { paths } of modulesOf(sourcesUnder(join(path, folder)))) addSurvey(total, survey(end, read(paths)));
      }
      const { files, functions, withUnsupported, exceptions, violations, names } = total;
      const share = shareSupported(total);
      console.log(
        `      ${series}: ${files} files, ${functions} functions, ${withUnsupported} with an unsupported node: ` +
          `${(share * 100).toFixed(2)} % without`,
      );
      assert.deepEqual(exceptions, []);
      assert.deepEqual(violations, []);
      assert.ok(files > 40 && functions > 600, 'the folders are there');
      assert.ok(share >= leastShare, names.join('\n'));
    });
  }
});
