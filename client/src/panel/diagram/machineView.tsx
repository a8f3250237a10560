import type { JSX } from 'preact';
import { firstDifference } from '../compare/firstDifference';
import type { Message } from '../message';
import type { Model, Run } from '../model';
import { Diagram } from './diagram';
import { sceneOf } from './scene';

interface MachineViewProps {
  readonly model: Model;
  readonly run: Run;
  readonly send: (message: Message) => void;
}

/** The drawing of the machine that is shown, at the moment that is shown. */
export function MachineView({ model, run, send }: MachineViewProps): JSX.Element | null {
  const { session, cursor } = run;
  const scene = session === null || model.device === null ? null : sceneOf(session, cursor, model.device);
  if (scene === null) return null;
  return (
    <Diagram
      scene={scene}
      moment={cursor}
      selected={model.selectedArc}
      difference={firstDifference(model, run)}
      onAsk={(state) => send({ kind: 'ask', state })}
      onSelect={(arc) => send({ kind: 'selectArc', arc })}
      onShow={(location) => send({ kind: 'show', location, focus: true })}
    />
  );
}
