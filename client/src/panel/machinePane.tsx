import type { JSX } from 'preact';
import { ArcsPane } from './arcs/pane';
import { MachineView } from './diagram/machineView';
import { FaultsPane } from './faults/pane';
import { GroupPane } from './group/groupPane';
import { LabPane } from './lab/labPane';
import type { Message } from './message';
import type { Model, Run, View } from './model';
import { ScenarioPane } from './scenario/pane';
import { Tabs } from './tabs';
import { t } from './texts';
import { stateAt } from './words';

interface MachinePaneProps {
  readonly model: Model;
  readonly run: Run;
  readonly send: (message: Message) => void;
}

const tabs: readonly { readonly id: View; readonly title: string }[] = [
  { id: 'diagram', title: t('Diagram') },
  { id: 'arcs', title: t('Arcs') },
  { id: 'group', title: t('Devices') },
  { id: 'scenario', title: t('Scenario') },
  { id: 'lab', title: t('Precopy lab') },
  { id: 'faults', title: t('Faults and calls') },
];

/** The device that is looked at: in which state it is, and its machine in the views there are. */
export function MachinePane({ model, run, send }: MachinePaneProps): JSX.Element {
  return (
    <section class="machine" aria-label={t('State machine')}>
      <Devices model={model} run={run} send={send} />
      <Tabs label={t('Views')} tabs={tabs} selected={model.view} onSelect={(view) => send({ kind: 'view', view })}>
        <ViewOf model={model} run={run} send={send} />
      </Tabs>
    </section>
  );
}

function ViewOf(props: MachinePaneProps): JSX.Element | null {
  switch (props.model.view) {
    case 'diagram':
      return <MachineView {...props} />;
    case 'arcs':
      return <ArcsPane {...props} />;
    case 'scenario':
      return <ScenarioPane {...props} />;
    case 'group':
      return <GroupPane run={props.run} device={props.model.device} />;
    case 'lab':
      return <LabPane key={props.run.key} run={props.run} send={props.send} />;
    case 'faults':
      return <FaultsPane {...props} />;
    default:
      return null;
  }
}

/** Which device is shown and asked, and where each of them is. */
function Devices({ model, run, send }: MachinePaneProps): JSX.Element {
  const devices = run.session?.devices ?? [];
  return (
    <fieldset class="devices" aria-label={t('Device')}>
      {devices.map(({ name }) => (
        <label key={name} class="device">
          <input
            type="radio"
            name="device"
            value={name}
            checked={name === model.device}
            onChange={() => send({ kind: 'showDevice', device: name })}
          />
          <span class="device-name">{name}</span>
          <span class="device-state">{stateAt(run, name)}</span>
        </label>
      ))}
    </fieldset>
  );
}
