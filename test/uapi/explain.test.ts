import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Doc } from '../../server/src/uapi';
import {
  arcDoc,
  arcText,
  documentation,
  documentedArcs,
  editDistance,
  explain,
  flagSetText,
  flags,
  kernelNames,
  parseArc,
  parseFlag,
  parseState,
  profiles,
  requiredArcs,
  states,
  suggestionsFor,
} from '../../server/src/uapi';
import { everyPair, legalFlagSets } from './arbitrary';

const title = (name: string) => explain(name)?.title ?? null;

describe('explain', () => {
  const spellings: [string, string[]][] = [
    ['VFIO_DEVICE_STATE_RUNNING', ['RUNNING', 'running', 'VFIO_DEVICE_STATE_RUNNING', ' vfio_device_state_running ']],
    ['VFIO_DEVICE_STATE_STOP_COPY', ['STOP_COPY', 'stop-copy']],
    ['VFIO_MIGRATION_STOP_COPY', ['VFIO_MIGRATION_STOP_COPY', 'vfio_migration_stop_copy']],
    ['VFIO_MIGRATION_P2P', ['P2P', 'VFIO_MIGRATION_P2P']],
    [
      'RUNNING -> PRE_COPY',
      [
        'RUNNING->PRE_COPY',
        'RUNNING -> PRE_COPY',
        'RUNNING:PRE_COPY',
        'RUNNING PRE_COPY',
        'running to pre-copy',
        'RUNNING → PRE_COPY',
        'RUNNING, PRE_COPY',
        'VFIO_DEVICE_STATE_RUNNING -> VFIO_DEVICE_STATE_PRE_COPY',
      ],
    ],
    ['migration_set_state', ['migration_set_state', 'MIGRATION_SET_STATE']],
    ['VFIO_MIG_GET_PRECOPY_INFO', ['VFIO_MIG_GET_PRECOPY_INFO', 'vfio_mig_get_precopy_info']],
    ['VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2', ['VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2']],
    ['vfio_precopy_info', ['vfio_precopy_info', 'struct vfio_precopy_info']],
    [
      'vfio_precopy_info.flags',
      ['vfio_precopy_info.flags', 'vfio_precopy_info->flags', 'struct vfio_precopy_info::flags'],
    ],
    ['vfio_precopy_info.initial_bytes', ['initial_bytes', 'vfio_precopy_info.initial_bytes']],
    ['VFIO_DEVICE_FEATURE_MIGRATION', ['VFIO_DEVICE_FEATURE_MIGRATION', 'Vfio_Device_Feature_Migration']],
    ['vfio_device_feature_migration', ['vfio_device_feature_migration', 'struct vfio_device_feature_migration']],
    ['vfio_mig_get_next_state', ['vfio_mig_get_next_state', 'vfio_mig_get_next_state()']],
    ['Linux 6.2 to 7.0', ['6.2', 'linux 6.2 to 7.0']],
  ];
  for (const [expected, names] of spellings) {
    it(`knows ${expected} in every usual spelling`, () => {
      for (const name of names) {
        assert.equal(title(name), expected, name);
      }
    });
  }

  it('knows every pair of different states', () => {
    for (const arc of everyPair) {
      assert.equal(title(arcText(arc)), arc.from === arc.to ? null : arcText(arc));
    }
  });

  it('says of a combination which ways it takes', () => {
    const text = details(arcDoc({ from: 'RUNNING', to: 'STOP_COPY' }));
    assert.match(text, /STOP_COPY \| PRE_COPY: RUNNING -> STOP -> STOP_COPY/);
    assert.match(text, /STOP_COPY \| P2P \| PRE_COPY: RUNNING -> RUNNING_P2P -> STOP -> STOP_COPY/);
    assert.match(text, /new data fd, for the user to read/);
  });

  it('says of an arc what it returns, whether it ends the session, and who needs it', () => {
    assert.match(
      details(arcDoc({ from: 'STOP', to: 'RESUMING' })),
      /new data fd, for the user to write[\s\S]*every driver/,
    );
    assert.match(details(arcDoc({ from: 'PRE_COPY', to: 'RUNNING' })), /ends the open data session/);
    assert.match(
      details(arcDoc({ from: 'PRE_COPY', to: 'STOP_COPY' })),
      /session and its fd go on[\s\S]*STOP_COPY \| PRE_COPY\./,
    );
    assert.match(arcDoc({ from: 'STOP_COPY', to: 'PRE_COPY' }).summary, /not permit/);
    assert.match(arcDoc({ from: 'ERROR', to: 'RUNNING' }).summary, /VFIO_DEVICE_RESET/);
    assert.match(arcDoc({ from: 'RUNNING', to: 'ERROR' }).summary, /can not be requested/);
  });

  it('knows no other text, whatever it is', () => {
    const known = new Set(documentation().map((doc) => doc.title));
    fc.assert(
      fc.property(fc.string(), (text) => {
        const doc = explain(text);
        assert.ok(doc === null || known.has(doc.title));
      }),
    );
    const others = [
      '',
      ' ',
      'flags',
      '->',
      'RUNNING->',
      'RUNNING->RUNNING',
      'A B C',
      '__proto__',
      'constructor',
      'STOP'.repeat(1e5),
    ];
    for (const text of others) {
      assert.equal(explain(text), null, text.slice(0, 20));
    }
  });
});

describe('documentation', () => {
  it('covers every state, flag, required arc, kernel name and profile', () => {
    const titles = new Set(documentation().map((doc) => doc.title));
    const needed = [
      ...states.map(({ constant }) => constant),
      ...flags.map(({ constant }) => constant),
      ...legalFlagSets.flatMap((set) => requiredArcs(set).map(arcText)),
      ...kernelNames.map(({ name }) => name),
      ...profiles.map((each) => each.title),
      ...profiles.flatMap(({ mandatoryOps, opsType }) => [...mandatoryOps, opsType]),
    ];
    for (const name of needed) {
      assert.ok(titles.has(name), name);
      assert.equal(title(name), name, `explain(${name})`);
    }
    assert.equal(titles.size, documentation().length, 'no title twice');
  });

  it('covers the whole interface: ops, features, ioctls, structs, fields and functions', () => {
    const ofKind = (kind: string) => kernelNames.filter((each) => each.kind === kind).map(({ name }) => name);
    assert.deepEqual(ofKind('feature'), [
      'VFIO_DEVICE_FEATURE_MIGRATION',
      'VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE',
      'VFIO_DEVICE_FEATURE_DMA_LOGGING_START',
      'VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP',
      'VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT',
      'VFIO_DEVICE_FEATURE_MIG_DATA_SIZE',
      'VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2',
    ]);
    assert.deepEqual(ofKind('ioctl'), ['VFIO_DEVICE_FEATURE', 'VFIO_MIG_GET_PRECOPY_INFO', 'VFIO_DEVICE_RESET']);
    assert.deepEqual(ofKind('function'), ['vfio_mig_get_next_state', 'vfio_check_precopy_ioctl']);
    for (const field of ['device_state', 'data_fd', 'argsz', 'initial_bytes', 'dirty_bytes', 'stop_copy_length']) {
      assert.ok(title(field)?.endsWith(`.${field}`), field);
    }
    for (const field of ['migration_flags', 'mig_ops', 'log_ops']) {
      assert.equal(title(field), `vfio_device.${field}`);
    }
  });

  it('documents exactly the arcs that some flag set requires', () => {
    const required = new Set(legalFlagSets.flatMap((set) => requiredArcs(set).map(arcText)));
    assert.deepEqual(documentedArcs.map(arcText).sort(), [...required].sort());
  });

  it('agrees with the computed arcs about who needs an arc', () => {
    for (const arc of documentedArcs) {
      const needing = legalFlagSets.filter((set) => requiredArcs(set).some((each) => arcText(each) === arcText(arc)));
      const said = arcDoc(arc).details.at(-1) ?? '';
      if (needing.length === legalFlagSets.length) {
        assert.equal(said, 'Required of every driver.');
      } else {
        assert.equal(said, `Required of drivers that declare ${needing.map(flagSetText).join(', or ')}.`);
      }
    }
  });

  const texts = [...documentation(), ...everyPair.filter(({ from, to }) => from !== to).map(arcDoc)];
  it('has a sentence, details that are sentences, and a source in the kernel for everything', () => {
    for (const doc of texts) {
      assert.match(doc.summary, /^[A-Z].*[.]$/, doc.title);
      for (const paragraph of doc.details) {
        assert.match(paragraph, /^(?:[A-Z]|\w+_\w+ |\w+\(\) ).*[.]$/, doc.title);
      }
      assert.match(doc.source, /^(?:include|drivers)\/[\w/]+\.[ch]|^the patch /, doc.title);
    }
  });

  it('is safe to show as Markdown', () => {
    for (const doc of texts) {
      for (const text of [doc.title, doc.summary, ...doc.details, doc.source]) {
        assert.doesNotMatch(text, /[`*<[\]#~\\&]|^[->+\s]|\n|\s$|(?:^|\s)_|_(?:\s|$)|\bhttp/, `${doc.title}: ${text}`);
      }
    }
  });
});

describe('suggestions', () => {
  const cases: [string, string][] = [
    ['RUNING', 'RUNNING'],
    ['STOPCOPY', 'STOP_COPY'],
    ['RUNING->STPO', 'RUNNING -> STOP'],
    ['VFIO_MIGRATION_PRECOPY', 'VFIO_MIGRATION_PRE_COPY'],
    ['migration_set_sate', 'migration_set_state'],
    ['data_df', 'data_fd'],
    ['flags', 'vfio_precopy_info.flags'],
    ['precopy_info', 'vfio_precopy_info'],
  ];
  for (const [wrong, right] of cases) {
    it(`for ${wrong} include ${right}`, () => {
      assert.equal(explain(wrong), null);
      assert.ok(suggestionsFor(wrong).includes(right), suggestionsFor(wrong).join(', '));
    });
  }

  it('are few, explained and none for what is like nothing', () => {
    assert.deepEqual(suggestionsFor('xyzzy'), []);
    assert.deepEqual(suggestionsFor(''), []);
    assert.deepEqual(suggestionsFor('x'.repeat(1e6)), []);
    assert.equal(suggestionsFor('VFIO', 5).length, 5);
    assert.deepEqual(suggestionsFor('RUNING', 0), []);
    const seeds = fc.constantFrom(...documentation().map((doc) => doc.title));
    fc.assert(
      fc.property(fc.oneof(fc.string(), seeds), fc.nat(200), fc.integer({ min: 0, max: 5 }), (text, at, limit) => {
        const found = suggestionsFor(text.slice(0, at) + text.slice(at + 1), limit);
        assert.ok(found.length <= limit && new Set(found).size === found.length);
        assert.ok(found.every((name) => explain(name) !== null));
      }),
    );
  });

  it('measure the distance of spellings', () => {
    assert.equal(editDistance('', 'abc'), 3);
    assert.equal(editDistance('kitten', 'sitting'), 3);
    assert.equal(editDistance('STPO', 'STOP'), 1);
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b);
        assert.equal(distance, editDistance(b, a));
        assert.equal(distance === 0, a === b);
        assert.ok(distance >= Math.abs(a.length - b.length) && distance <= Math.max(a.length, b.length));
      }),
    );
  });
});

describe('names', () => {
  it('are parsed the same after printing', () => {
    for (const { name, constant } of states) {
      assert.equal(parseState(name), name);
      assert.equal(parseState(constant.toLowerCase()), name);
    }
    for (const { name, constant } of flags) {
      assert.equal(parseFlag(name), name);
      assert.equal(parseFlag(constant), name);
    }
    for (const arc of everyPair.filter(({ from, to }) => from !== to)) {
      assert.deepEqual(parseArc(arcText(arc)), arc);
    }
  });

  it('of the one kind are not taken for the other', () => {
    assert.equal(parseState('VFIO_MIGRATION_STOP_COPY'), null);
    assert.equal(parseFlag('VFIO_DEVICE_STATE_PRE_COPY'), null);
    assert.equal(parseArc('RUNNING'), null);
    assert.equal(parseArc('RUNNING -> STOP -> STOP_COPY'), null);
  });
});

function details(doc: Doc): string {
  return doc.details.join('\n');
}
