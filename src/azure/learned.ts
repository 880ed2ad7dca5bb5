/** What a deployment has taught us by its errors. Plain data, so that it can be kept on disk. */
export interface Learned {
  /** The API that works, where the other one was refused. */
  readonly api?: "responses" | "chat";
  /** Request parameters the deployment does not take. */
  readonly dropped: readonly string[];
  /** Parameters it knows under another name. */
  readonly renamed: Readonly<Record<string, string>>;
  /** When the first of it was learnt, in milliseconds since 1970; it is forgotten after `learnedForMs`. */
  readonly at: number;
}

/** What was learnt is tried afresh after a day: deployments get new models. */
const learnedForMs = 24 * 60 * 60 * 1000;

export const nothingLearned: Learned = { dropped: [], renamed: {}, at: 0 };

/** One thing learnt. */
export interface Lesson {
  readonly api?: "responses" | "chat";
  readonly dropped?: string;
  readonly renamed?: readonly [string, string];
}

/** What is known after one more lesson; pure. */
export function addLesson(learned: Learned, { api = learned.api, dropped, renamed }: Lesson): Learned {
  return {
    ...(api === undefined ? {} : { api }),
    dropped: dropped === undefined ? learned.dropped : [...new Set([...learned.dropped, dropped])].sort(),
    renamed: renamed === undefined ? learned.renamed : { ...learned.renamed, [renamed[0]]: renamed[1] },
    at: learned.at,
  };
}

/**
 * Where lessons outlive the process (a file in the user's cache folder, for example); `app` brings one.
 * Failing to load or save must not fail a question: implementations may throw, callers ignore it.
 */
export interface LearnedStore {
  /** `key` names endpoint and deployment; it is no path. */
  load(key: string): Promise<Learned | undefined> | Learned | undefined;
  save(key: string, learned: Learned): Promise<void> | void;
}

/** The lessons of one deployment: in memory, and in a store where one is given. */
export class Lessons {
  readonly #key: string;
  readonly #store: LearnedStore | undefined;
  readonly #now: () => number;
  #learned: Learned = nothingLearned;
  #loading: Promise<void> | undefined;

  constructor(key: string, options: { store?: LearnedStore | undefined; now: () => number }) {
    this.#key = key;
    this.#store = options.store;
    this.#now = options.now;
  }

  get current(): Learned {
    if (this.#learned.at !== 0 && this.#now() - this.#learned.at > learnedForMs) this.#learned = nothingLearned;
    return this.#learned;
  }

  /** Reads the store once per process; never fails. */
  load(): Promise<void> | undefined {
    if (this.#store === undefined) return undefined;
    this.#loading ??= this.#load(this.#store);
    return this.#loading;
  }

  add(lessons: readonly Lesson[]): void {
    const { current } = this;
    const at = current.at === 0 ? this.#now() : current.at;
    this.#learned = { ...lessons.reduce(addLesson, current), at };
    void this.#save(this.#learned);
  }

  async #load(store: LearnedStore): Promise<void> {
    try {
      const learned = await store.load(this.#key);
      if (learned !== undefined && this.#learned.at === 0) this.#learned = sanitise(learned);
    } catch {
      // A lost lesson costs one more request, an error here would cost the question.
    }
  }

  async #save(learned: Learned): Promise<void> {
    try {
      await this.#store?.save(this.#key, learned);
    } catch {
      // As above.
    }
  }
}

/** The store is outside our hands: what is not of the expected shape is forgotten. */
function sanitise(learned: Learned): Learned {
  const { api, dropped, renamed, at } = learned;
  const isText = (value: unknown): value is string => typeof value === "string";
  if (typeof at !== "number" || !Array.isArray(dropped) || typeof renamed !== "object" || renamed === null) return nothingLearned;
  const pairs = Object.entries(renamed).filter(([, to]) => isText(to));
  return {
    ...(api === "responses" || api === "chat" ? { api } : {}),
    dropped: (dropped as readonly unknown[]).filter(isText),
    renamed: Object.fromEntries(pairs),
    at,
  };
}
