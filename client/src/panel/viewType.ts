/** By this name VS Code finds who fills a panel that it kept over a reload. */
export const panelViewType = 'vfioArcs.simulation';
