/** The name under which the page keeps `listWatch`. */
export const listWatchName = 'millpondListPainted';

/**
 * Runs in the page, which has types of its own. `millpondListPainted(word, count)` resolves once a list
 * of so many models with this word in their names stands on the screen, with the milliseconds since the
 * runtime's answer to the search had arrived whole. The second frame after a change begins when the
 * first has been painted.
 */
export const listWatch = `
globalThis.${listWatchName} = (word, count) => new Promise((resolve, reject) => {
  performance.clearResourceTimings();
  const tooLate = setTimeout(() => reject(new Error('no list of ' + word)), 30_000);
  const isThere = () => {
    const models = [...document.querySelectorAll('[data-repo]')];
    return models.length === count && models.every((model) => model.dataset.repo.includes(word));
  };
  const report = () => {
    clearTimeout(tooLate);
    const answer = performance.getEntriesByType('resource')
      .findLast((entry) => entry.name.includes('/control/hub/search'));
    resolve(performance.now() - answer.responseEnd);
  };
  const look = () => {
    if (!isThere()) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(report));
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true, attributes: true });
});
`;
