import type { JSX } from 'preact';
import type { ScenarioDescription } from '../../../../server/src/wire';
import { Action, Check, Choice, TextField } from '../fields';
import type { Message } from '../message';
import type { Model, Run } from '../model';
import { scenarioOf } from '../model';
import { t } from '../texts';
import { type Field, fieldsOf, valuesOf } from './form';

interface ScenarioPaneProps {
  readonly model: Model;
  readonly run: Run;
  readonly send: (message: Message) => void;
}

/** What the VMM does: the scenario with its parameters as a form. */
export function ScenarioPane({ model, run, send }: ScenarioPaneProps): JSX.Element {
  const scenarios = model.catalogue?.scenarios ?? [];
  const name = model.draft?.scenario ?? run.session?.scenario?.name ?? scenarios[0]?.name ?? '';
  const scenario = scenarios.find((each) => each.name === name);
  if (scenario === undefined) return <p class="hint">{t('The server has told of no scenario yet.')}</p>;
  const ran = run.session?.scenario?.name === name ? run.session.scenario.parameters : null;
  const fields = fieldsOf(scenario, ran, model.draft?.texts ?? {});
  const parameters = valuesOf(fields);
  const faults = scenarioOf(run.origin)?.faults ?? [];
  return (
    <form
      class="scenario"
      onSubmit={(event) => {
        event.preventDefault();
        if (parameters !== null) send({ kind: 'runScenario', scenario: { name, parameters, faults } });
      }}
    >
      <div class="scenario-head">
        <Choice
          label={t('Scenario to set up')}
          value={name}
          choices={scenarios.map(({ name: value, title }) => ({ value, text: title }))}
          onChange={(chosen) => send({ kind: 'draftScenario', scenario: chosen })}
        />
        <Action
          primary={true}
          disabled={run.busy || parameters === null}
          onClick={() => parameters !== null && send({ kind: 'runScenario', scenario: { name, parameters, faults } })}
        >
          {t('Run')}
        </Action>
      </div>
      <p class="hint">{scenario.summary}</p>
      <Fields fields={fields} scenario={scenario} send={send} />
    </form>
  );
}

interface FieldsProps {
  readonly fields: readonly Field[];
  readonly scenario: ScenarioDescription;
  readonly send: (message: Message) => void;
}

function Fields({ fields, scenario, send }: FieldsProps): JSX.Element {
  return (
    <div class="fields">
      {fields.map(({ parameter, text, problem }) => (
        <div key={`${scenario.name}.${parameter.name}`} class="field">
          <span class="field-title">{parameter.title}</span>
          <Widget
            parameter={parameter}
            text={text}
            invalid={problem !== null}
            onChange={(written) =>
              send({ kind: 'draftParameter', scenario: scenario.name, name: parameter.name, text: written })
            }
          />
          <span class={problem === null ? 'field-summary' : 'field-summary field-problem'}>
            {problem ?? parameter.summary}
          </span>
        </div>
      ))}
    </div>
  );
}

interface WidgetProps {
  readonly parameter: Field['parameter'];
  readonly text: string;
  readonly invalid: boolean;
  readonly onChange: (text: string) => void;
}

function Widget({ parameter: { title, kind, choices = [] }, text, invalid, onChange }: WidgetProps): JSX.Element {
  switch (kind) {
    case 'flag':
      return <Check label={title} checked={text === '1'} onChange={(checked) => onChange(checked ? '1' : '0')} />;
    case 'choice':
      return (
        <Choice
          label={title}
          value={text}
          choices={choices.map((value) => ({ value, text: value }))}
          onChange={onChange}
        />
      );
    default:
      return <TextField label={title} value={text} invalid={invalid} onInput={onChange} />;
  }
}
