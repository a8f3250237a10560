import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { Shape } from './layout';

/** Wide where there is room for that in a legible size: `least` em. */
export function useShape(frame: RefObject<HTMLElement | null>, least: number): Shape {
  const [shape, setShape] = useState<Shape>('wide');
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = (): void => {
      const em = Number.parseFloat(getComputedStyle(element).fontSize);
      setShape(element.clientWidth / em >= least ? 'wide' : 'narrow');
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  return shape;
}
