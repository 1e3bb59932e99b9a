/** What one page costs, measured once. */
export interface Figures {
  /** Answers per second. */
  rate: number;
  /** Milliseconds from request to answer. */
  p50: number;
  p99: number;
  /** Milliseconds of processor time per answer, of the process that answers and of PostgreSQL. */
  processor: number;
  databaseProcessor: number | null;
  /** The most memory the process had, in bytes. */
  memory: number;
  /** Answers of another status than they should have, broken connections and timeouts. */
  errors: number;
}

export interface PageReport extends Figures {
  name: string;
  /** Of one answer's body. */
  bytes: number;
  /** SQL statements for one answer, once the site is warm, sessions included. */
  queries: number;
  /** The same without those about sessions: what the floor runs. */
  floorQueries: number;
  /** The same bytes after the same queries, from a server that does nothing else. */
  floor: Figures | null;
}

export interface Report {
  takenAt: string;
  seconds: number;
  connections: number;
  node: string;
  redis: boolean;
  rows: Record<string, number>;
  pages: PageReport[];
  /** Pages that could not be measured, and why. */
  skipped: { name: string; reason: string }[];
}
