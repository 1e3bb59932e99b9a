import nunjucks from "nunjucks";
import type { MailContent } from "#platform/mailer.ts";

export interface MailTemplates {
  /** What `mail/<name>.njk` and `mail/<name>.text.njk` say with these values. */
  render(name: string, values: Record<string, string>): Pick<MailContent, "html" | "text">;
}

/** @param folder the views, in which mails have a folder of their own */
export function createMailTemplates(
  folder: string,
  globals: Record<string, string>,
): MailTemplates {
  const environment = (autoescape: boolean) => {
    const loader = new nunjucks.FileSystemLoader(folder);
    const options = { autoescape, trimBlocks: true, lstripBlocks: true };
    return new nunjucks.Environment(loader, options);
  };
  // Plain text has no markup that a value could be.
  const [html, text] = [environment(true), environment(false)];
  return {
    render: (name, values) => ({
      html: html.render(`mail/${name}.njk`, { ...globals, ...values }),
      text: text.render(`mail/${name}.text.njk`, { ...globals, ...values }),
    }),
  };
}
