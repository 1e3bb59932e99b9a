interface Choice {
  value: string;
  label: string;
  picture: string | null;
  note: string | null;
}

/** Typing rests this long before the server is asked. */
const restMilliseconds = 150;
let count = 0;

/** Choices beneath a field that names a row, found while one types; without them the name is typed whole. */
export function setUpPickers(): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-picker]")) {
    const input = place.querySelector("input");
    if (input) setUpPicker(place, input);
  }
}

// The combobox pattern: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
function setUpPicker(place: HTMLElement, input: HTMLInputElement): void {
  const list = document.createElement("ul");
  count += 1;
  list.id = `choices-${count}`;
  list.className = "picker-choices";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Choices");
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  place.append(list, said);
  set(input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id });

  let choices: Choice[] = [];
  let active = -1;
  let waiting: number | undefined;
  let asked = new AbortController();

  const mark = (index: number) => {
    active = index;
    for (const [each, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(each === active));
    }
    const option = list.children[active];
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };
  const open = (isOpen: boolean) => {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) mark(-1);
  };
  /** Nobody sees how many there are said, but that there are none. */
  const say = (sentence: string, isShown = false) => {
    said.className = isShown ? "picker-choices picker-none" : "visually-hidden";
    said.textContent = sentence;
  };
  const close = () => {
    window.clearTimeout(waiting);
    asked.abort();
    open(false);
    say("");
  };
  const choose = (choice: Choice) => {
    input.value = choice.value;
    showChosen(place, choice);
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const show = (found: Choice[]) => {
    choices = found;
    list.replaceChildren(...found.map((choice, index) => optionFor(choice, `${list.id}-${index}`)));
    open(found.length > 0);
    if (found.length === 0) say("Nothing found.", true);
    else say(`${found.length} found; use the arrow keys.`);
  };
  const ask = async () => {
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    try {
      const address = `${place.dataset["picker"]}?q=${encodeURIComponent(input.value)}`;
      const answer = await fetch(address, { signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return close();
      const { choices: found } = (await answer.json()) as { choices: Choice[] };
      if (!signal.aborted) show(found);
    } catch {
      // Asked for something else meanwhile, or the server is away: the name can be typed whole.
      if (!signal.aborted) open(false);
    }
  };

  input.addEventListener("input", () => {
    showChosen(place, null);
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => void ask(), restMilliseconds);
  });
  input.addEventListener("keydown", (event) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) {
      event.preventDefault();
      if (list.hidden) return void ask();
      // One place more than choices: the field itself lies between the last and the first.
      const places = choices.length + 1;
      return mark(((active + 1 + move + places) % places) - 1);
    }
    const choice = choices[active];
    if (event.key === "Enter" && !list.hidden && choice) {
      event.preventDefault();
      choose(choice);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  input.addEventListener("blur", close);
  // The field keeps the focus, or its list would be gone before the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = (event.target as Element).closest("[role=option]");
    const choice = choices[[...list.children].indexOf(option as Element)];
    if (choice) choose(choice);
  });
  close();
}

function optionFor({ label, picture, note }: Choice, id: string): HTMLElement {
  const option = document.createElement("li");
  option.className = "picker-choice";
  set(option, { id, role: "option", "aria-selected": "false" });
  if (picture) option.append(pictureFor(picture));
  option.append(nameFor(label));
  if (note) option.append(noteFor(note));
  return option;
}

/** Beneath the field, where its text does not say it: a number names a picture. */
function showChosen(place: HTMLElement, choice: Choice | null): void {
  place.querySelector("[data-picker-chosen]")?.remove();
  if (!choice || (choice.label === choice.value && !choice.picture && !choice.note)) return;
  const chosen = document.createElement("p");
  chosen.className = "picker-chosen";
  chosen.dataset["pickerChosen"] = "";
  if (choice.picture) chosen.append(pictureFor(choice.picture));
  chosen.append(nameFor(choice.label));
  if (choice.note) chosen.append(noteFor(choice.note));
  place.append(chosen);
}

function nameFor(label: string): HTMLElement {
  const name = document.createElement("span");
  name.textContent = label;
  return name;
}

function noteFor(words: string): HTMLElement {
  const note = document.createElement("span");
  note.className = "list-note";
  note.textContent = words;
  return note;
}

function pictureFor(address: string): HTMLImageElement {
  const picture = document.createElement("img");
  picture.alt = "";
  picture.width = 32;
  picture.height = 32;
  picture.src = address;
  return picture;
}

function set(element: Element, attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}
