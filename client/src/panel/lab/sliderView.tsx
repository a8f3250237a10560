import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../texts';
import { type LabValues, positionOf, positions, type Slider, valueAt } from './sliders';

interface SliderViewProps {
  readonly slider: Slider;
  readonly values: LabValues;
  readonly onSet: (value: number) => void;
}

/** One quantity of the lab: to be dragged, or typed with its unit. */
export function SliderView({ slider, values, onSet }: SliderViewProps): JSX.Element {
  const value = values[slider.field];
  const shown = slider.text(value);
  const [typed, setTyped] = useState<string | null>(null);
  useEffect(() => setTyped(null), [value]);
  const read = typed === null ? value : slider.parse(typed);
  const valid = read !== null && (read >= slider.least || (slider.zero && read === 0)) && read <= slider.most;
  const take = (): void => {
    if (typed !== null && read !== null && valid) onSet(read);
    setTyped(null);
  };
  const id = `lab-${slider.field}`;
  return (
    <div class="lab-slider">
      <label for={id}>{slider.title}</label>
      <input
        class="lab-typed"
        aria-label={t('{0}, with its unit', slider.title)}
        value={typed ?? shown}
        aria-invalid={!valid}
        title={
          valid
            ? slider.summary
            : t('From {0} to {1}', slider.text(slider.zero ? 0 : slider.least), slider.text(slider.most))
        }
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        onChange={take}
        onBlur={take}
      />
      <input
        id={id}
        class="lab-range"
        type="range"
        min={0}
        max={positions}
        value={positionOf(slider, value)}
        aria-valuetext={shown}
        title={slider.summary}
        onInput={({ currentTarget }) => onSet(valueAt(slider, Number(currentTarget.value)))}
      />
    </div>
  );
}
