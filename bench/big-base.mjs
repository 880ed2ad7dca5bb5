// A handbook of about 10,000 passages from a seed, and questions on it: the same on every machine, nothing from elsewhere.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const pages = 800;
const sectionsPerPage = 12;
const sentencesPerSection = 8;
const vocabularySize = 24_000;
const shift = 20;

const common =
  "the of to and a in is for you your that with on are be this or from by as can it at if will not have an all we please when more time need may use must any page should after before who their our do".split(
    " ",
  );
// Words that people ask with and the thesaurus speaks of, among invented ones.
const workplace =
  "vacation leave holiday salary pay bonus expense receipt refund travel hotel flight laptop computer password account manager team colleague office room desk parking meeting sick parental child doctor insurance pension contract notice resign hire interview training course budget approval request form policy rule security badge key lunch phone software licence customer invoice supplier data privacy report incident help support remote home weekend overtime hours start end change review goal feedback promotion".split(
    " ",
  );
const syllables =
  "ka ro mi ten sol var den lus pre tor gan eli mar ute nis qua bor fel hin jos lap mur nox ort pil ras sten tul ven wil zor ack bri cla dro fle gri hul ist jam kle lov".split(
    " ",
  );

/** Mulberry32: small, seeded, the same everywhere. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Words by rank, the way language has them (Zipf and Mandelbrot): the commonest stand in about a third of all passages. */
function vocabulary(random) {
  const words = [...workplace];
  const taken = new Set(words);
  while (words.length < vocabularySize) {
    const word = Array.from(
      { length: 2 + Math.floor(random() * 3) },
      () => syllables[Math.floor(random() * syllables.length)],
    ).join("");
    if (!taken.has(word)) words.push(word);
    taken.add(word);
  }
  return () => words[Math.floor(shift * ((words.length + shift) / shift) ** random() - shift)];
}

/** Writes the base into the folder. */
export function writeBigBase(folder) {
  const random = randomFrom(7);
  const word = vocabulary(random);
  const sentence = () => {
    const words = Array.from({ length: 8 + Math.floor(random() * 10) }, () =>
      random() < 0.45 ? common[Math.floor(common.length * random() ** 2)] : word(),
    );
    if (random() < 0.1) words.push(String(Math.floor(random() * 1000)), "days");
    return `${words[0][0].toUpperCase()}${words.join(" ").slice(1)}.`;
  };
  const text = (sentences) => Array.from({ length: sentences }, sentence).join(" ");
  for (let page = 0; page < pages; page++) {
    const at = join(folder, `area-${page % 40}`);
    mkdirSync(at, { recursive: true });
    const sections = Array.from(
      { length: sectionsPerPage },
      () => `## ${word()} ${word()} ${word()}\n\n${text(sentencesPerSection)}\n\n- ${sentence()}\n- ${sentence()}\n`,
    );
    writeFileSync(join(at, `page-${page}.md`), `# ${word()} ${word()}\n\n${text(3)}\n\n${sections.join("\n")}`);
  }
}

/** Questions: everyday and rare words, some misspelled. */
export function bigQuestions(count) {
  const random = randomFrom(11);
  const word = vocabulary(randomFrom(7));
  const openings = ["how do I", "what is the", "who can", "when do we get", "where is my", "am I allowed to", "how many"];
  return Array.from({ length: count }, () => {
    const words = Array.from({ length: 2 + Math.floor(random() * 5) }, word);
    if (random() < 0.2) words[0] = words[0].slice(0, -2) + words[0].slice(-1);
    return `${openings[Math.floor(random() * openings.length)]} ${words.join(" ")}?`;
  });
}
