import type { JSX } from 'preact';
import type { WireLocation } from '../../../../server/src/wire';
import { Icon } from '../icon';
import { count, t } from '../texts';
import { placeText } from '../words';
import type { Card } from './cardContent';

interface ArcCardProps {
  readonly card: Card;
  readonly onShow: (location: WireLocation) => void;
}

/** What an arc has to do, what this driver does, and the lines of C that it comes from. */
export function ArcCard({ card, onShow }: ArcCardProps): JSX.Element {
  const { arc, appearance, handler, story } = card;
  return (
    <>
      <h2>
        <span class="card-arc">
          {arc.from} → {arc.to}
        </span>
        <span class={`card-verdict card-${appearance.sign ?? 'plain'}`}>{appearance.word}</span>
      </h2>
      <p class="card-outcome">{card.outcome}</p>
      {card.condition !== null && (
        <p>
          {t('Only if')} <code>{card.condition}</code>
        </p>
      )}
      {card.contract.map((sentence) => (
        <p key={sentence} class="card-contract">
          {sentence}
        </p>
      ))}
      {story.length > 0 && (
        <ol class="card-story" aria-label={t('How the driver comes to it')}>
          {story.map(({ what, location, decides }, index) => (
            <li key={index} class={decides ? 'decides' : ''}>
              <PlaceLink location={location} onShow={onShow} /> <span>{what}</span>
            </li>
          ))}
        </ol>
      )}
      {card.left > 0 && (
        <p class="card-contract">{count(card.left, t('and {0} more line of C'), t('and {0} more lines of C'))}</p>
      )}
      <footer>
        {handler !== null && (
          <button type="button" class="text-button" onClick={() => onShow(handler)}>
            <Icon name="go-to-file" /> {t('Open handler')}
          </button>
        )}
        {card.faults !== null && <span class="card-faults">{card.faults}</span>}
      </footer>
    </>
  );
}

function PlaceLink({
  location,
  onShow,
}: {
  readonly location: WireLocation;
  readonly onShow: ArcCardProps['onShow'];
}): JSX.Element {
  return (
    <button type="button" class="text-button place" onClick={() => onShow(location)}>
      {placeText(location)}
    </button>
  );
}
