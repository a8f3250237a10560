import { useEffect, useState } from 'preact/hooks';

/** A number that changes when the editor's colours or fonts do: what is painted has to be painted again. */
export function useTheme(): number {
  const [serial, setSerial] = useState(0);
  useEffect(() => {
    const observer = new MutationObserver(() => setSerial((before) => before + 1));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
    observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    return () => observer.disconnect();
  }, []);
  return serial;
}
