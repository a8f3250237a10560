import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '../../server/src/rules';
import type { KernelTree } from '../support/corpus';
import { kernelTrees, newestTree } from '../support/corpus';

/** Comment stars and line breaks out, so that a quotation over several lines is one text. */
const plain = (text: string) => text.replace(/[\s*]+/g, ' ');

describe('the references of the rules', () => {
  let tree: KernelTree;

  before(function () {
    const trees = kernelTrees();
    if (typeof trees === 'string') {
      console.error(trees);
      this.skip();
    }
    tree = newestTree(trees);
  });

  it('name files of the newest kernel, and quote what is in them', () => {
    let quotations = 0;
    for (const { id, docs } of rules) {
      for (const reference of docs.references) {
        const file = /^[\w./-]+\.[ch]\b/.exec(reference)?.[0];
        if (file === undefined) {
          continue;
        }
        assert.ok(existsSync(join(tree.path, file)), `${id}: there is no ${file}`);
        const text = plain(readFileSync(join(tree.path, file), 'utf8'));
        for (const [, quotation = ''] of reference.matchAll(/"([^"]+)"/g)) {
          quotations++;
          assert.ok(text.includes(plain(quotation)), `${id}: ${file} does not say "${quotation}"`);
        }
      }
    }
    assert.ok(quotations > 5);
  });
});
