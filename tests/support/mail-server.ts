import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export interface MailServer {
  url: string;
  port: number;
  /** What arrived, whole. */
  received: { from: string; to: string[]; raw: string }[];
  close(): Promise<void>;
}

/** A real mail server on loopback that takes everything, but from people it refuses. */
export async function startMailServer({
  port = 0,
  refuses = () => false,
  answers = true,
}: {
  port?: number;
  refuses?: (to: string) => boolean;
  /** False for one that takes a connection and says nothing. */
  answers?: boolean;
} = {}): Promise<MailServer> {
  const received: MailServer["received"] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    closeTimeout: 100,
    onConnect: (_session, done) => (answers ? done() : undefined),
    onRcptTo: ({ address }, _session, done) =>
      refuses(address) ? done(new Error(`<${address}> is nobody here`)) : done(),
    onData: async (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      received.push({
        from: envelope.mailFrom ? envelope.mailFrom.address : "",
        to: envelope.rcptTo.map(({ address }) => address),
        raw: Buffer.concat(chunks).toString("utf8"),
      });
      done();
    },
  });
  // A client that goes away in the middle is no fault here.
  server.on("error", () => {});
  await new Promise<void>((done) => void server.listen(port, "127.0.0.1", done));
  const address = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    port: address.port,
    received,
    close: () => new Promise((done) => server.close(done)),
  };
}
