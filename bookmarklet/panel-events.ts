export interface PanelKeys {
  host: HTMLElement;
  root: ShadowRoot;
  /** Something inside the panel was pressed; links are followed by the browser itself. */
  press(target: Element): void;
  move(key: string): void;
  close(): void;
}

const MOVES = /^(Arrow(Left|Right|Up|Down)|Home|End|Tab)$/;
const POINTER =
  "pointerdown pointerup mousedown mouseup touchstart touchmove touchend wheel focusin focusout contextmenu dblclick".split(
    " ",
  );

/**
 * Takes keys and pointers before the page can: its handlers on document or body would otherwise
 * swallow them, or act on them behind the panel. Everything is heard on the window while it is
 * captured, so nothing relies on an event arriving inside the shadow root.
 */
export function listen({ host, root, press, move, close }: PanelKeys): () => void {
  const held = new Set<string>();
  let following = false;
  let swallowed = false;

  const onKeyDown = (event: KeyboardEvent) => {
    event.stopImmediatePropagation();
    held.add(event.key);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (act(event.key, event.shiftKey, event.repeat)) event.preventDefault();
  };
  const onKeyUp = (event: KeyboardEvent) => {
    event.stopImmediatePropagation();
    // Space released on a button would click it a second time.
    event.preventDefault();
    if (held.delete(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    // A page that listens on the window itself may have swallowed the key going down. But the
    // first Enter or Space to come up alone may be the one that started the bookmarklet.
    const first = !swallowed && /^(Enter| )$/.test(event.key);
    swallowed = true;
    if (!first) act(event.key, event.shiftKey, false);
  };
  const act = (key: string, shift: boolean, repeat: boolean): boolean => {
    if (key === "Escape") close();
    else if (MOVES.test(key)) move(shift && key === "Tab" ? "BackTab" : key);
    else if (key !== "Enter" && key !== " ") return false;
    else if (!repeat) pressFocused();
    return true;
  };
  const pressFocused = () => {
    const focused = root.activeElement;
    if (focused?.localName === "a") {
      following = true;
      (focused as HTMLElement).click();
      following = false;
    } else if (focused) press(focused);
  };
  const onPointer = (event: Event) => {
    if (event.target === host) event.stopImmediatePropagation();
  };
  const onClick = (event: MouseEvent) => {
    if (event.target !== host) return;
    // From outside a closed root every target is the host, so ask what lies under the pointer.
    // A click without one (a screen reader's) goes on to the sheet's own listener.
    const target = event.detail > 0 && root.elementFromPoint(event.clientX, event.clientY);
    if (!target && !following) return;
    event.stopImmediatePropagation();
    if (!target || target.closest("a")) return;
    event.preventDefault();
    press(target);
  };
  const onInnerClick = (event: Event) => {
    event.stopPropagation();
    const target = event.target as Element;
    if (!target.closest("a")) press(target);
  };

  const listeners: [string, EventListener][] = [
    ["keydown", onKeyDown as EventListener],
    ["keyup", onKeyUp as EventListener],
    ["keypress", (event) => event.stopImmediatePropagation()],
    ["click", onClick as EventListener],
    ...POINTER.map((name): [string, EventListener] => [name, onPointer]),
  ];
  for (const [name, listener] of listeners) window.addEventListener(name, listener, true);
  root.addEventListener("click", onInnerClick);
  return () => {
    for (const [name, listener] of listeners) window.removeEventListener(name, listener, true);
    if (held.size === 0) return;
    // The key that closed the panel has yet to come up; the page must not take it for its own.
    const onLastKeyUp = (event: KeyboardEvent) => {
      if (!held.delete(event.key)) return;
      event.stopImmediatePropagation();
      event.preventDefault();
    };
    window.addEventListener("keyup", onLastKeyUp, true);
    setTimeout(() => window.removeEventListener("keyup", onLastKeyUp, true), 1000);
  };
}
