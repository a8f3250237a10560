import type { JSX } from 'preact';
import { t } from '../texts';
import { figuresOf } from './plots';
import type { Series } from './series';

/** The plots in figures. */
export function Figures({ series }: { readonly series: Series }): JSX.Element {
  const { heads, rows } = figuresOf(series);
  return (
    <details class="figures">
      <summary>{t('The plots in figures')}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            <th scope="col">{t('state')}</th>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ time, state, cells }, row) => (
            <tr key={row}>
              <th scope="row">{time}</th>
              <td>{state}</td>
              {cells.map((cell, column) => (
                <td key={heads[column]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
