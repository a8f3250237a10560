import type { FlagName, FlagSet, StateName } from '../../../server/src/uapi';
import {
  contractOf,
  flagsRequiring,
  newestProfile,
  requiredArcs,
  sameArc,
  validFlagSets,
} from '../../../server/src/uapi';
import type { Choices } from '../choices';
import type { DriverCase, SourceFile } from '../driverCase';
import { actions } from './actions';
import type { DeviceCapability } from './capabilities';
import { capability } from './capabilities';
import type { Action, Capability, Item } from './context';
import { Context, indent } from './context';
import { decoys } from './decoys';
import { device } from './device';
import type { FlagChoice } from './init';
import { declareFlags } from './init';
import { opsTable } from './opsTable';
import { setState } from './setState';
import { step } from './step';

const states: readonly StateName[] = [
  'STOP',
  'RUNNING',
  'STOP_COPY',
  'RESUMING',
  'RUNNING_P2P',
  'PRE_COPY',
  'PRE_COPY_P2P',
];

/** A random driver. The same choices give the same text. */
export function driver(choices: Choices): DriverCase {
  const prefix = choices.pick('prefix', ['qx', 'nvx', 'hiz', 'mlz', 'vio', 'pds9']);
  const struct = `${prefix}_${choices.pick('struct', ['dev', 'device', 'vf', 'migration'])}`;
  const context = new Context(choices, prefix, struct);
  const generations = choices.pick('generations', [1, 1, 1, 1, 1, 2]);
  const capabilities = ['alpha', 'beta']
    .slice(0, choices.pick('capabilities', [0, 0, 1, 2]))
    .map((stem, bit) => capability(context, stem, bit));
  const fields = [
    ...new Set(capabilities.flatMap((c) => c.fields)),
    ...(generations > 1 ? ['u8 generation;'] : []),
    'u32 mig_flags;',
    'const void *hw, *hw_v2;',
  ];
  const at = device(context, fields);
  const shared = capabilities.flatMap((c) => c.declarations);
  const foreign = capabilities.flatMap((c) => c.foreign);

  const splits = choices.chance('files', 15) && generations === 1;
  // In a module of two files the step and its helpers are in the second.
  const inner = splits ? new Context(choices, prefix, struct) : context;
  if (capabilities.some((c) => !c.isSetting)) inner.errnos = ['EOPNOTSUPP', 'EINVAL', 'EPERM'];
  const known = actions(inner, foreign);
  const texts: string[] = [];
  const hardware: string[] = [];
  const stepNames: string[] = [];
  const workNames: string[] = [];
  const threeFiles = splits && choices.chance('files.three', 40);
  const inits: { lines: string[]; ops: string }[] = [];
  for (let n = 1; n <= generations; n++) {
    const suffix = n === 1 ? '' : `_v${n}`;
    const flags = flagChoices(choices, capabilities);
    const items = itemsOf(inner, flags, known, capabilities, declaredFlag(inner, at.core));
    const stepName = `${prefix}_${choices.pick('stepName', ['step', 'step_state_locked', 'set_device_state', 'do_arc'])}${suffix}`;
    const made = step(inner, at, items, stepName);
    let definition = made.definition;
    const table = choices.pick('throughOps', ['no', 'no', 'no', 'no', 'table', 'member']);
    const throughTable = table !== 'no' && made.definition !== '' && !splits;
    const apart = splits && definition !== '';
    if (apart) definition = exported(definition);
    // Of three files the last has the step's work, and the second what hands arguments on to it.
    const innermost = made.inner.at(-1);
    const divided = threeFiles && apart && innermost !== undefined;
    const work = divided ? made.inner.map((f, i) => (i === made.inner.length - 1 ? exported(f) : f)) : made.inner;
    const own: string[] = divided ? [definition] : [...work, definition];
    let rounds = made;
    if (throughTable) {
      // A driver's own table of functions, of which there is one implementation.
      const signature = /^static (struct file \*|int )\w+(\(.*\))$/m.exec(definition);
      const member = `advance${suffix}`;
      const type = `struct ${stepName}_ops`;
      own.push(
        `${type} { ${signature?.[1]}(*${member})${signature?.[2]}; };\nstatic const ${type} ${stepName}_table = { .${member} = ${stepName} };`,
      );
      if (table === 'member') hardware.push(`d->hw${suffix} = &${stepName}_table;`);
      const through = table === 'member' ? `((const ${type} *)d->hw${suffix})->` : `${stepName}_table.`;
      rounds = {
        ...made,
        call: (read, next, final) =>
          made.call(read, next, final).map((l) => l.replace(`${stepName}(`, `${through}${member}(`)),
      };
    }
    const main = setState(context, at, rounds, `${prefix}_set_state${suffix}`);
    const ops = `${prefix}_mig_ops${suffix}`;
    const registration = opsTable(context, ops, `${prefix}_set_state${suffix}`, `${prefix}_get_state${suffix}`);
    // Only now has everything been declared that the code of an inline step needs.
    if (divided) workNames.push(...inner.top.splice(0), ...work);
    (apart ? stepNames : texts).push(...inner.top.splice(0), ...own);
    texts.push(
      ...context.top.splice(0),
      main,
      ...(n === 1 ? (splits ? [] : decoys(context, at)) : []),
      registration.definition,
    );
    const declared = declareFlags(context, flags);
    texts.push(...context.top.splice(0));
    inits.push({
      ops,
      lines: choices.chance('init.opsFirst', 40)
        ? [
            ...declared.slice(0, declared[0]?.startsWith('u32 ') ? 2 : 0),
            registration.register,
            ...declared.slice(declared[0]?.startsWith('u32 ') ? 2 : 0),
          ]
        : [...declared, registration.register],
    });
  }

  const bits = capabilities.length + (generations > 1 ? 1 : 0);
  texts.push(initText(context, at.fromCore, [...capabilities.flatMap((c) => c.init), ...hardware], inits));
  const head = `#include <linux/vfio_pci_core.h>\n`;
  const declarations = [at.declarations, ...shared];
  const signatures = [workNames.at(-1), stepNames.at(-1)].flatMap((text) => signatureOf(text ?? '') ?? []);
  const files: SourceFile[] = splits
    ? [
        {
          path: 'main.c',
          text: [
            head,
            `#include "${prefix}.h"\n`,
            stepNames.length > 0 ? decoyStatic(choices, prefix, struct) : '',
            ...texts,
          ].join('\n'),
        },
        {
          path: 'migration.c',
          text: [
            head,
            `#include "${prefix}.h"\n`,
            workNames.length > 0 ? decoyStatic(choices, prefix, struct) : '',
            ...stepNames,
          ].join('\n\n'),
        },
        ...(workNames.length > 0
          ? [{ path: 'work.c', text: [head, `#include "${prefix}.h"\n`, ...workNames].join('\n\n') }]
          : []),
        {
          path: `${prefix}.h`,
          text: [
            `#ifndef ${prefix.toUpperCase()}_H`,
            `#define ${prefix.toUpperCase()}_H`,
            ...declarations,
            ...signatures.map((s) => `${s};`),
            '#endif',
          ].join('\n'),
        },
      ]
    : [{ path: 'driver.c', text: [head, ...declarations, ...texts].join('\n\n') }];
  const options = capabilities.flatMap((c) => /IS_ENABLED\((\w+)\)/.exec(c.test)?.[1] ?? []);
  return respelled(choices, {
    files,
    harness: harness(
      prefix,
      struct,
      at,
      capabilities,
      foreign,
      inits.map((i) => i.ops),
      bits,
    ),
    options,
    capabilityBits: bits,
  });
}

const exported = (definition: string): string => definition.replace(/^static /, '');

/** The head of a function that other files may call. */
const signatureOf = (text: string): string | undefined => /^(struct file \*|int )\w+\(.*\)$/m.exec(text)?.[0];

/** The names of the step's file again, as other functions and tables. */
function decoyStatic(choices: Choices, prefix: string, struct: string): string {
  if (!choices.chance('files.sameNames', 50)) return '';
  return `static const unsigned char ${prefix}_mask[8] = { 0xff, 0xff };\nstatic const int ${prefix}_keys[] = { 0 };\nstatic struct file *${prefix}_quiet(struct ${struct} *d)\n{\n\treturn ERR_PTR(-EIO);\n}\nstatic struct file *${prefix}_open_save(struct ${struct} *d)\n{\n\treturn ${prefix}_quiet(d);\n}`;
}

function flagChoices(choices: Choices, capabilities: readonly DeviceCapability[]): FlagChoice[] {
  const sets: readonly FlagSet[] = validFlagSets(newestProfile.id);
  const flags = choices.pick(
    'flags',
    [...sets].sort((a, b) => a.length - b.length),
  );
  return flags.map((flag): FlagChoice => {
    const conditional = flag !== 'STOP_COPY' && capabilities.length > 0 && choices.chance('flags.conditional', 70);
    return { flag, when: conditional ? choices.pick('flags.capability', capabilities) : null };
  });
}

/** The test whether the driver declared a flag, as arcs make it. */
function declaredFlag(context: Context, core: string): (flag: FlagName) => Capability {
  const { choices, prefix } = context;
  const how = choices.pick('declared', ['macro', 'plain', 'function']);
  return (flag) => {
    const name = `${prefix}_${flag.toLowerCase()}_supp`;
    const test = (of: string): string => `${of}${core}.migration_flags & VFIO_MIGRATION_${flag}`;
    switch (how) {
      case 'macro':
        context.declare(`#define ${name.toUpperCase()}(x) (${test('(x)->')})`);
        return { test: `${name.toUpperCase()}(d)`, option: null };
      case 'function':
        context.declare(`static bool ${name}(const struct ${context.struct} *d)\n{\n\treturn !!(${test('d->')});\n}`);
        return { test: `${name}(d)`, option: null };
      default:
        return { test: `(${test('d->')})`, option: null };
    }
  };
}

/** Which pairs are arcs, what they do, and under which condition: mostly as the flags require, with defects. */
function itemsOf(
  { choices, errnos }: Context,
  flags: readonly FlagChoice[],
  known: Readonly<Record<string, Action>>,
  capabilities: readonly DeviceCapability[],
  declared: (flag: FlagName) => Capability,
): Item[] {
  const set: FlagName[] = flags.map((f) => f.flag);
  const required = requiredArcs(set);
  const loss = choices.pick('loss', [0, 0, 12, 40]);
  const gain = choices.pick('gain', [0, 0, 8, 40]);
  const odd = choices.pick('odd', [0, 6, 25]);
  return states.flatMap((from) =>
    states.flatMap((to): Item[] => {
      if (from === to) return [];
      const arc = { from, to };
      const isRequired = required.some((r) => sameArc(r, arc));
      if (isRequired ? choices.chance('drop', loss) : !choices.chance('add', gain)) return [];
      const contract = contractOf(arc);
      const due =
        contract === 'new-read-fd'
          ? ['save']
          : contract === 'new-write-fd'
            ? ['resume']
            : ['null', 'null', 'stop', 'close'];
      const id = choices.chance('odd.action', odd)
        ? choices.pick(
            'odd.which',
            Object.keys(known).filter((k) => !known[k]?.errno || errnos.includes(k)),
          )
        : choices.pick('action', due);
      const action = known[id] ?? known['null'];
      const requiring = flags.find((f) => f.when && flagsRequiring(set, arc).includes(f.flag));
      const byFlag = requiring && choices.chance('when.flag', 25) ? declared(requiring.flag) : requiring?.when;
      const usual = byFlag && choices.chance('when', 60) ? byFlag : null;
      const when =
        capabilities.length > 0 && choices.chance('when.other', 6) ? choices.pick('when.which', capabilities) : usual;
      return action ? [{ from, to, action, when }] : [];
    }),
  );
}

function initText(
  context: Context,
  fromCore: string,
  before: readonly string[],
  inits: readonly { lines: string[] }[],
): string {
  const { struct, prefix } = context;
  const [first, second] = inits;
  const lines = second
    ? [`if (d->generation > 1) {`, ...indent(second.lines), '} else {', ...indent(first?.lines ?? []), '}']
    : (first?.lines ?? []);
  const declares = lines[0]?.startsWith('u32 flags');
  return `static int ${prefix}_init_dev(struct vfio_device *vdev)
{
	struct ${struct} *d = ${fromCore};
	int ret;

	ret = vfio_pci_core_init_dev(vdev);
	if (ret)
		return ret;
	mutex_init(&d->lock);
${indent(before).join('\n')}
${indent(declares ? ['{', ...indent(lines), '}'] : lines).join('\n')}
	return 0;
}

static const struct vfio_device_ops ${prefix}_ops = {
	.name = "${prefix}",
	.init = ${prefix}_init_dev,
};`;
}

function harness(
  prefix: string,
  struct: string,
  at: ReturnType<typeof device>,
  capabilities: readonly DeviceCapability[],
  foreign: readonly string[],
  ops: readonly string[],
  bits: number,
): string {
  const from = `container_of(vdev, struct ${struct}, ${at.core})`;
  const generation = ops.length > 1 ? [`d->generation = (fuzz_capabilities >> ${bits - 1} & 1) + 1;`] : [];
  const enter = at.assign('state');
  return `${foreign.join('\n')}
static struct vfio_device *fuzz_make(void)
{
	struct ${struct} *d = fuzz_zeroed(sizeof(*d));

${indent([...at.make, ...capabilities.flatMap((c) => c.make), ...generation]).join('\n')}
	return &d->${at.core};
}
static void fuzz_enter(struct vfio_device *vdev, unsigned int state)
{
	struct ${struct} *d = ${from};

	${enter}
	d->saving = fuzz_zeroed(sizeof(*d->saving));
	d->saving->filp = fuzz_session_file();
	d->resuming = fuzz_zeroed(sizeof(*d->resuming));
	d->resuming->filp = fuzz_session_file();
}
static unsigned int fuzz_now(struct vfio_device *vdev)
{
	struct ${struct} *d = ${from};

	return ${at.state};
}
const struct fuzz_driver fuzz_entry = { fuzz_make, ${prefix}_init_dev, fuzz_enter, fuzz_now, { ${ops.map((o) => `{ "${o}", &${o} }`).join(', ')} } };
`;
}

/** The case with other names for the variables that stand everywhere. */
function respelled(choices: Choices, made: DriverCase): DriverCase {
  const spelling: Readonly<Record<string, string>> = {
    d: choices.pick('name.d', ['d', 'dev', 'mvdev', 'qdev', 'priv']),
    cur: choices.pick('name.cur', ['cur', 'old', 'prev', 'cur_state']),
    new: choices.pick('name.new', ['new', 'nxt', 'to_state', 'wanted']),
    res: choices.pick('name.res', ['res', 'filp_out', 'result']),
  };
  const spell = (text: string): string =>
    text.replace(/"(?:\\.|[^"\\])*"|\b(d|cur|new|res)\b(?!\.\w*vdev)/g, (word, name: string | undefined) =>
      name ? (spelling[name] ?? word) : word,
    );
  return {
    ...made,
    harness: spell(made.harness),
    files: made.files.map((f) => ({ path: f.path, text: spell(f.text) })),
  };
}
