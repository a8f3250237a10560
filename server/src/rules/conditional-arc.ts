import type { ArcModel, MissingArc } from '../analysis/model';
import type { Location } from '../c/ir';
import { arcText, namedFlags, sameArc } from '../uapi';
import { exampleDriver } from './example';
import { arcKey, arcOf, declarations, errorsOf, finding, flagList, placeOf } from './finding';
import { impactOf } from './missing-arc';
import type { Rule, RuleContext } from './rule';

/** A required arc that is handled only under a condition that the flag does not share. */
export const conditionalArc: Rule = {
  id: 'conditional-arc',
  severity: 'warning',
  summary: 'a required arc is handled only under a condition that its flag does not share',
  docs: {
    whatItFinds:
      'An arc that the driver handles under a condition (a capability, an #ifdef, a field) and rejects otherwise, while the flag that requires the arc is declared without that condition.',
    whyItMatters:
      'On the devices or configurations where the condition does not hold, user space is promised a state that it can not reach. Declare the flag under the same condition; or, where the device can do it, handle the arc there too, which a quick fix begins. Which of them is right only the author knows, so neither is done when everything is mended at once.',
    example: exampleDriver({
      members: '\tbool can_save;\n',
      saving: `	if (cur == VFIO_DEVICE_STATE_STOP && new == VFIO_DEVICE_STATE_STOP_COPY && demo->can_save)
		return demo_open(demo, &demo_save_fops, O_RDONLY);
`,
    }),
    fixed: exampleDriver(),
    knownMisses:
      'Conditions that the driver tests in other words at the flag and at the arc are taken for different ones.',
    references: [
      'include/uapi/linux/vfio.h, struct vfio_device_feature_migration: what each set of flags says is supported',
      'include/uapi/linux/vfio.h, enum vfio_device_mig_state: "The user can discover if these states are supported by using VFIO_DEVICE_FEATURE_MIGRATION"',
    ],
  },
  check(context) {
    const { driver } = context;
    const lacking = driver.missing.filter((arc) => !arc.always);
    const known = (arc: ArcModel) => driver.missing.some((each) => sameArc(each, arc));
    const others = driver.arcs.filter((arc) => arc.required && arc.status === 'conditional' && !known(arc));
    return [
      ...lacking.map((arc) => describe(context, arc, arcOf(driver, arc))),
      ...others.map((arc) => describe(context, null, arc)),
    ].map(({ name, key, message, location, flagSet, requiredBy, rejectedAt }) =>
      finding(conditionalArc, {
        message,
        location,
        key,
        related: [
          ...declarations(context, flagSet, requiredBy),
          ...(rejectedAt === null
            ? []
            : [{ message: `otherwise ${name} falls through to here`, location: rejectedAt }]),
        ],
      }),
    );
  },
};

interface Description {
  readonly name: string;
  readonly key: string;
  readonly message: string;
  readonly location: Location;
  readonly flagSet: number;
  readonly requiredBy: MissingArc['requiredBy'];
  readonly rejectedAt: Location | null;
}

function describe(context: RuleContext, missing: MissingArc | null, arc: ArcModel | undefined): Description {
  const pair = missing ?? arc ?? { from: 'ERROR', to: 'ERROR' };
  const name = arcText(pair);
  const condition = arc?.condition ?? null;
  const by =
    missing === null || missing.requiredBy.length === 0
      ? 'the flag that requires it'
      : flagList(namedFlags(missing.requiredBy));
  const many = namedFlags(missing?.requiredBy ?? []).length > 1;
  const only = condition === null ? 'only under a condition' : `only if ${condition}`;
  const impact = missing === null ? '' : ` Where it does not hold: ${lowerFirst(impactOf(missing))}`;
  return {
    name,
    key: arcKey(pair),
    message: `${name} is handled ${only}, but ${by} ${many ? 'are' : 'is'} declared without that condition.${impact}`,
    location:
      arc === undefined ? (missing?.rejectedAt ?? context.driver.setState.location) : conditionPlace(context, arc),
    flagSet: missing?.flagSets[0] ?? 0,
    requiredBy: namedFlags(missing?.requiredBy ?? []),
    rejectedAt: missing?.rejectedAt ?? null,
  };
}

/** Where the condition is tested: what the path that the driver itself refuses assumed last. */
function conditionPlace(context: RuleContext, arc: ArcModel): Location {
  const refusal = errorsOf(arc.outcomes).find((error) => error.failedCall === null && error.conditions.length > 0);
  return refusal?.conditions[refusal.conditions.length - 1]?.location ?? placeOf(context, arc);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
