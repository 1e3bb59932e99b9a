/**
 * On a narrow screen the ways on stand in one line, longer than the screen: the one that is open is
 * shown. Scrolled into view by the browser, it would also be where the Tab key starts from.
 */
export function scrollNavToHere(nav: HTMLElement): void {
  const here = nav.querySelector<HTMLElement>("[aria-current]");
  if (!here) return;
  nav.scrollLeft = here.offsetLeft - nav.offsetLeft - (nav.clientWidth - here.offsetWidth) / 2;
}
